import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { percentileInterval } from '../../src/gate/interval.ts'

/** P(B < k) for binomial (n, p), term by term from logarithms of factorials. */
function below(k: number, n: number, p: number): number {
  const logFactorial = [0]
  for (let i = 1; i <= n; i++) logFactorial.push((logFactorial[i - 1] ?? 0) + Math.log(i))
  const of = (i: number): number => logFactorial[i] ?? Number.NaN
  let sum = 0
  for (let i = 0; i < k; i++) sum += Math.exp(of(n) - of(i) - of(n - i) + i * Math.log(p) + (n - i) * Math.log(1 - p))
  return sum
}

describe('percentileInterval', () => {
  it('leaves at most 2.5 % on each side, and no rank nearer would', () => {
    const percents = fc.constantFrom(5, 50, 75, 90, 95, 97.5, 99, 99.9)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), percents, (count, percent) => {
        const p = percent / 100
        const { low = 0, high = count + 1 } = percentileInterval(count, percent)
        // A hair of tolerance for what the two sums round differently.
        expect(below(low, count, p)).toBeLessThanOrEqual(0.025 + 1e-9)
        expect(below(low + 1, count, p)).toBeGreaterThan(0.025 - 1e-9)
        expect(below(high, count, p)).toBeGreaterThanOrEqual(0.975 - 1e-9)
        expect(below(high - 1, count, p)).toBeLessThan(0.975 + 1e-9)
      }),
      { numRuns: 300 },
    )
  })

  it('has the ranks of the textbook for a median of ten', () => {
    expect(percentileInterval(10, 50)).toEqual({ low: 2, high: 9 })
  })

  it('has no upper end where the samples cannot bound it', () => {
    expect(percentileInterval(20, 95)).toEqual({ low: 17, high: undefined })
    expect(percentileInterval(1, 50)).toEqual({ low: undefined, high: undefined })
  })

  it('does not jump where the normal approximation takes over', () => {
    const exact = percentileInterval(40_000, 95)
    const normal = percentileInterval(40_001, 95)
    expect(Math.abs((normal.low ?? 0) - (exact.low ?? 0))).toBeLessThanOrEqual(2)
    expect(Math.abs((normal.high ?? 0) - (exact.high ?? 0))).toBeLessThanOrEqual(2)
  })

  it('stays exact and quick for the far tail of many samples', () => {
    expect(percentileInterval(1_000_000, 99.9)).toMatchObject({ low: 998_938, high: 999_062 })
  })
})
