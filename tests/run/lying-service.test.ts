// Whole runs against a service that refuses, hangs, breaks off, lies and dies: YAML in, record out, and
// beside it what the server itself counted. Each request is one sample, and every fault has its name.
import { describe, expect, test } from 'vitest'
import { wallClock } from '../../src/clock.ts'
import { openRun } from '../../src/run.ts'
import type { RunRecord } from '../../src/run.ts'
import { aPlan, HOST } from '../support/a-plan.ts'
import { redirectLoop, retryAfter, startFaultServer } from '../support/fault-server.ts'
import type { Answer, FaultServer } from '../support/fault-server.ts'
import { runYaml } from '../support/run-yaml.ts'

const AGENTS = 5
const ROUNDS = 3
const ASKED = AGENTS * ROUNDS

/** Each agent meets the fault, then asks for something that works on the same connections. */
const flow = (url: string, step = ''): string => `
sut: { services: { api: { base_url: "${url}", timeout_seconds: 0.4, connections: 3, max_body: 64kb } } }
agents: { a: { count: ${AGENTS}, flow: f, workload: { iterations: ${ROUNDS} } } }
stop_when: { any_action_fails: false }
flows:
  f:
    - { type: http, name: bad, path: /bad${step && `, ${step}`} }
    - { type: http, name: good, path: /good, expect: { status_code: 200, jsonpath: $.id, equals: 7 } }
`

const GOOD: Answer = { body: { id: 7 } }

function sum(record: RunRecord): { attempted: number; ok: number; failed: number; errored: number; limited: number } {
  const counts: Record<string, number> = {}
  for (const { requests } of record.cells)
    for (const [outcome, n] of Object.entries(requests)) counts[outcome] = (counts[outcome] ?? 0) + n
  const { ok = 0, failed = 0, rate_limited: limited = 0, ...others } = counts
  const errored = Object.values(others).reduce((all, n) => all + n, 0)
  return { attempted: record.steps.reduce((all, step) => all + step.attempts, 0), ok, failed, errored, limited }
}

function expectBalanced(record: RunRecord): void {
  const { attempted, ok, failed, errored, limited } = sum(record)
  expect(attempted).toBe(ok + failed + errored + limited)
}

const receivedAt = (server: FaultServer, path: string): number => server.log.filter((one) => one.path === path).length

interface Case {
  readonly what: string
  readonly answer: Answer
  readonly outcome: string
  readonly reason: RegExp
  readonly message: RegExp
  readonly step?: string
  /** How often each request reaches the service. */
  readonly times?: number
}

const CASES: readonly Case[] = [
  {
    what: 'never answers',
    answer: { fault: 'hang' },
    outcome: 'timeout',
    reason: /^timeout: TIMEOUT$/,
    message: /^no answer from 127\.0\.0\.1:\d+ within 400 ms$/,
  },
  {
    what: 'sends its headers without end',
    answer: { fault: 'half-headers' },
    outcome: 'timeout',
    reason: /^timeout: TIMEOUT$/,
    message: /^answer of 127\.0\.0\.1:\d+ not complete within 400 ms$/,
  },
  {
    what: 'resets the connection',
    answer: { fault: 'reset' },
    outcome: 'reset',
    reason: /^reset: (ECONNRESET|CLOSED)$/,
    message: /^connection closed by 127\.0\.0\.1:\d+ before an answer$/,
  },
  {
    what: 'hangs up',
    answer: { fault: 'close' },
    outcome: 'reset',
    reason: /^reset: CLOSED$/,
    message: /^connection closed by 127\.0\.0\.1:\d+ before an answer$/,
  },
  {
    what: 'hangs up within the body',
    answer: { fault: 'cut-body' },
    outcome: 'reset',
    reason: /^reset: /,
    message: /^connection closed by 127\.0\.0\.1:\d+ within the answer$/,
  },
  {
    what: 'hangs up within chunks',
    answer: { fault: 'cut-chunks' },
    outcome: 'reset',
    reason: /^reset: /,
    message: /^connection closed by 127\.0\.0\.1:\d+ within the answer$/,
  },
  {
    what: 'does not speak HTTP',
    answer: { fault: 'garbage' },
    outcome: 'protocol',
    reason: /^protocol: /,
    message: /^the answer of 127\.0\.0\.1:\d+ is not valid HTTP: /,
  },
  {
    what: 'has a broken status line',
    answer: { fault: 'bad-status' },
    outcome: 'protocol',
    reason: /^protocol: /,
    message: /^the answer of 127\.0\.0\.1:\d+ is not valid HTTP: .*status/i,
  },
  {
    what: 'has a broken header',
    answer: { fault: 'bad-header' },
    outcome: 'protocol',
    reason: /^protocol: /,
    message: /^the answer of 127\.0\.0\.1:\d+ is not valid HTTP: .*header/i,
  },
  {
    what: 'answers JSON that is none',
    answer: { headers: { 'content-type': 'application/json' }, body: '{"id": 7' },
    step: 'expect: { jsonpath: $.id, equals: 7 }',
    outcome: 'failed',
    reason: /^the body is not JSON \(application\/json\)$/,
    message: /^the body is not JSON \(status 200, application\/json\): it begins with "\{\\"id\\": 7"$/,
  },
  {
    what: 'redirects to itself',
    answer: redirectLoop('/bad'),
    outcome: 'failed',
    reason: /^status_code: 302, expected 2xx$/,
    message: /it redirects \(location: "\/bad"\); follow with redirects: 5, or expect the status$/,
  },
  {
    what: 'fails',
    answer: { status: 500, body: 'oops' },
    outcome: 'failed',
    reason: /^status_code: 500, expected 2xx$/,
    message: /^status_code: 500, expected 2xx$/,
  },
  {
    what: 'always asks to come again',
    answer: retryAfter(503, '0'),
    outcome: 'rate_limited',
    reason: /^rate_limited: 503 with Retry-After, max_attempts is 3$/,
    message: /^503 with Retry-After after 3 attempts, having waited /,
    times: 3,
  },
  {
    what: 'says nonsense of when to come again',
    answer: retryAfter(429, 'tomorrow'),
    outcome: 'failed',
    reason: /^status_code: 429, expected 2xx$/,
    message: /; its Retry-After, "tomorrow", is neither seconds nor an HTTP date$/,
  },
]

describe('a service that', () => {
  test.each(CASES)('$what: $outcome', async ({ answer, outcome, reason, message, step, times = 1 }) => {
    await using server = await startFaultServer({ '/bad': answer, '/good': GOOD })
    const record = await runYaml(flow(server.url, step))
    expect(record.cells).toMatchObject([
      {
        state: 'failed',
        iterations: { begun: ASKED, ok: 0, failed: ASKED, aborted: 0 },
        requests: { ok: ASKED, [outcome]: ASKED * times },
        causes: [{ step: 'bad', outcome, count: ASKED, reason: expect.stringMatching(reason) }],
      },
    ])
    expect(record.cells[0]?.causes[0]?.example?.message).toMatch(message)
    expect(record.steps).toMatchObject([
      { step: 'bad', attempts: ASKED * times, ok: 0 },
      { step: 'good', attempts: ASKED, ok: ASKED },
    ])
    expectBalanced(record)
    expect(receivedAt(server, '/bad')).toBe(ASKED * times)
    expect(receivedAt(server, '/good')).toBe(ASKED)
    // A connection that the server ends is replaced before the server hears that it is closed.
    expect(server.mostOpen).toBeLessThanOrEqual(answer.fault === undefined ? 3 : 6)
  })

  test.each([
    ['100,000 deep', '['.repeat(100_000) + ']'.repeat(100_000), 'it nests deeper than 200 levels'],
    ['with 100,000 values', `[${'0,'.repeat(100_000)}0]`, 'it has more than 50,000 values'],
    [
      'of 5 MB',
      JSON.stringify('a'.repeat(5_000_000)),
      'it has 5,000,002 characters, and at most 4,000,000 are read as JSON',
    ],
  ])('makes its JSON %s: the step that reads it fails, and the run goes on', async (_, body, why) => {
    await using server = await startFaultServer({ '/bad': { body }, '/good': GOOD })
    const yaml = flow(server.url, 'extract: { v: $ }')
      .replace('max_body: 64kb', 'max_body: 16mb')
      // A busy machine takes its time; how long is not what this is about.
      .replace(/timeout_seconds: [\d.]+/, 'timeout_seconds: 30')
    const record = await runYaml(yaml)
    expect(record.stopped).toBeUndefined()
    const reason = `extract v: the body is too large to be read as JSON: ${why}`
    expect(record.cells).toMatchObject([
      {
        iterations: { begun: ASKED, failed: ASKED, aborted: 0 },
        causes: [{ step: 'bad', count: ASKED, outcome: 'failed', reason }],
      },
    ])
    expect(record.steps.at(-1)).toMatchObject({ step: 'good', attempts: ASKED, ok: ASKED })
    expectBalanced(record)
    expect(sum(record).attempted).toBe(server.log.length)
  })

  test.each(['huge-body', 'huge-chunks'] as const)('sends 200 MB (%s): cut off, and never kept', async (fault) => {
    await using server = await startFaultServer({ '/bad': { fault }, '/good': GOOD })
    const inUse = (): number => {
      const { heapUsed, external } = process.memoryUsage()
      return (heapUsed + external) / 1024 ** 2
    }
    const before = inUse()
    let most = before
    const watch = setInterval(() => (most = Math.max(most, inUse())), 5)
    const record = await runYaml(flow(server.url)).finally(() => clearInterval(watch))
    expect(record.cells[0]).toMatchObject({
      requests: { ok: ASKED, too_large: ASKED },
      causes: [{ outcome: 'too_large', count: ASKED, reason: 'too_large: TOO_LARGE', example: { status: 200 } }],
    })
    expect(record.cells[0]?.causes[0]?.example?.message).toMatch(/cut off: its body is longer than 65,536 bytes$/)
    expectBalanced(record)
    expect(receivedAt(server, '/bad')).toBe(ASKED)
    // One such answer alone has 200 MB; what is in use includes garbage that nobody has collected yet.
    expect(most - before).toBeLessThan(32)
    await server.close()
    expect(server.sentBytes / ASKED).toBeLessThan(20 * 1024 ** 2)
  })
})

describe('a service that cannot be reached', () => {
  /** Nothing gets through, neither the bad nor the good. */
  const expectNothing = (record: RunRecord, outcome: string, code: RegExp, message: RegExp): void => {
    expect(record.cells).toMatchObject([
      {
        state: 'failed',
        requests: { [outcome]: 2 * ASKED },
        causes: [
          { step: 'bad', outcome, count: ASKED, reason: expect.stringMatching(code) },
          { step: 'good', outcome, count: ASKED },
        ],
      },
    ])
    expect(record.cells[0]?.causes[0]?.example?.message).toMatch(message)
    expect(record.cells[0]?.latency).toBeUndefined()
    expectBalanced(record)
  }

  test('because nobody listens: connection', async () => {
    const server = await startFaultServer({})
    await server.close()
    const record = await runYaml(flow(server.url))
    expectNothing(record, 'connection', /^connection: ECONNREFUSED$/, /^connection refused by 127\.0\.0\.1:\d+$/)
    expect(server.connected).toBe(0)
  })

  test('because its certificate is not trusted: tls', async () => {
    await using server = await startFaultServer({ '/bad': GOOD, '/good': GOOD }, { tls: true })
    const record = await runYaml(flow(server.url))
    expectNothing(record, 'tls', /^tls: DEPTH_ZERO_SELF_SIGNED_CERT$/, /^TLS with .* failed: self-signed certificate/)
    expect(server.log).toEqual([])
  })

  test('because it does not speak TLS: tls', async () => {
    await using server = await startFaultServer({ '/bad': GOOD, '/good': GOOD })
    const record = await runYaml(flow(server.url.replace('http:', 'https:')))
    expectNothing(record, 'tls', /^tls: /, /^TLS with 127\.0\.0\.1:\d+ failed: /)
    expect(server.log).toEqual([])
  })

  test('because its name does not resolve: dns, whether the answer is no or none in time', async () => {
    const record = await runYaml(flow('http://does-not-exist.invalid'))
    expect(record.cells).toMatchObject([{ state: 'failed', requests: { dns: 2 * ASKED } }])
    for (const { outcome, reason, example } of record.cells[0]?.causes ?? []) {
      expect([outcome, reason]).toEqual(['dns', expect.stringMatching(/^dns: (ENOTFOUND|EAI_\w+|DNS_TIMEOUT)$/)])
      expect(example?.message).toMatch(/^the name of does-not-exist\.invalid (could not be|was not) resolved/)
    }
    expectBalanced(record)
  })
})

describe('a service that dies and comes back', () => {
  test('between cycles: the one without it fails by connection, the next one is whole', async () => {
    await using server = await startFaultServer({ '/bad': GOOD, '/good': GOOD })
    const run = openRun(aPlan(`${flow(server.url)}\nsimulation: { cycles: 3 }`), { host: HOST, rerun: '' })
    await run.begin()
    for (const cycle of [1, 2, 3]) {
      if (cycle === 2) await server.close()
      if (cycle === 3) await server.listen()
      run.startCycle(cycle)
      await run.cycleDone()
    }
    const record = await run.end()
    expect(record.cells.map(({ state, requests }) => [state, Object.keys(requests)])).toEqual([
      ['passed', ['ok']],
      ['failed', expect.arrayContaining(['connection'])],
      ['passed', ['ok']],
    ])
    expectBalanced(record)
    const { ok, errored, attempted } = sum(record)
    expect([ok, errored, attempted]).toEqual([4 * ASKED, 2 * ASKED, 6 * ASKED])
    expect(server.log).toHaveLength(4 * ASKED)
  })

  test('while they are asking: some are lost, all are counted, and the rest goes on', async () => {
    await using server = await startFaultServer({ '/bad': { ...GOOD, delayMs: 3 }, '/good': GOOD })
    const yaml = flow(server.url).replace(`iterations: ${ROUNDS}`, 'duration: 1s')
    const run = openRun(aPlan(`${yaml}\nsimulation: { cycles: 2 }`), { host: HOST, rerun: '' })
    await run.begin()
    run.startCycle(1)
    await wallClock.sleep(200)
    await server.close()
    await wallClock.sleep(150)
    await server.listen()
    await run.cycleDone()
    const before = server.log.length
    server.mostOpen = server.open
    run.startCycle(2)
    await run.cycleDone()
    const record = await run.end()
    const [first, second] = record.cells
    expect(Object.keys(first?.requests ?? {}).toSorted()).toEqual(expect.arrayContaining(['connection', 'ok']))
    expect(['ok', 'connection', 'reset']).toEqual(expect.arrayContaining(Object.keys(first?.requests ?? {})))
    expect(Object.keys(second?.requests ?? {})).toEqual(['ok'])
    expect(second?.requests['ok']).toBe(server.log.length - before)
    expect(server.mostOpen).toBeLessThanOrEqual(3)
    expectBalanced(record)
    // What was under way when it died may or may not have been read.
    const { ok = 0, reset = 0 } = first?.requests ?? {}
    expect(before).toBeGreaterThanOrEqual(ok)
    expect(before).toBeLessThanOrEqual(ok + reset)
  })
})
