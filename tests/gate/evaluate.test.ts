import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate, evaluateCycles } from '../../src/gate/evaluate.ts'
import type { EvaluateOptions } from '../../src/gate/evaluate.ts'
import type { Verdict } from '../../src/gate/verdict.ts'
import type { Measured, MeasuredTrend } from '../../src/metrics/measured.ts'
import { nearestRank } from '../../src/metrics/histogram.ts'
import { aThreshold } from '../support/a-threshold.ts'

/** A trend of exactly these milliseconds. */
function trend(times: readonly number[], attempted: number = times.length): MeasuredTrend {
  const sorted = times.toSorted((a, b) => a - b)
  const avg = times.reduce((sum, time) => sum + time, 0) / times.length
  const atRank = (rank: number): number => sorted[rank - 1] ?? Number.NaN
  return {
    kind: 'trend',
    count: times.length,
    attempted,
    atRank,
    percentile: (percent) => atRank(nearestRank(percent, times.length)),
    min: atRank(1),
    max: atRank(times.length),
    avg,
    stddev: Math.sqrt(times.reduce((sum, time) => sum + (time - avg) ** 2, 0) / times.length),
  }
}

const upTo = (count: number, scale = 1): number[] => Array.from({ length: count }, (_, i) => (i + 1) * scale)
const rate = (held: number, total: number, attempted = total): Measured => ({ kind: 'rate', held, total, attempted })
const counter = (count: number, attempted: number): Measured => ({ kind: 'counter', count, attempted })
const perSecond = (count: number, seconds: number): Measured => ({
  kind: 'per-second',
  count,
  seconds,
  attempted: count,
})

const judge = (input: unknown, measured: Measured, options: Partial<EvaluateOptions> = {}): Verdict =>
  evaluate({ threshold: aThreshold(input) }, measured, { aborted: false, ...options })

describe('evaluate', () => {
  it.each<[string, Measured, Verdict['kind']]>([
    ['p95 < 300ms', trend([]), 'no-data'],
    ['p95 < 300ms', trend([], 50), 'inconclusive'],
    ['p95 < 300ms', trend([1]), 'inconclusive'],
    ['p95 < 300ms', trend(upTo(19)), 'inconclusive'],
    ['p95 < 300ms', trend(upTo(19, 1000)), 'inconclusive'],
    ['p95 < 300ms', trend(upTo(20)), 'pass'],
    ['p95 < 300ms', trend(upTo(20, 20)), 'fail'],
    ['p95 < 19ms', trend(upTo(20)), 'fail'],
    ['p95 <= 19ms', trend(upTo(20)), 'pass'],
    ['p95 == 19ms', trend(upTo(20)), 'pass'],
    ['p95 != 19ms', trend(upTo(20)), 'fail'],
    ['p99 < 300ms', trend(upTo(99)), 'inconclusive'],
    ['p99 < 300ms', trend(upTo(100)), 'pass'],
    ['p99.9 < 300ms', trend(upTo(999, 0.1)), 'inconclusive'],
    ['p99.9 < 300ms', trend(upTo(1000, 0.1)), 'pass'],
    ['avg < 2ms', trend([1]), 'pass'],
    ['avg < 2ms', trend([], 5), 'inconclusive'],
    ['max < 300ms', trend([300]), 'fail'],
    ['min >= 300ms', trend([300]), 'pass'],
    ['stddev == 0ms', trend([3, 3]), 'pass'],
    ['count >= 3', trend(upTo(3)), 'pass'],
    ['count >= 3', trend([], 3), 'fail'],
    ['count >= 3', trend([], 0), 'no-data'],
    ['success_rate >= 99%', rate(0, 0), 'no-data'],
    ['success_rate >= 99%', rate(99, 100), 'pass'],
    ['success_rate >= 99.9%', rate(999, 1000), 'pass'],
    ['success_rate >= 99%', rate(98, 100), 'fail'],
    ['success_rate >= 99%', rate(0, 1), 'fail'],
    ['request_success_rate >= 99%', rate(0, 0, 7), 'inconclusive'],
    ['errors == 0', counter(0, 0), 'no-data'],
    ['errors == 0', counter(0, 10), 'pass'],
    ['errors == 0', counter(1, 10), 'fail'],
    ['errors < 1', counter(1, 10), 'fail'],
    ['rps >= 45/s', perSecond(0, 10), 'no-data'],
    ['rps >= 45/s', perSecond(450, 10), 'pass'],
    ['rps >= 45/s', perSecond(449, 10), 'fail'],
    ['rps >= 45/s', perSecond(5, 0), 'no-data'],
  ])('%s over %o is a verdict of its kind', (text, measured, kind) => {
    expect(judge(text, measured).kind).toBe(kind)
  })

  it('turns only a pass into not-evaluated when the run was aborted', () => {
    const aborted = { aborted: true }
    expect(judge('p95 < 300ms', trend(upTo(20)), aborted)).toMatchObject({ kind: 'not-evaluated', value: 19 })
    expect(judge('p95 < 3ms', trend(upTo(20)), aborted).kind).toBe('fail')
    expect(judge('p95 < 3ms', trend(upTo(5)), aborted).kind).toBe('inconclusive')
    expect(judge('p95 < 3ms', trend([]), aborted).kind).toBe('no-data')
    expect(judge('errors == 0', counter(0, 3), aborted).message).toBe(
      'errors was 0 so far, but the run was aborted before its end, must be == 0 over 3 requests',
    )
  })

  it('skips what the threshold says may be skipped, and nothing else', () => {
    const lenient = { that: 'p95 < 300ms', on_no_data: 'skip', on_inconclusive: 'skip' }
    expect(judge(lenient, trend([]))).toMatchObject({ kind: 'no-data', skip: true })
    expect(judge(lenient, trend([1]))).toMatchObject({ kind: 'inconclusive', skip: true })
    expect(judge(lenient, trend(upTo(20, 100)))).toMatchObject({ kind: 'fail', skip: false })
    expect(judge(lenient, trend(upTo(20)), { aborted: true })).toMatchObject({ kind: 'not-evaluated', skip: false })
    expect(judge('p95 < 300ms', trend([]))).toMatchObject({ kind: 'no-data', skip: false })
    expect(judge({ ...lenient, on_no_data: 'fail' }, trend([]))).toMatchObject({ skip: false })
  })

  it('takes min_samples instead of what the statistic needs, in both directions', () => {
    expect(judge({ that: 'p99 < 300ms', min_samples: 5 }, trend(upTo(5))).kind).toBe('pass')
    expect(judge({ that: 'avg < 300ms', min_samples: 6 }, trend(upTo(5)))).toMatchObject({
      kind: 'inconclusive',
      needed: 6,
    })
    expect(judge({ that: 'errors == 0', min_samples: 6 }, counter(0, 5)).kind).toBe('inconclusive')
  })

  it.each<[unknown, Measured, string]>([
    [
      'p95{step:order} < 300ms',
      trend(upTo(1000, 0.4337)),
      'p95{step:order} was 412 ms, must be < 300 ms (+37.3 %) over 1,000 samples; 95 % interval 406 ms to 418 ms',
    ],
    [
      { that: 'p95 < 300ms', name: 'tail' },
      trend(upTo(20)),
      'tail was 19 ms, must be < 300 ms (-93.7 %) over 20 samples; 95 % interval from 17 ms, upwards open: 20 samples cannot bound it',
    ],
    [
      'p95 < 300ms',
      trend([7], 8),
      'p95 was 7 ms, must be < 300 ms (-97.7 %) over 1 sample: too few to decide, 19 more samples needed (20 in all); 95 % interval from 0 ms, upwards open: 1 sample cannot bound it',
    ],
    [
      'p95 < 300ms',
      trend([], 8),
      'p95 cannot be decided, must be < 300 ms: too few to decide, 20 more samples needed (20 in all)',
    ],
    [
      'errors{step:pay} == 0',
      counter(0, 0),
      'errors{step:pay} has no data, must be == 0: nothing that it selects was attempted',
    ],
    ['errors == 0', counter(1204, 5000), 'errors was 1,204, must be == 0 over 5,000 requests'],
    [
      'success_rate >= 99%',
      rate(1978, 2000),
      'success_rate was 98.9 %, must be >= 99 % (-0.1 points) over 2,000 iterations',
    ],
    ['rps >= 45/s', perSecond(449, 10), 'rps was 44.9/s, must be >= 45/s (-0.2 %) over 449 requests in 10 s'],
    ['rps >= 45/s', perSecond(5, 0), 'rps has no data, must be >= 45/s: no time has passed'],
    ['max < 300ms', trend([300.2]), 'max was 300.2 ms, must be < 300 ms (+0.1 %) over 1 sample'],
  ])('says %j in one line', (input, measured, message) => {
    expect(judge(input, measured).message).toBe(message)
  })

  it('carries everything that a report shows', () => {
    const place = { file: 'a.yaml', line: 3, column: 5 }
    const placed = { threshold: aThreshold('latency.p50{step:order} <= 600ms'), place }
    expect(evaluate(placed, trend(upTo(1000)), { aborted: false })).toEqual({
      kind: 'pass',
      skip: false,
      name: 'p50{step:order}',
      expression: 'latency.p50{step:order} <= 600ms',
      selector: 'latency.p50{step:order}',
      op: '<=',
      limit: 600,
      unit: 'ms',
      samples: 1000,
      value: 500,
      interval: { low: 469, high: 532 },
      valueText: '500 ms',
      limitText: '<= 600 ms',
      place,
      message:
        'p50{step:order} was 500 ms, must be <= 600 ms (-16.7 %) over 1,000 samples; 95 % interval 469 ms to 532 ms',
    })
  })

  it('has no value where there is none', () => {
    for (const verdict of [judge('p95 < 3ms', trend([])), judge('p95 < 3ms', trend([], 5))]) {
      expect(verdict).not.toHaveProperty('value')
      expect(verdict.valueText).toBe('')
    }
  })

  it('passes exactly when the value shown compares so, for any times', () => {
    const times = fc.array(fc.double({ min: 0, max: 600, noNaN: true }), { minLength: 20, maxLength: 60 })
    fc.assert(
      fc.property(times, fc.constantFrom('p50', 'p95', 'max', 'avg'), (values, stat) => {
        const verdict = judge(`${stat} < 300ms`, trend(values))
        expect(verdict.kind).toBe((verdict.value ?? Number.NaN) < 300 ? 'pass' : 'fail')
        expect(verdict.kind === 'pass').toBe(Number.parseFloat(verdict.valueText) < 300)
        const { value = Number.NaN, interval: { low, high } = { low: value, high: value } } = verdict
        expect(low).toBeLessThanOrEqual(value)
        expect(high).toBeGreaterThanOrEqual(value)
      }),
      { numRuns: 200 },
    )
  })
})

describe('evaluateCycles', () => {
  const cycles = (input: unknown, ...measured: Measured[]): Verdict =>
    evaluateCycles(
      { threshold: aThreshold(input) },
      measured.map((one, index) => ({ cycle: index + 1, measured: one })),
      { aborted: false },
    )

  it('takes the worst cycle and names it', () => {
    const verdict = cycles('max < 300ms', trend([400]), trend([900]), trend([100]))
    expect(verdict).toMatchObject({ kind: 'fail', value: 900, name: 'max' })
    expect(verdict.message).toMatch(/^max in cycle 2 was 900 ms/)
    expect(cycles('success_rate >= 99%', rate(99, 100), rate(50, 100))).toMatchObject({ kind: 'fail', value: 50 })
  })

  it('names the cycle nearest to the limit when all hold', () => {
    expect(cycles('max < 300ms', trend([100]), trend([200]), trend([150])).message).toMatch(
      /^max in cycle 2 was 200 ms/,
    )
  })

  it('lets a fail outweigh no data, and no data outweigh a pass', () => {
    expect(cycles('max < 300ms', trend([]), trend([400])).kind).toBe('fail')
    expect(cycles('max < 300ms', trend([100]), trend([])).kind).toBe('no-data')
    expect(cycles('p95 < 300ms', trend(upTo(20)), trend([1])).kind).toBe('inconclusive')
  })

  it('leaves out cycles that are skipped, as long as another is not', () => {
    const lenient = { that: 'max < 300ms', on_no_data: 'skip' }
    expect(cycles(lenient, trend([]), trend([100]))).toMatchObject({ kind: 'pass', skip: false })
    expect(cycles(lenient, trend([]), trend([]))).toMatchObject({ kind: 'no-data', skip: true })
  })

  it('has no data when there was no cycle', () => {
    expect(cycles('max < 300ms')).toMatchObject({ kind: 'no-data', samples: 0 })
  })
})
