// In which cycles a run was paused and for how long: for verdicts on rates, for the record, and for a run that
// goes on after a checkpoint. What a pause does is engine/pause.ts.
import type { Pause, Paused } from '../engine/pause.ts'
import type { CyclePause } from '../gate/paused.ts'
import { formatMs } from '../units.ts'

/** What a checkpoint has of it. */
export interface PausesState extends Paused {
  readonly cycles: readonly CyclePause[]
}

export class Pauses {
  readonly #pause: Pause
  /** Of cycles that are over. */
  readonly #closed: CyclePause[] = []
  #open: { readonly cycle: number; readonly before: number } | undefined

  constructor(pause: Pause) {
    this.#pause = pause
  }

  beginCycle(cycle: number): void {
    this.#open = { cycle, before: this.#pause.paused.ms }
  }

  /** The pause of the open cycle so far; undefined when there was none. */
  get now(): CyclePause | undefined {
    if (this.#open === undefined) return undefined
    const ms = this.#pause.paused.ms - this.#open.before
    return ms > 0 ? { cycle: this.#open.cycle, ms } : undefined
  }

  endCycle(): void {
    const { now } = this
    if (now !== undefined) this.#closed.push(now)
    this.#open = undefined
  }

  /** Of all cycles so far, the open one included. */
  soFar(): readonly CyclePause[] {
    const { now } = this
    return now === undefined ? this.#closed : [...this.#closed, now]
  }

  /** All pauses of the run, those between cycles included; undefined when there was none. */
  get all(): Paused | undefined {
    const { paused } = this.#pause
    return paused.times === 0 ? undefined : paused
  }

  get state(): PausesState | undefined {
    return this.all && { ...this.all, cycles: [...this.#closed] }
  }

  restore(state: PausesState | undefined): void {
    if (state === undefined) return
    this.#pause.restore(state)
    this.#closed.push(...state.cycles)
  }

  notices(): string[] {
    if (this.all === undefined) return []
    const { times, ms } = this.all
    const often = times === 1 ? 'once, for' : `${times} times, in all for`
    return [`Paused ${often} ${formatMs(ms)}: the time in which nothing ran is in no rate and no duration.`]
  }
}
