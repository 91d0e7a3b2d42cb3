// The circuit breaker in a run: tells it how iterations of agents ended, holds first requests back while
// little is known, and says, once, that it opened. Counting and holding back are limits/.
import type { Clock } from '../clock.ts'
import { CircuitBreaker } from '../limits/circuit-breaker.ts'
import type { BreakerRules } from '../limits/circuit-breaker.ts'
import { SlowStart } from '../limits/slow-start.ts'
import type { GroupPlan } from '../plan/plan.ts'
import { formatCount, formatPercent } from '../units.ts'

export interface Opened {
  readonly cycle: number
  /** Whose agent was the last to fail. */
  readonly group: string
  readonly failed: number
  /** Of how many. */
  readonly agents: number
}

/** How it stands in the open cycle. */
export interface BreakerState {
  readonly failed: number
  readonly agents: number
  readonly opened: Opened | undefined
  /** That it opened, with the numbers. */
  readonly reason: string | undefined
}

export class BreakerGuard {
  readonly #rules: BreakerRules
  readonly #breaker: CircuitBreaker
  readonly #slowStart: SlowStart
  readonly #onOpen: (reason: string) => void
  /** Groups whose number of iterations is fixed. */
  #planned: ReadonlySet<string> = new Set()
  #opened: Opened | undefined

  constructor(rules: BreakerRules, clock: Clock, onOpen: (reason: string) => void) {
    this.#rules = rules
    this.#breaker = new CircuitBreaker(rules)
    this.#slowStart = new SlowStart(this.#breaker, clock)
    this.#onOpen = onOpen
  }

  get state(): BreakerState {
    const opened = this.#opened
    const reason = opened === undefined ? undefined : openedText(opened, this.#rules, '')
    return { failed: this.#breaker.failed, agents: this.#breaker.agents, opened, reason }
  }

  get isOpen(): boolean {
    return this.#breaker.isOpen
  }

  beginCycle(groups: readonly Planned[]): void {
    const planned = groups.filter(({ group }) => group.workload.kind === 'iterations')
    const count = (of: readonly Planned[]): number => of.reduce((sum, { acting }) => sum + acting, 0)
    this.#planned = new Set(planned.map(({ group }) => group.name))
    this.#breaker.beginCycle(count(planned), count(groups) - count(planned))
    this.#slowStart.beginCycle()
  }

  /** Before the first request of an iteration: the milliseconds it waited, or `NOT_ADMITTED`. */
  enter(agent: object, signal: AbortSignal): number | Promise<number> {
    return this.#slowStart.enter(agent, signal)
  }

  /** The first request of its iteration was answered as expected. */
  answered(agent: object): void {
    this.#slowStart.answered(agent)
  }

  ended(agent: object, { group, cycle, ok, aborted }: Ended): void {
    const opens = !aborted && this.#breaker.ended(agent, ok, this.#planned.has(group))
    if (opens) {
      const { failed, agents } = this.#breaker
      this.#opened = { cycle, group, failed, agents }
      this.#onOpen(openedText(this.#opened, this.#rules, ` in cycle ${cycle}`))
    }
    this.idled(agent, { ok, aborted })
  }

  /** An idle agent is done. That it failed opens nothing, but it is tried like the others. */
  idled(agent: object, { ok, aborted }: Pick<Ended, 'ok' | 'aborted'>): void {
    this.#slowStart.ended(agent, aborted ? 'aborted' : ok ? 'ok' : 'failed')
  }
}

/** Of a group, in a cycle. */
interface Planned {
  readonly group: GroupPlan
  /** How many of its agents are to act. */
  readonly acting: number
}

interface Ended {
  readonly group: string
  readonly cycle: number
  readonly ok: boolean
  readonly aborted: boolean
}

/** `the circuit breaker opened: 11 of 200 agents had failed, more than 5 %` */
function openedText({ failed, agents }: Opened, { failurePercent }: BreakerRules, when: string): string {
  const share = `${formatCount(failed)} of ${formatCount(agents)} agents had failed`
  return `the circuit breaker opened${when}: ${share}, more than ${formatPercent(failurePercent)}`
}
