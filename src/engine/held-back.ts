// Which agents go back to the start of their iteration when the run is paused. Nothing new may be sent during a pause, so an
// agent that waits for its first request (rate limit, `pause` step, slow start) is aborted and begins again later, with the
// same draws. Not where steps before that request did something that counts or lasts.
import type { AgentContext } from './context.ts'
import type { CompiledStep } from './program.ts'

export class HeldBack {
  readonly #agents = new Set<AgentContext>()
  /** Whether a flow may begin again, by its list of steps. */
  readonly #known = new Map<readonly CompiledStep[], boolean>()
  readonly #areStepsTold: boolean

  /** @param areStepsTold the record has every step, so one that was done cannot be undone */
  constructor(areStepsTold: boolean) {
    this.#areStepsTold = areStepsTold
  }

  /** Aborts the agent's iteration, if it may begin again. @param steps of its flow */
  take(agent: AgentContext, steps: readonly CompiledStep[]): void {
    if (agent.hasSent || !agent.isLoad || !this.#mayBeginAgain(steps)) return
    this.#agents.add(agent)
    agent.abort()
  }

  /** Forgets the agent. @returns whether it was taken, and has to begin again */
  release(agent: AgentContext): boolean {
    return this.#agents.delete(agent)
  }

  #mayBeginAgain(steps: readonly CompiledStep[]): boolean {
    let known = this.#known.get(steps)
    if (known === undefined) this.#known.set(steps, (known = mayBeginAgain(steps, this.#areStepsTold)))
    return known
  }
}

/** Whether every step before the first request is harmless. */
function mayBeginAgain(steps: readonly CompiledStep[], areStepsTold: boolean): boolean {
  for (const { source } of steps) {
    const { step } = source
    // One with a condition may be skipped, so the steps after it have to be harmless, too.
    if (step.type === 'http' || step.type === 'wait') {
      if (step.condition === undefined) return true
    } else if (areStepsTold || !isHarmless(step)) return false
  }
  return true
}

/** It changes nothing beyond its iteration, and no metric. */
function isHarmless(step: CompiledStep['source']['step']): boolean {
  return step.type === 'pause' || step.type === 'decide' || (step.type === 'set' && step.scope === 'iteration')
}
