// When an agent begins its next iteration within a cycle: a number of them, or as many as a time allows.
import { z } from 'zod'

export type Workload =
  | { readonly kind: 'iterations'; readonly iterations: number }
  | { readonly kind: 'duration'; readonly durationMs: number }

/** What a group does that names no workload. */
export const ONE_ITERATION: Workload = { kind: 'iterations', iterations: 1 }

/** @param duration a text with a unit → milliseconds */
export function workloadSchema(duration: z.ZodType<number>): z.ZodType<Workload> {
  return z
    .strictObject({ iterations: z.int().min(1).max(1_000_000).optional(), duration: duration.optional() })
    .transform((given, context): Workload => {
      const { iterations, duration: durationMs } = given
      if (iterations !== undefined && durationMs === undefined) return { kind: 'iterations', iterations }
      if (durationMs !== undefined && iterations === undefined) return { kind: 'duration', durationMs }
      context.addIssue({
        code: 'custom',
        message: 'A workload has either iterations or duration.\nWrite { iterations: 1 } or { duration: 30s }.',
      })
      return z.NEVER
    })
}
