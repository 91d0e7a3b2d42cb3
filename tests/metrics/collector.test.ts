import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Collector } from '../../src/metrics/collector.ts'
import type { DeclaredSelector, Measured } from '../../src/metrics/collector.ts'
import type { Summary } from '../../src/metrics/summary.ts'
import { GROUPS, SLOTS, events, iteration, play, sample, selector } from './support.ts'

const collect = (...selectors: DeclaredSelector[]): Collector =>
  new Collector({ slots: SLOTS, groups: GROUPS, selectors })

const opened = (...selectors: DeclaredSelector[]): Collector => {
  const collector = collect(...selectors)
  collector.beginCycle(1, 0)
  return collector
}

/** All that can be told of a measurement. */
const facts = (measured: Measured): unknown =>
  measured.kind !== 'trend'
    ? measured
    : {
        kind: measured.kind,
        count: measured.count,
        attempted: measured.attempted,
        percentiles: [1, 50, 95, 99.9].map((percent) => measured.percentile(percent)),
        ranks: [1, 2].map((rank) => measured.atRank(rank)),
        rest: [measured.min, measured.max, measured.avg, measured.stddev],
      }

const BASE = [
  'p95',
  'max{step:order}',
  'avg{group:browsers}',
  'count{cycle:2}',
  'ttfb.p50{service:api}',
  'response_time.p99',
  'wait_connection.max{area:payment}',
  'iteration_duration.p50{group:shoppers}',
  'success_rate',
  'request_success_rate{step:pay}',
  'request_success_rate{status:5xx}',
  'check_rate{step:total}',
  'requests{status:404}',
  'iterations{group:browsers}',
  'errors{outcome:timeout}',
  'rate_limited',
  'dropped',
  'rps{service:bank}',
].map(selector)

const DECLARED = [
  'p95{status:200}',
  'p95{outcome:ok,step:order}',
  'latency.max{attempt:2}',
  'ttfb.p95{group:shoppers}',
  'wait_retry.max{group:browsers,attempt:3}',
  'requests{attempt:2}',
  'errors{attempt:2,status:503}',
  'request_success_rate{attempt:1,outcome:failed}',
].map(selector)

const everywhere: DeclaredSelector[] = DECLARED.flatMap((one) => [
  { selector: one, scope: 'run' as const },
  { selector: one, scope: 'cycle' as const },
])

describe('Collector', () => {
  it('measures the same from its restored Summary as from itself, over the run and in each cycle', () => {
    fc.assert(
      fc.property(events, events, (first, second) => {
        const collector = collect(...everywhere)
        collector.beginCycle(1, 1000)
        play(collector, 1, first)
        const open = [...BASE, ...DECLARED].map((one) => facts(collector.measure(one, { cycle: 1, nowMs: 3000 })))
        collector.endCycle(3000)
        const closed = [...BASE, ...DECLARED].map((one) => facts(collector.measure(one, { cycle: 1 })))
        expect(closed).toEqual(open)
        collector.beginCycle(2, 4000)
        play(collector, 2, second)
        collector.endCycle(5500)
        const restored = Collector.restore(JSON.parse(JSON.stringify(collector.summary())) as Summary)
        for (const one of [...BASE, ...DECLARED])
          for (const options of [{}, { cycle: 1 }, { cycle: 2 }, { cycle: 3 }])
            expect(facts(restored.measure(one, options))).toEqual(facts(collector.measure(one, options)))
        expect(restored.outcomes()).toEqual(collector.outcomes())
        expect(restored.iterations()).toEqual(collector.iterations())
      }),
      { numRuns: 25 },
    )
  })

  it('measures the same over two cycles as over one in which all of it happened', () => {
    fc.assert(
      fc.property(events, events, (first, second) => {
        const whole = collect(...everywhere)
        whole.beginCycle(2, 0)
        play(whole, 2, [...first, ...second])
        whole.endCycle(3000)
        const parts = collect(...everywhere)
        parts.beginCycle(1, 0)
        play(parts, 1, first)
        parts.endCycle(1000)
        parts.beginCycle(2, 5000)
        play(parts, 2, second)
        const withoutCycle = [...BASE, ...DECLARED].filter(({ labels }) => labels['cycle'] === undefined)
        const expected = withoutCycle.map((one) => facts(whole.measure(one)))
        expect(withoutCycle.map((one) => facts(parts.measure(one, { nowMs: 7000 })))).toEqual(expected)
        parts.endCycle(7000)
        expect(withoutCycle.map((one) => facts(parts.measure(one)))).toEqual(expected)
      }),
      { numRuns: 25 },
    )
  })

  it('starts each cycle from nothing', () => {
    const collector = opened()
    collector.sample(sample())
    collector.iteration(iteration())
    collector.check(3, true)
    collector.endCycle(10)
    collector.beginCycle(2, 10)
    expect(collector.latencyNow()).toBeUndefined()
    collector.endCycle(20)
    for (const one of ['p95', 'requests', 'success_rate', 'check_rate'].map(selector))
      expect(collector.measure(one, { cycle: 2 }).attempted).toBe(0)
    expect(collector.summary().cycles[1]?.slots).toEqual({})
    expect(collector.summary().cycles[1]?.histograms).toEqual({})
  })

  it.each([
    ['count', 4],
    ['count{group:shoppers}', 2],
    ['count{step:order}', 2],
    ['count{service:bank}', 2],
    ['count{method:post}', 4],
    ['count{method:get}', 0],
    ['count{area:payment}', 2],
    ['count{area:other}', 0],
    ['count{step:pay,group:browsers}', 1],
    ['count{status:200}', 3],
    ['count{status:5xx}', 1],
    ['count{outcome:failed,step:pay}', 1],
    ['count{attempt:2}', 1],
    ['requests{status:5xx}', 1],
    ['requests{status:503,outcome:ok}', 0],
    ['requests{attempt:2,status:503}', 1],
    ['requests{attempt:2,status:200}', 0],
    ['errors{service:bank}', 1],
    ['ttfb.count{group:browsers}', 2],
  ])('selects with %s what has all of its labels: %i', (text, count) => {
    const collector = opened({ selector: selector(text), scope: 'run' })
    for (const slot of [0, 1, 4]) collector.sample(sample({ slot }))
    collector.sample(sample({ slot: 5, attempt: 2, outcome: 'failed', status: 503 }))
    expect(collector.measure(selector(text))).toMatchObject({ count })
  })

  it('keeps latency per group and step, other trends once per step of a flow', () => {
    const collector = opened()
    for (const slot of [0, 4]) collector.sample(sample({ slot }))
    collector.endCycle(1)
    const names = ['latency:0', 'latency:4', 'response_time:0', 'ttfb:0', 'wait_connection:0']
    expect(Object.keys(collector.summary().run.histograms).toSorted()).toEqual(names)
  })

  it('tells zero from no data', () => {
    const collector = opened()
    collector.sample(sample({ slot: 0 }))
    expect(collector.measure(selector('errors{step:order}'))).toEqual({ kind: 'counter', count: 0, attempted: 1 })
    expect(collector.measure(selector('errors{step:pay}'))).toEqual({ kind: 'counter', count: 0, attempted: 0 })
    expect(collector.measure(selector('dropped'))).toEqual({ kind: 'counter', count: 0, attempted: 0 })
    expect(collector.measure(selector('errors{status:5xx}'))).toMatchObject({ count: 0, attempted: 1 })
  })

  it('leaves rate-limited attempts out of latency, success rate and errors, and counts them apart', () => {
    const collector = opened()
    collector.sample(sample())
    collector.sample(sample({ outcome: 'rate_limited', status: 429, latencyUs: 9_000_000, ttfbUs: 9_000_000 }))
    collector.sample(sample({ outcome: 'timeout', status: 0, latencyUs: 30_000, ttfbUs: undefined }))
    expect(collector.measure(selector('max'))).toMatchObject({ count: 2, attempted: 3 })
    expect(collector.measure(selector('ttfb.max'))).toMatchObject({ count: 1 })
    const rate = collector.measure(selector('request_success_rate'))
    expect(rate).toEqual({ kind: 'rate', held: 1, total: 2, attempted: 3 })
    expect(collector.measure(selector('errors'))).toMatchObject({ count: 1 })
    expect(collector.measure(selector('rate_limited'))).toMatchObject({ count: 1 })
    expect(collector.measure(selector('requests'))).toMatchObject({ count: 3 })
  })

  it.each(['connection', 'dns', 'tls', 'reset', 'protocol', 'aborted'] as const)(
    'keeps no service time of an attempt that ended as %s',
    (outcome) => {
      const collector = opened()
      collector.sample(sample({ outcome, status: 0 }))
      expect(collector.measure(selector('p95'))).toMatchObject({ count: 0, attempted: 1 })
      expect(collector.latencyNow()).toBeUndefined()
    },
  )

  it('keeps times of http steps only, and counts the requests of polls', () => {
    const collector = opened()
    collector.sample(sample({ slot: 2 }))
    expect(collector.measure(selector('p95'))).toMatchObject({ count: 0, attempted: 0 })
    expect(collector.measure(selector('response_time.p95'))).toMatchObject({ count: 0, attempted: 0 })
    expect(collector.measure(selector('requests{step:poll}'))).toMatchObject({ count: 1 })
    expect(collector.latencyNow()).toBeUndefined()
  })

  it('leaves iterations that were cut off out of the durations, not out of the success rate', () => {
    const collector = opened()
    collector.iteration(iteration())
    collector.iteration(iteration({ ok: false }))
    collector.iteration(iteration({ ok: false, aborted: true }))
    expect(collector.measure(selector('iteration_duration.p50'))).toMatchObject({ count: 2, attempted: 3 })
    expect(collector.measure(selector('success_rate'))).toMatchObject({ held: 1, total: 3 })
    expect(collector.iterations()['shoppers']).toEqual({ begun: 3, ok: 1, failed: 2, aborted: 1, dropped: 0 })
  })

  it('divides by the wall time of the cycles that it counts, not by the time between them', () => {
    const collector = opened()
    collector.sample(sample())
    collector.endCycle(500)
    collector.beginCycle(2, 60_000)
    collector.sample(sample({ cycle: 2 }))
    collector.endCycle(60_500)
    expect(collector.measure(selector('rps'))).toEqual({ kind: 'per-second', count: 2, seconds: 1, attempted: 2 })
    expect(collector.measure(selector('rps'), { cycle: 2 })).toMatchObject({ count: 1, seconds: 0.5 })
  })

  it("measures a group's own threshold in that group alone", () => {
    const ttfb = selector('ttfb.max')
    const collector = opened({ selector: ttfb, scope: 'cycle', group: 'browsers' })
    collector.sample(sample({ slot: 0, ttfbUs: 1000 }))
    collector.sample(sample({ slot: 4, ttfbUs: 2000 }))
    collector.endCycle(10)
    const own = collector.measure(ttfb, { cycle: 1, group: 'browsers' })
    expect(own).toMatchObject({ count: 1, attempted: 1, max: 2 })
    const latency = collector.measure(selector('p95'), { cycle: 1, group: 'shoppers' })
    expect(latency).toMatchObject({ count: 1, attempted: 1 })
    const other = collector.measure(selector('p95{group:browsers}'), { cycle: 1, group: 'shoppers' })
    expect(other).toMatchObject({ count: 0, attempted: 0 })
  })

  it('refuses to measure what was not declared, instead of calling it empty', () => {
    const declared = selector('ttfb.p95{group:shoppers}')
    const collector = opened({ selector: declared, scope: 'run' })
    collector.endCycle(10)
    for (const one of [collector, Collector.restore(collector.summary())]) {
      expect(() => one.measure(selector('p95{status:200}'))).toThrow('"latency.p95{status:200}" was not declared')
      expect(() => one.measure(selector('requests{attempt:2}'))).toThrow('not declared')
      expect(() => one.measure(declared, { cycle: 1 })).toThrow('not declared')
      expect(one.measure(declared)).toMatchObject({ count: 0, attempted: 0 })
    }
  })

  it('refuses samples out of turn and unknown slots, groups and times', () => {
    const collector = opened()
    expect(() => collector.beginCycle(2, 0)).toThrow('Cycle 2 begins while cycle 1 is open')
    expect(() => collector.sample(sample({ cycle: 2 }))).toThrow('recorded for cycle 2, but 1 is open')
    expect(() => collector.sample(sample({ slot: 99 }))).toThrow('no slot 99')
    expect(() => collector.check(99, true)).toThrow('no slot 99')
    expect(() => collector.dropped('nobody', 1)).toThrow('no group "nobody"')
    expect(() => collector.sample(sample({ latencyUs: Number.NaN }))).toThrow('NaN')
    collector.endCycle(1)
    expect(() => collector.endCycle(2)).toThrow('No cycle is open')
    expect(() => collector.beginCycle(1, 2)).toThrow('begins again')
    expect(() => collector.check(0, true)).toThrow('none is open')
    expect(() => Collector.restore(collector.summary()).beginCycle(9, 0)).toThrow('restored')
  })

  it('tells what one group did in one cycle, while it is open and when it is closed', () => {
    const collector = opened()
    collector.sample(sample())
    collector.sample(sample({ slot: 4, outcome: 'reset', status: 0 }))
    collector.iteration(iteration({ ok: false }))
    const cell = { iterations: { begun: 1, ok: 0, failed: 1, aborted: 0, dropped: 0 }, requests: { ok: 1 } }
    expect(collector.cell(1, 'shoppers')).toEqual(cell)
    expect(collector.closedCycles()).toEqual([])
    collector.endCycle(1)
    expect(collector.cell(1, 'shoppers')).toEqual(cell)
    expect(collector.cell(1, 'browsers').requests).toEqual({ reset: 1 })
    expect(collector.cell(2, 'shoppers').requests).toEqual({})
    expect(collector.closedCycles()).toEqual([1])
  })

  it('says how many times were longer than an hour', () => {
    const collector = opened()
    collector.sample(sample({ latencyUs: 4e9 }))
    collector.endCycle(1)
    expect(collector.summary().clamped).toBe(1)
    expect(Collector.restore(collector.summary()).summary().clamped).toBe(1)
  })

  it('has live numbers for whoever watches', () => {
    const collector = opened()
    collector.sample(sample({ latencyUs: 1000 }))
    collector.sample(sample({ outcome: 'failed', status: 500, latencyUs: 2000 }))
    expect(collector.latencyNow()).toEqual({ p50: 1, p95: 2, p99: 2, max: 2 })
    expect(collector.outcomes()).toMatchObject({ ok: 1, failed: 1, timeout: 0 })
    collector.endCycle(1)
    expect(collector.outcomes()).toMatchObject({ ok: 1, failed: 1 })
    expect(collector.latencyNow()).toMatchObject({ p50: 1 })
  })

  it('keeps a Summary whose size does not depend on the number of samples', () => {
    const size = (samples: number): number => {
      const collector = opened()
      for (let i = 0; i < samples; i++) collector.sample(sample({ latencyUs: 1000 + ((i * 37) % 500) }))
      collector.endCycle(1)
      return JSON.stringify(collector.summary()).length
    }
    expect(size(20_000)).toBeLessThan(size(2000) * 1.5)
  })
})
