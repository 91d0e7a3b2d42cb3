// `schema`, `expression` and `regex`: what holds, and how what does not is said.
import { describe, expect, test } from 'vitest'
import { compileSchema, wrongSchema } from '../../src/actions/json-schema.ts'
import type { JsonSchema } from '../../src/actions/json-schema.ts'
import { answerWith } from '../support/agent-names.ts'
import { runStep } from '../support/step-context.ts'

const PRODUCT: JsonSchema = {
  type: 'object',
  required: ['id', 'items'],
  additionalProperties: false,
  properties: {
    id: { type: 'string', pattern: '^p\\d+$' },
    kind: { enum: ['book', 'game'] },
    at: { type: 'string', format: 'date-time' },
    'a/b~c': { const: 1 },
    items: { type: 'array', items: { type: 'object', properties: { price: { type: 'number', minimum: 0 } } } },
  },
}
const fits = { id: 'p1', items: [{ price: 3 }], at: '2026-01-01T00:00:00Z', 'a/b~c': 1 }

describe('a JSON Schema', () => {
  test('holds for what fits it', () => {
    expect(compileSchema(PRODUCT)(fits)).toBeUndefined()
    expect(compileSchema(true)(undefined)).toBeUndefined()
  })

  test.each<[string, unknown, string, string]>([
    [
      'the path and the constraint',
      { ...fits, items: [{ price: 3 }, { price: -1 }] },
      'schema: $.items[*].price must be >= 0 (minimum)',
      'schema: $.items[1].price must be >= 0 (minimum), is -1',
    ],
    [
      'what is missing',
      { id: 'p1' },
      "schema: $ must have required property 'items' (required)",
      "schema: $ must have required property 'items' (required)",
    ],
    [
      'what is too much',
      { ...fits, secret: 1 },
      'schema: $ must NOT have additional properties (additionalProperties)',
      'schema: $ must NOT have additional properties (additionalProperties): "secret"',
    ],
    [
      'what is allowed',
      { ...fits, kind: 'car' },
      'schema: $.kind must be equal to one of the allowed values (enum)',
      'schema: $.kind must be equal to one of the allowed values (enum) ["book","game"], is "car"',
    ],
    [
      'a pattern',
      { ...fits, id: 'x' },
      'schema: $.id must match pattern "^p\\d+$" (pattern)',
      'schema: $.id must match pattern "^p\\d+$" (pattern), is "x"',
    ],
    [
      'a format',
      { ...fits, at: 'noon' },
      'schema: $.at must match format "date-time" (format)',
      'schema: $.at must match format "date-time" (format), is "noon"',
    ],
    [
      'keys that are no names',
      { ...fits, 'a/b~c': 2 },
      'schema: $["a/b~c"] must be equal to constant (const)',
      'schema: $["a/b~c"] must be equal to constant (const) 1, is 2',
    ],
    ['the whole', [], 'schema: $ must be object (type)', 'schema: $ must be object (type), is []'],
  ])('says %s', (_, value, key, message) => {
    expect(compileSchema(PRODUCT)(value)).toEqual({ outcome: 'failed', key, message })
  })

  test('has the keywords of 2020-12', () => {
    const check = compileSchema({ type: 'array', prefixItems: [{ type: 'string' }], items: false })
    expect(check(['a'])).toBeUndefined()
    expect(check(['a', 1])?.key).toContain('$')
    const dependent = compileSchema({ type: 'object', dependentRequired: { a: ['b'] }, unevaluatedProperties: true })
    expect(dependent({ a: 1 })?.message).toContain('must have property b')
  })

  test('a pattern that would hang others does not', () => {
    const check = compileSchema({ type: 'string', pattern: '^(a+)+$' })
    expect(check(`${'a'.repeat(50_000)}!`)).toBeDefined()
  })

  test.each<[JsonSchema, string]>([
    [{ type: 'text' }, 'schema.type must be equal to one of the allowed values'],
    [{ requird: ['id'] }, 'unknown keyword: "requird"'],
    [{ $ref: 'https://example.com/x.json' }, "can't resolve reference https://example.com/x.json"],
    [{ $ref: '#/$defs/none' }, "can't resolve reference #/$defs/none"],
    [{ type: 'string', pattern: '(?=a)' }, 'Perl syntax'],
    [{ type: 'string', format: 'shoe-size' }, 'unknown format "shoe-size"'],
  ])('%j is wrong', (schema, said) => {
    expect(wrongSchema(schema)).toContain(said)
  })

  test('that says what OpenAPI says besides is right', () => {
    expect(wrongSchema({ type: 'object', properties: { a: { type: 'string', example: 'x' } } })).toBeUndefined()
    expect(wrongSchema(false)).toBeUndefined()
  })
})

describe('expect', () => {
  const assert = (expected: object): Record<string, unknown> => ({ type: 'assert', expect: expected })

  test('schema: of an answer that is no JSON', async () => {
    const { failure } = await runStep(assert({ schema: PRODUCT }), { answer: answerWith('<html>') })
    expect(failure?.key).toBe('the body is not JSON (application/json)')
  })

  test('expression: over the answer and all names', async () => {
    const expression = 'status == 200 && body.n > least && headers["content-type"].startsWith("application")'
    const setting = { answer: answerWith('{"n":3}'), vars: { least: 2 } }
    expect((await runStep(assert({ expression }), setting)).failure).toBeUndefined()
    const { failure, checks } = await runStep(assert({ expression }), { ...setting, vars: { least: 3 } })
    expect(failure?.key).toBe(`expression: ${expression} does not hold`)
    expect(failure?.message).toBe(
      `expression: ${expression} does not hold: status is 200, body.n is 3, least is 3, headers["content-type"] is "application/json"`,
    )
    expect(checks).toEqual([false])
  })

  test('expression: needs no answer when it asks for none, and fails when it asks for what is not there', async () => {
    expect((await runStep(assert({ expression: 'n == 1' }), { vars: { n: 1 } })).failure).toBeUndefined()
    const { failure } = await runStep(assert({ expression: 'status == 200' }))
    expect(failure?.message).toMatch(/^expression status == 200: /)
  })

  test('schema and expression are checks beside the others', async () => {
    const expected = { status_code: 200, schema: { type: 'object' }, expression: 'body.n == 4' }
    const { checks } = await runStep(assert(expected), { answer: answerWith('{"n":3}') })
    expect(checks).toEqual([true, true, false])
  })
})

describe('extract by regex', () => {
  const take = (rule: object): Promise<{ vars: Record<string, unknown>; failure: unknown }> =>
    runStep({ type: 'http', extract: { x: rule } }, { answer: answerWith('token=abc; token=def; empty=') })

  test.each([
    [{ regex: 'token=(\\w+)' }, 'abc'],
    [{ regex: 'token=(\\w+)', group: 0 }, 'token=abc'],
    [{ regex: 'token=\\w+' }, 'token=abc'],
    [{ regex: '(a)(b)(c)', group: 3 }, 'c'],
    [{ regex: 'empty=(.*)' }, ''],
    [{ regex: 'nothing(.)', default: 7 }, 7],
    [{ regex: 'token=(x)?', default: 'no x' }, 'no x'],
  ])('%j', async (rule, value) => {
    expect((await take(rule)).vars['x']).toBe(value)
  })

  test('finds nothing: the step fails', async () => {
    expect((await take({ regex: 'nothing' })).failure).toMatchObject({
      key: 'extract x: nothing at regex "nothing"',
    })
  })
})
