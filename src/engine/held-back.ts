// Who is sent back to the start of its iteration when the run is paused: an agent that has sent nothing has not
// begun, though it may wait for the rate limit already, in a pause, or for the circuit breaker. Only where nothing
// has happened in the iteration that counts or lasts; the draws are the same the second time.
import type { AgentContext } from './context.ts'
import type { CompiledStep } from './program.ts'

export class HeldBack {
  readonly #agents = new Set<AgentContext>()
  /** Whether a flow may be begun again, by its steps. */
  readonly #known = new Map<readonly CompiledStep[], boolean>()
  readonly #areStepsTold: boolean

  /** @param areStepsTold somebody hears of every step that is done */
  constructor(areStepsTold: boolean) {
    this.#areStepsTold = areStepsTold
  }

  /** Ends what it waits for, if it may; @param steps of its flow */
  take(agent: AgentContext, steps: readonly CompiledStep[]): void {
    if (agent.hasSent || !agent.isLoad || !this.#mayBeginAgain(steps)) return
    this.#agents.add(agent)
    agent.abort()
  }

  /** Whether it has to begin again; asked once. */
  has(agent: AgentContext): boolean {
    return this.#agents.delete(agent)
  }

  #mayBeginAgain(steps: readonly CompiledStep[]): boolean {
    let known = this.#known.get(steps)
    if (known === undefined) this.#known.set(steps, (known = mayBeginAgain(steps, this.#areStepsTold)))
    return known
  }
}

/** Up to the first request nothing is done that is counted, kept or told. */
function mayBeginAgain(steps: readonly CompiledStep[], areStepsTold: boolean): boolean {
  for (const { source } of steps) {
    const { step } = source
    // With a condition it may be passed over, and what comes next is done first.
    if (step.type === 'http' || step.type === 'wait') {
      if (step.condition === undefined) return true
    } else if (areStepsTold || !isHarmless(step)) return false
  }
  return true
}

function isHarmless(step: CompiledStep['source']['step']): boolean {
  return step.type === 'pause' || step.type === 'decide' || (step.type === 'set' && step.scope === 'iteration')
}
