// The circuit breaker as the engine uses it: tells it how iterations ended, passes first requests through the slow start,
// and keeps the history of the breaker for reports and checkpoints. Counting and holding back are done in limits/; what
// stops when it opens is engine.ts's business.
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

export interface BreakerState {
  readonly phase: BreakerPhase
  /** Agents that have failed, of `agents` that count. */
  readonly failed: number
  readonly agents: number
  /** When it opened last. */
  readonly opened: BreakerOpened | undefined
  /** That it opened in this cycle, with the numbers; by the group whose agent failed last. */
  readonly reasons: ReadonlyMap<string, string>
  /** Arrivals of this cycle that were dropped while agents were busy because of the slow start, by group. */
  readonly dropped: ReadonlyMap<string, number>
  readonly events: readonly BreakerEvent[]
}

/** The state between two cycles, for a run that is resumed from a checkpoint. */
export interface GuardMemory extends BreakerMemory {
  readonly opened?: BreakerOpened
  readonly events: readonly BreakerEvent[]
  /** Enough agents were answered as expected: arrivals are no longer held back. */
  readonly isProven?: true
}

export class BreakerGuard {
  readonly #rules: BreakerRules
  readonly #breaker: CircuitBreaker
  readonly #slowStart: SlowStart
  readonly #onOpen: (reason: string) => void
  /** Names of groups with a fixed number of iterations. */
  #planned: ReadonlySet<string> = new Set()
  /** Names of groups with an open workload. */
  #arriving: ReadonlySet<string> = new Set()
  #cycle = 0
  #opened: BreakerOpened | undefined
  readonly #reasons = new Map<string, string>()
  readonly #dropped = new Map<string, number>()
  readonly #events: BreakerEvent[] = []
  /** How many groups of this cycle still have agents that act. */
  #acting = 0
  /** Settles when it is known whether the probing agents of this cycle close the breaker. */
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

  /** Why a cycle is not run: the breaker opened, and its cooldown is not over. */
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

  /** While agents probe: resolves to whether the breaker closed. Idle agents wait for it, as they do not probe. */
  get probing(): Promise<boolean> | undefined {
    return this.#probing?.result
  }

  /** All acting agents of a group are done. @param isCut the cycle was cut short, so they say nothing */
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
      // While agents probe, the first failure opens it.
      const { failed, agents } = isProbing ? { failed: 1, agents: probes } : this.#breaker
      this.#open({ cycle, group, failed, agents }, isProbing)
    }
    if (change === 'closed') this.#closed()
    this.idled(agent, { ok, aborted, hasSent })
  }

  /** An idle agent is done. Its failure does not count for the breaker, but its place in the slow start is free. */
  idled(agent: object, { ok, aborted, hasSent }: Omit<Ended, 'group' | 'cycle'>): void {
    this.#slowStart.ended(agent, aborted ? 'aborted' : !ok ? 'failed' : hasSent ? 'ok' : 'nothing')
  }

  /** It has just opened, and somebody is asked how to go on: nobody begins until `decide`. */
  pause(): void {
    this.#breaker.pause()
    this.#events.push({ phase: 'paused', cycle: this.#cycle })
  }

  /** The answer. */
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

  /** For a run that is resumed; called before its first cycle. */
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

/** A group in the cycle that begins. */
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
  /** Whether it sent any request: otherwise it says nothing about the services. */
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
