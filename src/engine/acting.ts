// One agent once through its flow, or through the idle flow: who is told how it ended, and what runs after a
// failure. When an agent's turn comes is group-cycle.ts's business, which steps run iteration.ts's.
import { internalError } from '../errors.ts'
import type { AgentContext } from './context.ts'
import { IDLE } from './given.ts'
import type { Halt } from './halt.ts'
import { runUncounted, walk } from './iteration.ts'
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
  #active = 0

  constructor(parts: ActingParts) {
    this.#parts = parts
  }

  /** How many agents are inside an iteration now. */
  get active(): number {
    return this.#active
  }

  async iterate(agent: AgentContext, { cycle, iteration, steps, dueMs }: Turn): Promise<void> {
    const { world, program, halt } = this.#parts
    if (halt.now !== undefined || agent.given.isDone(cycle, iteration)) return
    const { clock, observer, guard } = world
    const startedAt = clock.now()
    this.#active++
    world.pause.enter()
    agent.begin(cycle, iteration, dueMs)
    try {
      const { ok, aborted } = await walk(agent, steps, world)
      const durationUs = Math.round((clock.now() - startedAt) * 1000)
      const group = agent.group ?? ''
      // Turned away at the door: it has not begun.
      if (guard?.isOpen === true && aborted && !agent.hasSent) return
      observer.iteration({ group, cycle, agent: agent.index - 1, iteration, ok, aborted, durationUs }, agent)
      guard?.ended(agent, { group, cycle, ok, aborted })
      const after = ok || aborted ? undefined : program.onFailure.get(group)
      if (after !== undefined) await runUncounted(agent, after, world)
    } catch (error) {
      this.#parts.crash(internalError(error))
      throw error
    } finally {
      this.#active--
      world.pause.leave()
      agent.end()
    }
  }

  /** Its requests count, an iteration it is none. */
  async idle(agent: AgentContext, cycle: number, steps: readonly CompiledStep[]): Promise<void> {
    const { world, crash } = this.#parts
    world.pause.enter()
    agent.begin(cycle, IDLE)
    try {
      const { ok, aborted } = await walk(agent, steps, world)
      world.guard?.idled(agent, { ok, aborted })
    } catch (error) {
      crash(internalError(error))
      throw error
    } finally {
      world.pause.leave()
      agent.end()
    }
  }
}
