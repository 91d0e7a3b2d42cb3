// Keeps a dead service from getting every agent's first request before the breaker can open. An agent
// is tried until its first request is answered as expected; no more are tried at once than it would still
// take to open the breaker, plus one for each that was answered. Others wait, first come, first served;
// idle ones, from which the breaker learns nothing, after all that act.
import type { Clock } from '../clock.ts'
import type { CircuitBreaker } from './circuit-breaker.ts'
import type { Leaving } from './leaving.ts'
import { Entry, Queue } from './queue.ts'
import { NOT_ADMITTED } from './rate-limit.ts'

interface Waiter {
  readonly agent: object
  readonly since: number
  readonly admit: (waitedMs: number) => void
}

export class SlowStart {
  readonly #breaker: CircuitBreaker
  readonly #clock: Clock
  readonly #tried = new Set<object>()
  /** Whose last iteration did not fail; they are never held back. */
  readonly #sound = new Set<object>()
  readonly #waiting = new Queue<Waiter>()
  readonly #idle = new Queue<Waiter>()

  constructor(breaker: CircuitBreaker, clock: Clock) {
    this.#breaker = breaker
    this.#clock = clock
  }

  beginCycle(): void {
    this.#tried.clear()
    this.#sound.clear()
  }

  /** Agents that act wait. */
  get isHolding(): boolean {
    return this.#waiting.length > 0
  }

  /** Before the first request of an iteration. As `RateLimiter.acquire`: the milliseconds it waited, or `NOT_ADMITTED`. */
  enter(agent: object, signal: Leaving, isIdle = false): number | Promise<number> {
    const { phase, isOpen } = this.#breaker
    if (isOpen || signal.aborted) return NOT_ADMITTED
    if (phase === 'closed' && this.#sound.has(agent)) return 0
    const queue = isIdle ? this.#idle : this.#waiting
    if (queue.length === 0 && this.#mayEnter(isIdle)) {
      this.#tried.add(agent)
      return 0
    }
    return new Promise((resolve) => {
      const entry = new Entry<Waiter>({
        agent,
        since: this.#clock.now(),
        admit: (waitedMs) => {
          signal.removeEventListener('abort', leave)
          resolve(waitedMs)
        },
      })
      const leave = (): void => {
        signal.removeEventListener('abort', leave)
        if (queue.remove(entry)) resolve(NOT_ADMITTED)
      }
      queue.push(entry)
      signal.addEventListener('abort', leave)
    })
  }

  /** Its first request was answered as expected. */
  answered(agent: object): void {
    if (!this.#tried.delete(agent)) return
    this.#sound.add(agent)
    this.admit()
  }

  /** After the breaker has heard of it: an agent that failed is tried again, one that was cut off or sent `nothing` says nothing. */
  ended(agent: object, outcome: 'ok' | 'failed' | 'aborted' | 'nothing'): void {
    if (outcome === 'ok') this.#sound.add(agent)
    // Who was cut off while it probed has not said that all is well: another takes its place.
    if (outcome === 'failed' || (outcome === 'aborted' && this.#breaker.phase === 'half-open'))
      this.#sound.delete(agent)
    this.#tried.delete(agent)
    this.admit()
  }

  #mayEnter(isIdle: boolean): boolean {
    if (isIdle && (this.#waiting.length > 0 || this.#breaker.phase !== 'closed')) return false
    return this.#breaker.mayTry(this.#tried.size, this.#sound.size)
  }

  /** Lets in who may go now; turns all away when the breaker is open. */
  admit(): void {
    this.#admitFrom(this.#waiting, false)
    this.#admitFrom(this.#idle, true)
  }

  #admitFrom(queue: Queue<Waiter>, isIdle: boolean): void {
    const now = this.#clock.now()
    for (let entry = queue.first; entry !== undefined; entry = queue.first) {
      const { isOpen } = this.#breaker
      if (!isOpen && !this.#mayEnter(isIdle)) return
      queue.remove(entry)
      const { agent, since, admit } = entry.value
      if (!isOpen) this.#tried.add(agent)
      admit(isOpen ? NOT_ADMITTED : now - since)
    }
  }
}
