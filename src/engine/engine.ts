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
import type { RateWorkload } from '../workloads/index.ts'
import { runArrivals } from './arrivals.ts'
import { BreakerGuard } from './breaker-guard.ts'
import type { BreakerState } from './breaker-guard.ts'
import { AgentContext } from './context.ts'
import { rowsOf } from './given.ts'
import { runSteps, runUncounted } from './iteration.ts'
import type { IterationEnd } from './iteration.ts'
import { limiterOf } from './limiter.ts'
import type { Observer } from './observer.ts'
import { compileProgram } from './program.ts'
import type { Calls, CompiledStep, Program } from './program.ts'
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
/** Iterations shorter than this did nothing that takes time. */
const SHORTEST_MS = 0.05

export class Engine {
  readonly #world: World
  readonly #program: Program
  /** Places for agents to act; undefined when there is one for each. */
  readonly #places: LimitFunction | undefined
  /** Made when a group first acts. */
  readonly #agents = new Map<string, AgentContext[]>()
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
    const entry = compileEntry(plan.entry ?? {})
    this.#world = { plan, clock, seed, transport, limiter, guard, observer, setup, entry, rows, baseUrls }
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

  /** Runs `setup` up to its first failure; what it extracts and sets becomes `{{setup.*}}`. */
  async setup(): Promise<IterationEnd> {
    const agent = new AgentContext(this.#world)
    this.#agents.set('', [agent])
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
    this.#world.guard?.beginCycle(groups)
    return new Map(groups.map((group) => [group.name, this.#runGroup(group, cycle)]))
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
    for (const agents of this.#agents.values()) for (const agent of agents) if (which(agent)) agent.abort()
  }

  async #runGroup(group: GroupPlan, cycle: number): Promise<void> {
    if (this.#stopping !== undefined) return
    const agents = this.#agentsOf(group)
    const steps = this.#program.groups.get(group.name) ?? []
    const { workload } = group
    if (workload.kind === 'iterations')
      return settle(agents.map((agent) => this.#runTimes(agent, cycle, workload.iterations, steps)))
    const { clock, plan } = this.#world
    const end = clock.now() + workload.durationMs
    const cut = clock.at(end + plan.gracefulStopMs, () => {
      for (const agent of agents) agent.abort()
    })
    const done =
      workload.kind === 'rate'
        ? this.#runOpen(agents, cycle, workload, steps)
        : settle(agents.map((agent) => this.#runUntil(agent, cycle, end, steps)))
    await done.finally(cut)
  }

  #runOpen(
    agents: readonly AgentContext[],
    cycle: number,
    workload: RateWorkload,
    steps: readonly CompiledStep[],
  ): Promise<void> {
    const { clock, observer } = this.#world
    const places = this.#places
    return runArrivals({
      clock,
      workload,
      agents,
      stop: this.#stopped.signal,
      hasPlace: () => places === undefined || places.activeCount + places.pendingCount < places.concurrency,
      start: (agent, iteration, dueMs) => this.#place(() => this.#iterate(agent, cycle, iteration, steps, dueMs)),
      drop: () => observer.dropped(agents[0]?.group ?? '', cycle),
    })
  }

  /** Runs it when there is a place for an agent to act. */
  #place(work: () => Promise<void>): Promise<void> {
    return this.#places === undefined ? work() : this.#places(work)
  }

  async #runTimes(agent: AgentContext, cycle: number, times: number, steps: readonly CompiledStep[]): Promise<void> {
    for (let iteration = 1; iteration <= times && this.#stopping === undefined; iteration++) {
      if (agent.given.isDone(cycle, iteration)) return
      await this.#place(() => this.#iterate(agent, cycle, iteration, steps))
      if (!agent.hasWaited && iteration < times) await this.#world.clock.turn()
    }
  }

  async #runUntil(agent: AgentContext, cycle: number, end: number, steps: readonly CompiledStep[]): Promise<void> {
    const { clock } = this.#world
    const goesOn = (): boolean => this.#stopping === undefined && clock.now() < end
    for (let iteration = 1; goesOn() && !agent.given.isDone(cycle, iteration); iteration++) {
      const before = clock.now()
      await this.#place(async () => {
        if (goesOn()) await this.#iterate(agent, cycle, iteration, steps)
      })
      // A flow that waits for nothing would hold the event loop, one that takes no time a virtual clock, for ever.
      if (!agent.hasWaited || clock.now() - before < SHORTEST_MS) await clock.sleep(1)
    }
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

  #agentsOf(group: GroupPlan): AgentContext[] {
    let agents = this.#agents.get(group.name)
    if (agents === undefined) {
      agents = Array.from({ length: group.count }, (_, at) => new AgentContext(this.#world, group, at + 1))
      this.#agents.set(group.name, agents)
    }
    return agents
  }
}

/** Waits for all, also when one rejects: what still runs would report to a cycle that is over. */
async function settle(work: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(work)) if (result.status === 'rejected') throw result.reason
}
