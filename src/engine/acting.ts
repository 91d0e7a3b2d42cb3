// One agent once through its flow, or through the idle flow: who is told how it ended, and what runs after a
// failure. When an agent's turn comes is group-cycle.ts's business, which steps run iteration.ts's.
import { internalError } from '../errors.ts'
import type { Agents } from './agents.ts'
import type { AgentContext } from './context.ts'
import { IDLE } from './given.ts'
import type { Halt } from './halt.ts'
import { HeldBack } from './held-back.ts'
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
  readonly #heldBack: HeldBack
  #active = 0

  constructor(parts: ActingParts) {
    this.#parts = parts
    this.#heldBack = new HeldBack(parts.world.observer.step !== undefined)
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

  async iterate(agent: AgentContext, turn: Turn): Promise<void> {
    const { time } = this.#parts.world.pause
    let stoodMs = time.onClock(0)
    let { dueMs } = turn
    while ((await this.#iterate(agent, turn, dueMs)) === 'held back') {
      await this.#toBeginAgain(agent)
      // It is due later by as much.
      if (dueMs !== undefined) dueMs += time.onClock(0) - stoodMs
      stoodMs = time.onClock(0)
    }
  }

  /** Its requests count, an iteration it is none. */
  async idle(agent: AgentContext, cycle: number, steps: readonly CompiledStep[]): Promise<void> {
    while ((await this.#idle(agent, cycle, steps)) === 'held back') await this.#toBeginAgain(agent)
  }

  async #iterate(agent: AgentContext, turn: Turn, dueMs: number | undefined): Promise<End> {
    const { cycle, iteration, steps } = turn
    const { world, program, halt } = this.#parts
    if (halt.now !== undefined || agent.given.isDone(cycle, iteration)) return 'done'
    const { clock, observer, guard } = world
    const startedAt = clock.now()
    this.#active++
    this.#begin(agent, cycle, iteration, dueMs)
    try {
      const { ok, aborted } = await walk(agent, steps, world)
      const durationUs = Math.round((clock.now() - startedAt) * 1000)
      const group = agent.group ?? ''
      if (this.#isHeldBack(agent, aborted)) {
        guard?.idled(agent, { ok, aborted })
        return 'held back'
      }
      // Turned away at the door: it has not begun.
      if (guard?.isOpen === true && aborted && !agent.hasSent) return 'done'
      observer.iteration({ group, cycle, agent: agent.index - 1, iteration, ok, aborted, durationUs }, agent)
      guard?.ended(agent, { group, cycle, ok, aborted })
      const after = ok || aborted ? undefined : program.onFailure.get(group)
      if (after !== undefined) await runUncounted(agent, after, world)
      return 'done'
    } catch (error) {
      this.#parts.crash(internalError(error))
      throw error
    } finally {
      this.#active--
      this.#end(agent)
    }
  }

  async #idle(agent: AgentContext, cycle: number, steps: readonly CompiledStep[]): Promise<End> {
    const { world, crash, halt } = this.#parts
    if (halt.now !== undefined) return 'done'
    this.#begin(agent, cycle, IDLE)
    try {
      const { ok, aborted } = await walk(agent, steps, world)
      world.guard?.idled(agent, { ok, aborted })
      return this.#isHeldBack(agent, aborted) ? 'held back' : 'done'
    } catch (error) {
      crash(internalError(error))
      throw error
    } finally {
      this.#end(agent)
    }
  }

  #begin(agent: AgentContext, cycle: number, iteration: number, dueMs?: number): void {
    this.#heldBack.has(agent)
    this.#parts.world.pause.enter()
    agent.begin(cycle, iteration, dueMs)
  }

  #end(agent: AgentContext): void {
    this.#parts.world.pause.leave()
    agent.end()
  }

  #isHeldBack(agent: AgentContext, aborted: boolean): boolean {
    return aborted && !agent.hasSent && this.#heldBack.has(agent)
  }

  async #toBeginAgain(agent: AgentContext): Promise<void> {
    if (agent.iteration !== IDLE) agent.carried.takeBack()
    await this.#parts.world.pause.over()
  }
}

/** Held back: it has done nothing yet, and begins again when the run goes on. */
type End = 'done' | 'held back'
