import { describe, expect, test } from 'vitest'
import { stepSchema } from '../../src/actions/index.ts'
import { answerWith } from '../support/agent-names.ts'
import { runStep } from '../support/step-context.ts'

const answer = answerWith(
  '{"status":"paid","n":5,"half":2.5,"list":["a","b"],"empty":[],"item":{"id":1},"none":null,"yes":true,"constructor":"Inc."}',
  { headers: { 'content-type': 'application/json; charset=utf-8', 'x-count': '12' }, latencyMs: 42 },
)
const vars = { want: 'paid', five: 5, cart: { items: [{ id: 9 }] } }
const failureOf = async (given: Record<string, unknown>) =>
  (await runStep({ type: 'assert', expect: given }, { vars, answer })).failure

describe('an expectation that holds', () => {
  test.each<Record<string, unknown>>([
    { status_code: 200 },
    { status_code: [404, 200] },
    { status_code: '2xx' },
    { status_code: [404, '2XX'] },
    { jsonpath: '$.status' },
    {
      jsonpath: '$.status',
      equals: 'paid',
      not_equals: 'failed',
      contains: 'ai',
      matches: '^p.*d$',
      length: 4,
      type: 'string',
    },
    { jsonpath: '$.status', equals: '{{want}}', one_of: ['x', '{{want}}'] },
    { jsonpath: '$.n', equals: '{{five}}', gt: 4, gte: 5, lt: 5.5, lte: '{{five}}', type: 'integer' },
    { jsonpath: '$.n', type: 'number' },
    { jsonpath: '$.half', type: 'number' },
    { jsonpath: '$.list', equals: ['a', 'b'], contains: 'b', length: 2, type: 'array' },
    { jsonpath: '$.list[*]', equals: ['a', 'b'], exists: true },
    { jsonpath: "$.list[?match(@, 'a+')]", equals: ['a'] },
    { jsonpath: '$.list[?@ == "c"]', exists: false },
    { jsonpath: '$.list[?@ == "c"]', length: 0 },
    { jsonpath: '$.empty', exists: true, length: 0 },
    { jsonpath: '$.item', equals: { id: 1 }, type: 'object', length: 1 },
    { jsonpath: '$.none', equals: null, type: 'null', exists: true },
    { jsonpath: '$.yes', equals: true, type: 'boolean' },
    { jsonpath: '$.constructor', equals: 'Inc.' },
    { jsonpath: '$.toString', exists: false },
    { context_path: 'cart.items[0].id', equals: 9 },
    { context_path: 'cart.none', exists: false },
    { context_path: 'memory.none', exists: false },
    { header: { name: 'Content-Type', contains: 'json' } },
    { header: { name: 'x-count', equals: 12, gt: 9, one_of: [11, 12] } },
    { header: { name: 'x-none', exists: false } },
    { body_contains: '"{{want}}"' },
    { max_latency: '42ms' },
  ])('%j', async (given) => {
    expect(await failureOf(given)).toBeUndefined()
  })
})

describe('one that does not says what was expected and what came', () => {
  test.each<[Record<string, unknown>, string, string]>([
    [{ status_code: [201, '3xx'] }, 'status_code: 200, expected 201, 3xx', 'status_code: 200, expected 201, 3xx'],
    [
      { jsonpath: '$.status', equals: 'failed' },
      '$.status, expected "failed"',
      '$.status is "paid", expected "failed"',
    ],
    [{ jsonpath: '$.n', equals: '5' }, '$.n, expected "5"', '$.n is 5, expected "5"'],
    [{ jsonpath: '$.n', gt: '{{five}}' }, '$.n, expected > "{{five}}"', '$.n is 5, expected > 5'],
    [{ jsonpath: '$.status', gt: 1 }, '$.status, expected > 1', '$.status is "paid", expected > 1'],
    [
      { jsonpath: '$.list', length: 3 },
      '$.list, expected length 3',
      '$.list is ["a","b"] (length 2), expected length 3',
    ],
    [{ jsonpath: '$.n', type: 'string' }, '$.n, expected type "string"', '$.n is 5, expected type "string"'],
    [
      { jsonpath: '$.half', type: 'integer' },
      '$.half, expected type "integer"',
      '$.half is 2.5, expected type "integer"',
    ],
    [{ jsonpath: '$.gone', equals: 1 }, '$.gone is missing, expected 1', '$.gone is missing, expected 1'],
    [
      { jsonpath: '$.gone', not_equals: 1 },
      '$.gone is missing, expected anything but 1',
      '$.gone is missing, expected anything but 1',
    ],
    [{ jsonpath: '$.gone' }, '$.gone is missing', '$.gone is missing'],
    [{ jsonpath: '$.n', exists: false }, '$.n is there, expected nothing', '$.n is 5, expected nothing'],
    [
      { header: { name: 'X-None', equals: 1 } },
      'header X-None is missing, expected 1',
      'header X-None is missing, expected 1',
    ],
    [{ context_path: 'want', matches: '^x' }, 'want, expected to match "^x"', 'want is "paid", expected to match "^x"'],
    [{ max_latency: '40ms' }, 'max_latency: over 40 ms', 'took 42 ms, max_latency is 40 ms'],
    [{ jsonpath: '$.n', equals: '{{gone}}' }, '{{gone}} has no value here', '{{gone}} has no value here'],
  ])('%j', async (given, key, message) => {
    expect(await failureOf(given)).toEqual({ outcome: 'failed', key, message })
  })
})

test('long values are shortened', async () => {
  const long = answerWith(JSON.stringify({ text: 'x'.repeat(5000) }))
  const { failure } = await runStep({ type: 'assert', expect: { jsonpath: '$.text', equals: 'y' } }, { answer: long })
  expect(failure?.message.length).toBeLessThan(150)
})

test('every key is one check, also after the first that does not hold, which is the failure', async () => {
  const given = { status_code: 500, jsonpath: '$.n', equals: 5, gt: 9, body_contains: 'paid', max_latency: '1ms' }
  const { failure, checks } = await runStep({ type: 'assert', expect: given }, { answer })
  expect(checks).toEqual([false, true, false, true, false])
  expect(failure?.key).toBe('status_code: 200, expected 500')
})

test('a body that is not JSON is named', async () => {
  const html = answerWith('<html>', { status: 502, headers: { 'content-type': 'text/html' } })
  const { failure } = await runStep({ type: 'http', expect: { jsonpath: '$.n', equals: 5 } }, { answer: html })
  expect(failure).toMatchObject({
    key: 'the body is not JSON (text/html)',
    message: 'the body is not JSON (status 502, text/html): it begins with "<html>"',
  })
})

test('an assert before any answer fails, unless it is about variables', async () => {
  expect((await runStep({ type: 'assert', expect: { status_code: 200 } })).failure?.key).toBe('no answer yet')
  expect(
    (await runStep({ type: 'assert', expect: { context_path: 'a', equals: 1 } }, { vars: { a: 1 } })).failure,
  ).toBeUndefined()
})

test.each<Record<string, unknown>>([
  {},
  { equals: 5 },
  { status_code: '20x' },
  { status_code: 99 },
  { status_code: [] },
  { jsonpath: 'id', exists: true },
  { jsonpath: '$[', exists: true },
  { jsonpath: '$.{{id}}', exists: true },
  { jsonpath: '$.a', context_path: 'a', equals: 1 },
  { jsonpath: '$.a', gt: 'many' },
  { jsonpath: '$.a', matches: '(' },
  { jsonpath: '$.a', matches: '(?=a)' },
  { jsonpath: '$.a', type: 'int' },
  { jsonpath: '$.a', one_of: 5 },
  { header: { equals: 5 } },
  { max_latency: 300 },
  { status: 200 },
])('%j is refused', (given) => {
  expect(stepSchema.safeParse({ type: 'assert', name: 'a', expect: given }).success).toBe(false)
})
