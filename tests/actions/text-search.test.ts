// Searching in linear time finds what the engine's own search finds.
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { includesText, indexOfText } from '../../src/actions/text-search.ts'
import { beginStretch, endStretch } from '../../src/effort.ts'

afterEach(endStretch)

test('finds the same place', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 })
  fc.assert(
    fc.property(letters, letters, letters, fc.integer({ min: 1, max: 300 }), (before, part, after, times) => {
      const wanted = part.repeat(times)
      // Long enough for our own way.
      const text = `${before.repeat(700)}${wanted}${after.repeat(700)}`
      expect(indexOfText(text, wanted)).toBe(text.indexOf(wanted))
      expect(indexOfText(text, `${wanted}c`)).toBe(-1)
    }),
    { numRuns: 60 },
  )
})

describe('takes no more than a stretch for what takes the engine seconds', () => {
  const text = 'a'.repeat(2_000_000)
  test.each([1_000, 10_000, 100_000, 1_000_000])('%i characters', (length) => {
    beginStretch()
    expect(includesText(text, `${'a'.repeat(length / 2)}b${'a'.repeat(length / 2)}`)).toBe(false)
  })
})
