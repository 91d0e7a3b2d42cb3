// Lets the event loop turn when the language has worked for long without a pause: no agent, whatever its
// steps and answers, keeps the others' sockets and timers waiting. How work is counted is effort.ts.
import type { Clock } from '../clock.ts'
import { isTired, rested } from '../effort.ts'

/** So many turns of the microtask queue are between being let go and the work that follows. */
const HOPS = 4

export class Rest {
  readonly #clock: Clock
  readonly #waiting: (() => void)[] = []
  #isLetting = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Goes on at once, unless too much was done since the last turn; then one after the other. */
  take(): Promise<void> {
    if (!isTired() && this.#waiting.length === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      if (!this.#isLetting) void this.#letGo()
    })
  }

  async #letGo(): Promise<void> {
    this.#isLetting = true
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (isTired()) {
        await this.#clock.turn()
        rested()
      }
      next()
      // It works now, and may be tired then.
      for (let hop = 0; hop < HOPS; hop++) await Promise.resolve()
    }
    this.#isLetting = false
  }
}
