// Runs a loop for each of many agents side by side: take a turn, rest, take the next. Written with callbacks instead of an
// `async` loop, because that would keep a kilobyte per waiting agent: ten megabytes for ten thousand.
import type { Clock } from '../clock.ts'

export interface TurnsOf<Agent> {
  readonly clock: Clock
  /** Whether the agent takes another turn. @param nth from 1 */
  readonly hasNext: (agent: Agent, nth: number) => boolean
  readonly take: (agent: Agent, nth: number) => Promise<void>
  /** What the agent waits for between two turns; undefined: nothing. */
  readonly rest: (agent: Agent, nth: number, tookMs: number) => Promise<void> | undefined
}

/** Resolves when all agents are done. When turns fail, rejects with the first error, also not before all are done. */
export function runTurns<Agent>(agents: readonly Agent[], turns: TurnsOf<Agent>): Promise<void> {
  return whenAll(agents.length, (done, fail) => {
    for (const agent of agents) new Turns(agent, turns, done, fail).go()
  })
}

/** Waits for all of it in the same way: work that outlived its cycle would report to one that is over. */
export function settle(work: readonly Promise<void>[]): Promise<void> {
  return whenAll(work.length, (done, fail) => {
    for (const one of work) void one.then(done, fail)
  })
}

/** Counts instead of using `Promise.allSettled`, which keeps two functions and a result for each. */
function whenAll(count: number, begin: (done: () => void, fail: (error: unknown) => void) => void): Promise<void> {
  if (count === 0) return Promise.resolve()
  return new Promise((resolve, reject) => {
    let left = count
    const errors: unknown[] = []
    const done = (): void => {
      if (--left > 0) return
      if (errors.length === 0) resolve()
      else reject(errors[0] instanceof Error ? errors[0] : new Error(String(errors[0])))
    }
    begin(done, (error) => {
      errors.push(error)
      done()
    })
  })
}

class Turns<Agent> {
  readonly #agent: Agent
  readonly #turns: TurnsOf<Agent>
  readonly #done: () => void
  readonly #fail: (error: unknown) => void
  #nth = 0
  #beganMs = 0

  constructor(agent: Agent, turns: TurnsOf<Agent>, done: () => void, fail: (error: unknown) => void) {
    this.#agent = agent
    this.#turns = turns
    this.#done = done
    this.#fail = fail
  }

  go(): void {
    const { clock, hasNext, take } = this.#turns
    try {
      if (!hasNext(this.#agent, ++this.#nth)) return this.#done()
      this.#beganMs = clock.now()
      take(this.#agent, this.#nth).then(this.#goOn, this.#fail)
    } catch (error) {
      this.#fail(error)
    }
  }

  readonly #goOn = (): void => {
    const { clock, rest } = this.#turns
    const pause = rest(this.#agent, this.#nth, clock.now() - this.#beganMs)
    if (pause === undefined) this.go()
    else void pause.then(() => this.go())
  }
}
