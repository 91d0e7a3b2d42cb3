// A small scenario's slots, and ways to make samples and iterations for it.
import fc from 'fast-check'
import type { Collector } from '../../src/metrics/collector.ts'
import { parseThreshold } from '../../src/metrics/threshold.ts'
import type { Selector } from '../../src/metrics/threshold.ts'
import { OUTCOMES } from '../../src/sample.ts'
import type { Iteration, Sample, Slot } from '../../src/sample.ts'

export const GROUPS: readonly string[] = ['shoppers', 'browsers', 'idle']

/** Shoppers and browsers share the flow `buy`; `poll` is a wait step, `total` an assert step. */
export const SLOTS: readonly Slot[] = [
  ['shoppers', 'order', 'http', 'api'] as const,
  ['shoppers', 'pay', 'http', 'bank'] as const,
  ['shoppers', 'poll', 'wait', 'api'] as const,
  ['shoppers', 'total', 'assert', undefined] as const,
  ['browsers', 'order', 'http', 'api'] as const,
  ['browsers', 'pay', 'http', 'bank'] as const,
].map(([group, step, type, service], index) => ({
  index,
  group,
  flow: 'buy',
  step,
  type,
  ...(service !== undefined && { service, method: step === 'poll' ? 'GET' : 'POST' }),
  ...(step === 'pay' && { tags: { area: 'payment' } }),
}))

export const sample = (more: Partial<Sample> = {}): Sample => ({
  slot: 0,
  cycle: 1,
  agent: 0,
  iteration: 1,
  attempt: 1,
  status: 200,
  outcome: 'ok',
  latencyUs: 10_000,
  ttfbUs: 8000,
  responseTimeUs: 20_000,
  waitRateLimitUs: undefined,
  waitConnectionUs: 100,
  waitRetryUs: undefined,
  ...more,
})

export const iteration = (more: Partial<Iteration> = {}): Iteration => ({
  group: 'shoppers',
  cycle: 1,
  agent: 0,
  iteration: 1,
  ok: true,
  aborted: false,
  durationUs: 50_000,
  ...more,
})

/** The selector of `p95{step:order}`; any condition will do to make it one. */
export function selector(text: string): Selector {
  for (const limit of ['1ms', '1%', '1/s', '1']) {
    const parsed = parseThreshold(`${text} > ${limit}`)
    if ('threshold' in parsed) return parsed.threshold.selector
  }
  throw new Error(`"${text}" is no selector.`)
}

const us = fc.option(fc.nat(5_000_000), { nil: undefined })

type Event =
  | Pick<Sample, 'slot' | 'attempt' | 'status' | 'outcome' | 'latencyUs' | 'ttfbUs' | 'responseTimeUs' | 'waitRetryUs'>
  | Pick<Iteration, 'group' | 'ok' | 'durationUs'>
  | { readonly check: number; readonly held: boolean }
  | { readonly dropped: string }

/** What happens in one cycle, without its number. */
export const events: fc.Arbitrary<Event[]> = fc.array(
  fc.oneof(
    fc.record({
      slot: fc.constantFrom(0, 1, 2, 4, 5),
      attempt: fc.integer({ min: 1, max: 3 }),
      status: fc.constantFrom(0, 200, 404, 503),
      outcome: fc.constantFrom(...OUTCOMES),
      latencyUs: us,
      ttfbUs: us,
      responseTimeUs: us,
      waitRetryUs: us,
    }),
    fc.record({ group: fc.constantFrom('shoppers', 'browsers'), ok: fc.boolean(), durationUs: fc.nat(9_000_000) }),
    fc.record({ check: fc.constantFrom(0, 3), held: fc.boolean() }),
    fc.record({ dropped: fc.constantFrom('shoppers', 'browsers') }),
  ),
  { maxLength: 40 },
)

export function play(collector: Collector, cycle: number, happened: readonly Event[]): void {
  for (const event of happened) {
    if ('slot' in event) collector.sample(sample({ ...event, cycle }))
    else if ('group' in event) collector.iteration(iteration({ ...event, cycle }))
    else if ('check' in event) collector.check(event.check, event.held)
    else collector.dropped(event.dropped, cycle)
  }
}
