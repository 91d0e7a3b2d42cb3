import fc from 'fast-check'
import { expect, test } from 'vitest'
import { displayWidth } from '../../src/report/clean-text.ts'
import { coloured, type Line, paintLine, plain } from '../../src/report/paint.ts'
import { table } from '../../src/report/table.ts'

const line: Line = [{ text: 'shop', style: 'bold' }, '  ', { text: '日本語', style: 'red' }, ' end']

test('plain text has no escapes', () => {
  expect(paintLine(line, plain)).toBe('shop  日本語 end')
})

test('colours are escapes around the pieces that have one', () => {
  expect(paintLine(line, coloured)).toBe('\u001b[1mshop\u001b[22m  \u001b[31m日本語\u001b[39m end')
})

test('a line is never wider than the screen, however wide its characters are', () => {
  expect(paintLine(line, plain, 16)).toBe('shop  日本語 end')
  expect(paintLine(line, plain, 10)).toBe('shop  日…')
  expect(paintLine(line, coloured, 10)).toBe('\u001b[1mshop\u001b[22m  \u001b[31m日\u001b[39m…')
  const piece = fc.string({ unit: fc.constantFrom('a', '日', '😀', 'e\u0301', ' ') })
  fc.assert(
    fc.property(fc.array(piece), fc.integer({ min: 1, max: 30 }), (pieces, columns) => {
      expect(displayWidth(paintLine(pieces, plain, columns))).toBeLessThanOrEqual(columns)
    }),
  )
})

test('a name from a file cannot paint or break the line', () => {
  expect(paintLine(['a\u001b[31m\nb\tc'], plain)).toBe('a b c')
})

test('a table aligns names left and numbers right, by width on the screen', () => {
  const rows: Line[] = [['step', 'count'], ['日本', '1,000'], [{ text: 'b', style: 'red' }, '7'], ['none']]
  expect(table(rows, ['left', 'right']).map((row) => paintLine(row, plain))).toEqual([
    'step  count',
    '日本  1,000',
    'b         7',
    'none',
  ])
})
