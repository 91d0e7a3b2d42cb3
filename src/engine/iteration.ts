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
  stopWhen?: Plan['stopWhen'],
): Promise<IterationEnd> {
  const walk = walkOf(agent, world, stopWhen)
  await walk.run(steps)
  const { ok, aborted, failure } = walk
  return { ok, aborted, failure }
}

/** The same, and tells how it ended; one function less that waits for it. */
export function walk(agent: AgentContext, steps: readonly CompiledStep[], world: World, told: Told): Promise<void> {
  return walkOf(agent, world).run(steps, told)
}

function walkOf(agent: AgentContext, world: World, stopWhen = world.plan.stopWhen): Walk {
  agent.walk ??= new Walk(agent, world)
  agent.walk.begin(stopWhen)
  return agent.walk
}

/** Who is told of an iteration. */
export interface Told {
  /** @param end to be read at once, the agent uses the object again; @returns what is yet to be waited for */
  ended(agent: AgentContext, end: IterationEnd): Promise<void> | undefined
  /** By an error of our own. */
  crashed(error: unknown): void
  /** However it ended, the agent does nothing more; @returns what is waited for before its next turn */
  left(agent: AgentContext): Promise<void> | undefined
}

/**
 * An agent's way through its steps, on all their levels. One function waits for all that a list of steps
 * waits for: each more would cost every agent that waits half a kilobyte.
 */
export class Walk implements IterationEnd {
  readonly #agent: AgentContext
  readonly #world: World
  #stopWhen: Plan['stopWhen']
  #failure: Failure | undefined
  /** Steps that may still be run. */
  #left = 0
  /** No more steps are begun. */
  #isOver = false

  constructor(agent: AgentContext, world: World) {
    this.#agent = agent
    this.#world = world
    this.#stopWhen = world.plan.stopWhen
  }

  begin(stopWhen: Plan['stopWhen']): void {
    this.#stopWhen = stopWhen
    this.#failure = undefined
    this.#left = this.#world.plan.maxSteps
    this.#isOver = false
  }

  get goesOn(): boolean {
    return !this.#agent.stopped && !this.#isOver
  }

  /** Also when it was the pause at the end that was cut short. */
  get ok(): boolean {
    return this.#failure === undefined && !this.#agent.stopped
  }

  get aborted(): boolean {
    return this.#agent.stopped
  }

  get failure(): Failure | undefined {
    return this.#failure
  }

  /** @param told of a whole iteration only */
  async run(list: readonly CompiledStep[], told?: Told): Promise<void> {
    let left: Promise<void> | undefined
    try {
      for (const step of list) {
        if (!this.goesOn) break
        if (isTired()) await this.#world.rest.take()
        const delayMs = this.#agent.delayBefore(step)
        if (delayMs > 0) await this.#agent.sleep(delayMs)
        let result = this.#start(step)
        // Awaiting what is no promise would cost a turn of the microtask queue for each `set` and `assert`.
        if (result instanceof Promise)
          try {
            result = await result
          } catch (error) {
            result = failureOf(error)
          }
        if (result !== skipped) this.#end(step, result)
      }
      endStretch()
      const more = told?.ended(this.#agent, this)
      if (more !== undefined) await more
    } catch (error) {
      told?.crashed(error)
      throw error
    } finally {
      endStretch()
      left = told?.left(this.#agent)
    }
    if (left !== undefined) await left
  }

  #start(step: CompiledStep): ReturnType<CompiledStep['run']> {
    const agent = this.#agent
    agent.enter(step)
    try {
      beginStretch()
      spend(UNITS_PER_STEP)
      if (step.condition !== undefined && !step.condition(agent, agent.last)) return skipped
      if (this.#left-- > 0) return step.run(agent)
      this.#isOver = true
      return tooManySteps(this.#world.plan.maxSteps)
    } catch (error) {
      return failureOf(error)
    }
  }

  #end(step: CompiledStep, whole: Failure | undefined): void {
    const agent = this.#agent
    const { observer } = this.#world
    const failure = whole === undefined ? undefined : clipped(whole)
    observer.step?.(agent, step.source, failure)
    if (failure === undefined) return
    // What a stop has cut off is told with the iteration.
    if (agent.stopped && failure.outcome === 'aborted') return
    this.#failure ??= failure
    report(agent, step, failure, this.#world)
    this.#isOver ||= step.isAssertion ? this.#stopWhen.anyAssertionFails : this.#stopWhen.anyActionFails
  }
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

/** What it is of a step that threw; errors of our own are thrown on. */
function failureOf(error: unknown): Failure {
  if (error instanceof NameError) return { outcome: 'failed', key: error.message, message: error.message }
  // A service may answer what no stack can hold, e.g. brackets in brackets a hundred thousand times.
  if (error instanceof RangeError) return tooDeep(error)
  if (error instanceof EffortError) return { outcome: 'failed', key: error.message, message: error.message }
  throw error
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
