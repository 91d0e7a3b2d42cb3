import { readdirSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { virtualClock } from '../../src/clock.ts'
import { mockTransport } from '../../src/engine/mock.ts'
import { loadScenario, openRun, preparePlan } from '../../src/run.ts'
import type { RunRecord, Scenario } from '../../src/run.ts'
import { allCycles, aScenario, HOST } from '../support/a-plan.ts'

/** A mocked run on a virtual clock. */
const mocked = (yaml: string): Promise<RunRecord> => mockedScenario(aScenario(yaml))

async function mockedScenario(scenario: Scenario): Promise<RunRecord> {
  const { plan, problems } = preparePlan(scenario, { env: {}, seed: 1, mock: 'api' })
  if (plan === undefined) throw new Error(problems.map(({ message }) => message).join('\n'))
  const clock = virtualClock()
  const importModule = (name: string): Promise<Readonly<Record<string, unknown>>> =>
    import(pathToFileURL(name).href) as Promise<Readonly<Record<string, unknown>>>
  const run = openRun(plan, { clock, transport: mockTransport(clock), host: HOST, rerun: '', importModule })
  await allCycles(run)
  return run.end()
}

/** What the cell of one step came to: `passed`, or its first cause. */
async function outcome(step: string, more = ''): Promise<string> {
  const { cells } = await mocked(`flow:\n  - { type: http, name: get, path: /things, ${step} }\n${more}`)
  return cells[0]?.causes[0]?.example?.message ?? cells[0]?.state ?? ''
}

describe('an answer is made up with which the step succeeds', () => {
  test.each([
    'tags: { a: b }',
    'expect: { status_code: 201 }',
    'expect: { status_code: [409, 404] }',
    'expect: { status_code: 4xx }',
    'expect: { jsonpath: $.id }',
    'expect: { jsonpath: "$.items[0].id", equals: { a: [1, null] } }',
    'expect: { jsonpath: "$.items", length: 5 }',
    'expect: { jsonpath: "$.items", length: 2, contains: book }',
    'expect: { jsonpath: "$.items[*].id", length: 1 }',
    'expect: { jsonpath: "$.items[*].id", equals: [7] }',
    'expect: { jsonpath: "$..price", exists: true }',
    'expect: { jsonpath: "$.items[-1].id", matches: "^p[0-9]{3,}$" }',
    'expect: { jsonpath: $.name, length: 12, type: string }',
    'expect: { jsonpath: $.name, contains: ö, length: 3 }',
    'expect: { jsonpath: $.price, gt: 10, lt: 11 }',
    'expect: { jsonpath: $.price, gte: 10, lte: 10, type: integer }',
    'expect: { jsonpath: $.price, gt: 0.5 }',
    'expect: { jsonpath: $.price, lt: -3, type: number }',
    'expect: { jsonpath: $.is_open, type: boolean }',
    'expect: { jsonpath: $.open, one_of: [a, b], not_equals: a }',
    'expect: { jsonpath: $.none, type: "null" }',
    'expect: { jsonpath: $.gone, exists: false }',
    'expect: { jsonpath: $.x, not_equals: mock }',
    'expect: { jsonpath: $, type: array }',
    'expect: { jsonpath: $, equals: text }',
    'expect: { header: { name: Location, matches: "^/carts/[0-9a-f]+$" } }',
    'expect: { header: { name: X-Left, gt: 3, lt: 9 } }',
    'expect: { header: { name: X-Gone, exists: false }, max_latency: 20ms }',
    'expect: { body_contains: "<h1>Hello" }',
    'expect: { body_contains: hello, jsonpath: $.id, type: string }',
    'expect: { jsonpath: $.agent, equals: "{{agent.id}}" }',
    'expect: { expression: "status == 201 && body.id != null" }',
    'expect: { expression: "size(body.items) == 3 && body.items[0].price > 4.5" }',
    'expect: { expression: \'size(body.items) >= 2 && headers["content-type"].startsWith("application/json")\' }',
    'expect: { expression: "body.items.exists(i, i.price < 2) && body.items.all(i, i.is_new)" }',
    `expect: { expression: 'body.state in ["open", "paid"] && !(body.count <= 3) && !body.closed' }`,
    `expect: { expression: 'body.agent == agent.id && "{{agent.group}}" == body.group && body.n == {{cycle}}' }`,
    `expect: { expression: 'has(body.more) || status == 404', jsonpath: $.id, type: integer }`,
    `expect: { expression: 'body.name.matches("^p[0-9]+$") && "x" == headers.etag' }`,
    'extract: { id: $.id, more: "$.items[2].price", tag: { header: etag } }',
    'extract: { "all": "$.items[*].id" }, expect: { jsonpath: "$.items", length: 3 }',
    'extract: { id: { path: $.id, default: 1 } }',
    'extract: { id: { path: "$[?@.a == 1].id", default: 1 } }',
    'expect: { jsonpath: $.id, matches: "(cart|order)-(?:\\\\w+)?[^x]\\\\.(?P<n>\\\\d+)" }',
  ])('%s', async (step) => {
    expect(await outcome(step)).toBe('passed')
  })

  test('which what comes later can use', async () => {
    const record = await mocked(`
flow:
  - { type: http, name: cart, method: POST, path: /carts, expect: { status_code: 201 }, extract: { cart_id: $.id } }
  - { type: http, name: read, path: "/carts/{{cart_id}}", expect: { jsonpath: $.id, equals: "{{cart_id}}" } }
  - { type: http, name: gone, method: DELETE, path: "/carts/{{cart_id}}", expect: { status_code: 204 } }
`)
    expect(record.cells.map(({ state }) => state)).toEqual(['passed'])
  })

  test('for a wait at its first poll', async () => {
    const record = await mocked(
      'flow: [{ type: wait, name: ready, path: /job, expect: { jsonpath: $.state, equals: done } }]\nthresholds: [requests == 1]\n',
    )
    expect(record.thresholds.map(({ kind }) => kind)).toEqual(['pass'])
  })
})

describe('as far as it goes, the assertions after the step hold too', () => {
  const steps = (...lines: readonly string[]): string => `flow:\n${lines.map((line) => `  - { ${line} }`).join('\n')}\n`
  const states = async (yaml: string): Promise<unknown> => (await mocked(yaml)).cells.map(({ state }) => state)

  test('of the answer, and of what was extracted from it', async () => {
    const yaml = steps(
      'type: http, name: get, path: /, extract: { cart: $.cart, price: { path: $.price } }',
      'type: set, name: between, vars: { a: 1 }',
      'type: assert, name: status, expect: { status_code: 201 }',
      'type: assert, name: price, expect: { context_path: price, gt: 10, lt: 12 }',
      'type: assert, name: same price, expect: { jsonpath: $.price, gt: 11 }',
      'type: assert, name: item, expect: { context_path: "cart.items[1].id", matches: "^p[0-9]$" }',
      'type: assert, name: header, expect: { header: { name: etag, length: 8 } }',
    )
    expect(
      await states(`${yaml}assertions:\n  - { name: last, expect: { jsonpath: $.last, equals: true } }\n`),
    ).toEqual(['passed'])
  })

  test('but the step’s own expectation comes first, and the assertion says what it misses', async () => {
    const record = await mocked(
      steps(
        'type: http, name: get, path: /, expect: { jsonpath: $.price, equals: 5 }',
        'type: assert, name: price, expect: { jsonpath: $.price, equals: 6 }',
      ),
    )
    expect(record.cells[0]?.causes.map(({ step, example }) => [step, example?.message])).toEqual([
      ['price', '$.price is 5, expected 6'],
    ])
  })
})

describe('a JSON Schema is met', () => {
  test.each([
    '{ type: object, required: [id, tags], properties: { id: { type: string, minLength: 5 }, tags: { type: array, minItems: 2, items: { enum: [a, b] } } } }',
    '{ type: array, minItems: 3, items: { $ref: "#/$defs/one" }, $defs: { one: { type: integer, minimum: 3, maximum: 3 } } }',
    '{ allOf: [{ required: [a], properties: { a: { const: 1 } } }, { required: [b], properties: { b: { type: "null" } } }] }',
    '{ oneOf: [{ type: string, format: email }, { type: number }] }',
    '{ required: [at, by, of], properties: { at: { format: date-time }, by: { format: uuid }, of: { pattern: "^x[0-9]{3}$" } } }',
    '{ type: number, exclusiveMinimum: 0, exclusiveMaximum: 1 }',
    '{ type: [boolean, "null"] }',
    '{ properties: { left: { $ref: "#" } }, required: [id] }',
    'true',
  ])('%s', async (schema) => {
    expect(await outcome(`expect: { schema: ${schema} }`)).toBe('passed')
  })

  test('together with a path', async () => {
    const schema = '{ type: object, required: [price], properties: { price: { type: number } } }'
    expect(await outcome(`expect: { schema: ${schema}, jsonpath: $.price, gt: 99 }, extract: { id: $.id }`)).toBe(
      'passed',
    )
  })
})

describe('where none can be made up, the step says what to do', () => {
  const advice = 'Give the step a mock: mock: { status: 200, json: { … } }'

  test.each([
    ['expect: { jsonpath: $.a, equals: 1, type: string }', 'nothing was found that $.a could be'],
    ['expect: { jsonpath: $.a, gt: 5, lt: 4 }', 'nothing was found that $.a could be'],
    ['expect: { jsonpath: $.a, matches: "[[:alpha:]]+x" }', 'nothing was found that $.a could be'],
    [
      'expect: { jsonpath: "$.items[?@.id == 1].a", equals: [1] }',
      'a value at $.items[?@.id == 1].a cannot be made up',
    ],
    ['expect: { jsonpath: $.a, equals: 1 }, extract: { b: $.a.b }', '$.a.b and another path of the step'],
    ['expect: { header: { name: etag, equals: a, contains: b } }', 'nothing was found that the header etag could be'],
    ['expect: { expression: "body.a > 5 && body.a < 4" }', 'expression: body.a > 5 && body.a < 4 does not hold'],
    ['expect: { expression: "sum(body.prices) == 7" }', 'expression sum(body.prices) == 7: No such key'],
    ['expect: { schema: { not: {} } }', 'schema: $ must NOT be valid'],
    ['expect: { max_latency: 10us }', 'took 1 ms, max_latency is 0.01 ms'],
  ])('%s', async (step, why) => {
    const message = await outcome(step)
    expect(message).toContain(`no answer can be made up: ${why}`)
    expect(message).toContain(advice)
  })
})

describe('`mock` is taken as it is', () => {
  test.each([
    ['mock: { status: 500 }', 'status_code: 500, expected 2xx'],
    ['mock: { json: { id: 7 } }, expect: { jsonpath: $.id, type: string }', '$.id is 7, expected type'],
    ['mock: { json: {} }, extract: { id: $.id }', 'extract id: the answer has nothing at $.id'],
    ['mock: { body: "<html>" }, expect: { jsonpath: $.id }', 'the body is not JSON (status 200, text/plain)'],
    ['mock: { headers: { ETag: a } }, expect: { header: { name: etag, equals: b } }', 'header etag is "a"'],
    ['mock: { latency: 30ms }, expect: { max_latency: 20ms }', 'took 30 ms'],
    ['mock: { latency: 2s }', 'no answer from shop.test within 1 s'],
  ])('%s', async (step, message) => {
    expect(await outcome(step)).toContain(message)
  })

  test.each([
    'mock: { status: 201 }, expect: { status_code: 201, jsonpath: $.id }',
    'mock: { json: { id: "{{agent.id}}" } }, expect: { jsonpath: $.id, equals: agents-1 }',
    'mock: { headers: { X-Id: "{{agent.index}}" } }, expect: { header: { name: x-id, equals: "1" } }',
    'mock: { latency: 30ms }, expect: { max_latency: 40ms }',
    'mock: { json: { id: 7 } }, expect: { jsonpath: "$[?@ == 7]" }',
  ])('%s', async (step) => {
    expect(await outcome(step)).toBe('passed')
  })

  test('has json or body', () => {
    expect(() => aScenario('flow: [{ type: http, name: a, path: /, mock: { json: 1, body: x } }]')).toThrow(
      'A mock has json or body, not both.',
    )
  })
})

describe('a mocked run', () => {
  test('says so, in its plan and its record, and judges thresholds as ever', async () => {
    const record = await mocked(
      'flow: [{ type: http, name: a, path: /, mock: { latency: 20ms } }]\nthresholds: ["max < 10ms", errors == 0]\n',
    )
    expect(record.mock).toBe('api')
    expect(record.hosts).toEqual([])
    expect(record.notices).toEqual(['Mocked: no service was asked. Answers and their times were made up.'])
    expect(record.thresholds.map(({ kind }) => kind)).toEqual(['fail', 'pass'])
  })

  test('needs no environment and starts nothing', async () => {
    const sut = `sut:
  services:
    api:
      base_url: "{{env.NOWHERE}}"
      headers: { Authorization: "Bearer {{env.TOKEN}}" }
      start: { command: "false" }
`
    const scenario = aScenario(`${sut}flow: [{ type: http, name: a, path: "/{{env.REGION}}" }]\n`)
    const { plan, problems } = preparePlan(scenario, { env: { REGION: 'north' }, mock: 'api' })
    expect(problems).toEqual([])
    expect(plan?.start).toEqual([])
    expect(plan?.env).toEqual({ NOWHERE: 'mock', TOKEN: 'mock', REGION: 'north' })
    expect(preparePlan(scenario, { env: {} }).problems.length).toBe(3)
  })
})

describe('the fixtures run without the shop', () => {
  const folder = fileURLToPath(new URL('../../fixtures/scenarios/', import.meta.url))
  /** Their answers are wrong or late on purpose. */
  const others = ['on-failure', 'redact', 'timeout', 'wait-times-out']
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.scenario.yaml'))
    .map((name) => name.replace('.scenario.yaml', ''))
    .filter((name) => !others.includes(name))

  test.each(names)('%s', async (name) => {
    const { scenario } = loadScenario(`${folder}${name}.scenario.yaml`)
    if (scenario === undefined) throw new Error(`${name} did not load`)
    const record = await mockedScenario(scenario)
    expect(record.cells.map(({ state, message }) => message ?? state)).toEqual(record.cells.map(() => 'passed'))
  })

  test.each(others)('%s, with good answers', async (name) => {
    const { scenario } = loadScenario(`${folder}${name}.scenario.yaml`)
    if (scenario === undefined) throw new Error(`${name} did not load`)
    const { cells, stopped } = await mockedScenario(scenario)
    expect(stopped).toBeUndefined()
    expect(cells.map(({ iterations, causes }) => [iterations.ok > 0, causes])).toEqual(cells.map(() => [true, []]))
  })
})
