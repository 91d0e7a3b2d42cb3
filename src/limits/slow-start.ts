// Keeps a dead service from getting every agent's first request before the breaker can open. An agent is tried until its
// first request is answered as expected; no more are tried at once than it would still take to open the breaker, plus one
// for each that was answered. Others wait, first come, first served; idle ones, from which the breaker learns nothing, after
// all that act. Arrivals wait for each other only, and until a service has proven sound.
import type { Clock } from '../clock.ts'
import type { CircuitBreaker } from './circuit-breaker.ts'
import type { Leaving } from './leaving.ts'
import { Entry, Queue } from './queue.ts'
import { NOT_ADMITTED } from './rate-limit.ts'

/** `arriving`: at a time of its own, in an open workload. Whoever holds that back makes the service look slow. */
export type Beginner = 'acting' | 'arriving' | 'idle'

interface Waiter {
  readonly agent: object
  readonly since: number
  readonly admit: (waitedMs: number) => void
}

const IN_TURN: readonly Beginner[] = ['arriving', 'acting', 'idle']

export class SlowStart {
  readonly #breaker: CircuitBreaker
  readonly #clock: Clock
  readonly #tried = new Set<object>()
  /** Of those that arrived, apart: answers that others wait for may take long. */
  readonly #triedArrivals = new Set<object>()
  /** Whose last iteration did not fail; they are never held back. */
  readonly #sound = new Set<object>()
  /** As many have been answered as would have to fail; until the breaker opens. */
  #isProven = false
  /** Who arrived, was held back, and is busy for so much longer. */
  readonly #late = new Set<object>()
  readonly #waiting: Readonly<Record<Beginner, Queue<Waiter>>> = {
    arriving: new Queue(),
    acting: new Queue(),
    idle: new Queue(),
  }

  constructor(breaker: CircuitBreaker, clock: Clock) {
    this.#breaker = breaker
    this.#clock = clock
  }

  beginCycle(): void {
    this.#tried.clear()
    this.#triedArrivals.clear()
    this.#late.clear()
    this.#sound.clear()
  }

  /** Agents are busy that would be free if they had not waited here. */
  get costsAgents(): boolean {
    return this.#late.size > 0
  }

  get isProven(): boolean {
    return this.#isProven
  }

  /** Goes on where another one stood. */
  restore(isProven: boolean): void {
    this.#isProven = isProven
  }

  /** Before the first request of an iteration. As `RateLimiter.acquire`: the milliseconds it waited, or `NOT_ADMITTED`. */
  enter(agent: object, signal: Leaving, as: Beginner = 'acting'): number | Promise<number> {
    const { phase, isOpen } = this.#breaker
    if (isOpen || signal.aborted) return NOT_ADMITTED
    if (phase === 'closed' && (this.#sound.has(agent) || (as === 'arriving' && this.#isProven))) return 0
    const queue = this.#waiting[as]
    if (queue.length === 0 && this.#mayEnter(as)) {
      this.#triedAs(as).add(agent)
      return 0
    }
    if (as === 'arriving') this.#late.add(agent)
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
    if (!this.#tried.delete(agent) && !this.#triedArrivals.delete(agent)) return
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
    this.#triedArrivals.delete(agent)
    this.#late.delete(agent)
    this.admit()
  }

  /** Lets in who may go now; turns all away when the breaker is open. */
  admit(): void {
    const { phase, missing } = this.#breaker
    this.#isProven = phase === 'closed' && (this.#isProven || this.#sound.size >= missing)
    for (const as of IN_TURN) this.#admitAll(as)
  }

  #mayEnter(as: Beginner): boolean {
    const { arriving, acting } = this.#waiting
    const { phase } = this.#breaker
    if (as === 'arriving' && this.#isProven) return true
    if (as === 'idle' && (arriving.length + acting.length > 0 || phase !== 'closed')) return false
    const all = this.#tried.size + this.#triedArrivals.size
    return this.#breaker.mayTry(phase === 'half-open' ? all : this.#triedAs(as).size, this.#sound.size)
  }

  #triedAs(as: Beginner): Set<object> {
    return as === 'arriving' ? this.#triedArrivals : this.#tried
  }

  #admitAll(as: Beginner): void {
    const queue = this.#waiting[as]
    for (let entry = queue.first; entry !== undefined; entry = queue.first) {
      const { isOpen } = this.#breaker
      if (!isOpen && !this.#mayEnter(as)) return
      queue.remove(entry)
      const { agent, since, admit } = entry.value
      if (!isOpen) this.#triedAs(as).add(agent)
      admit(isOpen ? NOT_ADMITTED : this.#clock.now() - since)
    }
  }
}
