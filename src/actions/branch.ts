// The action `branch`: one of two lists of steps, by a condition. What is not chosen is not run, and
// counts nowhere.
import { z } from 'zod'
import type { Action, StepShape } from './action.ts'
import { stepKeys } from './fields.ts'

export interface BranchStep extends StepShape {
  readonly type: 'branch'
  readonly condition: string
  readonly if_true?: readonly StepShape[] | undefined
  readonly if_false?: readonly StepShape[] | undefined
}

/** @param step the schema of any step */
export function branch(step: z.ZodType<StepShape>): Action<BranchStep> {
  const steps = z.array(step)
  return {
    type: 'branch',
    schema: z
      .strictObject({
        type: z.literal('branch').meta({ description: 'One of two lists of steps, by a condition.' }),
        ...stepKeys,
        condition: z.string().meta({ title: 'expression', description: 'Which of the two is run.' }),
        if_true: steps.optional().meta({ description: 'Run when the condition holds.' }),
        if_false: steps.optional().meta({ description: 'Run when it does not.' }),
      })
      .refine((given) => [given.if_true, given.if_false].some((list) => list !== undefined && list.length > 0), {
        error: 'A branch has no steps.\nAdd if_true: or if_false:, each with a list of steps.',
      }),
    templates: [],
    nested: ['if_true', 'if_false'],
    ownsCondition: true,
    defines: () => [],
    requests: (_, inside) => Math.max(inside('if_true'), inside('if_false')),
    compile(branchStep, tools) {
      const holds = tools.condition(branchStep.condition)
      const [ifTrue, ifFalse] = [tools.steps('if_true'), tools.steps('if_false')]
      return async (context) => {
        await context.runSteps(holds(context, context.last) ? ifTrue : ifFalse)
        return undefined
      }
    },
  }
}
