// Runs a list of steps for one agent: a whole iteration, or steps around it. What a service did wrong is a Failure, which
// ends the iteration or not (`stop_when`); it is never thrown.
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

/** As `runSteps`, for a whole iteration. Its end is told by callbacks: one `async` function less per waiting agent. */
export function walk(agent: AgentContext, steps: readonly CompiledStep[], world: World, told: Told): Promise<void> {
  return walkOf(agent, world).run(steps, told)
}

function walkOf(agent: AgentContext, world: World, stopWhen = world.plan.stopWhen): Walk {
  agent.walk ??= new Walk(agent, world)
  agent.walk.begin(stopWhen)
  return agent.walk
}

/** Hears of the end of an iteration. */
export interface Told {
  /** @param end read it before returning: the agent reuses the object. @returns what the iteration still has to wait for */
  ended(agent: AgentContext, end: IterationEnd): Promise<void> | undefined
  /** It ended by a bug of ours. */
  crashed(error: unknown): void
  /** After either of them. @returns what the agent has to wait for before its next turn */
  left(agent: AgentContext): Promise<void> | undefined
}

/**
 * An agent's walk through its steps, nested ones included. `run` is the only `async` function for a list of steps: each
 * further one would cost every agent that waits half a kilobyte.
 */
export class Walk implements IterationEnd {
  readonly #agent: AgentContext
  readonly #world: World
  #stopWhen: Plan['stopWhen']
  #failure: Failure | undefined
  /** Steps that may still be run before `max_steps` is reached. */
  #left = 0
  /** A failure or `max_steps` has ended it: no more steps begin. */
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

  /** False for every iteration that was stopped, even if only its last pause was cut short. */
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
        // `set` and `assert` return no promise; awaiting them would cost each a turn of the microtask queue.
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
    // A step that a stop has cut off is reported with the iteration, as aborted.
    if (agent.stopped && failure.outcome === 'aborted') return
    this.#failure ??= failure
    report(agent, step, failure, this.#world)
    this.#isOver ||= step.isAssertion ? this.#stopWhen.anyAssertionFails : this.#stopWhen.anyActionFails
  }
}

/** Runs `on_failure` steps after an iteration: under the rate limit, but in no metric. */
export async function runUncounted(agent: AgentContext, steps: readonly CompiledStep[], world: World): Promise<void> {
  agent.isLoad = false
  try {
    await runSteps(agent, steps, world)
  } finally {
    agent.isLoad = true
  }
}

/** Longest texts of a failure, in characters: a service may have chosen some of the words. */
const MOST_KEY = 300
const MOST_MESSAGE = 2_000

function clipped(failure: Failure): Failure {
  const { key, message } = failure
  if (key.length <= MOST_KEY && message.length <= MOST_MESSAGE) return failure
  const clip = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`)
  return { ...failure, key: clip(key, MOST_KEY), message: clip(message, MOST_MESSAGE) }
}

/** Stands for a step whose condition was false; compared by identity. */
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

/** Effort of every step, whatever it does: many steps that do nothing would hold the event loop, too. */
const UNITS_PER_STEP = 50

/** The failure of a step that threw. @throws the error again when it is a bug of ours */
function failureOf(error: unknown): Failure {
  if (error instanceof NameError) return { outcome: 'failed', key: error.message, message: error.message }
  // A service may answer what no stack can hold, e.g. brackets in brackets a hundred thousand times.
  if (error instanceof RangeError) return tooDeep(error)
  if (error instanceof EffortError) return { outcome: 'failed', key: error.message, message: error.message }
  throw error
}

function report(agent: AgentContext, step: CompiledStep, failure: Failure, world: World): void {
  // Reporting does not count as the step's effort: its texts are bounded.
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
