// The action `set`: gives variables values, for this iteration or for the agent (`{{memory.name}}`).
import { z } from 'zod'
import type { Action, StepShape } from './action.ts'
import { asFailure } from './failure.ts'
import { stepKeys, variable } from './fields.ts'

export interface SetStep extends StepShape {
  readonly type: 'set'
  readonly vars: Readonly<Record<string, unknown>>
  readonly scope: 'iteration' | 'agent'
}

export const set: Action<SetStep> = {
  type: 'set',
  schema: z.strictObject({
    type: z.literal('set').meta({ description: 'Gives variables values.' }),
    ...stepKeys,
    vars: z.record(variable, z.unknown()).meta({ description: 'Names and values; templates.' }),
    scope: z.enum(['iteration', 'agent']).default('iteration').meta({
      description: '`iteration`: `{{name}}` in this iteration; `agent`: `{{memory.name}}`, kept across cycles.',
    }),
  }),
  templates: ['vars'],
  defines: (step) => (step.scope === 'iteration' ? Object.keys(step.vars) : []),
  requests: () => 0,
  compile(step, tools) {
    const values = Object.entries(step.vars).map(([name, value]) => [name, tools.value(value)] as const)
    const isKept = step.scope === 'agent'
    return (context) => {
      try {
        for (const [name, value] of values) {
          if (isKept) context.remember(name, value(context))
          else context.vars[name] = value(context)
        }
        return undefined
      } catch (error) {
        return asFailure(error)
      }
    }
  },
}
