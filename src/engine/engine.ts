// Plan → Samples. Runs the groups of a cycle side by side, holds the number of agents that act at
// once, and stops: first gently, then at once. Cycles are started from outside, one after another.
import pLimit from 'p-limit'
import { rateLimiter } from '../limits/rate-limit.ts'
import type { RateLimiter } from '../limits/rate-limit.ts'
import type { Clock } from '../clock.ts'
import type { GroupPlan, Plan } from '../plan/plan.ts'
import { Seed } from '../random.ts'
import type { Failure } from '../sample.ts'
import { AgentContext } from './context.ts'
import type { World } from './context.ts'
import { runSteps } from './iteration.ts'
import type { Observer } from './observer.ts'
import { compileProgram } from './program.ts'
import type { CompiledStep, Program } from './program.ts'
import type { Transport } from './transport.ts'

export interface EngineOptions {
  readonly plan: Plan
  readonly clock: Clock
  readonly transport: Transport
  readonly observer: Observer
}

/** Runs one piece of work when there is a place for an agent to act. */
type Place = <T>(work: () => Promise<T>) => Promise<T>

export class Engine {
  readonly #world: World
  readonly #program: Program
  readonly #place: Place
  /** Made when a group first acts. */
  readonly #agents = new Map<string, AgentContext[]>()
  #active = 0
  #stopping: string | undefined

  constructor({ plan, clock, transport, observer }: EngineOptions) {
    const limiter = plan.rateLimit === undefined ? undefined : rateLimiter({ ...plan.rateLimit, clock })
    const setup = Object.create(null) as Record<string, unknown>
    const seed = new Seed(plan.seed)
    const baseUrls = new Map(Object.values(plan.services).map(({ name, baseUrl }) => [name, new URL(baseUrl)]))
    this.#world = { plan, clock, seed, transport, limiter, observer, setup, baseUrls }
    this.#program = compileProgram(plan)
    const agents = plan.groups.reduce((sum, group) => sum + group.count, 0)
    const most = plan.maxConcurrentAgents ?? agents
    this.#place = most >= agents ? (work) => work() : pLimit(most)
  }

  /** How many agents are inside an iteration now. */
  get active(): number {
    return this.#active
  }

  get limiter(): RateLimiter | undefined {
    return this.#world.limiter
  }

  /** Why no more iterations begin; undefined while they do. */
  get stopping(): string | undefined {
    return this.#stopping
  }

  /** Runs `setup`; what it extracts and sets becomes `{{setup.*}}`. */
  async setup(): Promise<Failure | undefined> {
    const agent = new AgentContext(this.#world, undefined, 0, {})
    this.#agents.set('', [agent])
    agent.begin(0, 1)
    const end = await runSteps(agent, this.#program.setup, this.#world)
    Object.assign(this.#world.setup, agent.vars)
    return end.failure
  }

  /** Runs `teardown`, also after a stop; the caller bounds its time. */
  async teardown(): Promise<Failure | undefined> {
    const agent = new AgentContext(this.#world, undefined, 0, {})
    agent.begin(0, 2)
    const end = await runSteps(agent, this.#program.teardown, this.#world)
    return end.failure
  }

  /** Starts the groups of a cycle at once; each promise resolves when its group is done, and never rejects for what a service did. */
  startCycle(cycle: number, groups: readonly GroupPlan[]): ReadonlyMap<string, Promise<void>> {
    return new Map(groups.map((group) => [group.name, this.#runGroup(group, cycle)]))
  }

  /** No new iterations; those under way may end within `graceMs`, then they are aborted. */
  stop(reason: string, graceMs: number): void {
    this.#stopping ??= reason
    const { clock } = this.#world
    if (graceMs <= 0) this.#abortAll()
    else clock.after(graceMs, () => this.#abortAll())
  }

  async close(): Promise<void> {
    await this.#world.transport.close()
  }

  #abortAll(): void {
    for (const agents of this.#agents.values()) for (const agent of agents) agent.abort()
  }

  async #runGroup(group: GroupPlan, cycle: number): Promise<void> {
    if (this.#stopping !== undefined) return
    const agents = this.#agentsOf(group)
    const steps = this.#program.groups.get(group.name) ?? []
    const { workload } = group
    if (workload.kind === 'iterations') {
      await Promise.all(agents.map((agent) => this.#runTimes(agent, cycle, workload.iterations, steps)))
      return
    }
    const { clock, plan } = this.#world
    const end = clock.now() + workload.durationMs
    const cut = clock.at(end + plan.gracefulStopMs, () => {
      for (const agent of agents) agent.abort()
    })
    await Promise.all(agents.map((agent) => this.#runUntil(agent, cycle, end, steps)))
    cut()
  }

  async #runTimes(agent: AgentContext, cycle: number, times: number, steps: readonly CompiledStep[]): Promise<void> {
    for (let iteration = 1; iteration <= times && this.#stopping === undefined; iteration++)
      await this.#place(() => this.#iterate(agent, cycle, iteration, steps))
  }

  async #runUntil(agent: AgentContext, cycle: number, end: number, steps: readonly CompiledStep[]): Promise<void> {
    const { clock } = this.#world
    const goesOn = (): boolean => this.#stopping === undefined && clock.now() < end
    for (let iteration = 1; goesOn(); iteration++) {
      const before = clock.now()
      await this.#place(async () => {
        if (goesOn()) await this.#iterate(agent, cycle, iteration, steps)
      })
      // A flow that takes no time at all would hold the event loop (and a virtual clock) for ever.
      if (clock.now() - before < 0.05) await clock.sleep(1)
    }
  }

  async #iterate(agent: AgentContext, cycle: number, iteration: number, steps: readonly CompiledStep[]): Promise<void> {
    if (this.#stopping !== undefined) return
    const { clock, observer } = this.#world
    const startedAt = clock.now()
    this.#active++
    agent.begin(cycle, iteration)
    try {
      const end = await runSteps(agent, steps, this.#world)
      const durationUs = Math.round((clock.now() - startedAt) * 1000)
      const { ok, aborted } = end
      const group = agent.group ?? ''
      observer.iteration({ group, cycle, agent: agent.index - 1, iteration, ok, aborted, durationUs })
    } finally {
      this.#active--
    }
  }

  #agentsOf(group: GroupPlan): AgentContext[] {
    let agents = this.#agents.get(group.name)
    if (agents === undefined) {
      agents = Array.from(
        { length: group.count },
        (_, at) => new AgentContext(this.#world, group.name, at + 1, group.vars),
      )
      this.#agents.set(group.name, agents)
    }
    return agents
  }
}
