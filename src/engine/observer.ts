// What the engine tells while it runs. Everything that counts, judges or prints listens here; the
// engine itself keeps no numbers.
import type { Variation } from '../agents/variation.ts'
import type { Failure, Iteration, Measurement, Sample } from '../sample.ts'
import type { PlacedStep } from '../scenario/scenario.ts'
import type { Pressed } from './pressure.ts'
import type { Sent } from './world.ts'

/** A step that did not succeed, with the request and answer it had, if any. */
export interface StepFailure {
  /** Undefined in setup and teardown. */
  readonly group: string | undefined
  readonly cycle: number
  readonly agentId: string
  readonly iteration: number
  readonly source: PlacedStep
  readonly failure: Failure
  /** False in setup, teardown and `on_failure`. */
  readonly isLoad: boolean
  /** Values under the scenario's `redact` keys that may turn up in what is told about it. */
  readonly secrets: () => readonly string[]
  readonly sent?: Sent
}

/** An agent as records see it; to be read at once, it goes on. */
export interface Doing {
  readonly id: string
  readonly group: string | undefined
  readonly cycle: number
  readonly iteration: number
  readonly isLoad: boolean
  readonly correlationId: string
  readonly variation: Variation | undefined
  /** What pressure did in this iteration. */
  readonly pressed: Pressed | undefined
  /** The first failure of this iteration. */
  readonly failed: { readonly step: string; readonly failure: Failure; readonly secrets: readonly string[] } | undefined
  /** By the step that ran last, and by any of this iteration. */
  readonly sent: Sent | undefined
  readonly lastSent: Sent | undefined
}

export interface Observer {
  sample(sample: Sample): void
  check(slot: number, held: boolean): void
  /** What a `call` step recorded. */
  measurement(slot: number, measurement: Measurement): void
  iteration(iteration: Iteration, by: Doing): void
  /** A step has ended that was not skipped. */
  step?(by: Doing, source: PlacedStep, failure: Failure | undefined): void
  /** One that was due, and that nobody could begin. */
  dropped(group: string, cycle: number): void
  failure(failure: StepFailure): void
}
