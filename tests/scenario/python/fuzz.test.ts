// Whatever stands in a condition: it is Python or not, never an exception, and what is recommended can be compiled or
// is not recommended.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pythonIn } from '../../../src/scenario/python/index.ts'
import { saidOfPython } from '../../../src/scenario/python-hint.ts'

const WORDS = [
  'and',
  'or',
  'not',
  'is',
  'in',
  'if',
  'else',
  'for',
  'None',
  'True',
  'lambda',
  'context',
  'body',
  'x',
  'len',
  'sum',
  'any',
  'all',
  '.get',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  ',',
  ':',
  '.',
  '==',
  '<',
  '+',
  '-',
  '*',
  '**',
  '//',
  '%',
  "'a'",
  'f"{x}"',
  '"',
  '1',
  '2.5',
  '{{x}}',
  '{{',
  '$',
  '\\',
]

test('a handful of words', () => {
  const source = fc.array(fc.constantFrom(...WORDS), { maxLength: 30 }).map((words) => words.join(' '))
  let recommended = 0
  fc.assert(
    fc.property(
      fc.oneof(
        source,
        fc.string({ maxLength: 80 }),
        source.map((text) => `${text} and x`),
      ),
      (text) => {
        const found = pythonIn(text)
        if (found === undefined) return
        expect(found.at).toBeLessThan(text.length)
        const { hint } = saidOfPython(found)
        expect(hint).toMatch(/^Write: |^It has no form in CEL that is known \(.+\)\. /)
        if (hint.startsWith('Write: ')) recommended++
      },
    ),
    { numRuns: 3_000, seed: 20_261_121 },
  )
  expect(recommended).toBeGreaterThan(10)
})

test.each([
  ['brackets', '('.repeat(900)],
  ['nots', 'not '.repeat(450)],
  ['minuses', `${'-'.repeat(1_900)}1 and x`],
  ['powers', `${'2 ** '.repeat(350)}2 and x`],
  ['a text that does not end', `x and '${'a'.repeat(1_900)}`],
  ['templates that do not end', `${'{{'.repeat(900)} and x`],
  ['what is too long for a condition', 'x and '.repeat(100_000)],
])('%s', (_, source) => {
  expect(() => pythonIn(source)).not.toThrow()
})
