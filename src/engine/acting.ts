// Takes an agent once through its flow or idle flow, reports how that ended to observer and breaker, and runs `on_failure`
// after a failure. When an agent's turn comes is group-cycle.ts's business, running the steps iteration.ts's.
import { internalError } from '../errors.ts'
import type { Agents } from './agents.ts'
import type { AgentContext } from './context.ts'
import { IDLE } from './given.ts'
import type { Halt } from './halt.ts'
import { HeldBack } from './held-back.ts'
import { runUncounted, walk } from './iteration.ts'
import type { IterationEnd, Told } from './iteration.ts'
import type { CompiledStep, Program } from './program.ts'
import type { World } from './world.ts'

interface ActingParts {
  readonly world: World
  readonly program: Program
  readonly halt: Halt
  /** A bug of ours ends the run. */
  readonly crash: (reason: string) => void
}

interface Turn {
  readonly cycle: number
  readonly iteration: number
  readonly steps: readonly CompiledStep[]
  /** When it was due, in the clock's milliseconds; undefined in a closed workload. */
  readonly dueMs: number | undefined
}

export class Acting {
  readonly #parts: ActingParts
  readonly #heldBack: HeldBack
  /** Agents that a pause sent back: they begin their iteration again when the run goes on. */
  readonly #again = new Set<AgentContext>()
  readonly #inFlow: Told
  readonly #inIdleFlow: Told
  #active = 0

  constructor(parts: ActingParts) {
    this.#parts = parts
    this.#heldBack = new HeldBack(parts.world.observer.step !== undefined)
    const crashed = (error: unknown): void => parts.crash(internalError(error))
    const left = (agent: AgentContext): Promise<void> | undefined => this.#left(agent)
    this.#inFlow = { ended: (agent, end) => this.#ended(agent, end), crashed, left }
    this.#inIdleFlow = { ended: (agent, end) => this.#idled(agent, end), crashed, left }
  }

  /** How many agents are inside an iteration now. */
  get active(): number {
    return this.#active
  }

  /** The run is paused: agents that have sent nothing begin again when it goes on. */
  holdBack(agents: Agents): void {
    const { groups, idle } = this.#parts.program
    for (const agent of agents.made()) {
      const steps = (agent.iteration === IDLE ? idle : groups).get(agent.group ?? '')
      if (steps !== undefined) this.#heldBack.take(agent, steps)
    }
  }

  /** Resolves when the iteration is over, `on_failure` included. */
  iterate(agent: AgentContext, { cycle, iteration, steps, dueMs }: Turn): Promise<void> {
    const { world, halt } = this.#parts
    if (halt.now !== undefined || agent.given.isDone(cycle, iteration)) return Promise.resolve()
    this.#active++
    this.#begin(agent, cycle, iteration, dueMs)
    return walk(agent, steps, world, this.#inFlow)
  }

  /** Once through the idle flow: its requests are measured, but it is no iteration. */
  idle(agent: AgentContext, cycle: number, steps: readonly CompiledStep[]): Promise<void> {
    const { world, halt } = this.#parts
    if (halt.now !== undefined) return Promise.resolve()
    this.#begin(agent, cycle, IDLE)
    return walk(agent, steps, world, this.#inIdleFlow)
  }

  #begin(agent: AgentContext, cycle: number, iteration: number, dueMs?: number): void {
    const { clock, pause } = this.#parts.world
    this.#heldBack.release(agent)
    pause.enter()
    agent.begin(cycle, iteration, dueMs)
    agent.beganMs = clock.now()
    agent.due = dueMs === undefined ? undefined : { ms: dueMs, stoodMs: pause.time.onClock(0) }
  }

  #ended(agent: AgentContext, { ok, aborted }: IterationEnd): Promise<void> | undefined {
    const { world, program } = this.#parts
    const { clock, observer, guard } = world
    const { cycle, iteration, index, hasSent } = agent
    const durationUs = Math.round((clock.now() - agent.beganMs) * 1000)
    const group = agent.group ?? ''
    if (this.#isHeldBack(agent, aborted)) {
      guard?.idled(agent, { ok, aborted, hasSent })
      return undefined
    }
    // The open breaker turned it away before its first request: it has not begun.
    if (guard?.isOpen === true && aborted && !hasSent) return undefined
    observer.iteration({ group, cycle, agent: index - 1, iteration, ok, aborted, durationUs }, agent)
    guard?.ended(agent, { group, cycle, ok, aborted, hasSent })
    const after = ok || aborted ? undefined : program.onFailure.get(group)
    return after === undefined ? undefined : runUncounted(agent, after, world)
  }

  #idled(agent: AgentContext, { ok, aborted }: IterationEnd): undefined {
    this.#isHeldBack(agent, aborted)
    this.#parts.world.guard?.idled(agent, { ok, aborted, hasSent: agent.hasSent })
  }

  #isHeldBack(agent: AgentContext, aborted: boolean): boolean {
    if (!aborted || agent.hasSent || !this.#heldBack.release(agent)) return false
    this.#again.add(agent)
    return true
  }

  #left(agent: AgentContext): Promise<void> | undefined {
    if (agent.iteration !== IDLE) this.#active--
    this.#parts.world.pause.leave()
    agent.end()
    return this.#again.delete(agent) ? this.#beginAgain(agent) : undefined
  }

  async #beginAgain(agent: AgentContext): Promise<void> {
    const { program, world } = this.#parts
    const { pause } = world
    const { cycle, iteration, due, group = '' } = agent
    if (iteration !== IDLE) agent.carried.takeBack()
    await pause.over()
    if (iteration === IDLE) return this.idle(agent, cycle, program.idle.get(group) ?? [])
    // It is due later, by as much as the pause took.
    const dueMs = due === undefined ? undefined : due.ms + pause.time.onClock(0) - due.stoodMs
    return this.iterate(agent, { cycle, iteration, steps: program.groups.get(group) ?? [], dueMs })
  }
}
