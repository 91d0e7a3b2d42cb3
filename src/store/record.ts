// The RunRecord: what is known of a run once it is over (or was cut short), as plain data. Every
// report is made from it alone. Encoded histograms are beside it, in the Summary.
import type { Place } from '../errors.ts'
import type { BreakerEvent, BreakerOpened, BreakerPhase, BreakerRules } from '../limits/circuit-breaker.ts'
import type { Verdict } from '../gate/verdict.ts'
import type { GroupCounts } from '../metrics/summary.ts'
import type { ScenarioOrigin } from '../plan/plan.ts'
import type { Cause } from '../sample.ts'

export type { Cause, Example } from '../sample.ts'

/** Requests by outcome, e.g. `{ ok: 412, failed: 3 }`. */
export type OutcomeCounts = Readonly<Record<string, number>>

/** Milliseconds. */
export interface Percentiles {
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

/** How well the load generator itself kept up in one cycle. */
export interface CycleHealth {
  readonly cycle: number
  /** How late the event loop came round: the 99th percentile of its turns. */
  readonly delayMs: number
  /** How long it stood still, where a few long stalls took a tenth of the time or more. */
  readonly stallMs?: number
  /** The share of the time in which the event loop was busy, 0 to 1. */
  readonly utilisation: number
  /** Iterations begun, of those due, 0 to 1; of the group that was furthest behind. Absent without an open workload. */
  readonly openRate?: number
  /** Requests that the rate limit let through while others waited for it, of those it allows, 0 to 1. Absent when it held nothing back. */
  readonly limitedRate?: number
}

/** One cycle × group: one test. */
export interface CellRecord {
  /** From 1. */
  readonly cycle: number
  readonly group: string
  readonly state: 'passed' | 'failed' | 'skipped'
  /** Why it was skipped. */
  readonly reason?: string
  /** One line, for `failed`: which of its thresholds did not hold. */
  readonly message?: string
  readonly place: Place
  /** Of a warm-up that is reported and not judged: it passes whatever it measured, unless it was cut short. */
  readonly isWarmUp?: true
  /** How many agents were to act, and how many were there and idle. Absent when it was not run. */
  readonly agents?: { readonly acting: number; readonly idle: number }
  /** UTC, ISO 8601. */
  readonly startedAt?: string
  readonly durationMs: number
  readonly iterations: GroupCounts
  readonly requests: OutcomeCounts
  readonly latency?: Percentiles
  readonly verdicts: readonly Verdict[]
  /** The most frequent ones first, three at most. */
  readonly causes: readonly Cause[]
  /** It was run before the run went on after a checkpoint, and is reported as it was judged then. */
  readonly isRestored?: true
  /** Up to the moment when it was judged; absent when nobody watched the load generator. */
  readonly health?: CycleHealth
  /** Milliseconds that the run was paused in this cell. `durationMs` leaves out the part in which nothing ran. */
  readonly pausedMs?: number
}

/** One line of the table at the end. */
export interface StepRow {
  readonly step: string
  readonly method?: string
  readonly service?: string
  readonly attempts: number
  readonly ok: number
  readonly latency?: Percentiles
}

export interface BreakerRecord extends BreakerRules {
  /** As it stood at the end. */
  readonly phase: BreakerPhase
  /** When and by whom it was opened the last time; absent when it never was. */
  readonly opened?: BreakerOpened
  /** Every change, in order. */
  readonly events: readonly BreakerEvent[]
}

/** A resumption of the run from a checkpoint. */
export interface Resume {
  /** UTC, ISO 8601. */
  readonly at: string
  /** Cycles up to this one are reported from the checkpoint. */
  readonly afterCycle: number
  /** Cycles that had begun before, in whole or in part, and were sent again. */
  readonly sentAgain: readonly number[]
  /** The log beside the checkpoint was missing (it was copied alone), so `sentAgain` is not known. */
  readonly hasNoTrace?: true
}

export interface RunRecord {
  readonly version: 1
  readonly runId: string
  readonly seed: number
  readonly scenario: ScenarioOrigin
  readonly profile?: string
  /** Present = no service was asked: answers were made up. */
  readonly mock?: 'api'
  /** e.g. `TURBULENCE_SEED=42`. */
  readonly overrides: readonly string[]
  /** Origins that received requests. */
  readonly hosts: readonly string[]
  /** UTC, ISO 8601. */
  readonly startedAt: string
  readonly durationMs: number
  readonly machine: {
    readonly node: string
    readonly platform: string
    readonly cpus: number
    readonly hostname: string
  }
  readonly versions: Readonly<Record<string, string>>
  /** Why the run ended before its plan did. */
  readonly stopped?: string
  /** Absent without a circuit breaker. */
  readonly breaker?: BreakerRecord
  /** Groups whose agents sent nothing while they waited; their times cannot show coordinated omission. */
  readonly closed?: readonly string[]
  /** Each time that it went on after a checkpoint; absent for a run in one piece. */
  readonly resumes?: readonly Resume[]
  /** How often and for how long it was paused, between cycles, too. `durationMs` leaves out the part in which nothing ran. */
  readonly paused?: { readonly times: number; readonly ms: number }
  /** Things people should know that are neither a failure nor a pass, e.g. a warning about connections. */
  readonly notices: readonly string[]
  readonly cells: readonly CellRecord[]
  readonly thresholds: readonly Verdict[]
  readonly steps: readonly StepRow[]
  /** Of the cycles that were run; absent when nobody watched the load generator. */
  readonly health?: readonly CycleHealth[]
  /** The most that the load generator's process took while cycles ran, in MB of 1024² bytes; absent without a memory probe. */
  readonly memory?: { readonly peakRssMb: number; readonly peakHeapMb: number }
  /** Attempts per second of wall time, and the limit in force. */
  readonly rps?: number
  readonly rateLimitRps?: number
  /** The command that runs exactly this again. */
  readonly rerun: string
  /** Folder with manifest.json and summary.json, when one could be written. */
  readonly folder?: string
  /** What is not being kept on disk, and why; the run then counts as failed, whatever its verdicts. */
  readonly unkept?: string
  /** Why nothing of it was judged, though it was to be; the run then counts as failed. */
  readonly unjudged?: string
}
