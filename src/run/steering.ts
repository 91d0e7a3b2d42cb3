// What people may ask of a run while it runs: to pause, to go on, to write a checkpoint, to end after this cycle. Each
// method answers with a sentence for them. Which key asks for what is the adapter's business.
import type { Clock } from '../clock.ts'
import type { Pause } from '../engine/pause.ts'
import type { Plan } from '../plan/plan.ts'
import type { Tick } from '../report/tick.ts'
import { formatMs } from '../units.ts'
import type { Safekeeping } from './safekeeping.ts'

/** The run, as far as it is steered. */
export interface Steered {
  readonly plan: Plan
  /** The cycles that will be run; undefined: all. */
  readonly part: readonly number[] | undefined
  readonly pause: Pause
  readonly safe: Safekeeping
  readonly clock: Pick<Clock, 'turn'>
  /** No more cycles begin. */
  readonly isOver: () => boolean
  readonly stop: (reason: string) => void
  /** Shows the state of the run at once, instead of with the next tick. */
  readonly show: () => void
  readonly say: (text: string) => void
}

export class Steering {
  readonly #steered: Steered
  /** The cycle that runs, until its checkpoint is written. */
  #open: number | undefined
  /** The last cycle that is over. */
  #last: number
  #asked: Tick['asked']
  /** Who asked for the end, for the reason of the stop. */
  #by = ''
  #isEnded = false
  #hasFinished = false
  /** Writing that has to be done before the next cycle begins. */
  #pending: Promise<void> = Promise.resolve()

  constructor(steered: Steered) {
    this.#steered = steered
    this.#last = steered.safe.resumedAfter
  }

  get isPaused(): boolean {
    return this.#steered.pause.isOn
  }

  /** Whether it was ended on request, before its last cycle. */
  get hasFinished(): boolean {
    return this.#hasFinished
  }

  /** What is to happen after this cycle. */
  get asked(): Tick['asked'] {
    return this.#asked
  }

  pause(): string {
    const { pause, clock, show } = this.#steered
    if (this.#isOver()) return 'There is nothing to pause: no more cycles begin.'
    if (!pause.begin()) return 'The run is paused already.'
    // In the next turn, when the agents that it holds back have left their flows.
    void clock.turn().then(show)
    if (this.#open === undefined) return `Paused: cycle ${this.#after(this.#last)} does not begin.`
    return `Paused in cycle ${this.#open}: no iteration begins, those under way come to their end.`
  }

  goOn(): string {
    const { pause, show } = this.#steered
    const { forMs = 0 } = pause
    if (!pause.end()) return 'The run is not paused.'
    show()
    return `The run goes on, after ${formatMs(forMs)}.`
  }

  checkpoint(): string {
    const { plan, safe, show } = this.#steered
    const cannot = this.#isOver() ? 'no more cycles begin' : safe.cannot
    if (cannot !== undefined) return `No checkpoint: ${cannot}.`
    const after = this.#open ?? this.#last
    if (after === plan.cycles)
      return `No checkpoint: cycle ${after} is the last, there is nothing to go on with after it.`
    if (this.#open === undefined && after > 0) {
      if (safe.written === after) return `There is a checkpoint after cycle ${after} already.`
      this.#pending = this.#pending.then(() => this.#write(after)).then(() => this.#tellWritten(after))
      return `A checkpoint after cycle ${after} is being written.`
    }
    this.#asked ??= 'checkpoint'
    safe.want(this.#open)
    show()
    return `A checkpoint will be written after cycle ${after || 1}.`
  }

  /** @param by whose wish it is, e.g. `the key q` */
  finish(by: string): string {
    const { pause, safe, show } = this.#steered
    if (this.#isOver()) return 'There is nothing to end: no more cycles begin.'
    this.#by = by
    this.#asked = 'finish'
    const open = this.#open
    if (open === undefined) {
      this.#pending = this.#pending.then(() => this.#finish(this.#last))
      return this.#last === 0 ? 'The run ends before its first cycle.' : 'The run ends now, between two cycles.'
    }
    // A paused cycle would never come to its end.
    pause.end()
    if (this.#after(open) === undefined) return `The run ends after cycle ${open}, which is the last.`
    if (safe.cannot === undefined) safe.want(open)
    show()
    const kept = safe.cannot === undefined ? 'with a checkpoint' : `without a checkpoint: ${safe.cannot}`
    return `The run ends after cycle ${open}, ${kept}.`
  }

  /** Resolves when a cycle may begin. */
  settled(): Promise<void> {
    return this.#pending
  }

  begun(cycle: number): void {
    this.#open = cycle
  }

  /** A cycle is over: writes its checkpoint, and ends the run if that was asked for. @param isWhole it was not cut short */
  async closed(cycle: number, isWhole: boolean): Promise<void> {
    const { safe } = this.#steered
    if (isWhole) await safe.completed(cycle)
    const asked = this.#asked
    const isLast = this.#after(cycle) === undefined
    if (isWhole && asked !== undefined && !isLast) {
      if (safe.tried !== cycle) await this.#write(cycle)
      this.#tellWritten(cycle)
    }
    this.#open = undefined
    this.#last = cycle
    if (this.#asked === 'finish' && isWhole && !isLast) await this.#finish(cycle)
    else this.#asked = undefined
  }

  /** The run ends: nothing can be asked for any more. */
  ended(): void {
    this.#isEnded = true
    this.#steered.pause.end()
  }

  /** The cycle that comes after one; undefined after the last. */
  #after(cycle: number): number | undefined {
    const { plan, part } = this.#steered
    if (part !== undefined) return part.find((one) => one > cycle)
    return cycle < plan.cycles ? cycle + 1 : undefined
  }

  #isOver(): boolean {
    const isAfterTheLast = this.#open === undefined && this.#last > 0 && this.#after(this.#last) === undefined
    return this.#isEnded || this.#steered.isOver() || isAfterTheLast
  }

  async #finish(after: number): Promise<void> {
    const { stop } = this.#steered
    if (after > 0 && this.#steered.safe.tried !== after) await this.#write(after)
    this.#hasFinished = true
    stop(after === 0 ? `ended by ${this.#by} before the first cycle` : `ended by ${this.#by} after cycle ${after}`)
  }

  /** Writes a checkpoint, unless there is one. */
  async #write(after: number): Promise<void> {
    const { safe } = this.#steered
    if (safe.cannot !== undefined || safe.written === after) return
    safe.want()
    await safe.completed(after)
  }

  #tellWritten(after: number): void {
    const { safe, say } = this.#steered
    if (safe.written === after) say(`A checkpoint after cycle ${after} has been written.`)
  }
}
