// One group in one cycle: who acts goes through the flow as often and as long as the workload says, who is
// idle once through the idle flow. Resolves when all of them are done.
import type { LimitFunction } from 'p-limit'
import type { GroupPlan } from '../plan/plan.ts'
import type { RateWorkload } from '../workloads/index.ts'
import { runArrivals } from './arrivals.ts'
import type { Attendance } from './attendance.ts'
import type { AgentContext } from './context.ts'
import type { Crew } from './crew.ts'
import { runTurns, settle } from './turns.ts'
import type { World } from './world.ts'

export interface GroupCycleParts {
  readonly world: World
  readonly group: GroupPlan
  readonly cycle: number
  readonly attendance: Attendance
  readonly crew: Crew
  /** Places for agents to act; undefined when there is one for each. */
  readonly places: LimitFunction | undefined
  /** No more iterations begin. */
  readonly isOver: () => boolean
  /** Aborts then. */
  readonly stopped: AbortSignal
  /** One agent once through the flow. */
  readonly iterate: (agent: AgentContext, iteration: number, dueMs?: number) => Promise<void>
  /** One agent once through the idle flow; undefined where there is none. */
  readonly idle: ((agent: AgentContext) => Promise<void>) | undefined
}

/** Iterations shorter than this did nothing that takes time. */
const SHORTEST_MS = 0.05

export class GroupCycle {
  readonly #parts: GroupCycleParts

  constructor(parts: GroupCycleParts) {
    this.#parts = parts
  }

  async run(): Promise<void> {
    const { world, group, attendance, crew, isOver } = this.#parts
    if (isOver()) return
    // Those that act begin first: what the breaker learns of them holds the others back.
    const acting = this.#act(
      attendance.acting.map((index) => crew.agent(index)),
      group,
    ).finally(() => world.guard?.acted(isOver()))
    await settle([acting, this.#idle()])
  }

  /** Those that wait for the ones that probe take no place from them. */
  async #idle(): Promise<void> {
    const { world, attendance, crew, idle, isOver } = this.#parts
    if (idle === undefined) return
    const probing = world.guard?.probing
    if (probing !== undefined && !(await probing)) return
    await settle(
      attendance.idle.map((index) =>
        this.#place(async () => {
          if (!isOver()) await idle(crew.agent(index))
        }),
      ),
    )
  }

  async #act(agents: readonly AgentContext[], { workload, count }: GroupPlan): Promise<void> {
    if (agents.length === 0) return
    if (workload.kind === 'iterations') return this.#runTimes(agents, workload.iterations)
    const { pause, plan } = this.#parts.world
    const end = pause.time.now() + workload.durationMs
    const cut = pause.time.at(end + plan.gracefulStopMs, () => {
      for (const agent of agents) agent.abort()
    })
    // Where only a part of the group acts, that part of its load arrives.
    const share = agents.length / count
    const done =
      workload.kind === 'rate'
        ? this.#runOpen(agents, { ...workload, ratePerSecond: workload.ratePerSecond * share })
        : this.#runUntil(agents, end)
    await done.finally(cut)
  }

  #runOpen(agents: readonly AgentContext[], workload: RateWorkload): Promise<void> {
    const { world, group, cycle, places, stopped, iterate } = this.#parts
    return runArrivals({
      clock: world.pause.time,
      workload,
      agents,
      stop: stopped,
      hasPlace: () => places === undefined || places.activeCount + places.pendingCount < places.concurrency,
      start: (agent, iteration, dueMs) => this.#place(() => iterate(agent, iteration, world.pause.time.onClock(dueMs))),
      drop: () => {
        world.observer.dropped(group.name, cycle)
        world.guard?.dropped(group.name)
      },
    })
  }

  /** Runs it when there is a place for an agent to act, and the run is not paused. */
  #place(work: () => Promise<void>): Promise<void> {
    const {
      places,
      world: { pause },
    } = this.#parts
    if (places === undefined && !pause.isOn) return work()
    const begin = (): Promise<void> => (pause.isOn ? pause.over().then(begin) : work())
    return places === undefined ? begin() : places(begin)
  }

  /** As often as the workload says. */
  #runTimes(agents: readonly AgentContext[], times: number): Promise<void> {
    const { isOver, iterate, world } = this.#parts
    return runTurns(agents, {
      clock: world.clock,
      hasNext: (agent, iteration) => iteration <= times && !isOver() && !this.#isDone(agent, iteration),
      take: (agent, iteration) => this.#place(() => iterate(agent, iteration)),
      rest: (agent, iteration) => (!agent.hasWaited && iteration < times ? world.clock.turn() : undefined),
    })
  }

  #runUntil(agents: readonly AgentContext[], end: number): Promise<void> {
    const { isOver, iterate, world } = this.#parts
    const { clock, pause } = world
    const goesOn = (): boolean => !isOver() && pause.time.now() < end
    return runTurns(agents, {
      clock,
      hasNext: (agent, iteration) => goesOn() && !this.#isDone(agent, iteration),
      take: (agent, iteration) => this.#place(() => (goesOn() ? iterate(agent, iteration) : Promise.resolve())),
      // A flow that waits for nothing would hold the event loop, one that takes no time a virtual clock, for ever.
      rest: ({ hasWaited }, _, tookMs) => (!hasWaited || tookMs < SHORTEST_MS ? clock.sleep(1) : undefined),
    })
  }

  #isDone(agent: AgentContext, iteration: number): boolean {
    return agent.given.isDone(this.#parts.cycle, iteration)
  }
}
