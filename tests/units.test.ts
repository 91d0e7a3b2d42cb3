import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  DURATION_UNITS,
  formatCount,
  formatMs,
  formatPercent,
  formatRate,
  parseDuration,
  parseSize,
  plural,
} from '../src/units.ts'

describe('reads', () => {
  test.each([
    ['250us', 0.25],
    ['300us', 0.3],
    ['1ms', 1],
    ['0.5ms', 0.5],
    ['1.5s', 1_500],
    [' 2 m ', 120_000],
    ['1h', 3_600_000],
    ['10S', 10_000],
    ['0s', 0],
  ])('the duration %j as %d ms', (text, ms) => expect(parseDuration(text)).toBe(ms))

  test.each(['', '5', 'ms', '-1s', '+1s', '.5s', '1.s', '1e3s', '1 s 2', '1d', '1_000ms', '5constructor', '5toString'])(
    'no duration in %j',
    (text) => expect(parseDuration(text)).toBeUndefined(),
  )

  test.each([
    ['16mb', 16 * 1024 ** 2],
    ['512KB', 512 * 1024],
    ['1.5kb', 1_536],
    ['10b', 10],
    ['1gb', 1024 ** 3],
  ])('the size %j as %d bytes', (text, bytes) => expect(parseSize(text)).toBe(bytes))

  test.each(['16', 'mb', '1s', '1 tb', '-1kb', '5constructor'])('no size in %j', (text) =>
    expect(parseSize(text)).toBeUndefined(),
  )

  test('every unit it names', () => {
    expect(DURATION_UNITS.map((unit) => parseDuration(`1${unit}`))).toEqual([0.001, 1, 1_000, 60_000, 3_600_000])
  })
})

describe('prints', () => {
  test.each([
    [0, '0 ms'],
    [-0.001, '0 ms'],
    [0.42, '0.42 ms'],
    [9.99, '9.99 ms'],
    [9.996, '10 ms'],
    [38.4, '38.4 ms'],
    [99.96, '100 ms'],
    [412, '412 ms'],
    [999.4, '999 ms'],
    [999.6, '1 s'],
    [1_254, '1.25 s'],
    [12_340, '12.3 s'],
    [59_949, '59.9 s'],
    [59_951, '1m 00s'],
    [125_000, '2m 05s'],
    [3_599_600, '1h 00m'],
    [5_400_000, '1h 30m'],
    [-1_500, '-1.5 s'],
    [-125_000, '-2m 05s'],
  ])('%d ms as %s', (ms, text) => expect(formatMs(ms)).toBe(text))

  test.each([
    [0, '0'],
    [999, '999'],
    [1_204, '1,204'],
    [1_234_567, '1,234,567'],
    [-1_204, '-1,204'],
    [0.6, '1'],
  ])('the count %d as %s', (count, text) => expect(formatCount(count)).toBe(text))

  test.each([
    [100, '100 %'],
    [0, '0 %'],
    [99.3, '99.3 %'],
    [99.96, '99.96 %'],
    [99.999, '99.999 %'],
    [99.9999999, '99.9999999 %'],
    [0.04, '0.04 %'],
    [33.333, '33.3 %'],
  ])('%d percent as %s', (percent, text) => expect(formatPercent(percent)).toBe(text))

  test.each([
    [49.83, '49.8/s'],
    [1.25, '1.25/s'],
    [0.1, '0.1/s'],
    [0, '0/s'],
    [0.05, '3/m'],
    [100 / 3600, '1.67/m'],
    [1 / 3600, '1/h'],
    [12_345.6, '12,346/s'],
    [999.96, '1,000/s'],
  ])('%d per second as %s', (rate, text) => expect(formatRate(rate)).toBe(text))

  test.each([
    [plural(1, 'request'), '1 request'],
    [plural(0, 'request'), '0 requests'],
    [plural(1_204, 'request'), '1,204 requests'],
    [plural(2, 'retry', 'retries'), '2 retries'],
  ])('%s', (text, expected) => expect(text).toBe(expected))

  test('never all or nothing for a rate that is neither', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 100, noNaN: true }), (percent) => {
        const text = formatPercent(percent)
        expect(text === '100 %').toBe(percent === 100)
        expect(text === '0 %').toBe(percent === 0)
      }),
    )
  })
})
