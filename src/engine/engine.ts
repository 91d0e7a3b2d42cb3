// Plan → Samples. Runs the groups of a cycle side by side, holds the number of agents that act at
// once, and stops: first gently, then at once. Cycles are started from outside, one after another.
import pLimit, { type LimitFunction } from 'p-limit'
import type { RateLimiter } from '../limits/rate-limit.ts'
import type { Cancel, Clock } from '../clock.ts'
import type { GroupPlan, Plan } from '../plan/plan.ts'
import { Seed } from '../random.ts'
import { compileEntry } from '../scenario/entry.ts'
import { Acting } from './acting.ts'
import { attendanceOf } from './attendance.ts'
import type { Attendance } from './attendance.ts'
import { BreakerGuard, type BreakerState } from './breaker-guard.ts'
import { Agents } from './agents.ts'
import { AgentContext } from './context.ts'
import { rowsOf } from './given.ts'
import { GroupCycle } from './group-cycle.ts'
import { Halt } from './halt.ts'
import { runSteps } from './iteration.ts'
import type { IterationEnd } from './iteration.ts'
import { limiterOf } from './limiter.ts'
import type { Observer } from './observer.ts'
import { Pause } from './pause.ts'
import { compileProgram } from './program.ts'
import type { Calls, Program } from './program.ts'
import { Rest } from './rest.ts'
import { SimulatedTime } from './simulated-time.ts'
import { restoreState, stateOf } from './state.ts'
import type { EngineState } from './state.ts'
import type { Transport } from './transport.ts'
import { WhenOpen } from './when-open.ts'
import type { AskWhenOpen } from './when-open.ts'
import { endpointsOf } from './world.ts'
import type { World } from './world.ts'

export interface EngineOptions {
  readonly plan: Plan
  readonly clock: Clock
  readonly transport: Transport
  readonly observer: Observer
  /** Of `call` steps; filled before `setup`. */
  readonly calls?: Calls
  /** The breaker opened: whether the run goes on. Without it, it does not. */
  readonly askWhenOpen?: AskWhenOpen | undefined
  /** Default: a pause that never begins. */
  readonly pause?: Pause
}

/** What setup would have made is missing: nothing that follows can be right. */
const FIRST_FAILURE: Plan['stopWhen'] = { anyActionFails: true, anyAssertionFails: true }
/** Which iteration of nobody it is: no two draw the same. */
const SETUP = 1
const TEARDOWN = 2

export class Engine {
  readonly #world: World
  readonly #program: Program
  /** Places for agents to act; undefined when there is one for each. */
  readonly #places: LimitFunction | undefined
  readonly agents: Agents
  /** By group, in the cycle that was started last. */
  readonly #attendance = new Map<string, Attendance>()
  readonly #acting: Acting
  readonly #halt = new Halt()
  readonly #whenOpen: WhenOpen | undefined
  /** Of the cycle: aborts what is still running a while after it was halted. */
  #cancelGrace: Cancel = () => undefined

  constructor({ plan, clock, transport, observer, calls, askWhenOpen, pause = new Pause(clock) }: EngineOptions) {
    const limiter = limiterOf(plan, clock)
    const setup = Object.create(null) as Record<string, unknown>
    const seed = new Seed(plan.seed)
    const rules = plan.circuitBreaker
    const crash = (reason: string): void => this.stop(reason, 0)
    const guard = rules && new BreakerGuard(rules, clock, (reason) => guard && this.#whenOpen?.opened(guard, reason))
    const cutCycle = (reason: string): void => this.#haltCycle(reason)
    const endRun = (reason: string): void => this.#turnAway(reason)
    this.#whenOpen = rules && new WhenOpen({ rules, ask: askWhenOpen, pause, cutCycle, endRun, crash })
    const rows = rowsOf(plan, seed)
    const time = new SimulatedTime(plan.time, pause.time)
    const entry = compileEntry(plan.entry ?? {})
    const rest = new Rest(clock)
    const shared = { plan, clock, time, pause, seed, transport, limiter, guard, rest }
    this.#world = { ...shared, observer, setup, entry, rows, endpoints: endpointsOf(plan) }
    this.agents = new Agents(this.#world)
    this.#program = compileProgram(plan, calls)
    this.#acting = new Acting({ world: this.#world, program: this.#program, halt: this.#halt, crash })
    pause.onBegin = () => this.#acting.holdBack(this.agents)
    const agents = plan.groups.reduce((sum, group) => sum + group.count, 0)
    const most = plan.maxConcurrentAgents ?? agents
    this.#places = most >= agents ? undefined : pLimit(most)
  }

  /** How many agents are inside an iteration now. */
  get active(): number {
    return this.#acting.active
  }

  get limiter(): RateLimiter | undefined {
    return this.#world.limiter
  }

  /** Undefined without a circuit breaker. */
  get breaker(): BreakerState | undefined {
    return this.#world.guard?.state
  }

  /** Why no more iterations begin in this run; undefined while they do. */
  get stopping(): string | undefined {
    return this.#halt.run
  }

  /** The same in the cycle that was started last, which may be over before the run is. */
  get halted(): string | undefined {
    return this.#halt.now
  }

  /** Not all of the plan's load is run. */
  get isPartial(): boolean {
    return this.#halt.isPartial
  }

  /** Resolves when the run is not paused, or is over. */
  async unpaused(): Promise<void> {
    await this.#whenOpen?.decided(this.#halt.runSignal)
    await this.#world.pause.over()
  }

  /** Why nothing is run in a cycle, though the run goes on. */
  restsIn(cycle: number): string | undefined {
    return this.#world.guard?.restsIn(cycle)
  }

  /** What time it is in the simulation, in milliseconds since 1970. */
  get simulatedMs(): number {
    return this.#world.time.now()
  }

  /** Aborts when no more iterations begin. */
  get stopSignal(): AbortSignal {
    return this.#halt.runSignal
  }

  /** Runs `setup` (or `on_resume`) up to its first failure; what it extracts and sets becomes `{{setup.*}}`. @param resumes how many times the run has gone on */
  async setup(resumes = 0): Promise<IterationEnd> {
    const { setup, onResume } = this.#program
    const agent = this.agents.outside(resumes === 0 ? SETUP : TEARDOWN + resumes)
    const end = await runSteps(agent, resumes === 0 ? setup : onResume, this.#world, FIRST_FAILURE)
    Object.assign(this.#world.setup, agent.vars)
    return end
  }

  /** Between cycles: what another engine needs to go on, besides the agents. @param lose called for what cannot be stored */
  state(lose: (what: string) => void): EngineState {
    return { ...stateOf(this.#world, lose), ...(this.#halt.hasCut && { hasCut: true }) }
  }

  /** Goes on where another one stood; before anything is sent. */
  restore(state: EngineState): void {
    restoreState(this.#world, state)
    if (state.hasCut === true) this.#halt.restore()
  }

  /** Runs `teardown`, also after a stop; what is not done within `withinMs` is cut off. */
  async teardown(withinMs: number): Promise<IterationEnd> {
    // Not one of those that a stop cuts off.
    const agent = new AgentContext(this.#world)
    agent.begin(0, TEARDOWN)
    const cancel = this.#world.clock.after(withinMs, () => agent.abort())
    try {
      return await runSteps(agent, this.#program.teardown, this.#world)
    } finally {
      cancel()
    }
  }

  /** Starts the groups of a cycle at once; each promise resolves when its group is done. It rejects only for an error of our own, and then ends the run. */
  startCycle(cycle: number, groups: readonly GroupPlan[]): ReadonlyMap<string, Promise<void>> {
    const { plan, seed, guard, time } = this.#world
    this.#halt.beginCycle()
    this.#attendance.clear()
    for (const group of groups) this.#attendance.set(group.name, attendanceOf(plan, group, cycle, seed))
    time.beginCycle(cycle)
    guard?.beginCycle(
      cycle,
      groups.map((group) => ({ group, acting: this.turnout(group.name).acting })),
    )
    return new Map(groups.map((group) => [group.name, this.#runGroup(group, cycle)]))
  }

  /** Its groups are done. */
  endCycle(): void {
    this.#cancelGrace()
    this.#world.time.endCycle()
  }

  /** How many of a group act and are idle in the cycle that was started last. */
  turnout(group: string): { readonly acting: number; readonly idle: number } {
    const { acting = [], idle = [] } = this.#attendance.get(group) ?? {}
    return { acting: acting.length, idle: idle.length }
  }

  /** No new iterations; those under way may end within `graceMs`, then they are aborted. */
  stop(reason: string, graceMs: number): void {
    this.#halt.endRun(reason)
    const { clock, pause } = this.#world
    pause.end()
    if (graceMs <= 0) this.#abortAll()
    else clock.after(graceMs, () => this.#abortAll())
  }

  async close(): Promise<void> {
    await this.#world.transport.close()
  }

  #abortAll(): void {
    this.agents.abort(() => true)
  }

  /** Iterations that have sent something may end, all others have not begun. */
  #turnAway(reason: string): void {
    this.stop(reason, this.#world.plan.gracefulStopMs)
    this.agents.abort((agent) => !agent.hasSent)
  }

  /** The same for what is left of this cycle. */
  #haltCycle(reason: string): void {
    const { clock, plan } = this.#world
    this.#halt.endCycle(reason)
    this.#cancelGrace = clock.after(plan.gracefulStopMs, () => this.#abortAll())
    this.agents.abort((agent) => !agent.hasSent)
  }

  #runGroup(group: GroupPlan, cycle: number): Promise<void> {
    const { name } = group
    const steps = this.#program.groups.get(name) ?? []
    const idleSteps = this.#program.idle.get(name)
    return new GroupCycle({
      world: this.#world,
      group,
      cycle,
      attendance: this.#attendance.get(name) ?? { acting: [], idle: [] },
      crew: this.agents.of(group),
      places: this.#places,
      isOver: () => this.#halt.now !== undefined,
      stopped: this.#halt.signal,
      iterate: (agent, iteration, dueMs) => this.#acting.iterate(agent, { cycle, iteration, steps, dueMs }),
      idle: idleSteps && ((agent) => this.#acting.idle(agent, cycle, idleSteps)),
    }).run()
  }
}
