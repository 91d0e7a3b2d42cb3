import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Collector } from '../../src/metrics/collector.ts'
import type { DeclaredSelector } from '../../src/metrics/collector.ts'
import { Histogram } from '../../src/metrics/histogram.ts'
import type { Summary } from '../../src/metrics/summary.ts'
import { GROUPS, SLOTS, events, play, sample, selector } from './support.ts'

const SELECTORS: readonly DeclaredSelector[] = [
  { selector: selector('p95{status:200}'), scope: 'run' },
  { selector: selector('latency.max{attempt:2}'), scope: 'run' },
  { selector: selector('ttfb.p95{group:shoppers}'), scope: 'cycle' },
  { selector: selector('requests{attempt:2}'), scope: 'run' },
  { selector: selector('errors{attempt:2,status:503}'), scope: 'cycle' },
]
const collector = (): Collector => new Collector({ slots: SLOTS, groups: GROUPS, selectors: SELECTORS })

/** All that a summary says; of histograms the values in them, since how much room they have may differ. */
const said = (of: Collector): unknown =>
  JSON.parse(JSON.stringify(of.summary()), (_, value: unknown) => {
    if (typeof value !== 'string' || !value.startsWith('HIST')) return value
    const times = Histogram.decode(value)
    return Array.from({ length: times.count }, (_one, rank) => times.atRank(rank + 1))
  })

/** As it comes back from a file. */
const stored = (of: Collector): Summary => JSON.parse(JSON.stringify(of.summary())) as Summary

const calls = fc.array(
  fc.record({
    slot: fc.constantFrom(0, 4),
    kind: fc.constantFrom('trend', 'rate', 'counter'),
    name: fc.constantFrom('parse', 'found', 'added'),
    value: fc.nat(5000),
    held: fc.boolean(),
  }),
  { maxLength: 8 },
)
const cycles = fc.array(fc.tuple(events, calls), { minLength: 1, maxLength: 4 })

type Cycle = typeof cycles extends fc.Arbitrary<(infer One)[]> ? One : never

function record(into: Collector, number: number, [happened, called]: Cycle): void {
  into.beginCycle(number, 1000 * number)
  play(into, number, happened)
  for (const { slot, kind, name, value, held } of called) {
    into.measurement(slot, { kind: 'call' })
    // A name is always of one kind.
    into.measurement(slot, { kind, name: `${name}_${kind}`, value: kind === 'rate' ? 1 : value, held })
  }
  into.endCycle(1000 * number + 700)
}

describe('a collector that takes up a stored summary', () => {
  test('goes on as if nothing had come between, wherever it was cut', () => {
    fc.assert(
      fc.property(cycles, fc.nat(4), (all, cut) => {
        const whole = collector()
        for (const [index, cycle] of all.entries()) record(whole, index + 1, cycle)
        const first = collector()
        for (const [index, cycle] of all.slice(0, cut).entries()) record(first, index + 1, cycle)
        const second = collector()
        second.takeUp(stored(first))
        expect(said(second)).toEqual(said(first))
        for (const [index, cycle] of all.slice(cut).entries()) record(second, cut + index + 1, cycle)
        expect(said(second)).toEqual(said(whole))
      }),
      { numRuns: 25 },
    )
  })

  test('keeps how many times were longer than the longest that is counted', () => {
    const first = collector()
    first.beginCycle(1, 0)
    first.sample(sample({ latencyUs: 5e9, ttfbUs: undefined, responseTimeUs: undefined }))
    first.endCycle(10)
    const second = collector()
    second.takeUp(stored(first))
    second.beginCycle(2, 10)
    second.sample(sample({ cycle: 2, latencyUs: 6e9, ttfbUs: undefined, responseTimeUs: undefined }))
    second.endCycle(20)
    expect([first.summary().clamped, second.summary().clamped]).toEqual([1, 2])
  })

  test('refuses one that has already recorded something', () => {
    const first = collector()
    record(first, 1, [[], []])
    expect(() => first.takeUp(stored(first))).toThrow(/already recorded/)
  })
})
