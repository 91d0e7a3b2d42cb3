// The circuit breaker in a run: tells it how iterations of agents ended, holds first requests back while
// little is known, and keeps what became of it. Counting and holding back are limits/; what opening stops is engine.ts's.
import type { Clock } from '../clock.ts'
import { CircuitBreaker } from '../limits/circuit-breaker.ts'
import type {
  BreakerEvent,
  BreakerMemory,
  BreakerOpened,
  BreakerPhase,
  BreakerRules,
} from '../limits/circuit-breaker.ts'
import type { Leaving } from '../limits/leaving.ts'
import { SlowStart } from '../limits/slow-start.ts'
import type { Beginner } from '../limits/slow-start.ts'
import type { GroupPlan } from '../plan/plan.ts'
import { formatCount, formatPercent } from '../units.ts'

/** How it stands. */
export interface BreakerState {
  readonly phase: BreakerPhase
  readonly failed: number
  readonly agents: number
  /** The last time. */
  readonly opened: BreakerOpened | undefined
  /** Of this cycle, by the group whose agent it was: that it opened, with the numbers. */
  readonly reasons: ReadonlyMap<string, string>
  /** Arrivals of this cycle that were dropped while agents were busy that had been held back, by group. */
  readonly dropped: ReadonlyMap<string, number>
  readonly events: readonly BreakerEvent[]
}

/** Between cycles, for one that goes on in another process. */
export interface GuardMemory extends BreakerMemory {
  readonly opened?: BreakerOpened
  readonly events: readonly BreakerEvent[]
  /** The services have answered so well that arrivals are not held back. */
  readonly isProven?: true
}

export class BreakerGuard {
  readonly #rules: BreakerRules
  readonly #breaker: CircuitBreaker
  readonly #slowStart: SlowStart
  readonly #onOpen: (reason: string) => void
  /** Groups whose number of iterations is fixed. */
  #planned: ReadonlySet<string> = new Set()
  /** Groups whose iterations come at times of their own. */
  #arriving: ReadonlySet<string> = new Set()
  #cycle = 0
  #opened: BreakerOpened | undefined
  readonly #reasons = new Map<string, string>()
  readonly #dropped = new Map<string, number>()
  readonly #events: BreakerEvent[] = []
  /** Groups of this cycle whose agents still act. */
  #acting = 0
  #probing: { readonly result: Promise<boolean>; readonly resolve: (closed: boolean) => void } | undefined

  constructor(rules: BreakerRules, clock: Clock, onOpen: (reason: string) => void) {
    this.#rules = rules
    this.#breaker = new CircuitBreaker(rules)
    this.#slowStart = new SlowStart(this.#breaker, clock)
    this.#onOpen = onOpen
  }

  get state(): BreakerState {
    const { phase, failed, agents } = this.#breaker
    const [opened, reasons, dropped, events] = [this.#opened, this.#reasons, this.#dropped, this.#events]
    return { phase, failed, agents, opened, reasons, dropped, events }
  }

  get isOpen(): boolean {
    return this.#breaker.isOpen
  }

  /** Why nothing is run in a cycle: it opened, and is at rest. */
  restsIn(cycle: number): string | undefined {
    const { reset } = this.#rules
    const opened = this.#opened
    if (reset === undefined || opened === undefined || !this.isOpen) return undefined
    if (cycle > opened.cycle + reset.cooldownCycles) return undefined
    return `the circuit breaker is at rest: it opened in cycle ${opened.cycle}`
  }

  beginCycle(cycle: number, groups: readonly Planned[]): void {
    this.#cycle = cycle
    this.#reasons.clear()
    this.#dropped.clear()
    this.#acting = groups.length
    const planned = groups.filter(({ group }) => group.workload.kind === 'iterations')
    const count = (of: readonly Planned[]): number => of.reduce((sum, { acting }) => sum + acting, 0)
    this.#planned = new Set(planned.map(({ group }) => group.name))
    const arriving = groups.filter(({ group }) => group.workload.kind === 'rate')
    this.#arriving = new Set(arriving.map(({ group }) => group.name))
    if (this.isOpen && this.#rules.reset !== undefined) {
      this.#breaker.probe()
      this.#events.push({ phase: 'half-open', cycle })
    }
    this.#breaker.beginCycle(count(planned), count(groups) - count(planned))
    this.#slowStart.beginCycle()
    this.#probing = this.#breaker.phase === 'half-open' ? deferred() : undefined
  }

  /** While some agents of a cycle probe: whether that closes it. Idle agents tell nothing of it, and wait. */
  get probing(): Promise<boolean> | undefined {
    return this.#probing?.result
  }

  /** The agents of a group that act are done; @param isCut the cycle was cut short */
  acted(isCut: boolean): void {
    if (--this.#acting > 0) return
    if (!isCut && this.#breaker.acted() === 'closed') this.#closed()
    this.#probing?.resolve(false)
  }

  /** Before the first request of an iteration: the milliseconds it waited, or `NOT_ADMITTED`. */
  enter(agent: object, signal: Leaving, { group, isIdle }: Beginning): number | Promise<number> {
    const as: Beginner = isIdle ? 'idle' : this.#arriving.has(group) ? 'arriving' : 'acting'
    return this.#slowStart.enter(agent, signal, as)
  }

  /** Nobody was free for an arrival of an open workload. */
  dropped(group: string): void {
    if (this.#slowStart.costsAgents) this.#dropped.set(group, (this.#dropped.get(group) ?? 0) + 1)
  }

  /** The first request of its iteration was answered as expected. */
  answered(agent: object): void {
    this.#slowStart.answered(agent)
  }

  ended(agent: object, { group, cycle, ok, aborted, hasSent }: Ended): void {
    const isProbing = this.#breaker.phase === 'half-open'
    const probes = this.#breaker.agents
    const change = aborted ? undefined : this.#breaker.ended(agent, ok, this.#planned.has(group), hasSent)
    if (change === 'opened') {
      // The first of those that probe is enough.
      const { failed, agents } = isProbing ? { failed: 1, agents: probes } : this.#breaker
      this.#open({ cycle, group, failed, agents }, isProbing)
    }
    if (change === 'closed') this.#closed()
    this.idled(agent, { ok, aborted, hasSent })
  }

  /** An idle agent is done. That it failed opens nothing, but it is tried like the others. */
  idled(agent: object, { ok, aborted, hasSent }: Omit<Ended, 'group' | 'cycle'>): void {
    this.#slowStart.ended(agent, aborted ? 'aborted' : !ok ? 'failed' : hasSent ? 'ok' : 'nothing')
  }

  /** It has just opened: nobody begins until somebody says how it goes on. */
  pause(): void {
    this.#breaker.pause()
    this.#events.push({ phase: 'paused', cycle: this.#cycle })
  }

  /** What somebody said. */
  decide(goesOn: boolean): void {
    if (this.#breaker.phase !== 'paused') return
    if (goesOn) this.#breaker.goOn()
    else this.#breaker.giveUp()
    this.#events.push({ phase: this.#breaker.phase, cycle: this.#cycle })
    this.#slowStart.admit()
  }

  get memory(): GuardMemory {
    const opened = this.#opened
    const { isProven } = this.#slowStart
    return {
      ...this.#breaker.memory,
      ...(opened !== undefined && { opened }),
      events: [...this.#events],
      ...(isProven && { isProven }),
    }
  }

  /** Goes on where another one stood; before the first cycle. */
  restore(memory: GuardMemory): void {
    this.#breaker.restore(memory)
    this.#slowStart.restore(memory.isProven === true)
    this.#opened = memory.opened
    this.#events.push(...memory.events)
  }

  #closed(): void {
    this.#events.push({ phase: 'closed', cycle: this.#cycle })
    this.#probing?.resolve(true)
  }

  #open(opened: BreakerOpened, isProbing: boolean): void {
    const { cycle, group } = opened
    this.#opened = opened
    this.#reasons.set(group, openedText(opened, this.#rules, '', isProbing))
    this.#events.push({ phase: 'open', ...opened })
    this.#probing?.resolve(false)
    this.#onOpen(openedText(opened, this.#rules, ` in cycle ${cycle}`, isProbing))
  }
}

/** Of a group, in a cycle. */
interface Planned {
  readonly group: GroupPlan
  /** How many of its agents are to act. */
  readonly acting: number
}

/** An iteration that has sent nothing yet. */
interface Beginning {
  readonly group: string
  readonly isIdle: boolean
}

interface Ended {
  readonly group: string
  readonly cycle: number
  readonly ok: boolean
  readonly aborted: boolean
  /** Else it says nothing of the services. */
  readonly hasSent: boolean
}

function deferred(): { readonly result: Promise<boolean>; readonly resolve: (closed: boolean) => void } {
  let resolve = (_closed: boolean): void => undefined
  const result = new Promise<boolean>((done) => (resolve = done))
  return { result, resolve }
}

/** `the circuit breaker opened: 11 of 200 agents had failed, more than 5 %` */
function openedText(
  { failed, agents }: BreakerOpened,
  { failurePercent, window }: BreakerRules,
  when: string,
  isProbing: boolean,
): string {
  if (isProbing)
    return `the circuit breaker opened again${when}: an agent of ${formatCount(agents)} that probed has failed`
  const all = window === 'rolling' ? `the last ${formatCount(agents)}` : formatCount(agents)
  const share = `${formatCount(failed)} of ${all} agents had failed`
  return `the circuit breaker opened${when}: ${share}, more than ${formatPercent(failurePercent)}`
}
