// What time it is in the simulation. It runs `time_scale` times as fast as the clock while a cycle runs,
// stands still in between, and never goes back: a cycle that took longer than it should hands over where it ended.
import type { Clock } from '../clock.ts'
import { cycleStart } from '../plan/turnout.ts'
import type { SimulatedTimeSpec } from '../scenario/scenario.ts'

export class SimulatedTime {
  readonly #spec: SimulatedTimeSpec
  readonly #clock: Clock
  #baseMs: number
  /** When the cycle began that is running. */
  #since: number | undefined

  constructor(spec: SimulatedTimeSpec, clock: Clock) {
    this.#spec = spec
    this.#clock = clock
    this.#baseMs = spec.startMs
  }

  /** Milliseconds since 1970, UTC. */
  now(): number {
    if (this.#since === undefined) return this.#baseMs
    return this.#baseMs + (this.#clock.now() - this.#since) * this.#spec.scale
  }

  /** Between cycles: another one goes on where this one stands. */
  restore(nowMs: number): void {
    this.#baseMs = nowMs
  }

  beginCycle(cycle: number): void {
    this.#baseMs = Math.max(this.now(), cycleStart(this.#spec, cycle))
    this.#since = this.#clock.now()
  }

  endCycle(): void {
    this.#baseMs = this.now()
    this.#since = undefined
  }
}
