import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cleanText, clip, clipMiddle, displayWidth, oneLine } from '../../src/report/clean-text.ts'

const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code))
const units = fc.array(unit, { maxLength: 40 }).map((list) => list.join(''))

test('a cleaned text cannot move the cursor, and cleaning it again changes nothing', () => {
  expect(cleanText('a\u001b[2Jb\u001b]0;title\u0007c\r\u0008d')).toMatch(/^ab.*c\n\ufffdd$/)
  fc.assert(
    fc.property(units, (text) => {
      const clean = cleanText(text)
      expect(clean).not.toMatch(/(?![\n\t])[\p{Cc}\p{Surrogate}]/u)
      expect(cleanText(clean)).toBe(clean)
    }),
  )
})

test.each([
  ['##vso[task.setvariable variable=x]y', '# #vso[task.setvariable variable=x]y'],
  ['a ##[error] b', 'a # #[error] b'],
  ['##teamcity[buildStop]', '# #teamcity[buildStop]'],
  ['a\n  ::stop-commands::x', 'a\n  : :stop-commands::x'],
  ['::error file=a,line=1::x', ': :error file=a,line=1::x'],
])('what a service answers gives no orders to a CI service: %j', (from, to) => {
  expect(cleanText(from)).toBe(to)
})

test.each(['## heading', '::1 is local', 'curl http://[::1]:80/a', 'std::vector::size', 'a ## b [c]', '# a\n## b'])(
  '%j is no order, and is left alone',
  (text) => {
    expect(cleanText(text)).toBe(text)
  },
)

test('one line has no line ends and single spaces', () => {
  expect(oneLine('  a \n\n b\tc ')).toBe('a b c')
})

test('a text that fits is left alone, one that does not ends in an ellipsis', () => {
  expect(clip('abcd', 4)).toBe('abcd')
  expect(clip('abcde', 4)).toBe('abc…')
  expect(clip('😀😀', 3)).toBe('😀…')
  expect(clipMiddle('abcd', 4)).toBe('abcd')
})

test('the middle that is left out is counted', () => {
  fc.assert(
    fc.property(units, fc.integer({ min: 40, max: 60 }), (text, most) => {
      const long = `${text}${'x'.repeat(100)}`
      const [head = '', , tail = ''] = clipMiddle(long, most).split(/(\n… \d+ characters left out …\n)/)
      const left = Number(/… (\d+) characters left out …/.exec(clipMiddle(long, most))?.[1])
      expect(head.length + tail.length + left).toBe(long.length)
      expect(clipMiddle(long, most).length).toBeLessThanOrEqual(most)
    }),
  )
})

test.each([
  ['abc', 3],
  ['é', 1],
  ['e\u0301', 1],
  ['日本', 4],
  ['한', 2],
  ['😀', 2],
  ['×–✓━', 4],
])('%s takes %d columns', (text, columns) => {
  expect(displayWidth(text)).toBe(columns)
})
