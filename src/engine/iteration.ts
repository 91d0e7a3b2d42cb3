// One agent once through its flow. What a service did wrong ends the iteration (or not: `stop_when`);
// it is never thrown.
import { NameError } from '../actions/action.ts'
import type { Plan } from '../plan/plan.ts'
import type { Failure } from '../sample.ts'
import type { AgentContext } from './context.ts'
import type { CompiledStep } from './program.ts'
import type { World } from './world.ts'

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
  stopWhen: Plan['stopWhen'] = world.plan.stopWhen,
): Promise<IterationEnd> {
  let first: Failure | undefined
  const { maxSteps } = world.plan
  let left = maxSteps
  for (const step of steps) {
    if (agent.stopped) break
    agent.enter(step)
    const failure = await runStep(agent, step, left > 0 ? undefined : tooManySteps(maxSteps))
    if (failure === skipped) continue
    left--
    if (failure === undefined) continue
    if (agent.stopped && failure.outcome === 'aborted') break
    first ??= failure
    report(agent, step, failure, world)
    if (left < 0 || (step.isAssertion ? stopWhen.anyAssertionFails : stopWhen.anyActionFails)) break
  }
  // Also when it was the pause at the end that was cut short.
  return { ok: first === undefined && !agent.stopped, aborted: agent.stopped, failure: first }
}

/** Its condition was false; not a failure. */
const skipped: Failure = { outcome: 'ok', key: 'skipped', message: 'skipped' }

const tooManySteps = (maxSteps: number): Failure => ({
  outcome: 'failed',
  key: 'max_steps',
  message: `more than max_steps: ${maxSteps} steps in one iteration`,
})

const tooDeep = ({ message }: RangeError): Failure => ({
  outcome: 'failed',
  key: 'a value is too large or nested too deep',
  message: `a value is too large or nested too deep to be used (${message})`,
})

async function runStep(agent: AgentContext, step: CompiledStep, refused?: Failure): Promise<Failure | undefined> {
  try {
    if (step.condition !== undefined && !step.condition(agent, agent.last)) return skipped
    if (refused !== undefined) return refused
    const result = step.run(agent)
    // Awaiting what is no promise would cost a turn of the microtask queue for each `set` and `assert`.
    return result instanceof Promise ? await result : result
  } catch (error) {
    if (error instanceof NameError) return { outcome: 'failed', key: error.message, message: error.message }
    // A service may answer what no stack can hold, e.g. brackets in brackets a hundred thousand times.
    if (error instanceof RangeError) return tooDeep(error)
    throw error
  }
}

function report(agent: AgentContext, step: CompiledStep, failure: Failure, world: World): void {
  // An assertion is about the last answer.
  const sent = step.isAssertion ? agent.lastSent : agent.sent
  world.observer.failure({
    group: agent.group,
    cycle: agent.cycle,
    agentId: agent.id,
    iteration: agent.iteration,
    source: step.source,
    failure,
    ...(sent !== undefined && { sent }),
  })
}
