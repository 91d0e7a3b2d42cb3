// Holds requests back so that over every window no more than burst + rate × window are let through.
// GCRA (ITU-T I.371, virtual scheduling), evaluated at the moment of admission; first come, first served.
import type { Cancel, Clock } from '../clock.ts'
import { Entry, Queue } from './queue.ts'

/** What `acquire` answers to one whose signal aborted before its turn. */
export const NOT_ADMITTED = -1

export interface RateLimiter {
  /**
   * The milliseconds it was made to wait: at once as a number (0), or later as a promise, which
   * never rejects. `NOT_ADMITTED` when the signal aborted first.
   */
  acquire(signal?: AbortSignal): number | Promise<number>
  /** How many wait now. */
  readonly queued: number
  /** How many were let through so far. */
  readonly admitted: number
  /** The time in which at least one waited, and how many were let through of those that did. */
  readonly binding: Binding
}

export interface Binding {
  readonly ms: number
  readonly admitted: number
}

/** About what a timer can tell apart. */
const GRAIN_MS = 1
/** At rates above one per grain, waiters are woken in batches of this time. */
const BATCH_MS = 0.75

interface Waiter {
  readonly since: number
  readonly resolve: (waitedMs: number) => void
  readonly signal: AbortSignal | undefined
}

/** @param limit `burst` is how many may go at once after a lull, at least 1 */
export function rateLimiter(limit: { ratePerSecond: number; burst: number; clock: Clock }): RateLimiter {
  const { ratePerSecond, burst, clock } = limit
  if (!(ratePerSecond > 0)) throw new RangeError(`A rate limit must be above 0/s, not ${ratePerSecond}/s.`)
  if (!(burst >= 1)) throw new RangeError(`The burst of a rate limit must be at least 1, not ${burst}.`)
  return new GcraLimiter(1000 / ratePerSecond, burst, clock)
}

/** How late a wake-up on a busy machine often is: a request that much late must not put off all that follow. */
const LATENESS_MS = 5

/**
 * Bursts of a hundredth of a second's requests: evenly spaced, and yet no rate lost to late timers. At low
 * rates a fraction above 1, which lets nobody go at once and gives the even schedule its time back.
 */
export function defaultBurst(ratePerSecond: number): number {
  return Math.max(1 + (ratePerSecond * LATENESS_MS) / 1000, ratePerSecond / 100)
}

/** What to tell people whose burst asks for wake-ups finer than timers give; undefined when all is well. */
export function burstWarning(ratePerSecond: number, burst: number): string | undefined {
  if (burst / ratePerSecond >= GRAIN_MS / 1000) return undefined
  const enough = Math.ceil(defaultBurst(ratePerSecond))
  return (
    `A burst of ${burst} at ${ratePerSecond}/s needs a wake-up every ${trim((burst / ratePerSecond) * 1000)} ms, ` +
    `finer than a timer's grain of about ${GRAIN_MS} ms: the rate may not be reached. ` +
    `Give a burst of ${enough}, or leave it out.`
  )
}

function trim(value: number): string {
  return String(Number(value.toPrecision(2)))
}

class GcraLimiter implements RateLimiter {
  readonly #clock: Clock
  readonly #intervalMs: number
  /** How far the schedule may run ahead of the clock: the burst, in time. */
  readonly #toleranceMs: number
  /** How much later than the first waiter's moment the queue is looked at, to wake several at once. */
  readonly #batchMs: number
  readonly #waiting = new Queue<Waiter>()
  /** Waiters by signal: one listener each, since adding one costs a walk over all that are there. */
  readonly #signals = new Map<AbortSignal, { count: number; readonly stop: () => void }>()
  /** When the next request is due on an even schedule ("theoretical arrival time"). */
  #dueAt = Number.NEGATIVE_INFINITY
  #admitted = 0
  readonly #binding = { ms: 0, admitted: 0 }
  /** When somebody began to wait; undefined while nobody does. */
  #boundSince: number | undefined
  #cancel: Cancel | undefined

  constructor(intervalMs: number, burst: number, clock: Clock) {
    this.#clock = clock
    this.#intervalMs = intervalMs
    this.#toleranceMs = (burst - 1) * intervalMs
    this.#batchMs = intervalMs >= GRAIN_MS ? 0 : Math.min(BATCH_MS, this.#toleranceMs / 2)
  }

  get queued(): number {
    return this.#waiting.length
  }

  get admitted(): number {
    return this.#admitted
  }

  get binding(): Binding {
    const { ms, admitted } = this.#binding
    return { ms: this.#boundSince === undefined ? ms : ms + this.#clock.now() - this.#boundSince, admitted }
  }

  acquire(signal?: AbortSignal): number | Promise<number> {
    if (signal?.aborted === true) return NOT_ADMITTED
    const since = this.#clock.now()
    if (this.#waiting.length === 0 && this.#admit(since)) return 0
    this.#boundSince ??= since
    return new Promise((resolve) => {
      this.#waiting.push(new Entry({ since, resolve, signal }))
      if (signal !== undefined) this.#listen(signal)
      if (this.#cancel === undefined) this.#arrange()
    })
  }

  #admit(now: number): boolean {
    if (now < this.#dueAt - this.#toleranceMs) return false
    this.#dueAt = Math.max(now, this.#dueAt) + this.#intervalMs
    this.#admitted++
    return true
  }

  #arrange(): void {
    // Being late within the tolerance loses no rate; half of it is left for a busy machine.
    const due = this.#dueAt - this.#toleranceMs + this.#batchMs
    this.#cancel = this.#clock.at(due, () => this.#drain(), this.#toleranceMs / 2)
  }

  #drain(): void {
    this.#cancel = undefined
    const now = this.#clock.now()
    for (let entry = this.#waiting.first; entry !== undefined && this.#admit(now); entry = this.#waiting.first) {
      this.#waiting.remove(entry)
      this.#forget(entry.value.signal)
      this.#binding.admitted++
      entry.value.resolve(now - entry.value.since)
    }
    if (this.#waiting.length > 0) this.#arrange()
    else this.#unbind()
  }

  #listen(signal: AbortSignal): void {
    const known = this.#signals.get(signal)
    if (known !== undefined) {
      known.count++
      return
    }
    const stop = (): void => this.#leave(signal)
    this.#signals.set(signal, { count: 1, stop })
    signal.addEventListener('abort', stop)
  }

  #forget(signal: AbortSignal | undefined): void {
    const known = signal === undefined ? undefined : this.#signals.get(signal)
    if (signal === undefined || known === undefined || --known.count > 0) return
    signal.removeEventListener('abort', known.stop)
    this.#signals.delete(signal)
  }

  #leave(signal: AbortSignal): void {
    for (let entry = this.#waiting.first; entry !== undefined;) {
      const after = entry.after
      if (entry.value.signal === signal) {
        this.#waiting.remove(entry)
        this.#forget(signal)
        entry.value.resolve(NOT_ADMITTED)
      }
      entry = after
    }
    if (this.#waiting.length > 0) return
    this.#cancel?.()
    this.#cancel = undefined
    this.#unbind()
  }

  #unbind(): void {
    if (this.#boundSince !== undefined) this.#binding.ms += this.#clock.now() - this.#boundSince
    this.#boundSince = undefined
  }
}
