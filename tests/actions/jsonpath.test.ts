import fc from 'fast-check'
import { query } from 'json-p3'
import { describe, expect, test } from 'vitest'
import { jsonPath, wrongJsonPath } from '../../src/actions/jsonpath.ts'

const root = { a: { b: [{ c: 1 }, { c: 2 }] }, 'x-y': 3, none: null, names: ['anna', 'bob'] }

describe('finds', () => {
  test.each<[string, unknown]>([
    ['$', root],
    ['$.a.b[0].c', 1],
    ["$['x-y']", 3],
    ['$["x-y"]', 3],
    ['$.none', null],
    ['$.a.b[2].c', undefined],
    ['$.a[0]', undefined],
    ['$.a.b.length', undefined],
    ['$.toString', undefined],
    ['$.none.x', undefined],
    ['$.a.b[-1].c', 2],
    ['$.a.b[*].c', [1, 2]],
    ['$..c', [1, 2]],
    ['$.a.b[?@.c > 1].c', [2]],
    ['$.a.b[5:]', []],
    ["$.names[?match(@, 'a.*')]", ['anna']],
    ["$.names[?search(@, 'o')]", ['bob']],
    ["$.names[?search(@, '(?=o)')]", []],
  ])('%s', (path, value) => {
    expect(jsonPath(path).find(root)).toEqual(value)
  })
})

test.each(['a', '', '$.', '$[', '$.a[', '$.a[?@.b == ]', '$.items[?length(@.a) ]'])('%j is wrong', (path) => {
  expect(wrongJsonPath(path)).toEqual(expect.any(String))
})

test('a pattern that hangs other engines is linear here', () => {
  const names = { names: [`${'a'.repeat(5000)}!`] }
  expect(jsonPath("$.names[?match(@, '(a+)+')]").find(names)).toEqual([])
})

test('the short way finds what the library finds', () => {
  const key = fc.constantFrom('a', 'b', 'toString', '__proto__', 'x_1')
  const segment = fc.oneof(
    key.map((name) => `.${name}`),
    key.map((name) => `['${name}']`),
    fc.nat(2).map((index) => `[${index}]`),
  )
  const tree = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.integer(),
      fc.array(tie('node'), { maxLength: 3 }),
      fc.dictionary(key, tie('node')),
    ),
  })).node
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 4 }), tree, (segments, value) => {
      const path = `$${segments.join('')}`
      expect(jsonPath(path).find(value)).toEqual(query(path, value as never).values()[0])
    }),
  )
})
