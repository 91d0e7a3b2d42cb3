// When the next one may go, so that over every window no more than burst + rate × window do: GCRA (ITU-T
// I.371, virtual scheduling). It keeps the time of nobody; who waits is rate-limit.ts.

export interface Rate {
  readonly ratePerSecond: number
  /** How many may go at once after a lull, at least 1. */
  readonly burst: number
}

/** About what a timer can tell apart. */
export const GRAIN_MS = 1
/** At rates above one per grain, waiters are woken in batches of this time. */
const BATCH_MS = 0.75

export class Schedule {
  readonly #intervalMs: number
  /** How far the schedule may run ahead of the clock: the burst, in time. */
  readonly toleranceMs: number
  /** How much later than the first one's moment to look, to wake several at once. */
  readonly #batchMs: number
  /** When the next is due on an even schedule ("theoretical arrival time"). */
  #dueAt = Number.NEGATIVE_INFINITY

  constructor({ ratePerSecond, burst }: Rate) {
    if (!(ratePerSecond > 0)) throw new RangeError(`A rate limit must be above 0/s, not ${ratePerSecond}/s.`)
    if (!(burst >= 1)) throw new RangeError(`The burst of a rate limit must be at least 1, not ${burst}.`)
    this.#intervalMs = 1000 / ratePerSecond
    this.toleranceMs = (burst - 1) * this.#intervalMs
    this.#batchMs = this.#intervalMs >= GRAIN_MS ? 0 : Math.min(BATCH_MS, this.toleranceMs / 2)
  }

  admits(now: number): boolean {
    return now >= this.#dueAt - this.toleranceMs
  }

  take(now: number): void {
    this.#dueAt = Math.max(now, this.#dueAt) + this.#intervalMs
  }

  /** How far the schedule is ahead of the clock, ms; undefined while nobody has gone. */
  leadAt(now: number): number | undefined {
    return Number.isFinite(this.#dueAt) ? this.#dueAt - now : undefined
  }

  /** As far ahead of this clock as it was of another one. */
  restore(now: number, leadMs: number | undefined): void {
    if (leadMs !== undefined) this.#dueAt = now + leadMs
  }

  /** When to look again: being late within the tolerance loses no rate, half of it is left for a busy machine. */
  get wakeAt(): number {
    return this.#dueAt - this.toleranceMs + this.#batchMs
  }
}
