// What the engine tells while it runs. Everything that counts, judges or prints listens here; the
// engine itself keeps no numbers.
import type { Failure, Iteration, Sample } from '../sample.ts'
import type { PlacedStep } from '../scenario/scenario.ts'
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
  readonly sent?: Sent
}

export interface Observer {
  sample(sample: Sample): void
  check(slot: number, held: boolean): void
  iteration(iteration: Iteration): void
  /** One that was due, and that nobody could begin. */
  dropped(group: string, cycle: number): void
  failure(failure: StepFailure): void
}
