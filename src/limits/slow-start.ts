// Keeps a dead service from getting every agent's first request before the breaker can open. An agent is tried until its
// first request is answered as expected; no more are tried at once than it would still take to open the breaker, plus one
// for each that was answered. Others wait, first come, first served; idle ones, from which the breaker learns nothing, after
// all that act. Arrivals of open workloads wait for each other only, and only until the services have proven sound.
import type { Clock } from '../clock.ts'
import type { CircuitBreaker } from './circuit-breaker.ts'
import type { Leaving } from './leaving.ts'
import { Entry, Queue } from './queue.ts'
import { NOT_ADMITTED } from './rate-limit.ts'

/** `arriving`: an arrival of an open workload. Holding it back makes the service look slow. */
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
  /** Agents that are being tried: let in, first request not answered yet. */
  readonly #tried = new Set<object>()
  /** The same of arrivals, kept apart: agents of other groups may wait for slow answers, which must not delay arrivals. */
  readonly #triedArrivals = new Set<object>()
  /** Whose last iteration did not fail; they are never held back. */
  readonly #sound = new Set<object>()
  /** As many agents were answered as expected as would have to fail to open the breaker. Until it opens. */
  #isProven = false
  /** Agents of arrivals that were held back, and so are busy for longer than the service keeps them. */
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

  /** Whether agents are busy that might be free had they not waited here. */
  get costsAgents(): boolean {
    return this.#late.size > 0
  }

  get isProven(): boolean {
    return this.#isProven
  }

  /** For a run that is resumed. */
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

  /** The agent's first request was answered as expected. */
  answered(agent: object): void {
    if (!this.#tried.delete(agent) && !this.#triedArrivals.delete(agent)) return
    this.#sound.add(agent)
    this.admit()
  }

  /**
   * An iteration is over; to be called after the breaker has counted it. An agent that failed is tried again, one that
   * was cut off or sent `nothing` says nothing about the services.
   */
  ended(agent: object, outcome: 'ok' | 'failed' | 'aborted' | 'nothing'): void {
    if (outcome === 'ok') this.#sound.add(agent)
    // A probing agent that was cut off has not shown that all is well: another takes its place.
    if (outcome === 'failed' || (outcome === 'aborted' && this.#breaker.phase === 'half-open'))
      this.#sound.delete(agent)
    this.#tried.delete(agent)
    this.#triedArrivals.delete(agent)
    this.#late.delete(agent)
    this.admit()
  }

  /** Lets in all that may go now, or turns all away when the breaker is open. */
  admit(): void {
    const breaker = this.#breaker
    // This is asked after every iteration; how many are missing takes a rolling window some counting.
    this.#isProven = breaker.phase === 'closed' && (this.#isProven || this.#sound.size >= breaker.missing)
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
