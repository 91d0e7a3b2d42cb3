// Data files: what is in them, and what is wrong with them at its place.
import { describe, expect, test } from 'vitest'
import { readTable } from '../../src/scenario/data-file.ts'

const rowsOf = (file: string, text: string): unknown => {
  const { table, problems } = readTable(file, text)
  expect(problems).toEqual([])
  return { columns: table?.columns, rows: table?.rows.map((row) => ({ ...row })) }
}
const complaints = (file: string, text: string): string[] =>
  readTable(file, text).problems.map(({ place, message }) => `${place.line}:${place.column} ${message}`)

const ADA = { email: 'ada@example.com', age: '36' }

describe('a table', () => {
  const expected = { columns: ['email', 'age'], rows: [ADA] }

  test('from CSV holds texts, whatever they look like', () => {
    expect(rowsOf('/a.csv', 'email,age\nada@example.com,36\n')).toEqual(expected)
  })

  test('from CSV begins behind a byte order mark, and takes names without spaces around them', () => {
    expect(rowsOf('/a.CSV', '\uFEFFemail, age\r\nada@example.com,36\r\n')).toEqual(expected)
  })

  test('from JSON and YAML keeps the types of its values', () => {
    const typed = { columns: ['email', 'age'], rows: [{ ...ADA, age: 36 }] }
    expect(rowsOf('/a.json', '[{"email":"ada@example.com","age":36}]')).toEqual(typed)
    expect(rowsOf('/a.yaml', '- email: ada@example.com\n  age: 36\n')).toEqual(typed)
    expect(rowsOf('/a.yml', '- { email: ada@example.com, age: 36 }\n')).toEqual(typed)
  })

  test('has rows without a prototype', () => {
    expect(Object.getPrototypeOf(readTable('/a.csv', '__proto__,b\n1,2').table?.rows[0])).toBeNull()
  })
})

describe('a mistake stands where it is', () => {
  test.each([
    ['/a.csv', '', '1:1 The file has no rows.'],
    ['/a.csv', 'email\n', '1:1 The file has no rows.'],
    ['/a.csv', 'a,b\n1,2\n3\n', '3:1 This row has 1 field, the header has 2.'],
    ['/a.csv', 'a,b\n"x\ny",2\n3,4,5\n', '4:1 This row has 3 fields, the header has 2.'],
    ['/a.csv', 'a,a\n1,2\n', '1:1 Two columns are named "a".'],
    ['/a.csv', 'a,\n1,2\n', '1:1 A column has no name.'],
    ['/a.csv', 'a\n"1\n', '2:1 This quote is not closed.'],
    ['/a.json', '', '1:1 The file has no rows.'],
    ['/a.json', '[]', '1:1 The file has no rows.'],
    ['/a.json', '{"a": 1}', '1:1 A data file is a list of mappings, not {"a":1}.'],
    ['/a.json', '[{"a": 1},\n 7]', '2:2 Row 2 is not a mapping, but 7.'],
    ['/a.json', '[{"a": 1, "b": 2},\n {"a": 3}]', '2:2 Row 2 has no "b".'],
    ['/a.json', '[{"a": 1},\n {"a": 3, "c": 4}]', '2:2 Row 2 has a "c", which the first has not.'],
    ['/a.yaml', '- a: 1\n- b: 2\n', '2:3 Row 2 has no "a".'],
    ['/a.yaml', 'text', '1:1 A data file is a list of mappings, not "text".'],
  ])('%s %j: %s', (file, text, expected) => {
    expect(complaints(file, text)).toEqual([expected])
  })

  test('and JSON that is none says so at its line', () => {
    expect(complaints('/a.json', '[{"a": 1},\n {"a": }]')).toEqual([
      expect.stringMatching(/^2:\d+ This is not JSON\.$/),
    ])
  })

  test('and of many the first few are told, the others counted', () => {
    const text = `a,b\n${'1\n'.repeat(12)}`
    expect(complaints('/a.csv', text)).toHaveLength(5)
    expect(complaints('/a.csv', text).at(-1)).toContain('So it is with 7 more.')
  })
})
