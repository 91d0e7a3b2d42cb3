import fc from 'fast-check'
import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { curl, type CurlRequest } from '../src/curl.ts'
import { createRedactor } from '../src/redact.ts'

const redactor = createRedactor({ values: ['s3cret-value'] })
const request = (more: Partial<CurlRequest>): CurlRequest => ({
  method: 'GET',
  url: 'http://127.0.0.1:3000/items',
  headers: [],
  body: undefined,
  ...more,
})

test('a plain GET needs no quotes', () => {
  expect(curl(request({}), redactor)).toBe('curl http://127.0.0.1:3000/items')
})

test('a POST with JSON is one command with quotes where they are needed', () => {
  const post = request({
    method: 'POST',
    headers: ['Content-Type', 'application/json', 'Authorization', 'Bearer abc', 'Content-Length', '14'],
    body: `{"name":"it's"}`,
  })
  expect(curl(post, redactor)).toMatchInlineSnapshot(
    `"curl http://127.0.0.1:3000/items -H 'Content-Type: application/json' -H 'Authorization: Bearer ***' --data-raw '{"name":"it'\\''s"}'"`,
  )
})

test.each([
  ['another method', { method: 'DELETE' }, 'curl -X DELETE http://127.0.0.1:3000/items'],
  ['HEAD, which has no body to wait for', { method: 'HEAD' }, 'curl --head http://127.0.0.1:3000/items'],
  ['brackets in the URL', { url: 'http://x/a?b[0]=1' }, `curl --globoff 'http://x/a?b[0]=1'`],
  ['dots in the path', { url: 'http://x/a/../b/.' }, 'curl --path-as-is http://x/a/../b/.'],
  ['dots elsewhere', { url: 'http://x/.a/b..?c=../d' }, `curl 'http://x/.a/b..?c=../d'`],
  [
    'no body, which is one of no length',
    { method: 'PUT' },
    `curl -X PUT http://127.0.0.1:3000/items -H Content-Type: --data-raw ''`,
  ],
  ['an empty header', { headers: ['X-A', ''] }, `curl http://127.0.0.1:3000/items -H 'X-A;'`],
  ['a secret in the URL', { url: 'http://x/?a=s3cret-value' }, `curl 'http://x/?a=***'`],
  ['a token in the query', { url: 'http://x/?token=1' }, `curl 'http://x/?token=***'`],
  [
    'a body without a type, which curl would give one',
    { method: 'POST', body: 'line\none' },
    `curl http://127.0.0.1:3000/items -H Content-Type: --data-raw $'line\\none'`,
  ],
  ['a GET with a body', { body: 'x' }, `curl -X GET http://127.0.0.1:3000/items -H Content-Type: --data-raw x`],
])('%s', (_what, more, command) => {
  expect(curl(request(more), redactor)).toBe(command)
})

test('a long body is cut off and says so', () => {
  expect(curl(request({ method: 'POST', body: 'x'.repeat(5000) }), redactor)).toMatch(/x…\(1000 more characters\)'$/)
})

describe.skipIf(process.platform === 'win32')('in a shell', () => {
  test('every body comes through as it was', () => {
    const body = fc.array(
      fc.string({
        unit: fc.constantFrom("'", '"', '\\', '$', '`', '\n', '\t', '\u0001', '7', ' ', '!', '*', 'é', '…'),
      }),
      { minLength: 5, maxLength: 25 },
    )
    fc.assert(
      fc.property(body, (parts) => {
        const commands = parts.map((part) =>
          curl(request({ method: 'POST', body: `a${part}` }), createRedactor({ values: [] })),
        )
        const script = `curl() { printf '%s\\0' "\${@: -1}"; }\n${commands.join('\n')}`
        const printed = execFileSync('bash', ['-c', script], { encoding: 'utf8' })
        expect(printed.split('\0').slice(0, -1)).toEqual(parts.map((part) => `a${part}`))
      }),
      { numRuns: 10 },
    )
  })
})
