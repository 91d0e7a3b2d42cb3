import fc from 'fast-check'
import { expect, test } from 'vitest'
import { code, codeBlock, markdownTable } from '../../src/report/markdown-text.ts'
import { anyText } from '../support/any-junit.ts'
import { readCells, readCode } from '../support/markdown.ts'

test.each([
  ['plain', '`plain`'],
  ['', ''],
  [' \n ', ''],
  ['a|b', '`a\\|b`'],
  ['a\\|b', '`a\\ \\|b`'],
  ['a`b', '``a`b``'],
  ['`', '`` ` ``'],
  ['``a', '``` ``a ```'],
  ['two\nlines', '`two lines`'],
  [
    '@everyone <img src=x> #1 $x$ :tada: https://evil.example',
    '`@everyone <img src=x> #1 $x$ :tada: https://evil.example`',
  ],
])('%j is written %s', (from, to) => {
  expect(code(from)).toBe(to)
})

test('a long text is cut off', () => {
  expect(code('x'.repeat(400))).toHaveLength(302)
})

test('whatever a text holds, it stays in its cell and in its code span', () => {
  const hostile = fc.array(fc.oneof(fc.constantFrom('|', '`', '\\', '``', ' ', '\n', 'a'), anyText), { maxLength: 8 })
  fc.assert(
    fc.property(
      hostile.map((parts) => parts.join('')),
      (text) => {
        const [, , row = ''] = markdownTable(['a', 'b'], ['left', 'left'], [[code(text), 'end']])
        const cells = readCells(row)
        expect(cells).toHaveLength(2)
        expect(cells[1]).toBe('end')
        if (code(text) !== '') expect(readCode(cells[0] ?? '')).toBeDefined()
      },
    ),
    { numRuns: 500 },
  )
})

test('a block has a fence that its lines cannot close', () => {
  expect(codeBlock('sh', ['echo ```', 'two\nlines'])).toEqual(['````sh', 'echo ```', 'two lines', '````'])
})

test('a table says to which side its columns go', () => {
  expect(markdownTable(['a', 'b'], ['left', 'right'], [['1', '2']])).toEqual([
    '| a | b |',
    '| --- | ---: |',
    '| 1 | 2 |',
  ])
})
