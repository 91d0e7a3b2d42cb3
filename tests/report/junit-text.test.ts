import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  attr,
  caseName,
  classSegment,
  path,
  seconds,
  text,
  timestamp,
  uniqueNames,
} from '../../src/report/junit-text.ts'

test.each([
  ['terminal escapes', '\u001b[31mred\u001b[0m', 'red'],
  ['line ends', 'a\r\nb\rc', 'a\nb\nc'],
  ['control characters', 'a\u0000b\u0007c\td', 'a\ufffdb\ufffdc\td'],
  ['lone surrogates', 'a\ud800b\udc00c\ud83d\ude00', 'a\ufffdb\ufffdc\ud83d\ude00'],
  ['what XML forbids', 'a\ufffeb\uffffc', 'a\ufffdb\ufffdc'],
  ['ends of CDATA', ']]> and ]]>', ']] > and ]] >'],
  ['ends of CDATA hidden by a control character', ']]\u0001>', ']]\ufffd>'],
  ['attachments and properties that a service names', '[[ATTACHMENT|/etc/passwd]]', '[ [ATTACHMENT|/etc/passwd]]'],
])('a text is cleaned of %s', (_what, from, to) => {
  expect(text(from)).toBe(to)
})

test('a long text keeps its head and its tail', () => {
  const long = text(`begin${'x'.repeat(20_000)}end`)
  expect(long.length).toBeLessThanOrEqual(8192)
  expect(long).toMatch(/^beginx+\n… \d+ characters left out …\nx+end$/)
})

test('no cut leaves half a character', () => {
  expect(text('😀'.repeat(9000))).not.toMatch(/\p{Surrogate}/u)
  expect(attr(`${'x'.repeat(298)}😀😀`)).not.toMatch(/\p{Surrogate}/u)
})

test('an attribute is one line of at most 300 characters', () => {
  expect(attr(' a\n\tb  c ')).toBe('a b c')
  expect(attr('x'.repeat(400))).toBe(`${'x'.repeat(299)}…`)
})

test('a name has no dots, at most 200 characters, and is never empty', () => {
  expect(caseName('p99.9{step:a.b}')).toBe('p99_9{step:a_b}')
  expect(caseName('x'.repeat(300))).toHaveLength(200)
  expect(caseName('')).toBe('_')
})

test('a path is not cut off', () => {
  expect(path('a/'.repeat(500))).toHaveLength(1000)
  expect(path(undefined)).toBeUndefined()
})

test('a class segment has no dots or white space', () => {
  expect(classSegment('my shop.v2')).toBe('my_shop_v2')
  expect(classSegment('')).toBe('_')
})

describe('unique names', () => {
  test('number what is equal within a class', () => {
    const unique = uniqueNames()
    expect([unique('a', 'p95'), unique('a', 'p95'), unique('b', 'p95'), unique('a', 'p95')]).toEqual([
      'p95',
      'p95 (2)',
      'p95',
      'p95 (3)',
    ])
  })

  test('stay unique and short whatever they are', () => {
    const names = fc.array(
      fc.oneof(fc.constantFrom('p', 'p (2)', 'p (3)', 'x'.repeat(200), 'x'.repeat(196)), fc.string()),
    )
    fc.assert(
      fc.property(names, (list) => {
        const unique = uniqueNames()
        const made = list.map((name) => unique('k', caseName(name)))
        expect(new Set(made).size).toBe(made.length)
        for (const name of made) expect(name.length).toBeLessThanOrEqual(200)
      }),
    )
  })
})

test.each([
  [0, '0.000'],
  [1, '0.001'],
  [12_345.6789, '12.346'],
  [-5, '0.000'],
  [NaN, '0.000'],
  [Infinity, '0.000'],
  [1e30, '1000000000.000'],
  [1e-7, '0.000'],
])('%d ms are %s seconds', (ms, written) => {
  expect(seconds(ms)).toBe(written)
})

test('a timestamp has no zone and no fraction, and only UTC is taken', () => {
  expect(timestamp('2026-08-23T10:15:00.120Z')).toBe('2026-08-23T10:15:00')
  expect(timestamp('2026-08-23T10:15:00+02:00')).toBeUndefined()
  expect(timestamp('yesterday')).toBeUndefined()
  expect(timestamp(undefined)).toBeUndefined()
})
