// The action `decide`: one of several names by their weights, drawn from the step's own stream. The
// weights are the step's, or those of the agent's policy.
import { z } from 'zod'
import type { Random } from '../random.ts'
import type { Action, StepShape } from './action.ts'
import { failed, shown } from './failure.ts'
import { stepKeys, variable } from './fields.ts'

/** How likely each name is, against the others. */
export type Weights = Readonly<Record<string, number>>

export interface DecideStep extends StepShape {
  readonly type: 'decide'
  readonly decision: string
  readonly output_var?: string | undefined
  /** Whose policy, in a file of policies; filled in as `options` when the file is loaded. */
  readonly policy_ref?: string | undefined
  readonly options?: Weights | undefined
}

/** Weights need not add up to 1. */
export const weightsSchema: z.ZodType<Weights> = z
  .record(z.string().min(1), z.number().min(0))
  .refine((weights) => Object.values(weights).some((weight) => weight > 0), {
    error: ({ input }) => `${shown(input)} leaves nothing to choose.\nGive at least one name a weight above 0.`,
  })

export const decide: Action<DecideStep> = {
  type: 'decide',
  schema: z.strictObject({
    type: z.literal('decide').meta({ description: 'One of several names, by their weights.' }),
    ...stepKeys,
    decision: variable.meta({ description: "What is decided: its name in the group's `policy`." }),
    output_var: variable.optional().meta({
      description: 'The variable that gets the chosen name.',
      unset: 'the name of the decision, and `decision_result`',
    }),
    policy_ref: z.string().min(1).optional().meta({
      description: 'Whose policy of the policies file decides: a `persona_id`.',
      unset: "that of the group's name, else the first",
    }),
    options: weightsSchema.optional().meta({
      description: 'Names and how likely each is against the others.',
      unset: "those of the group's `policy`",
    }),
  }),
  templates: [],
  defines: outputs,
  requests: () => 0,
  compile(step) {
    const { decision, options } = step
    const names = outputs(step)
    return (context) => {
      const weights = options ?? context.policy(decision)
      if (weights === undefined) return failed(`decide: the agent has no policy for "${decision}"`)
      const chosen = choose(weights, context.random())
      for (const name of names) context.vars[name] = chosen
      return undefined
    }
  },
}

/** Without a name for it, Turbulence's is there too. */
function outputs({ output_var: output, decision }: DecideStep): readonly string[] {
  return output === undefined ? [decision, 'decision_result'] : [output]
}

function choose(weights: Weights, random: Random): string {
  const names = Object.entries(weights).filter(([, weight]) => weight > 0)
  let left = random.next() * names.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [name, weight] of names) {
    left -= weight
    if (left < 0) return name
  }
  // Sums of fractions are not exact.
  return names.at(-1)?.[0] ?? ''
}
