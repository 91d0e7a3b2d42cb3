// An open workload: the i-th iteration begins at start + i / rate, whether or not those before it have
// ended, on the agent that has been idle longest. One that finds no idle agent or no place at that
// moment is dropped, never queued. How one iteration goes is the engine's business.
import type { Cancel, Clock } from '../clock.ts'
import { Entry, Queue } from '../limits/queue.ts'
import type { RateWorkload } from '../workloads/index.ts'
import { arrivalsOf } from '../workloads/index.ts'

/** Closer together than this, waiting exactly for each would keep the processor busy with nothing else. */
const CLOSE_MS = 10
/** Then a timer is exact enough: about a millisecond late, which `response_time` has in it. */
const GRACE_MS = 2

export interface OpenGroup<Agent> {
  readonly clock: Clock
  readonly workload: RateWorkload
  /** In the order in which they begin. */
  readonly agents: readonly Agent[]
  /** Nothing arrives any more once it aborts. */
  readonly stop: AbortSignal
  readonly hasPlace: () => boolean
  /** @param dueMs in terms of `clock.now()`, not after it */
  readonly start: (agent: Agent, iteration: number, dueMs: number) => Promise<void>
  readonly drop: () => void
}

interface Idle<Agent> {
  readonly agent: Agent
  iterations: number
}

/** Resolves when the time is over and all iterations have ended; rejects when one of them did, after the others. */
export function runArrivals<Agent>(group: OpenGroup<Agent>): Promise<void> {
  return new Promise((resolve, reject) => new Arrivals(group, resolve, reject).begin())
}

class Arrivals<Agent> {
  readonly #group: OpenGroup<Agent>
  readonly #resolve: () => void
  readonly #reject: (error: unknown) => void
  readonly #idle = new Queue<Idle<Agent>>()
  readonly #startMs: number
  readonly #intervalMs: number
  readonly #graceMs: number
  readonly #count: number
  #next = 0
  #running = 0
  #isOver = false
  readonly #errors: unknown[] = []
  #cancel: Cancel = () => undefined

  constructor(group: OpenGroup<Agent>, resolve: () => void, reject: (error: unknown) => void) {
    this.#group = group
    this.#resolve = resolve
    this.#reject = reject
    for (const agent of group.agents) this.#idle.push(new Entry({ agent, iterations: 0 }))
    this.#startMs = group.clock.now()
    this.#intervalMs = 1000 / group.workload.ratePerSecond
    this.#graceMs = this.#intervalMs < CLOSE_MS ? GRACE_MS : 0
    this.#count = arrivalsOf(group.workload)
  }

  begin(): void {
    const { stop } = this.#group
    stop.addEventListener('abort', this.#end)
    if (stop.aborted) this.#end()
    else this.#drain()
  }

  /** All that are due by now, so that a late timer delays no more than it must. */
  readonly #drain = (): void => {
    const { clock, workload } = this.#group
    const now = clock.now()
    for (let due = this.#due(); this.#next < this.#count && due <= now; due = this.#due()) {
      this.#next++
      this.#arrive(due)
    }
    if (this.#isOver) return
    // The group keeps its place in the cycle to the end of its time: rates are taken over that.
    if (this.#next < this.#count) this.#cancel = clock.at(this.#due(), this.#drain, this.#graceMs)
    else this.#cancel = clock.at(this.#startMs + workload.durationMs, this.#end)
  }

  #due(): number {
    return this.#startMs + this.#next * this.#intervalMs
  }

  #arrive(dueMs: number): void {
    const { hasPlace, start, drop } = this.#group
    const idle = this.#idle.first
    if (this.#isOver) return
    if (idle === undefined || !hasPlace()) return drop()
    this.#idle.remove(idle)
    this.#running++
    const ended = start(idle.value.agent, ++idle.value.iterations, dueMs).catch((error: unknown) => {
      this.#errors.push(error)
    })
    void ended.then(() => {
      this.#running--
      this.#idle.push(idle)
      this.#settle()
    })
  }

  readonly #end = (): void => {
    this.#isOver = true
    this.#cancel()
    this.#group.stop.removeEventListener('abort', this.#end)
    this.#settle()
  }

  #settle(): void {
    if (!this.#isOver || this.#running > 0) return
    if (this.#errors.length > 0) this.#reject(this.#errors[0])
    else this.#resolve()
  }
}
