// The action `call`: a function of the user's own module. It gets the names of the flow, may set some and
// record values of its own; what it throws is the step's failure. Loading the module is run/calls.ts's.
import { z } from 'zod'
import type { Failure } from '../sample.ts'
import { formatMs } from '../units.ts'
import type { Action, StepContext, StepRun, StepShape, Tools } from './action.ts'
import { asFailure, failed, shown } from './failure.ts'
import { duration, stepKeys, variable } from './fields.ts'

/** What a metric of one's own is. */
export type CustomKind = 'trend' | 'rate' | 'counter'

export interface CallStep extends StepShape {
  readonly type: 'call'
  readonly module: string
  readonly export: string
  readonly args: Readonly<Record<string, unknown>>
  readonly sets?: readonly string[] | undefined
  readonly metrics: Readonly<Record<string, CustomKind>>
  /** Milliseconds. */
  readonly timeout: number
}

/** Records values under the names that the step lists as `metrics`. */
export interface CallMetrics {
  /** Adds to a counter. */
  counter(name: string, by?: number): void
  /** Counts one try, and whether it held. */
  rate(name: string, held: boolean): void
  /** Records one time, in milliseconds. */
  trend(name: string, ms: number): void
}

/** What a function that a `call` step names is called with. */
export interface CallContext<Args = Readonly<Record<string, unknown>>> {
  /** The step's `args`, templates filled in. */
  readonly args: Args
  /** Everything a template could name: `names.cart_id`, `names.agent`. Undefined for what has no value. */
  readonly names: Readonly<Record<string, unknown>>
  /** Gives a name that the step lists under `sets` a value, for later steps. */
  set(name: string, value: unknown): void
  readonly metrics: CallMetrics
  /** Aborts when the step has to end: the run is stopped, or its `timeout` is over. */
  readonly signal: AbortSignal
}

export type CallFunction = (context: CallContext) => unknown

const TIMEOUT_MS = 30_000
const MOST_SAID = 300

const metricName = variable.refine((name) => /^[a-z]/.test(name), {
  error: ({ input }) =>
    `${shown(input)} cannot be the name of a metric.\nUse lower-case letters, digits and _, a letter first.`,
})

export const call: Action<CallStep> = {
  type: 'call',
  schema: z.strictObject({
    type: z.literal('call').meta({ description: 'A function of your own module.' }),
    ...stepKeys,
    module: z
      .string()
      .min(1)
      .refine((text) => !text.includes('{{'), {
        error: ({ input }) => `${shown(input)} holds a template, and a module is fixed.\nIt is loaded before the run.`,
      })
      .meta({
        title: 'path',
        description: 'Your TypeScript or JavaScript; relative to this file, or as your Vite config resolves it.',
      }),
    export: z.string().min(1).default('default').meta({ description: 'Which of its functions.' }),
    args: z.record(z.string(), z.unknown()).default({}).meta({ description: 'Handed to it as `args`; templates.' }),
    sets: z.array(variable).optional().meta({ description: 'Names that it sets, for later steps.' }),
    metrics: z
      .record(metricName, z.enum(['trend', 'rate', 'counter']))
      .default({})
      .meta({ description: 'What it records, for thresholds: a name and `trend`, `rate` or `counter`.' }),
    timeout: duration.default(TIMEOUT_MS).meta({ description: 'How long it may take.', unset: '`30s`' }),
  }),
  templates: ['args'],
  // As it was written, anything may stand there.
  defines: ({ sets }) => (Array.isArray(sets) ? sets : []),
  requests: () => 0,
  compile: compileCall,
}

function compileCall(step: CallStep, tools: Tools): StepRun {
  const args = tools.value(step.args)
  const functionOf = tools.callable(step.module, step.export)
  const named = `call ${step.export}`
  return async (context) => {
    const life: Life = { isOver: false, ended: new AbortController() }
    try {
      context.record(tools.slot, { kind: 'call' })
      const given = contextOf(step, args(context) as CallContext['args'], { context, tools, life })
      const work = Promise.resolve().then(() => functionOf()(given))
      const end = await context.within(work, step.timeout)
      if (end === 'timeout') return failed(`${named}: not within ${formatMs(step.timeout)}`)
      return end === 'aborted' ? { outcome: 'aborted', key: 'aborted', message: `${named}: stopped` } : undefined
    } catch (error) {
      return thrown(named, error)
    } finally {
      life.isOver = true
      life.ended.abort()
    }
  }
}

/** Of one call: what it was given ends with it. */
interface Life {
  isOver: boolean
  readonly ended: AbortController
}

interface Inside {
  readonly context: StepContext
  readonly tools: Tools
  readonly life: Life
}

function contextOf(step: CallStep, args: CallContext['args'], inside: Inside): CallContext {
  const { context, life } = inside
  return {
    args,
    names: namesOf(context),
    set(name, value) {
      alive(life)
      if (step.sets?.includes(name) !== true)
        throw new Error(`set("${name}"): the step does not list it; add sets: [${name}]`)
      context.vars[name] = value
    },
    metrics: metricsOf(step, inside),
    signal: AbortSignal.any([context.signal, life.ended.signal]),
  }
}

/** Read when asked for: most functions look at two or three of them. */
function namesOf(context: StepContext): CallContext['names'] {
  const { vars } = context
  return new Proxy<Record<string, unknown>>(Object.create(null) as Record<string, unknown>, {
    get: (_, name) => {
      if (typeof name !== 'string') return undefined
      return Object.hasOwn(vars, name) ? vars[name] : context.builtin(name)
    },
    has: (_, name) => typeof name === 'string' && (Object.hasOwn(vars, name) || context.builtin(name) !== undefined),
    ownKeys: () => Object.keys(vars),
    getOwnPropertyDescriptor: (_, name) =>
      Object.hasOwn(vars, name) ? { value: vars[String(name)], enumerable: true, configurable: true } : undefined,
    set: (_, name) => {
      throw new Error(`names.${String(name)} cannot be assigned to; use set("${String(name)}", value)`)
    },
  })
}

function metricsOf(step: CallStep, { context, tools, life }: Inside): CallMetrics {
  const record = (name: string, kind: CustomKind, value: number, held = true): void => {
    alive(life)
    const listed = Object.hasOwn(step.metrics, name) ? step.metrics[name] : undefined
    if (listed !== kind)
      throw new Error(
        `metrics.${kind}("${name}"): the step lists it ${listed === undefined ? 'not' : `as ${listed}`}; write metrics: { ${name}: ${kind} }`,
      )
    if (!Number.isFinite(value) || value < 0)
      throw new Error(`metrics.${kind}("${name}"): ${shown(value)} is not a number from 0 up`)
    context.record(tools.slot, { kind, name, value, held })
  }
  return {
    counter: (name, by = 1) => record(name, 'counter', by),
    rate: (name, held) => record(name, 'rate', 1, held),
    trend: (name, ms) => record(name, 'trend', ms),
  }
}

function alive({ isOver }: Life): void {
  if (isOver) throw new Error('the call is over: await what sets names or records values')
}

function thrown(named: string, error: unknown): Failure {
  if (error instanceof Error && error.name === 'NameError') return asFailure(error)
  const text = error instanceof Error ? `${error.name}: ${error.message}` : shown(error)
  const [line = ''] = text.split('\n', 1)
  return failed(`${named}: ${line.slice(0, MOST_SAID)}`)
}
