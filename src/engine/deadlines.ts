// The total timeout of every request to one service, without a timer for each: they all wait equally
// long, so they end in the order in which they began, and one coarse timer watches the first.
import type { Clock } from '../clock.ts'
import { Queue } from '../limits/queue.ts'
import type { Entry } from '../limits/queue.ts'

export interface Expiring {
  readonly startedAt: number | undefined
  /** Called once the time is over, with the entry already removed. */
  expire(): void
}

export class Deadlines {
  readonly #clock: Clock
  readonly #timeoutMs: number
  readonly #running = new Queue<Expiring>()
  #armed = false

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock
    this.#timeoutMs = timeoutMs
  }

  /** Counts from `startedAt`, which is now. */
  add(entry: Entry<Expiring>): void {
    this.#running.push(entry)
    if (!this.#armed) this.#arm(this.#timeoutMs)
  }

  remove(entry: Entry<Expiring>): void {
    this.#running.remove(entry)
  }

  /** The timer is left to run when its request ends: most requests come and go within one timeout. */
  #arm(ms: number): void {
    this.#armed = true
    this.#clock.after(ms, () => this.#look())
  }

  #look(): void {
    this.#armed = false
    const now = this.#clock.now()
    for (let entry = this.#running.first; entry !== undefined; entry = this.#running.first) {
      const leftMs = (entry.value.startedAt ?? now) + this.#timeoutMs - now
      if (leftMs > 0) {
        if (!this.#armed) this.#arm(leftMs)
        return
      }
      this.#running.remove(entry)
      entry.value.expire()
    }
  }
}
