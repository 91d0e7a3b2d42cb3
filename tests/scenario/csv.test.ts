// CSV: quotes, commas and line breaks within fields, both line ends, and where a mistake is.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseCsv } from '../../src/scenario/csv.ts'

const fields = (text: string): (readonly string[])[] => parseCsv(text).records.map((record) => record.fields)

test.each([
  [
    'a,b\n1,2',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
    'without an end of its last line',
  ],
  [
    'a,b\r\n1,2\r\n',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
    'CRLF',
  ],
  ['a\n"x, y"\n', [['a'], ['x, y']], 'a comma in quotes'],
  ['a\n"say ""hi"""\n', [['a'], ['say "hi"']], 'quotes in quotes'],
  [
    'a,b\n"two\nlines",2',
    [
      ['a', 'b'],
      ['two\nlines', '2'],
    ],
    'a line break in quotes',
  ],
  [
    'a,b\n,\n',
    [
      ['a', 'b'],
      ['', ''],
    ],
    'empty fields',
  ],
  [
    'a,b\n"",""\n',
    [
      ['a', 'b'],
      ['', ''],
    ],
    'empty fields in quotes',
  ],
  ['a\n\n\n1\n', [['a'], ['1']], 'blank lines'],
  [
    'a,b\n1,2,\n',
    [
      ['a', 'b'],
      ['1', '2', ''],
    ],
    'a comma at the end',
  ],
  ['a\n5" pipe\n', [['a'], ['5" pipe']], 'a quote that does not begin a field'],
  ['a\n"x"\r\n"y"\r\n', [['a'], ['x'], ['y']], 'quotes before CRLF'],
  ['', [], 'nothing'],
])('%j: %j (%s)', (text, expected) => {
  expect(fields(text)).toEqual(expected)
})

test('a record knows the line it begins in', () => {
  expect(parseCsv('a\n"x\ny"\nz').records.map(({ line }) => line)).toEqual([1, 2, 4])
})

describe('a mistake', () => {
  test('is a quote that is not closed, where it opens', () => {
    expect(parseCsv('a,b\n1,"x').mistake).toMatchObject({ line: 2, column: 3, message: 'This quote is not closed.' })
  })

  test('is text behind the quote that ends a field', () => {
    expect(parseCsv('a\n"x"y\n').mistake).toMatchObject({ line: 2, column: 4 })
  })
})

test('what is written as CSV is read as it was', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'é') })
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1 }), (rows) => {
      expect(fields(rows.map((row) => row.map(quoted).join(',')).join('\r\n'))).toEqual(rows)
    }),
  )
})
