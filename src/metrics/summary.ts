// The Summary: all that is kept of a run's samples, as plain data. Histograms are HdrHistogram V2,
// compressed, base64 (µs); counts are exact. Its size depends on the plan, never on the number of samples.
import type { Slot } from '../sample.ts'

/** Counts of one slot: attempts by `status|outcome` (e.g. `200|ok`, `0|timeout`), expectations tried and held. */
export interface SlotCounts {
  readonly attempts: Readonly<Record<string, number>>
  readonly checks: number
  readonly checksHeld: number
  /** How often a `call` step ran. */
  readonly calls?: number
  /** Of its counters and rates: what was added or tried, and what of it held. Its times are among `histograms`. */
  readonly custom?: Readonly<Record<string, readonly [n: number, held: number]>>
}

/** Iterations of one group. */
export interface GroupCounts {
  readonly begun: number
  readonly ok: number
  readonly failed: number
  /** Part of `failed`: cut off by a stop. */
  readonly aborted: number
  readonly dropped: number
}

/** One scope of measurement: a closed cycle, or the whole run. Keys are slot indexes, group names or series names. */
export interface ScopeSummary {
  /** Wall time, ms. */
  readonly durationMs: number
  readonly slots: Readonly<Record<string, SlotCounts>>
  readonly groups: Readonly<Record<string, GroupCounts>>
  /** Encoded histograms by series name (see `Collector`). */
  readonly histograms: Readonly<Record<string, string>>
  /** Attempts of declared selectors that name the label `attempt`, by series name. */
  readonly attempts?: Readonly<Record<string, SlotCounts['attempts']>>
}

export interface CycleSummary extends ScopeSummary {
  readonly cycle: number
  /** Kept, but no part of the run: a cycle of a warm-up. */
  readonly isApart?: boolean
}

export interface Summary {
  readonly version: 1
  readonly slots: readonly Slot[]
  readonly groups: readonly string[]
  readonly cycles: readonly CycleSummary[]
  readonly run: ScopeSummary
  /** Values above the highest trackable hour, clamped to it. */
  readonly clamped: number
}
