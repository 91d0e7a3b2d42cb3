// A run with a secret in every place that can hold one, failing on purpose: nothing of what it prints and writes
// holds any of them, as it is, in a URL, or in base64.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { removeCopies, runFixture } from '../support/run-fixture.ts'

const ENV = {
  GITHUB_PAT: 'canary-env-pat1',
  SHOP_PASSWORD: 'canary env+pass/1',
  SHOP_LOGIN_SECRET: 'ada:canary-basic-pw1',
}
/** What the service answers with. */
const SERVED = {
  cookie: 'canary-set-cookie1',
  header: 'canary-auth-header1',
  token: 'canary-json-token1',
  pin: 'canary-json-pin01',
  session: 'canary-session-id1',
}
/** As they stand in the project. */
const WRITTEN = [
  'canary-literal-header1',
  'canary-query-literal1',
  'canary-literal-json1',
  'canary-literal-form1',
  'canary-group-var1',
  'canary-row-4111x',
  'canary-start-env1',
]
/** To a terminal, and to CI services that read its log. */
const ORDERS = 'a\u001b[2J\u001b]0;title\u0007\n::set-output name=a::b\n##vso[task.complete]\n\u009b2J\u0000'

const SECRETS = [...Object.values(ENV), ...Object.values(SERVED), ...WRITTEN, 'canary-basic-pw1']

afterAll(removeCopies)

/** Says back what it was sent: a debugging service, or one that is broken. */
async function echo(): Promise<{ url: string; close: () => void }> {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      if (request.url?.startsWith('/gone') === true) return request.socket.destroy()
      if (request.url === '/escapes') return response.end(ORDERS)
      response.setHeader('set-cookie', `sid=${SERVED.cookie}; Path=/`)
      response.setHeader('x-auth-token', SERVED.header)
      response.setHeader('content-type', 'application/json')
      const told = { url: request.url, headers: request.headers, raw: request.rawHeaders.join(' '), body, all: SERVED }
      const own = { access_token: SERVED.token, pin: SERVED.pin, plain_session: SERVED.session }
      return response.end(JSON.stringify(request.url === '/token' || request.url === '/login' ? own : told))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}

/** How a secret may be written, without what depends on its neighbours. */
function formsOf(secret: string): string[] {
  const base64 = [0, 1, 2].map((before) => {
    const text = Buffer.from(`${'x'.repeat(before)}${secret}`)
      .toString('base64')
      .replace(/=+$/, '')
    return text.slice(before === 0 ? 0 : 4, -1 - (text.length % 4 === 0 ? 3 : 0))
  })
  const forms = [secret, encodeURIComponent(secret), new URLSearchParams({ a: secret }).toString().slice(2)]
  return [...new Set([...forms, ...base64, ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))])]
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

test('no secret is in anything that a run prints or writes', { timeout: 60_000 }, async () => {
  const service = await echo()
  const temporary = mkdtempSync(join(tmpdir(), 'turbulence-canary-'))
  let before: readonly string[] = []
  try {
    const run = await runFixture('canary', {
      shop: false,
      args: ['run', '--reporter=verbose', '--reporter=json', '--outputFile.json=test-results/vitest.json'],
      env: {
        ...ENV,
        ECHO_URL: service.url,
        TMPDIR: temporary,
        GITHUB_ACTIONS: 'true',
        GITHUB_STEP_SUMMARY: join(temporary, 'step.md'),
      },
      arrange: (folder) => {
        mkdirSync(join(folder, 'node_modules'), { recursive: true })
        before = filesBelow(folder)
      },
    })
    const written = [...filesBelow(run.folder), ...filesBelow(temporary)].filter((file) => !before.includes(file))
    const texts: [where: string, text: string][] = [
      ['stdout', run.raw],
      ['stderr', run.stderr],
      ...written.map((file): [string, string] => [relative(run.folder, file), readFileSync(file, 'latin1')]),
    ]
    const found = texts.flatMap(([where, text]) =>
      SECRETS.flatMap((secret) =>
        formsOf(secret)
          .filter((form) => text.includes(form))
          .map(
            (form) =>
              `${where}: ${form} … ${text.slice(Math.max(0, text.indexOf(form) - 60), text.indexOf(form) + 40)}`,
          ),
      ),
    )
    expect(found).toEqual([])
    const shown = texts.filter(([where]) => !where.endsWith('.json') && !where.endsWith('.jsonl'))
    const obeyed = shown.flatMap(([where, text]) =>
      // oxlint-disable-next-line no-control-regex
      [/[\u001b\u0007\u0000]|\u00c2\u009b/, /^\s*::(set-output|error title=name)/m, /##vso\[/].flatMap((order) =>
        order.test(text) ? [`${where}: ${String(order)}`] : [],
      ),
    )
    expect(obeyed).toEqual([])
    // It did tell: the requests with their masks, and every file that there is.
    const names = texts.map(([where]) => where)
    for (const name of [
      'steps.jsonl',
      'assertions.jsonl',
      'instances.jsonl',
      'manifest.json',
      'summary.json',
      'summary.md',
    ])
      expect(
        names.some((where) => where.endsWith(name)),
        name,
      ).toBe(true)
    expect(names).toContain('test-results/TEST-turbulence-junit.xml')
    expect(names).toContain('test-results/vitest.json')
    const told = run.file(names.find((where) => where.endsWith('steps.jsonl')) ?? '') ?? ''
    for (const step of ['everything', 'basic', 'form', 'escapes', 'gone']) expect(told).toContain(`"step":"${step}"`)
    expect(told).toMatch(/"step":"token","type":"http","ok":true/)
    expect(told).toContain('Bearer ***')
    expect(run.stdout).toContain('***')
    expect(run.stdout).toContain('::error ')
  } finally {
    service.close()
    rmSync(temporary, { recursive: true, force: true })
  }
})
