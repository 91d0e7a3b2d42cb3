// One agent once through its flow, or through the idle flow: who is told how it ended, and what runs after a
// failure. When an agent's turn comes is group-cycle.ts's business, which steps run iteration.ts's.
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
  /** An error of our own ends the run. */
  readonly crash: (reason: string) => void
}

interface Turn {
  readonly cycle: number
  readonly iteration: number
  readonly steps: readonly CompiledStep[]
  /** When it was due, if it is due at a certain moment. */
  readonly dueMs: number | undefined
}

export class Acting {
  readonly #parts: ActingParts
  readonly #heldBack: HeldBack
  /** Has done nothing yet, and begins again when the run goes on. */
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

  /** The run is paused: who has sent nothing begins again when it goes on. */
  holdBack(agents: Agents): void {
    const { groups, idle } = this.#parts.program
    for (const agent of agents.made()) {
      const steps = (agent.iteration === IDLE ? idle : groups).get(agent.group ?? '')
      if (steps !== undefined) this.#heldBack.take(agent, steps)
    }
  }

  /** Resolves when all of it is over. */
  iterate(agent: AgentContext, { cycle, iteration, steps, dueMs }: Turn): Promise<void> {
    const { world, halt } = this.#parts
    if (halt.now !== undefined || agent.given.isDone(cycle, iteration)) return Promise.resolve()
    this.#active++
    this.#begin(agent, cycle, iteration, dueMs)
    return walk(agent, steps, world, this.#inFlow)
  }

  /** Its requests count, an iteration it is none. */
  idle(agent: AgentContext, cycle: number, steps: readonly CompiledStep[]): Promise<void> {
    const { world, halt } = this.#parts
    if (halt.now !== undefined) return Promise.resolve()
    this.#begin(agent, cycle, IDLE)
    return walk(agent, steps, world, this.#inIdleFlow)
  }

  #begin(agent: AgentContext, cycle: number, iteration: number, dueMs?: number): void {
    const { clock, pause } = this.#parts.world
    this.#heldBack.has(agent)
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
    // Turned away at the door: it has not begun.
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
    if (!aborted || agent.hasSent || !this.#heldBack.has(agent)) return false
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
    // It is due later by as much.
    const dueMs = due === undefined ? undefined : due.ms + pause.time.onClock(0) - due.stoodMs
    return this.iterate(agent, { cycle, iteration, steps: program.groups.get(group) ?? [], dueMs })
  }
}
