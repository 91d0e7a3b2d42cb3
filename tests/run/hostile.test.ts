// Files and services that mean harm, over the public road: whatever a scenario asks of whatever an answer holds, the
// run ends, the step that was attacked fails or succeeds, nothing outside of its own values is reached, and what is
// told of it is bounded. How much work there may be is in effort.ts; here it is only seen that it ends.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aPlan, play } from '../support/a-plan.ts'
import { simulate } from '../support/run-yaml.ts'
import type { Plan } from '../../src/run.ts'

const nested = (depth: number): string => `${'{"a":['.repeat(depth)}1${']}'.repeat(depth)}`
const many = (count: number, make: (at: number) => string): string =>
  `[${Array.from({ length: count }, (_, at) => make(at)).join(',')}]`

const TOO_MUCH = /too much work/
const TOO_LARGE = /too large to be read as JSON/
const NO_NAME = /has no value here|nothing at|No such key|is not a number/

/** What is tried, the step's keys, the answer, and why the step fails; undefined: it does not. */
const ATTACKS: readonly [what: string, step: string, body: string, reason: RegExp | undefined][] = [
  ['a prototype by a template', `json: { x: "{{v['toString']}}" }`, '{}', NO_NAME],
  ['a prototype of a text', `json: { x: "{{v.length}}" }`, '"text"', NO_NAME],
  ['a prototype by a JSONPath', 'extract: { x: "$.toString" }', '{}', NO_NAME],
  ['a prototype by a JSONPath in quotes', `extract: { x: "$['hasOwnProperty']" }`, '{}', NO_NAME],
  [
    'a prototype by a wildcard',
    'extract: { x: { path: "$..__proto__", default: 1 } }',
    '{"a":{"__proto__":{"polluted":true}}}',
    undefined,
  ],
  ['a prototype by a filter', `extract: { x: "$[?@.constructor]" }`, '[{}]', NO_NAME],
  ['a prototype in a condition', 'condition: "v.toString == 1"', '{}', NO_NAME],
  ['a prototype of a list in a condition', 'condition: "v.constructor == 1"', '[1]', /condition/],
  [
    'keys of prototypes in an answer',
    'condition: "v.a == 1"',
    '{"__proto__":{"a":1},"constructor":{"prototype":{"a":1}}}',
    NO_NAME,
  ],
  [
    'a key that is a constructor',
    'condition: "v.constructor.name == \'x\'"',
    '{"constructor":{"name":"x"}}',
    undefined,
  ],
  ['keys of prototypes sent on', 'json: "{{v}}"', '{"__proto__":{"polluted":true},"constructor":1}', undefined],
  ['a function by name', 'condition: "v.map(x, process)[0] == 1"', '[1]', undefined],
  ['brackets in brackets', 'extract: { x: "$..a" }', nested(1_000), TOO_LARGE],
  ['brackets in brackets, as deep as they may be', 'extract: { x: "$..a..a..a..a" }', nested(99), TOO_MUCH],
  ['very many values', 'expect: { jsonpath: "$[0]", equals: 0 }', many(60_000, () => '0'), TOO_LARGE],
  ['as many values as may be', 'expect: { jsonpath: "$[*]", length: 49999 }', many(49_999, () => '0'), undefined],
  [
    'all pairs of them',
    'expect: { expression: "body.all(a, body.all(b, a == b))" }',
    many(20_000, () => '0'),
    TOO_MUCH,
  ],
  [
    'all pairs of them, by a path',
    'expect: { jsonpath: "$[?count($[?@ == 0]) > 1]" }',
    many(5_000, () => '0'),
    TOO_MUCH,
  ],
  [
    'a list that is each of its items',
    'expect: { jsonpath: "$", contains: [1] }',
    many(16_000, () => '[0]'),
    /expected to contain/,
  ],
  [
    'a pattern that is the answer itself',
    'expect: { body_contains: "x", header: { name: x, matches: "{{v}}" } }',
    '"(a|a)*b"',
    /./,
  ],
  [
    'a pattern without end',
    'extract: { x: { regex: "(\\\\w+\\\\s?)+!" } }',
    'a '.repeat(300_000),
    /nothing at|too much work/,
  ],
  [
    'a text in a text',
    'expect: { body_contains: "{{v}}b{{v}}" }',
    JSON.stringify('a'.repeat(900_000)),
    /does not contain|not there/,
  ],
  [
    'a text that grows',
    `json: { x: "${'{{v}}'.repeat(9)}" }`,
    JSON.stringify('a'.repeat(900_000)),
    /more than 4,000,000 characters/,
  ],
  [
    'a text that grows by filters',
    `json: { x: "{{v ${'| base64 '.repeat(60)}}}" }`,
    JSON.stringify('a'.repeat(9_000)),
    /more than 4,000,000 characters|too much work/,
  ],
  ['values that hold each other', 'json: { x: "{{d}}" }', many(4_000, () => '0'), TOO_MUCH],
  ['a number that is none', 'json: { x: "{{v | int}}" }', '"9e999"', NO_NAME],
  ['another header', 'headers: { X-A: "{{v}}" }', '"a\\r\\nEvil: 1"', /line break/],
  ['another request', 'path: "/{{v}}"', '"a HTTP/1.1\\r\\nHost: evil\\r\\n\\r\\n"', undefined],
  [
    'a schema that looks at everything twice',
    'expect: { schema: { $defs: { n: { properties: { a: { items: { $ref: "#/$defs/n" } } }, allOf: [{ properties: { a: { items: { $ref: "#/$defs/n" } } } }] } }, $ref: "#/$defs/n" } }',
    nested(90),
    TOO_MUCH,
  ],
  ['a loop over the answer', 'expect: { jsonpath: "$[*]", one_of: [1] }', many(40_000, (at) => `{"a":${at}}`), /./],
]

const yamlOf = (step: string): string => `
stop_when: { any_action_fails: false, any_assertion_fails: false }
max_steps: 100
flow:
  - { type: http, name: first, path: /given, extract: { v: { path: $, default: none } } }
  - { type: set, name: a, vars: { b: ["{{v}}", "{{v}}", "{{v}}", "{{v}}", "{{v}}", "{{v}}", "{{v}}", "{{v}}", "{{v}}", "{{v}}"] } }
  - { type: set, name: b, vars: { c: ["{{b}}", "{{b}}", "{{b}}", "{{b}}", "{{b}}", "{{b}}", "{{b}}", "{{b}}", "{{b}}", "{{b}}"] } }
  - { type: set, name: c, vars: { d: ["{{c}}", "{{c}}", "{{c}}", "{{c}}", "{{c}}", "{{c}}", "{{c}}", "{{c}}", "{{c}}", "{{c}}"] } }
  - { type: http, name: attacked, ${step.includes('path: "/') ? '' : 'path: /attacked, '}${step} }
  - { type: http, name: last, path: /last, expect: { status_code: 200 } }
`

describe('reaches nothing, and ends:', () => {
  test.each(ATTACKS)('%s', async (_, step, body, reason) => {
    // Unknown names are refused before the run; so is that.
    if (step.includes('process')) {
      expect(() => aPlan(yamlOf(step))).toThrow(/process/)
      return
    }
    const asked: string[] = []
    const { failures, iterations, runCycle } = simulate(yamlOf(step), (path) => {
      asked.push(path)
      return { status: 200, latencyMs: 1, body: Buffer.from(body) }
    })
    await runCycle()
    const told = failures.filter(({ source }) => source.step.name === 'attacked').map(({ failure }) => failure.message)
    if (reason === undefined) expect(told).toEqual([])
    else expect(told.join()).toMatch(reason)
    // The agent goes on.
    expect(iterations).toHaveLength(1)
    expect(asked.at(-1)).toBe('/last')
    expectUntouched()
  })
})

function expectUntouched(): void {
  expect(Object.keys(Object.prototype)).toEqual([])
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  expect(([] as unknown as Record<string, unknown>)['polluted']).toBeUndefined()
}

/** Whoever writes to what agents share then throws. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value)) return value
  Object.freeze(value)
  for (const item of Object.values(value)) frozen(item)
  return value
}

const evilKey = fc.constantFrom(
  'a',
  'b',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'length',
  'toJSON',
  'then',
  '\u001b[2J',
)
const evilValue = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<unknown>(
      null,
      true,
      0,
      -1,
      1e308,
      '',
      '{{env.SECRET}}',
      '$..a',
      '(a+)+$',
      '\u001b]0;x\u0007',
      '\r\nX: 1',
      '\ud800',
      '::error::x',
    ),
    fc.string({ maxLength: 20 }),
    fc.array(tie('node'), { maxLength: 6 }),
    fc.array(fc.tuple(evilKey, tie('node')), { maxLength: 6 }).map((pairs) => Object.fromEntries(pairs)),
  ),
})).node

const name = fc.constantFrom(
  'v',
  'v.a',
  'v.b[0]',
  'last_response.body',
  'last_response.headers',
  'agent.vars',
  'memory.m',
  'setup.s',
  'data.row',
  'v["a"]',
)
const filters = fc.array(
  fc.constantFrom(
    '| upper',
    '| json',
    '| base64',
    '| urlencode',
    '| int',
    '| trim',
    '| round: 3',
    '| string',
    '| default: 1',
  ),
  { maxLength: 4 },
)
const template = fc.tuple(name, filters).map(([of, list]) => `{{${of} ${list.join(' ')}}}`)
const path = fc
  .array(
    fc.constantFrom(
      '..a',
      '..*',
      '[*]',
      "['__proto__']",
      '[?@.a == @.b]',
      '[?count($..*) > 1]',
      '[?search(@.a, $.b)]',
      '[-1]',
      '[::2]',
      '.a',
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((parts) => `$${parts.join('')}`)
const condition = fc.constantFrom(
  'v == body',
  'body.all(x, x == v)',
  'body.map(x, body.map(y, [x, y])) == [v]',
  'string(v).contains(string(body))',
  'size(body) > size(v)',
  'has(body.constructor) || has(body.__proto__)',
  'body.exists(x, x in body)',
  'string(body.a).matches(string(v))',
  '[body, body] + [v] == [[v]]',
  'v.filter(x, x.a == v)[0] == body',
)
const quoted = (text: string): string => JSON.stringify(text)
const attackedStep = fc.oneof(
  template.map((text) => `json: { x: ${quoted(text)}, y: [${quoted(`a ${text}`)}] }`),
  template.map((text) => `method: POST, form: { x: ${quoted(text)} }, headers: { X-A: ${quoted(text)} }`),
  template.map((text) => `query: { x: ${quoted(text)} }, expect: { body_contains: ${quoted(text)} }`),
  path.map((text) => `extract: { v: { path: ${quoted(text)}, default: 1 } }`),
  fc
    .tuple(path, template)
    .map(
      ([text, of]) =>
        `expect: { jsonpath: ${quoted(text)}, equals: ${quoted(of)}, contains: ${quoted(of)}, matches: ${quoted(of)} }`,
    ),
  condition.map((text) => `condition: ${quoted(text)}`),
  condition.map((text) => `expect: { expression: ${quoted(text)} }`),
)

test('whatever is asked of whatever is answered: the run ends, agents keep to themselves, and little is told', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(attackedStep, { minLength: 1, maxLength: 3 }),
      fc.array(evilValue, { minLength: 1, maxLength: 4 }),
      async (steps, values) => {
        const yaml = `
stop_when: { any_action_fails: false, any_assertion_fails: false }
setup: [{ type: http, name: s, path: /s, extract: { s: { path: $, default: 1 } } }]
agents: { g: { count: 2, flow: f, data: ./rows.json, vars: { list: [1, { a: 2 }] }, workload: { iterations: 2 } } }
flows:
  f:
    - { type: http, name: first, path: /first, extract: { v: { path: $, default: none } } }
    - { type: set, name: kept, scope: agent, vars: { m: ["{{v}}", "{{setup.s}}", "{{data.row}}", "{{agent.vars}}"] } }
${steps.map((step, at) => `    - { type: http, name: a${at}, path: /a${at}, ${step} }`).join('\n')}
    - { type: set, name: again, vars: { v: ["{{v}}", "{{memory.m}}"] } }
    - { type: repeat, name: each, for_each: "{{memory.m}}", as: one, steps: [{ type: set, name: in, vars: { w: "{{one}}" } }] }
`
        const files = { 'rows.json': JSON.stringify([{ row: { a: [1] } }, { row: { a: [2] } }]) }
        const plan: Plan = frozen(aPlan(yaml, { files }))
        let asked = 0
        const { record, error } = await play(plan, {
          respond: () => ({ body: Buffer.from(JSON.stringify(values[asked++ % values.length]) ?? 'null') }),
        })
        expect(error instanceof TypeError ? error.message : undefined).toBeUndefined()
        expect(record.stopped ?? '').not.toContain('internal error')
        for (const { causes } of record.cells)
          for (const { reason, example } of causes) {
            expect(reason.length).toBeLessThanOrEqual(300)
            expect(example?.message.length ?? 0).toBeLessThanOrEqual(2_000)
            expect(example?.body?.length ?? 0).toBeLessThanOrEqual(500)
          }
        expectUntouched()
      },
    ),
    { numRuns: 50 },
  )
})

test('steps that wait for nothing let others go on', async () => {
  const yaml = `
max_steps: 100000
agents: { busy: { count: 1, flow: b }, calm: { count: 1, flow: c } }
flows:
  b: [{ type: repeat, name: r, times: 30000, steps: [{ type: set, name: s, vars: { x: 1 } }] }]
  c: [{ type: http, name: a, path: /a }]
`
  const { record, log } = await play(yaml)
  expect(record.cells.map(({ state }) => state)).toEqual(['passed', 'passed'])
  expect(log).toHaveLength(1)
})
