import { expect, test } from 'vitest'
import { valueAt } from '../../src/actions/value-at.ts'

const cart = { items: [{ id: 7, note: null }], 'a.b': { constructor: 'mine' } }

test.each<[readonly (string | number)[], unknown]>([
  [[], cart],
  [['items', 0, 'id'], 7],
  [['items', '0', 'id'], 7],
  [['items', 0, 'note'], null],
  [['a.b', 'constructor'], 'mine'],
])('%j leads to a value', (way, value) => {
  expect(valueAt(cart, way)).toEqual(value)
})

test.each<[readonly (string | number)[]]>([
  [['items', 1]],
  [['items', -1]],
  [['items', 0, 'note', 'more']],
  [['items', 0, 'id', 'toFixed']],
  [['constructor']],
  [['items', 0, '__proto__']],
])('%j leads nowhere', (way) => {
  expect(valueAt(cart, way)).toBeUndefined()
})

test('whose value is a text has no keys', () => {
  expect(valueAt('abc', [0])).toBeUndefined()
  expect(valueAt('abc', ['length'])).toBeUndefined()
  expect(valueAt(undefined, ['a'])).toBeUndefined()
})
