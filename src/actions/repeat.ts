// The action `repeat`: its steps again and again, so many times, while a condition holds, or once for
// each item of a list. What cannot be known before the run is bounded by `max`.
import { z } from 'zod'
import type { Failure } from '../sample.ts'
import type { Action, StepContext, StepRun, StepShape, Tools } from './action.ts'
import { failed, shown } from './failure.ts'
import { stepKeys, templateFor, variable } from './fields.ts'

export interface RepeatStep extends StepShape {
  readonly type: 'repeat'
  readonly times?: number | string | undefined
  readonly while?: string | undefined
  readonly for_each?: readonly unknown[] | string | undefined
  readonly as?: string | undefined
  readonly max: number
  readonly steps: readonly StepShape[]
}

const MOST_ROUNDS = 100_000
const MAX = 100
const TIMES = 'a whole number, or a template that gives one'
const LIST = 'a list, or a template that gives one'

const WAYS = ['times', 'while', 'for_each'] as const

const times = z.union([z.int().min(0).max(MOST_ROUNDS), templateFor(TIMES)], {
  error: ({ input }) => `${shown(input)} is not ${TIMES}.`,
})
const forEach = z.union([z.array(z.unknown()), templateFor(LIST)], {
  error: ({ input }) => `${shown(input)} is not ${LIST}.`,
})

/** @param step the schema of any step */
export function repeat(step: z.ZodType<StepShape>): Action<RepeatStep> {
  const schema = z
    .strictObject({
      type: z.literal('repeat').meta({ description: 'Its steps again and again.' }),
      ...stepKeys,
      times: times.optional().meta({ description: 'So many rounds; a number or a template.' }),
      while: z.string().optional().meta({
        title: 'expression',
        description: 'Another round as long as it holds before it.',
      }),
      for_each: forEach.optional().meta({ description: 'One round for each item; a list or a template.' }),
      as: variable.optional().meta({ description: 'The name of the item, with `for_each`.' }),
      max: z
        .int()
        .min(1)
        .max(MOST_ROUNDS)
        .default(MAX)
        .meta({ description: 'More rounds than this fail the step, unless the file itself says how many there are.' }),
      steps: z.array(step).min(1).meta({ description: 'What is done in each round.' }),
    })
    .superRefine((given, context) => {
      const fault = faultOf(given)
      if (fault !== undefined) context.addIssue({ code: 'custom', message: fault })
    })
  return {
    type: 'repeat',
    schema,
    templates: ['times', 'for_each'],
    conditions: ['while'],
    nested: ['steps'],
    defines: (given) => (given.as === undefined ? [] : [given.as]),
    requests: (given, inside) => roundsOf(given) * inside('steps'),
    compile: compileRepeat,
  }
}

function faultOf(given: Omit<RepeatStep, 'type' | 'name' | 'steps'>): string | undefined {
  const ways = WAYS.filter((way) => given[way] !== undefined)
  if (ways.length === 0)
    return 'repeat says not how often.\nAdd times: 3, while: "size(items) > 0" or for_each: "{{items}}".'
  if (ways.length > 1) return `repeat has ${ways.join(' and ')}; which one counts?\nKeep one of them.`
  if ((given.for_each === undefined) !== (given.as === undefined))
    return given.as === undefined
      ? 'for_each gives its items no name.\nAdd as: item, and use {{item}} in the steps.'
      : 'as names the items of a list, and there is none.\nAdd for_each: "{{items}}".'
  return undefined
}

/** As far as the file says it; else one. */
function roundsOf({ times: given, for_each: list }: RepeatStep): number {
  if (typeof given === 'number') return given
  return Array.isArray(list) ? list.length : 1
}

/** What decides about a round: whether there is one, or why the step fails. */
type Next = (context: StepContext, round: number) => boolean | Failure

function compileRepeat(step: RepeatStep, tools: Tools): StepRun {
  const steps = tools.steps('steps')
  const begin = compileRounds(step, tools)
  return async (context) => {
    const next = begin(context)
    for (let round = 1; ; round++) {
      const goesOn = typeof next === 'function' ? next(context, round) : next
      if (goesOn === false) return undefined
      if (goesOn !== true) return goesOn
      if (!(await context.runSteps(steps, round))) return undefined
    }
  }
}

function compileRounds(step: RepeatStep, tools: Tools): (context: StepContext) => Next | Failure {
  const { max } = step
  if (step.while !== undefined) {
    const holds = tools.condition(step.while)
    return () => (context, round) => holds(context, context.last) && (round <= max || tooMany(max, 'while still holds'))
  }
  if (typeof step.times === 'number') {
    const { times: fixed } = step
    return () => (_, round) => round <= fixed
  }
  const value = tools.value(step.times ?? step.for_each)
  if (step.times !== undefined)
    return (context) => {
      const given = value(context)
      const rounds = typeof given === 'string' && given.trim() !== '' ? Number(given) : given
      if (typeof rounds !== 'number' || !Number.isInteger(rounds) || rounds < 0)
        return failed(
          `times: ${shown(step.times)} is not a whole number`,
          `times is ${shown(given)}, not a whole number`,
        )
      return rounds > max ? tooMany(max, `times is ${rounds}`) : (_, round) => round <= rounds
    }
  const isFixed = Array.isArray(step.for_each)
  const name = step.as ?? ''
  return (context) => {
    const list = value(context)
    if (!Array.isArray(list))
      return failed(`for_each: ${shown(step.for_each)} is not a list`, `for_each is ${shown(list)}, not a list`)
    if (!isFixed && list.length > max) return tooMany(max, `the list has ${list.length} items`)
    return ({ vars }, round) => {
      if (round > list.length) return false
      vars[name] = list[round - 1] as unknown
      return true
    }
  }
}

function tooMany(max: number, why: string): Failure {
  return failed(`repeat: more than max: ${max} rounds`, `repeat: ${why}, and max is ${max} rounds`)
}
