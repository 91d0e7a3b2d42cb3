// A JSON Schema that takes for ever over a deep or long answer is given up; one that people write is not.
import fc from 'fast-check'
import { isDeepStrictEqual } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import { compileSchema, wrongSchema } from '../../src/actions/json-schema.ts'
import { beginStretch, EffortError, endStretch } from '../../src/effort.ts'

afterEach(endStretch)

const nested = (depth: number): unknown => (depth === 0 ? {} : { n: nested(depth - 1) })
const many = Array.from({ length: 20_000 }, (_, id) => ({ id }))

describe('gives up', () => {
  test.each([
    [
      'a schema that looks at everything twice',
      {
        $defs: {
          n: { properties: { n: { $ref: '#/$defs/n' } }, allOf: [{ properties: { n: { $ref: '#/$defs/n' } } }] },
        },
        $ref: '#/$defs/n',
      },
      nested(150),
    ],
    [
      'a list of texts that each have many patterns',
      {
        items: { patternProperties: Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`^(a|b)*${i}$`, true])) },
      },
      Array.from({ length: 200 }, () => ({ ['ab'.repeat(200)]: 1 })),
    ],
    [
      'an enumeration of very many values',
      { items: { not: { enum: Array.from({ length: 5_000 }, (_, i) => ({ i })) } } },
      many,
    ],
    ['a constant as large as the answer', { items: { not: { const: many } } }, many],
    [
      'formats of long texts',
      { items: { format: 'uri' } },
      Array.from({ length: 50_000 }, () => `a:${'b'.repeat(5_000)}`),
    ],
  ])('%s', (_, schema, value) => {
    const check = compileSchema(schema)
    beginStretch()
    expect(() => check(value)).toThrow(EffortError)
  })

  test('a schema that refers to itself alone', () => {
    const check = compileSchema({ $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' })
    beginStretch()
    expect(() => check({})).toThrow(/too much work|call stack/)
  })
})

test('is no effort for a schema and an answer as they are', () => {
  const check = compileSchema({
    type: 'array',
    uniqueItems: true,
    items: {
      type: 'object',
      required: ['id'],
      properties: { id: { type: 'integer', minimum: 0 } },
      additionalProperties: false,
    },
  })
  beginStretch()
  expect(check(many)).toBeUndefined()
})

test('unique items are told as before, in linear time', () => {
  const check = compileSchema({ uniqueItems: true })
  expect(
    check([
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ])?.message,
  ).toBe(
    'schema: $ must NOT have duplicate items (items ## 1 and 0 are identical) (uniqueItems), is [{"a":1,"b":2},{"b":2,"a":1}]',
  )
  const item = fc.jsonValue({ maxDepth: 2 }).filter((value) => !Object.is(value, -0))
  fc.assert(
    fc.property(fc.array(item, { maxLength: 5 }), (items) => {
      const isUnique = items.every((one, at) => items.every((other, to) => at === to || !isDeepStrictEqual(one, other)))
      expect(check(items) === undefined).toBe(isUnique)
    }),
  )
})

test('a property may have the name of a keyword, and data the name of ours', () => {
  const check = compileSchema({
    properties: { enum: { type: 'integer' }, properties: { type: 'string' }, $effort: { const: 1 } },
    enum: [
      { enum: 1, properties: 'x', $effort: 1 },
      { enum: 'a', properties: 'x', $effort: 1 },
    ],
  })
  expect(check({ enum: 1, properties: 'x', $effort: 1 })).toBeUndefined()
  expect(check({ enum: 'a', properties: 'x', $effort: 1 })?.message).toContain('$.enum')
})

describe('is no schema', () => {
  test.each([
    [{ $async: true, type: 'integer' }, '$async is not known here'],
    [{ items: { $async: true } }, '$async is not known here'],
    [{ allOf: Array.from({ length: 2_001 }, () => ({})) }, 'it has more than 2000 parts'],
  ])('%#', (schema, said) => {
    expect(wrongSchema(schema)).toBe(said)
  })
})
