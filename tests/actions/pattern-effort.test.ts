// Patterns cost what they are long and what they are held against, and one that was not tried for want of room is
// not a wrong one for ever.
import { afterEach, expect, test } from 'vitest'
import { pattern, wrongPattern } from '../../src/actions/pattern.ts'
import { beginStretch, EffortError, endStretch, spend } from '../../src/effort.ts'

afterEach(endStretch)

test('a pattern that a service chose is no wrong one because there was no room for it', () => {
  beginStretch()
  spend(999_999)
  expect(() => wrongPattern('not seen before (a|b)')).toThrow(EffortError)
  beginStretch()
  expect(wrongPattern('not seen before (a|b)')).toBeUndefined()
})

test('where it is found is looked for from where it may begin', () => {
  const text = `${'x '.repeat(450_000)}token=abc ${'y '.repeat(20_000)}`
  beginStretch()
  expect(pattern('token=(\\w+)').find(text, 1)).toBe('abc')
  beginStretch()
  expect(pattern('tokens?=(\\w+)').find(text, 1)).toBe('abc')
  beginStretch()
  expect(pattern('nowhere(\\w+)').find(text, 1)).toBeUndefined()
})

test.each([
  ['a*b', 'b', 'b'],
  ['a?b', 'b', 'b'],
  ['a{0,2}b', 'b', 'b'],
  ['a+b', 'xaab', 'aab'],
  ['ab|c', 'c', 'c'],
  ['(?i)AB', 'xab', 'ab'],
  ['^ab', 'ab', 'ab'],
  ['a.b', 'xxa-b', 'a-b'],
  ['\\d+', 'x12', '12'],
])('%s finds in %s: %s', (source, text, found) => {
  expect(pattern(source).find(text, 0)).toBe(found)
})
