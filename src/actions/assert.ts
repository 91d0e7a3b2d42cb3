// The action `assert`: checks the last answer, or variables, without sending anything.
import { z } from 'zod'
import type { Action, StepShape } from './action.ts'
import type { Expect } from './expect.ts'
import { compileExpect, expectSchema } from './expect.ts'
import { stepKeys } from './fields.ts'

export interface AssertStep extends StepShape {
  readonly type: 'assert'
  readonly expect: Expect
}

export const assert: Action<AssertStep> = {
  type: 'assert',
  schema: z.strictObject({
    type: z
      .literal('assert')
      .meta({ description: 'Checks the last answer of this iteration, or variables; sends nothing.' }),
    ...stepKeys,
    expect: expectSchema.meta({ description: 'What must be.' }),
  }),
  templates: ['expect'],
  defines: () => [],
  requests: () => 0,
  compile(step, tools) {
    const expected = compileExpect(step.expect, tools)
    return (context) => expected(context.last, context)
  },
}
