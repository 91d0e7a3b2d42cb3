// Plan → Samples. Runs the groups of a cycle side by side, holds the number of agents that act at
// once, and stops: first gently, then at once. Cycles are started from outside, one after another.
import pLimit from 'p-limit'
import type { LimitFunction } from 'p-limit'
import type { RateLimiter } from '../limits/rate-limit.ts'
import type { Clock } from '../clock.ts'
import { internalError } from '../errors.ts'
import type { GroupPlan, Plan } from '../plan/plan.ts'
import { Seed } from '../random.ts'
import { compileEntry } from '../scenario/entry.ts'
import { attendanceOf } from './attendance.ts'
import type { Attendance } from './attendance.ts'
import { BreakerGuard } from './breaker-guard.ts'
import type { BreakerState } from './breaker-guard.ts'
import { AgentContext } from './context.ts'
import { Crew } from './crew.ts'
import { IDLE, rowsOf } from './given.ts'
import { GroupCycle } from './group-cycle.ts'
import { runSteps, runUncounted } from './iteration.ts'
import type { IterationEnd } from './iteration.ts'
import { limiterOf } from './limiter.ts'
import type { Observer } from './observer.ts'
import { compileProgram } from './program.ts'
import type { Calls, CompiledStep, Program } from './program.ts'
import { SimulatedTime } from './simulated-time.ts'
import type { Transport } from './transport.ts'
import type { World } from './world.ts'

export interface EngineOptions {
  readonly plan: Plan
  readonly clock: Clock
  readonly transport: Transport
  readonly observer: Observer
  /** Of `call` steps; filled before `setup`. */
  readonly calls?: Calls
}

/** What setup would have made is missing: nothing that follows can be right. */
const FIRST_FAILURE: Plan['stopWhen'] = { anyActionFails: true, anyAssertionFails: true }

export class Engine {
  readonly #world: World
  readonly #program: Program
  /** Places for agents to act; undefined when there is one for each. */
  readonly #places: LimitFunction | undefined
  /** Of groups that have acted. */
  readonly #crews = new Map<string, Crew>()
  /** That of `setup`. */
  #setupAgent: AgentContext | undefined
  /** By group, in the cycle that was started last. */
  readonly #attendance = new Map<string, Attendance>()
  #active = 0
  #stopping: string | undefined
  readonly #stopped = new AbortController()

  constructor({ plan, clock, transport, observer, calls }: EngineOptions) {
    const limiter = limiterOf(plan, clock)
    const setup = Object.create(null) as Record<string, unknown>
    const seed = new Seed(plan.seed)
    const rules = plan.circuitBreaker
    const guard = rules === undefined ? undefined : new BreakerGuard(rules, clock, (reason) => this.#turnAway(reason))
    const rows = rowsOf(plan, seed)
    const baseUrls = new Map(Object.values(plan.services).map(({ name, baseUrl }) => [name, new URL(baseUrl)]))
    const time = new SimulatedTime(plan.time, clock)
    const entry = compileEntry(plan.entry ?? {})
    this.#world = { plan, clock, time, seed, transport, limiter, guard, observer, setup, entry, rows, baseUrls }
    this.#program = compileProgram(plan, calls)
    const agents = plan.groups.reduce((sum, group) => sum + group.count, 0)
    const most = plan.maxConcurrentAgents ?? agents
    this.#places = most >= agents ? undefined : pLimit(most)
  }

  /** How many agents are inside an iteration now. */
  get active(): number {
    return this.#active
  }

  get limiter(): RateLimiter | undefined {
    return this.#world.limiter
  }

  /** Undefined without a circuit breaker. */
  get breaker(): BreakerState | undefined {
    return this.#world.guard?.state
  }

  /** Why no more iterations begin; undefined while they do. */
  get stopping(): string | undefined {
    return this.#stopping
  }

  /** What time it is in the simulation, in milliseconds since 1970. */
  get simulatedMs(): number {
    return this.#world.time.now()
  }

  /** Aborts when no more iterations begin. */
  get stopSignal(): AbortSignal {
    return this.#stopped.signal
  }

  /** Runs `setup` up to its first failure; what it extracts and sets becomes `{{setup.*}}`. */
  async setup(): Promise<IterationEnd> {
    const agent = new AgentContext(this.#world)
    this.#setupAgent = agent
    agent.begin(0, 1)
    const end = await runSteps(agent, this.#program.setup, this.#world, FIRST_FAILURE)
    Object.assign(this.#world.setup, agent.vars)
    return end
  }

  /** Runs `teardown`, also after a stop; what is not done within `withinMs` is cut off. */
  async teardown(withinMs: number): Promise<IterationEnd> {
    const agent = new AgentContext(this.#world)
    agent.begin(0, 2)
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
    this.#attendance.clear()
    for (const group of groups) this.#attendance.set(group.name, attendanceOf(plan, group, cycle, seed))
    time.beginCycle(cycle)
    guard?.beginCycle(groups.map((group) => ({ group, acting: this.turnout(group.name).acting })))
    return new Map(groups.map((group) => [group.name, this.#runGroup(group, cycle)]))
  }

  /** Its groups are done. */
  endCycle(): void {
    this.#world.time.endCycle()
  }

  /** How many of a group act and are idle in the cycle that was started last. */
  turnout(group: string): { readonly acting: number; readonly idle: number } {
    const { acting = [], idle = [] } = this.#attendance.get(group) ?? {}
    return { acting: acting.length, idle: idle.length }
  }

  /** No new iterations; those under way may end within `graceMs`, then they are aborted. */
  stop(reason: string, graceMs: number): void {
    this.#stopping ??= reason
    this.#stopped.abort()
    const { clock } = this.#world
    if (graceMs <= 0) this.#abortAll()
    else clock.after(graceMs, () => this.#abortAll())
  }

  async close(): Promise<void> {
    await this.#world.transport.close()
  }

  #abortAll(): void {
    this.#abort(() => true)
  }

  /** The breaker opened: iterations that have sent something may end, all others have not begun. */
  #turnAway(reason: string): void {
    this.stop(reason, this.#world.plan.gracefulStopMs)
    this.#abort((agent) => !agent.hasSent)
  }

  #abort(which: (agent: AgentContext) => boolean): void {
    if (this.#setupAgent !== undefined && which(this.#setupAgent)) this.#setupAgent.abort()
    for (const crew of this.#crews.values()) for (const agent of crew.made()) if (which(agent)) agent.abort()
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
      crew: this.#crewOf(group),
      places: this.#places,
      isOver: () => this.#stopping !== undefined,
      stopped: this.#stopped.signal,
      iterate: (agent, iteration, dueMs) => this.#iterate(agent, cycle, iteration, steps, dueMs),
      idle: idleSteps && ((agent) => this.#idle(agent, cycle, idleSteps)),
    }).run()
  }

  async #iterate(
    agent: AgentContext,
    cycle: number,
    iteration: number,
    steps: readonly CompiledStep[],
    dueMs?: number,
  ): Promise<void> {
    if (this.#stopping !== undefined || agent.given.isDone(cycle, iteration)) return
    const { clock, observer, guard } = this.#world
    const startedAt = clock.now()
    this.#active++
    agent.begin(cycle, iteration, dueMs)
    try {
      const end = await runSteps(agent, steps, this.#world)
      const durationUs = Math.round((clock.now() - startedAt) * 1000)
      const { ok, aborted } = end
      const group = agent.group ?? ''
      // Turned away at the door: it has not begun.
      if (guard?.isOpen === true && aborted && !agent.hasSent) return
      observer.iteration({ group, cycle, agent: agent.index - 1, iteration, ok, aborted, durationUs }, agent)
      guard?.ended(agent, { group, cycle, ok, aborted })
      const after = ok || aborted ? undefined : this.#program.onFailure.get(group)
      if (after !== undefined) await runUncounted(agent, after, this.#world)
    } catch (error) {
      this.stop(internalError(error), 0)
      throw error
    } finally {
      this.#active--
    }
  }

  /** Its requests count, an iteration it is none. */
  async #idle(agent: AgentContext, cycle: number, steps: readonly CompiledStep[]): Promise<void> {
    agent.begin(cycle, IDLE)
    try {
      const { ok, aborted } = await runSteps(agent, steps, this.#world)
      this.#world.guard?.idled(agent, { ok, aborted })
    } catch (error) {
      this.stop(internalError(error), 0)
      throw error
    }
  }

  #crewOf(group: GroupPlan): Crew {
    let crew = this.#crews.get(group.name)
    if (crew === undefined) this.#crews.set(group.name, (crew = new Crew(this.#world, group)))
    return crew
  }
}
