// The Scenario: a scenario file with its SUT, checked, defaults filled in, one profile chosen. Plain
// data; the environment is not in it, only the names it asks for.
import type { Activity } from '../agents/activity.ts'
import type { DataSource, Table } from '../agents/data.ts'
import type { VariationSpec } from '../agents/variation.ts'
import type { WarmUp } from '../agents/warm-up.ts'
import type { BreakerRules } from '../limits/circuit-breaker.ts'
import type { Place, Problem } from '../errors.ts'
import type { Step } from '../actions/index.ts'
import type { RetryAfter } from '../actions/retry-after.ts'
import type { Threshold } from '../metrics/threshold.ts'
import type { PressureSpec } from '../pressure/pressure.ts'
import type { Entry } from './entry.ts'
import type { StartSpec } from './start.ts'
import type { Workload } from '../workloads/index.ts'

export interface GroupSpec {
  readonly name: string
  readonly count: number
  /** A name in `flows`. */
  readonly flow: string
  readonly vars: Readonly<Record<string, unknown>>
  readonly workload: Workload
  /** Judged in every cycle. */
  readonly thresholds: readonly PlacedThreshold[]
  readonly place: Place
  /** Undefined: all of them act in every cycle. */
  readonly activity?: Activity
  /** What those do that do not act. A name in `flows`. */
  readonly idleFlow?: string
  /** Its table is in `Scenario.tables`. */
  readonly data?: DataSource
  /** A name in `flows`. */
  readonly onFailure?: string
  /** Decision → option → weight. */
  readonly policy?: Readonly<Record<string, Readonly<Record<string, number>>>>
}

export interface PlacedThreshold {
  readonly threshold: Threshold
  readonly place: Place
  /** The group has none of its own. */
  readonly isDefault?: boolean
}

export interface PlacedStep {
  readonly step: Step
  /** e.g. `flows.buy[2]`. */
  readonly path: string
  readonly place: Place
  /** The steps inside it, by key. What runs is these, not the lists in `step`. */
  readonly nested?: Readonly<Record<string, readonly PlacedStep[]>>
}

/** A file that requests carry. */
export interface Attachment {
  /** As written. */
  readonly name: string
  /** Absolute. */
  readonly file: string
  readonly place: Place
}

export interface ServiceSpec {
  /** A template over `env.*`. */
  readonly baseUrl: string
  /** SUT defaults with the service's laid over them; templates. */
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly connections?: number
  readonly maxBodyBytes: number
  /** Besides the run's. */
  readonly rateLimit?: { readonly ratePerSecond: number; readonly burst?: number }
  readonly http2?: boolean
  /** Absolute paths of PEM files. */
  readonly tls?: {
    readonly ca?: string
    readonly cert?: string
    readonly key?: string
    readonly rejectUnauthorized: boolean
    readonly place: Place
  }
  /** How it is brought up; without it, it is expected to be there. */
  readonly start?: StartSpec
  /** Undefined = turned off. */
  readonly retryAfter?: RetryAfter
  readonly place: Place
}

/** What time it is in the simulation, and when its cycles begin. */
export interface SimulatedTimeSpec {
  /** `asap`: when the last one has ended; `realtime`: every `cycleMs / scale`. */
  readonly pace: 'asap' | 'realtime'
  /** Simulated per real time. */
  readonly scale: number
  /** Simulated milliseconds of one cycle. */
  readonly cycleMs: number
  /** When cycle 1 begins, in milliseconds since 1970. */
  readonly startMs: number
}

export interface Scenario {
  readonly version: 1
  readonly id: string
  readonly description?: string
  /** What people call the system under test. */
  readonly sut?: string
  /** Absolute. */
  readonly file: string
  /** Absolute paths of the other files it names. */
  readonly files: readonly string[]
  /** Where keys stand that are judged when the load is known, by path: `limits.burst`. */
  readonly places: Readonly<Record<string, Place>>
  /** Of the scenario file's text, hex. */
  readonly sha256: string
  readonly simulation: {
    readonly cycles: number
    readonly seed?: number
    readonly time: SimulatedTimeSpec
    readonly warmUp?: WarmUp
    readonly maxConcurrentAgents?: number
    readonly maxDurationMs?: number
    readonly gracefulStopMs: number
  }
  readonly limits: { readonly rateLimitRps?: number; readonly burst?: number; readonly memoryWarningMb?: number }
  readonly circuitBreaker?: BreakerRules
  /** What every iteration begins with; templates. */
  readonly entry?: Entry
  readonly variation?: VariationSpec
  readonly pressure?: PressureSpec
  /** Keys whose values never appear in any output. */
  readonly redact: readonly string[]
  /** What the data files of groups hold, by path as written. */
  readonly tables: Readonly<Record<string, Table>>
  readonly checkpoint?: { readonly everyCycles: number; readonly keep: number }
  readonly cookies: 'run' | 'iteration' | false
  readonly profile?: string
  readonly services: Readonly<Record<string, ServiceSpec>>
  readonly groups: readonly GroupSpec[]
  readonly flows: Readonly<Record<string, readonly PlacedStep[]>>
  readonly setup: readonly PlacedStep[]
  readonly onResume: readonly PlacedStep[]
  readonly teardown: readonly PlacedStep[]
  /** Run after every flow; `assert` steps. */
  readonly assertions: readonly PlacedStep[]
  readonly attachments: readonly Attachment[]
  readonly stopWhen: { readonly anyActionFails: boolean; readonly anyAssertionFails: boolean }
  readonly maxSteps: number
  /** Judged once, over the run. */
  readonly thresholds: readonly PlacedThreshold[]
  /** Every `env.X` that a template names, where it stands, and whether a `default` filter follows. */
  readonly environment: readonly {
    readonly name: string
    readonly hasDefault: boolean
    readonly path: string
    readonly place: Place
  }[]
  /** Warnings and hints: nothing that keeps it from running. */
  readonly warnings: readonly Problem[]
}
