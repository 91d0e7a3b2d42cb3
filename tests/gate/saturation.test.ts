import { describe, expect, it } from 'vitest'
import { evaluate, evaluateCycles } from '../../src/gate/evaluate.ts'
import type { Verdict } from '../../src/gate/verdict.ts'
import type { Measured } from '../../src/metrics/measured.ts'
import type { CycleHealth } from '../../src/store/record.ts'
import { aThreshold } from '../support/a-threshold.ts'

/** As many samples as anyone needs, all of this time. */
const all = (ms: number, count = 1000): Measured => ({
  kind: 'trend',
  count,
  attempted: count,
  atRank: () => ms,
  percentile: () => ms,
  min: ms,
  max: ms,
  avg: ms,
  stddev: 0,
})
const health = (delayMs: number, more: Partial<CycleHealth> = {}): CycleHealth => ({
  cycle: 1,
  delayMs,
  utilisation: 0.98,
  ...more,
})
const judge = (input: unknown, measured: Measured, ...cycles: CycleHealth[]): Verdict =>
  evaluate({ threshold: aThreshold(input) }, measured, { aborted: false, health: cycles })

describe('an upper limit of a time', () => {
  it.each<[string, number, number, number | undefined, Verdict['kind']]>([
    // condition, measured, loop delay, share of an open workload's rate
    ['p95 < 300ms', 400, 0, undefined, 'fail'],
    ['p95 < 300ms', 400, 30, undefined, 'fail'],
    ['p95 < 300ms', 400, 30.1, undefined, 'inconclusive'],
    ['p95 <= 300ms', 400, 31, undefined, 'inconclusive'],
    ['p95 == 300ms', 400, 31, undefined, 'inconclusive'],
    ['p95 == 300ms', 200, 31, undefined, 'fail'],
    ['p95 < 300ms', 200, 0, undefined, 'pass'],
    ['p95 < 300ms', 200, 31, undefined, 'pass'],
    ['p95 < 300ms', 200, 31, 1, 'pass'],
    ['p95 < 300ms', 200, 31, 0.98, 'pass'],
    ['p95 < 300ms', 200, 31, 0.979, 'inconclusive'],
    ['p95 < 300ms', 200, 30, 0.5, 'pass'],
    ['p95 < 300ms', 400, 30, 0.5, 'fail'],
    ['p95 < 300ms', 400, 31, 0.5, 'inconclusive'],
    // Ten per cent of the limit, and never less than 2 ms.
    ['p95 < 5ms', 9.1, 2, undefined, 'fail'],
    ['p95 < 5ms', 6, 2.1, undefined, 'inconclusive'],
    // Unless the delay may be all that is missed: longer than the limit itself, or of a loop that is always busy (98 %).
    ['p95 < 0.2ms', 0.9, 1.5, undefined, 'inconclusive'],
    ['p95 < 0.2ms', 3.1, 1.5, undefined, 'inconclusive'],
    ['p95 < 0.2ms', 3.3, 1.5, undefined, 'fail'],
    ['p95 < 0.2ms', 0.1, 1.5, undefined, 'pass'],
    ['p95 < 5ms', 7.9, 1.5, undefined, 'inconclusive'],
    ['p95 < 5ms', 8.1, 1.5, undefined, 'fail'],
    ['p95 < 5ms', 5, 0.1, undefined, 'inconclusive'],
    ['p95 < 5ms', 5, 0, undefined, 'fail'],
    ['p95 <= 5ms', 5, 1.5, undefined, 'pass'],
    ['p95 == 5ms', 5, 1.5, undefined, 'pass'],
    ['p95 == 5ms', 4, 1.5, undefined, 'fail'],
    ['p95 < 2s', 3000, 200, undefined, 'fail'],
    ['p95 < 2s', 3000, 201, undefined, 'inconclusive'],
    ['max < 300ms', 400, 31, undefined, 'inconclusive'],
    ['ttfb.avg < 300ms', 400, 31, undefined, 'inconclusive'],
    ['response_time.p99 < 300ms', 400, 31, undefined, 'inconclusive'],
    ['wait_connection.p99 < 300ms', 400, 31, undefined, 'inconclusive'],
    ['iteration_duration.p99 < 300ms', 400, 31, undefined, 'inconclusive'],
  ])('%s at %d ms, loop delay %d ms, open rate %s is %s', (text, ms, delayMs, openRate, kind) => {
    const rate = openRate === undefined ? {} : { openRate }
    expect(judge(text, all(ms), health(delayMs, rate)).kind).toBe(kind)
  })
})

describe('a delay that is in every run', () => {
  const half = { utilisation: 0.5 }
  it.each<[string, number, number, Verdict['kind']]>([
    ['p95 < 5ms', 6, 2, 'fail'],
    ['p95 < 5ms', 5.1, 2, 'fail'],
    ['p95 < 1.5ms', 3, 1.6, 'inconclusive'],
    ['p95 < 1.5ms', 3, 1.4, 'fail'],
    ['p95 < 0.2ms', 0.9, 1.5, 'inconclusive'],
    ['p95 < 0.2ms', 5, 1.5, 'fail'],
  ])(
    'of a loop that is half idle explains only limits that are shorter than it: %s at %d ms, delay %d ms: %s',
    (text, ms, delayMs, kind) => {
      expect(judge(text, all(ms), health(delayMs, half)).kind).toBe(kind)
    },
  )

  it('says what it was, and what the time is above its limit', () => {
    expect(judge('p95 < 0.2ms', all(0.9), health(0.1), health(1.5, { cycle: 2 })).note).toBe(
      'the load generator was saturated in cycle 2 (event-loop delay 1.5 ms, at most 0.35 ms may be; 98 % busy)',
    )
  })

  it('leaves no mark on a pass', () => {
    expect(judge('p95 < 0.2ms', all(0.1), health(1.5))).not.toHaveProperty('note')
  })
})

describe('a stall that is lost among the turns of the loop', () => {
  it.each<[number, number, Verdict['kind']]>([
    // measured, stall
    [400, 30, 'fail'],
    [400, 99, 'fail'],
    [400, 100, 'inconclusive'],
    [320, 31, 'inconclusive'],
    [200, 31, 'pass'],
  ])(
    'p95 < 300ms at %d ms with a stall of %d ms is in doubt only if that can be the reason: %s',
    (ms, stallMs, kind) => {
      expect(judge('p95 < 300ms', all(ms), health(1, { stallMs })).kind).toBe(kind)
    },
  )

  it('never makes less of the delay', () => {
    expect(judge('p95 < 300ms', all(900), health(31, { stallMs: 50 }))).toMatchObject({
      kind: 'inconclusive',
      note: expect.stringContaining('event-loop delay 31 ms'),
    })
  })
})

describe('everything else is judged as if the generator had kept up', () => {
  it.each<[string, Measured, Verdict['kind']]>([
    ['p95 > 500ms', all(400), 'fail'],
    ['p95 >= 300ms', all(400), 'pass'],
    ['p95 != 400ms', all(400), 'fail'],
    ['count < 10', all(400), 'fail'],
    ['success_rate >= 99%', { kind: 'rate', held: 1, total: 9, attempted: 9 }, 'fail'],
    ['errors == 0', { kind: 'counter', count: 3, attempted: 9 }, 'fail'],
    ['errors < 1', { kind: 'counter', count: 3, attempted: 9 }, 'fail'],
    ['rps < 5/s', { kind: 'per-second', count: 90, seconds: 1, attempted: 90 }, 'fail'],
    ['p95 < 300ms', all(400, 0), 'no-data'],
  ])('%s', (text, measured, kind) => {
    const verdict = judge(text, measured, health(5000, { openRate: 0.1 }))
    expect(verdict.kind).toBe(kind)
    expect(verdict).not.toHaveProperty('note')
  })

  it('too few samples stay too few samples', () => {
    const verdict = judge('p95 < 300ms', all(400, 3), health(5000))
    expect(verdict).toMatchObject({ kind: 'inconclusive', needed: 20 })
    expect(verdict).not.toHaveProperty('note')
  })

  it('a busy loop that is not late changes nothing', () => {
    const busy = health(1, { utilisation: 1 })
    expect(judge('p95 < 300ms', all(400), busy)).toEqual(judge('p95 < 300ms', all(400)))
  })
})

describe('the cycles that count', () => {
  it('are all of the run: one saturated cycle is enough', () => {
    expect(judge('p95 < 300ms', all(400), health(1), health(31, { cycle: 2 })).kind).toBe('inconclusive')
  })

  it('are the one that the selector names', () => {
    const cycles = [health(1), health(31, { cycle: 2 })]
    expect(judge('p95{cycle:1} < 300ms', all(400), ...cycles).kind).toBe('fail')
    expect(judge('p95{cycle:2} < 300ms', all(400), ...cycles).kind).toBe('inconclusive')
  })

  it('are judged one by one for `per: cycle`, and a real failure in a healthy one is never hidden', () => {
    const placed = { threshold: aThreshold({ that: 'p95 < 300ms', per: 'cycle' }) }
    const over = (first: number): Verdict =>
      evaluateCycles(
        placed,
        [
          { cycle: 1, measured: all(first), health: health(1) },
          { cycle: 2, measured: all(900), health: health(31, { cycle: 2 }) },
        ],
        { aborted: false },
      )
    expect(over(200)).toMatchObject({ kind: 'inconclusive', value: 900 })
    expect(over(400)).toMatchObject({ kind: 'fail', value: 400 })
  })
})

describe('what it says', () => {
  it('instead of a fail: the cause, the numbers, and what to do', () => {
    const verdict = judge('p95 < 300ms', all(400), health(41, { cycle: 3 }))
    expect(verdict.message).toBe(
      'p95 was 400 ms, must be < 300 ms (+33.3 %) over 1,000 samples: the load generator was saturated in cycle 3 ' +
        '(event-loop delay 41 ms, at most 30 ms may be; 98 % busy): use fewer agents, a rate limit, or another machine; ' +
        '95 % interval 400 ms to 400 ms',
    )
    expect(verdict).not.toHaveProperty('needed')
  })

  it('on a pass: that it is one in spite of it', () => {
    expect(judge('p95 < 300ms', all(200), health(41)).message).toBe(
      'p95 was 200 ms, must be < 300 ms (-33.3 %) over 1,000 samples; 95 % interval 200 ms to 200 ms; ' +
        'the load generator was saturated in cycle 1 (event-loop delay 41 ms, at most 30 ms may be; 98 % busy)',
    )
  })

  it('of load that was not there', () => {
    const verdict = judge('p95 < 300ms', all(200), health(1, { openRate: 0.912 }), health(41, { cycle: 2 }))
    expect(verdict.note).toContain('and only 91.2 % of what was due in cycle 1 was begun')
  })

  it('of part of a run, which is no pass anyway', () => {
    const options = { aborted: true, health: [health(41)] }
    const placed = { threshold: aThreshold('p95 < 300ms') }
    expect(evaluate(placed, all(200), options).kind).toBe('not-evaluated')
    expect(evaluate(placed, all(400), options).kind).toBe('inconclusive')
  })

  it('and skips where the threshold says so', () => {
    const lenient = { that: 'p95 < 300ms', on_inconclusive: 'skip' }
    expect(judge(lenient, all(400), health(41))).toMatchObject({ kind: 'inconclusive', skip: true })
    expect(judge(lenient, all(400), health(1))).toMatchObject({ kind: 'fail', skip: false })
  })
})
