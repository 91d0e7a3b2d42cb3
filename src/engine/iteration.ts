// One agent once through its flow. What a service did wrong ends the iteration (or not: `stop_when`);
// it is never thrown.
import { NameError } from '../actions/action.ts'
import type { Failure } from '../sample.ts'
import type { AgentContext, World } from './context.ts'
import type { CompiledStep } from './program.ts'

export interface IterationEnd {
  readonly ok: boolean
  readonly aborted: boolean
  /** The first failure. */
  readonly failure: Failure | undefined
}

/** Runs the steps in order; the caller has called `agent.begin`. */
export async function runSteps(
  agent: AgentContext,
  steps: readonly CompiledStep[],
  world: World,
): Promise<IterationEnd> {
  const { stopWhen, maxSteps } = world.plan
  let first: Failure | undefined
  let ran = 0
  for (const step of steps) {
    if (agent.stopped) return { ok: false, aborted: true, failure: first }
    agent.enter(step)
    const failure = ++ran > maxSteps ? tooManySteps(maxSteps) : await runStep(agent, step)
    if (failure === skipped) ran--
    if (failure === undefined || failure === skipped) continue
    if (agent.stopped && failure.outcome === 'aborted') return { ok: false, aborted: true, failure: first ?? failure }
    first ??= failure
    report(agent, step, failure, world)
    if (ran > maxSteps || (step.isAssertion ? stopWhen.anyAssertionFails : stopWhen.anyActionFails)) break
  }
  return { ok: first === undefined, aborted: false, failure: first }
}

/** Its condition was false; not a failure. */
const skipped: Failure = { outcome: 'ok', key: 'skipped', message: 'skipped' }

const tooManySteps = (maxSteps: number): Failure => ({
  outcome: 'failed',
  key: 'max_steps',
  message: `more than max_steps: ${maxSteps} steps in one iteration`,
})

async function runStep(agent: AgentContext, step: CompiledStep): Promise<Failure | undefined> {
  try {
    if (step.condition !== undefined && !step.condition(agent, agent.last)) return skipped
    const result = step.run(agent)
    // Awaiting what is no promise would cost a turn of the microtask queue for each `set` and `assert`.
    return result instanceof Promise ? await result : result
  } catch (error) {
    if (error instanceof NameError) return { outcome: 'failed', key: error.message, message: error.message }
    throw error
  }
}

function report(agent: AgentContext, step: CompiledStep, failure: Failure, world: World): void {
  world.observer.failure({
    group: agent.group,
    cycle: agent.cycle,
    agentId: agent.id,
    iteration: agent.iteration,
    source: step.source,
    failure,
    ...(agent.sent !== undefined && { sent: agent.sent }),
  })
}
