// What a threshold came to. Every text in it is computed once, from the numbers that were judged.
import type { Place } from '../errors.ts'

export type VerdictKind = 'pass' | 'fail' | 'inconclusive' | 'no-data' | 'not-evaluated'

export interface Verdict {
  readonly kind: VerdictKind
  /** True when `on_no_data: skip` or `on_inconclusive: skip` turns this verdict into a skipped test. */
  readonly skip: boolean
  /** The user's name or the selector, e.g. `p95{step:order}`; never a limit or a value. */
  readonly name: string
  /** As written, e.g. `p95{step:order} < 300ms`. */
  readonly expression: string
  /** The selector in full, e.g. `latency.p95{step:order}`. */
  readonly selector: string
  readonly op: string
  /** In `unit`; rates are percent, times milliseconds. */
  readonly limit: number
  readonly unit: 'ms' | '%' | '/s' | ''
  /** The value judged, in `unit`; absent without data. */
  readonly value?: number
  /** How many samples (or attempts, for a rate) the value is of. */
  readonly samples: number
  /** How many it would take to decide; only when there are too few. */
  readonly needed?: number
  /** 95 % interval of a percentile, in `unit`. */
  readonly interval?: { readonly low: number; readonly high: number }
  /** What puts the value in doubt: the load generator was saturated. Part of the message. */
  readonly note?: string
  /** For how long the run was paused in the cycles judged; only where it matters, for rates per second. Part of the message. */
  readonly pausedMs?: number
  /** `412 ms`, `< 300 ms`; empty value text without data. */
  readonly valueText: string
  readonly limitText: string
  /** One line with value, limit, distance and samples: `p95{step:order} was 412 ms, must be < 300 ms (+37.3 %) over 1204 samples`. */
  readonly message: string
  readonly place?: Place
}
