// The action `pause`: think time, fixed or drawn anew each time from the step's own stream.
import { z } from 'zod'
import type { Action, StepShape } from './action.ts'
import { shown } from './failure.ts'
import { duration, stepKeys } from './fields.ts'

interface Range {
  readonly min: number
  readonly max: number
}

export interface PauseStep extends StepShape {
  readonly type: 'pause'
  /** Milliseconds. */
  readonly for: number | Range
  /** So long in simulated time. */
  readonly simulated: boolean
}

const range: z.ZodType<Range> = z
  .strictObject({
    min: duration.meta({ description: 'The shortest.' }),
    max: duration.meta({ description: 'The longest.' }),
  })
  .refine(({ min, max }) => min <= max, {
    error: 'The shortest pause (min) is longer than the longest (max).\nSwap them.',
  })

export const pause: Action<PauseStep> = {
  type: 'pause',
  schema: z.strictObject({
    type: z.literal('pause').meta({ description: 'Think time.' }),
    ...stepKeys,
    for: z
      .union([duration, range], {
        error: (issue) =>
          issue.input === undefined
            ? undefined
            : `${shown(issue.input)} is not a pause.\nWrite a duration with a unit, e.g. 1s, or { min: 1s, max: 3s }.`,
      })
      .meta({ description: 'How long; a range is drawn anew each time.' }),
    simulated: z.boolean().default(false).meta({ description: 'So long in simulated time: divided by `time_scale`.' }),
  }),
  templates: [],
  defines: () => [],
  requests: () => 0,
  compile({ for: length, simulated }, { timeScale }) {
    const perMs = simulated ? 1 / timeScale : 1
    return async (context) => {
      const ms = typeof length === 'number' ? length : length.min + context.random().next() * (length.max - length.min)
      await context.sleep(ms * perMs)
      return undefined
    }
  },
}
