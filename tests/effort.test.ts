// Counting work: within a stretch there is an end to it, outside of one nobody counts.
import { afterEach, expect, test } from 'vitest'
import { beginStretch, EffortError, endStretch, isTired, rested, spend } from '../src/effort.ts'

afterEach(() => {
  endStretch()
  rested()
})

test('a stretch that takes too much is given up, again and again', () => {
  beginStretch()
  spend(999_999)
  expect(() => spend(2)).toThrow(EffortError)
  expect(() => spend(1)).toThrow('it takes too much work')
})

test('the next stretch begins anew', () => {
  beginStretch()
  expect(() => spend(2_000_000)).toThrow(EffortError)
  beginStretch()
  expect(() => spend(1_000_000)).not.toThrow()
})

test('outside of stretches nothing is too much', () => {
  expect(() => spend(1e9)).not.toThrow()
})

test('the loop is due after much work, whoever did it, until it has turned', () => {
  beginStretch()
  spend(150_000)
  expect(isTired()).toBe(false)
  beginStretch()
  spend(150_000)
  expect(isTired()).toBe(true)
  rested()
  expect(isTired()).toBe(false)
})
