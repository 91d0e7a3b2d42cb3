import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Histogram, nearestRank } from '../../src/metrics/histogram.ts'
import { HIGHEST_US } from '../../src/metrics/metric.ts'

const of = (values: readonly number[]): Histogram => {
  const histogram = new Histogram()
  for (const value of values) histogram.record(value)
  return histogram
}

/** Small, middling and long times, all of them likely. */
const times = fc.array(fc.oneof(fc.nat(5000), fc.nat(2_000_000), fc.integer({ min: 0, max: HIGHEST_US })), {
  minLength: 1,
  maxLength: 200,
})
const percents = fc.constantFrom(0.1, 1, 50, 75, 90, 95, 97.5, 99, 99.9, 99.99)

/** Nearest rank with decimals spelt out, as slow and plain as can be. */
function plainRank(percent: number, count: number): number {
  for (let rank = 1; rank < count; rank++) if (rank * 100 * 1000 >= Math.round(percent * 1000) * count) return rank
  return count
}

const near = (measured: number, real: number): void =>
  expect(Math.abs(measured - real)).toBeLessThanOrEqual(real * 0.0005)

describe('Histogram', () => {
  it('answers like a sorted array, to half of the 0.1 % that is promised', () => {
    fc.assert(
      fc.property(times, percents, (values, percent) => {
        const sorted = values.toSorted((a, b) => a - b)
        const histogram = of(values)
        near(histogram.percentile(percent), sorted[plainRank(percent, sorted.length) - 1] ?? Number.NaN)
        near(histogram.min, sorted[0] ?? Number.NaN)
        near(histogram.max, sorted.at(-1) ?? Number.NaN)
        near(histogram.avg, values.reduce((sum, value) => sum + value, 0) / values.length)
        expect(histogram.count).toBe(values.length)
      }),
      { numRuns: 200 },
    )
  })

  it('answers the same when parts are merged as when all is recorded at once', () => {
    fc.assert(
      fc.property(times, times, (left, right) => {
        const merged = of(left)
        merged.add(of(right))
        expect(facts(merged)).toEqual(facts(of([...left, ...right])))
      }),
      { numRuns: 100 },
    )
  })

  it('answers the same after encode and decode, and can be merged into', () => {
    fc.assert(
      fc.property(times, times, (left, right) => {
        const decoded = Histogram.decode(of(left).encode())
        expect(facts(decoded)).toEqual(facts(of(left)))
        decoded.add(of(right))
        expect(facts(decoded)).toEqual(facts(of([...left, ...right])))
      }),
      { numRuns: 100 },
    )
  })

  it('keeps counts beyond one byte and one word of the encoding', () => {
    const histogram = of([7])
    for (let doubling = 0; doubling < 31; doubling++) histogram.add(Histogram.decode(histogram.encode()))
    const decoded = Histogram.decode(histogram.encode())
    expect(decoded.count).toBe(2 ** 31)
    expect(decoded.percentile(50)).toBe(7)
  })

  it('takes the 19th of 20 values for p95, and the 999th of 1000 for p99.9', () => {
    expect(of(Array.from({ length: 20 }, (_, i) => i + 1)).percentile(95)).toBe(19)
    expect(of(Array.from({ length: 1000 }, (_, i) => i + 1)).percentile(99.9)).toBe(999)
    expect(nearestRank(97.5, 40)).toBe(39)
    expect(nearestRank(99.9, 4_000_000_000)).toBe(3_996_000_000)
  })

  it('has a standard deviation near that of the values', () => {
    const histogram = of([2000, 4000, 4000, 4000, 5000, 5000, 7000, 9000])
    expect(histogram.stddev).toBeGreaterThan(1996)
    expect(histogram.stddev).toBeLessThan(2004)
  })

  it('counts what is longer than an hour as an hour, and says how many', () => {
    const histogram = of([HIGHEST_US, HIGHEST_US + 1, HIGHEST_US * 100])
    expect(histogram.clamped).toBe(2)
    expect(histogram.count).toBe(3)
    near(histogram.max, HIGHEST_US)
    expect(histogram.max).toBeLessThanOrEqual(HIGHEST_US)
  })

  it.each([Number.NaN, -1, Infinity, -Infinity])('refuses %s and stays as it was', (value) => {
    const histogram = of([5])
    expect(() => histogram.record(value)).toThrow('microseconds')
    expect(histogram.count).toBe(1)
    expect(histogram.max).toBe(5)
  })

  it('keeps zero as zero, and rounds fractions', () => {
    expect(of([0, 0, 3]).percentile(50)).toBe(0)
    expect(of([1.6]).max).toBe(2)
  })

  it('answers NaN, never zero, when it is empty', () => {
    const empty = Histogram.decode(new Histogram().encode())
    expect([empty.percentile(50), empty.min, empty.max, empty.avg, empty.stddev]).toEqual(Array(5).fill(Number.NaN))
    expect(empty.count).toBe(0)
  })

  it('forgets everything on reset', () => {
    const histogram = of([5, HIGHEST_US * 2])
    histogram.reset()
    histogram.record(9)
    expect(facts(histogram)).toEqual(facts(of([9])))
  })
})

function facts(histogram: Histogram): unknown {
  const { count, min, max, avg, stddev } = histogram
  return { count, min, max, avg, stddev, percentiles: [1, 50, 90, 99, 99.9].map((p) => histogram.percentile(p)) }
}
