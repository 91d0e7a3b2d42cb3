// One agent once through its flow. What a service did wrong ends the iteration (or not: `stop_when`);
// it is never thrown.
import { NameError } from '../actions/action.ts'
import { beginStretch, EffortError, endStretch, isTired, spend } from '../effort.ts'
import type { Plan } from '../plan/plan.ts'
import type { Failure } from '../sample.ts'
import type { AgentContext } from './context.ts'
import type { CompiledStep } from './program.ts'
import { secretsOf } from './secrets.ts'
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
  const progress: Progress = { first: undefined, left: world.plan.maxSteps, isOver: false }
  const runList = async (list: readonly CompiledStep[]): Promise<boolean> => {
    for (const step of list) {
      if (agent.stopped || progress.isOver) break
      if (isTired()) await world.rest.take()
      await runOne(step)
    }
    return !agent.stopped && !progress.isOver
  }
  const runOne = async (step: CompiledStep): Promise<void> => {
    const delayMs = agent.delayBefore(step)
    if (delayMs > 0) await agent.sleep(delayMs)
    agent.enter(step)
    const whole = await runStep(agent, step, progress, world.plan.maxSteps)
    if (whole === skipped) return
    const failure = whole === undefined ? undefined : clipped(whole)
    world.observer.step?.(agent, step.source, failure)
    if (failure === undefined) return
    // What a stop has cut off is told with the iteration.
    if (agent.stopped && failure.outcome === 'aborted') return
    progress.first ??= failure
    report(agent, step, failure, world)
    progress.isOver ||= step.isAssertion ? stopWhen.anyAssertionFails : stopWhen.anyActionFails
  }
  agent.runInside = runList
  try {
    await runList(steps)
  } finally {
    endStretch()
  }
  const { first } = progress
  // Also when it was the pause at the end that was cut short.
  return { ok: first === undefined && !agent.stopped, aborted: agent.stopped, failure: first }
}

/** Steps after an iteration, by the same agent: under the limiter, and counted nowhere. */
export async function runUncounted(agent: AgentContext, steps: readonly CompiledStep[], world: World): Promise<void> {
  agent.isLoad = false
  try {
    await runSteps(agent, steps, world)
  } finally {
    agent.isLoad = true
  }
}

/** How far an iteration has come, on all levels of its steps. */
interface Progress {
  first: Failure | undefined
  /** Steps that may still be run. */
  left: number
  /** No more steps are begun. */
  isOver: boolean
}

/** What is told and kept of one failure, at most: a service may have chosen some of the words. */
const MOST_KEY = 300
const MOST_MESSAGE = 2_000

function clipped(failure: Failure): Failure {
  const { key, message } = failure
  if (key.length <= MOST_KEY && message.length <= MOST_MESSAGE) return failure
  const clip = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`)
  return { ...failure, key: clip(key, MOST_KEY), message: clip(message, MOST_MESSAGE) }
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

/** Whatever it does: many steps that do nothing keep the loop from turning, too. */
const UNITS_PER_STEP = 50

async function runStep(
  agent: AgentContext,
  step: CompiledStep,
  progress: Progress,
  maxSteps: number,
): Promise<Failure | undefined> {
  try {
    beginStretch()
    spend(UNITS_PER_STEP)
    if (step.condition !== undefined && !step.condition(agent, agent.last)) return skipped
    if (progress.left-- <= 0) {
      progress.isOver = true
      return tooManySteps(maxSteps)
    }
    const result = step.run(agent)
    // Awaiting what is no promise would cost a turn of the microtask queue for each `set` and `assert`.
    return result instanceof Promise ? await result : result
  } catch (error) {
    if (error instanceof NameError) return { outcome: 'failed', key: error.message, message: error.message }
    // A service may answer what no stack can hold, e.g. brackets in brackets a hundred thousand times.
    if (error instanceof RangeError) return tooDeep(error)
    if (error instanceof EffortError) return { outcome: 'failed', key: error.message, message: error.message }
    throw error
  }
}

function report(agent: AgentContext, step: CompiledStep, failure: Failure, world: World): void {
  // What is told is bounded by itself.
  endStretch()
  // An assertion is about the last answer.
  const sent = step.isAssertion ? agent.lastSent : agent.sent
  const secrets = (): readonly string[] => secretsOf(world.plan, agent, sent)
  if (agent.failed === undefined) agent.noteFailure(step.name, failure, secrets())
  world.observer.failure({
    group: agent.group,
    cycle: agent.cycle,
    agentId: agent.id,
    iteration: agent.iteration,
    source: step.source,
    failure,
    isLoad: agent.isLoad,
    secrets,
    ...(sent !== undefined && { sent }),
  })
}
