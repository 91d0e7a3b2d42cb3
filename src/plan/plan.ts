// The Plan: everything that is fixed before the first request, as plain data. The engine needs it, a
// Clock, a Transport, and nothing else. Made by `makePlan` (plan/make.ts).
import type { ServicePlan } from '../actions/action.ts'
import type { Activity } from '../agents/activity.ts'
import type { DataSource, Table } from '../agents/data.ts'
import type { VariationSpec } from '../agents/variation.ts'
import type { WarmUp } from '../agents/warm-up.ts'
import type { PressureSpec } from '../pressure/pressure.ts'
import type { BreakerRules } from '../limits/circuit-breaker.ts'
import type { PlacedStep, PlacedThreshold, SimulatedTimeSpec } from '../scenario/scenario.ts'
import type { Place } from '../errors.ts'
import type { Slot } from '../sample.ts'
import type { Entry } from '../scenario/entry.ts'
import type { StartSpec } from '../scenario/start.ts'
import type { Workload } from '../workloads/index.ts'

export interface GroupPlan {
  readonly name: string
  readonly count: number
  readonly flow: string
  readonly vars: Readonly<Record<string, unknown>>
  readonly workload: Workload
  /** Slot of each step of the flow, on all levels (`allSteps`), then of each final assertion. */
  readonly slots: readonly number[]
  /** Absent: all of them act in every cycle. */
  readonly activity?: Activity
  /** What agents do in a cycle in which they do not act. A name in `flows`. */
  readonly idleFlow?: string
  /** Slot of each step of the idle flow, on all levels. */
  readonly idleSlots: readonly number[]
  /** Requests when every step runs and succeeds: of one iteration, and of the idle flow. */
  readonly requests: { readonly iteration: number; readonly idle: number }
  /** How many act in a cycle, on average; present where that is not all of them in every cycle. */
  readonly acting?: number
  readonly thresholds: readonly PlacedThreshold[]
  readonly place: Place
  /** Its table is in `Plan.tables`. */
  readonly data?: DataSource
  /** Run after a failed iteration; counted nowhere. A name in `flows`. */
  readonly onFailure?: string
  /** Decision → option → weight. */
  readonly policy?: Readonly<Record<string, Readonly<Record<string, number>>>>
}

/** A service that has to be brought up before the first request. */
export interface StartPlan extends StartSpec {
  readonly service: string
  readonly baseUrl: string
}

/** Which scenario it was made of. */
export interface ScenarioOrigin {
  readonly id: string
  readonly file: string
  readonly description?: string
  /** What people call the system under test. */
  readonly sut?: string
  /** Of the file's text, hex. */
  readonly sha256: string
}

export interface Plan {
  readonly version: 1
  readonly runId: string
  readonly seed: number
  readonly scenario: ScenarioOrigin
  readonly profile?: string
  readonly overrides: readonly string[]
  /** Present = no service is asked: answers are made up. */
  readonly mock?: 'api'
  readonly cycles: number
  readonly time: SimulatedTimeSpec
  /** Fewer agents in the first cycles; `exclude`: their samples are judged by nothing. */
  readonly warmUp?: WarmUp
  readonly maxConcurrentAgents?: number
  readonly maxDurationMs?: number
  readonly gracefulStopMs: number
  /** Requests per second over all services, and how many may go at once after a lull. */
  readonly rateLimit?: { readonly ratePerSecond: number; readonly burst: number }
  /** Ends the run once more than this share of a cycle's agents have failed; among fewer than `minAgents` never. */
  readonly circuitBreaker?: BreakerRules
  /** Absent when none are kept. */
  readonly checkpoint?: { readonly everyCycles: number; readonly keep: number }
  /** People are told when the process takes so many MB. */
  readonly memoryWarningMb?: number
  readonly cookies: 'run' | 'iteration' | false
  /** What every iteration begins with; templates. */
  readonly entry?: Entry
  readonly variation?: VariationSpec
  /** Absent when there is none, and when it is turned off. */
  readonly pressure?: PressureSpec
  /** Keys whose values never appear in any output. */
  readonly redact: readonly string[]
  /** Files that requests carry, by path as written, in base64; never written to disk. */
  readonly attachments: Readonly<Record<string, string>>
  /** Data files, by path as written; never written to disk. */
  readonly tables: Readonly<Record<string, Table>>
  /** The values behind `{{env.X}}`; never written to disk. */
  readonly env: Readonly<Record<string, string>>
  readonly services: Readonly<Record<string, ServicePlan>>
  /** In the order of the SUT: a service may need those before it. */
  readonly start: readonly StartPlan[]
  readonly groups: readonly GroupPlan[]
  readonly flows: Readonly<Record<string, readonly PlacedStep[]>>
  readonly setup: readonly PlacedStep[]
  /** Instead of `setup`, when a run goes on after a checkpoint. */
  readonly onResume: readonly PlacedStep[]
  readonly teardown: readonly PlacedStep[]
  readonly assertions: readonly PlacedStep[]
  readonly stopWhen: { readonly anyActionFails: boolean; readonly anyAssertionFails: boolean }
  readonly maxSteps: number
  readonly slots: readonly Slot[]
  /** Judged over the run. */
  readonly thresholds: readonly PlacedThreshold[]
  /** Requests of one cycle when every step runs and succeeds, on average; undefined when a duration decides. */
  readonly requestsPerCycle?: number
}
