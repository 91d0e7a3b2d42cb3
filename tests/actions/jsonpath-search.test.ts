// Our walk finds what the library that parses the paths finds, whatever the path and the value; and it ends.
import fc from 'fast-check'
import { query } from 'json-p3'
import { afterEach, describe, expect, test } from 'vitest'
import { jsonPath } from '../../src/actions/jsonpath.ts'
import { beginStretch, EffortError, endStretch } from '../../src/effort.ts'

afterEach(endStretch)

const key = fc.constantFrom('a', 'b', 'constructor', '__proto__', 'length')
const tree = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.integer({ min: 0, max: 3 }),
    fc.constantFrom<unknown>('a', 'ab', '', null, true, false, 1.5),
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(key, tie('node'), { maxKeys: 4 }),
  ),
})).node

const index = fc.integer({ min: -4, max: 4 })
const step = fc.oneof(
  key.map((name) => `.${name}`),
  key.map((name) => `['${name}']`),
  index.map((at) => `[${at}]`),
)
const singular = fc.array(step, { maxLength: 2 }).map((steps) => steps.join(''))
const slice = fc
  .tuple(fc.option(index), fc.option(index), fc.option(index))
  .map(([from, to, by]) => `${from ?? ''}:${to ?? ''}${by === null ? '' : `:${by}`}`)
const operator = fc.constantFrom('==', '!=', '<', '<=', '>', '>=')
const literal = fc.constantFrom('1', '1.5', "'a'", 'null', 'true', 'false', '-2')
const side = fc.oneof(
  singular.map((path) => `@${path}`),
  singular.map((path) => `$${path}`),
  literal,
  singular.map((path) => `length(@${path})`),
  fc.constantFrom('count(@.*)', 'count($..a)', 'value(@..a)'),
)
const test1 = fc.oneof(
  fc.tuple(side, operator, side).map(([a, op, b]) => `${a} ${op} ${b}`),
  fc.constantFrom('@.a', '@[*]', '!@.a', "match(@, 'a.?')", "search(@.a, 'b')", '@[?@.a]', '$.a', '@..b'),
)
const filter = fc
  .tuple(test1, fc.constantFrom(' && ', ' || '), test1, fc.boolean())
  .map(([a, join, b, not]) => `?${not ? '!' : ''}(${a}${join}${b})`)
const selector = fc.oneof(
  fc.constant('*'),
  key.map((name) => `'${name}'`),
  index.map(String),
  slice,
  filter,
  test1.map((one) => `?${one}`),
)
const segment = fc.oneof(
  step,
  fc
    .tuple(fc.constantFrom('', '..'), fc.array(selector, { minLength: 1, maxLength: 2 }))
    .map(([dots, all]) => `${dots}[${all.join(',')}]`),
  fc.constantFrom('.*', '..*', '..a'),
)

test('finds what the library finds, in the same order', () => {
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1, maxLength: 3 }), tree, (segments, value) => {
      const path = `$${segments.join('')}`
      const found = jsonPath(path)
      const wanted = query(path, value as never).values()
      expect(found.find(value)).toEqual(found.isSingular ? wanted[0] : wanted)
    }),
    { numRuns: 1500 },
  )
})

const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1), 1, 2])
const list = Array.from({ length: 20_000 }, (_, id) => ({ id, name: `n${id}` }))

describe('gives up what takes too much', () => {
  test.each([
    ['$..*..*..*..*', nested(60)],
    ['$[*,*,*][*,*,*][*,*,*][*,*,*][*,*,*][*,*,*][*,*,*][*,*,*][*,*,*][*,*,*][*,*,*][*,*,*][*,*,*]', nested(60)],
    ['$[?count($[*]) > @.id]', list],
    ['$[?@ == $[0]]', Array.from({ length: 300 }, () => list.map(({ id }) => id))],
    ['$[?$[?@.id == 7]]', list],
    ["$[?search(@.name, '(n|1|2)*x')]", Array.from({ length: 1_000 }, () => ({ name: 'n12'.repeat(1_000) }))],
    ['$[?length(@) > 3]', Array.from({ length: 2_000 }, () => 'a'.repeat(10_000))],
    [`$[${Array.from({ length: 20 }, () => '0:20000').join(',')}][0:3]`, list.map(() => [1, 2, 3, 4, 5, 6, 7])],
  ])('%s', (path, value) => {
    beginStretch()
    expect(() => jsonPath(path).find(value)).toThrow(EffortError)
  })
})

test('what people ask of a large answer is no effort', () => {
  for (const path of ['$[?@.id == 777].name', '$[*].name', '$..name', '$[-1]', "$[?match(@.name, 'n1.*')].id"]) {
    beginStretch()
    expect([jsonPath(path).find(list)].flat().length).toBeGreaterThan(0)
  }
})
