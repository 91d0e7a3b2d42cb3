// The cycles at the beginning in which not all agents are there yet: which share of a group is, cycle by
// cycle. Always the same ones first, so that whoever was there stays.
import { z } from 'zod'

export interface WarmUp {
  readonly cycles: number
  /** Shares of a group's agents, rising. */
  readonly steps: readonly number[]
  /** Its samples are kept apart: no threshold sees them. */
  readonly exclude: boolean
}

const STEPS: readonly number[] = [0.1, 0.25, 0.5, 0.75, 1]

const steps: z.ZodType<readonly number[]> = z
  .array(z.number().gt(0).max(1))
  .min(1)
  .superRefine((given, context) => {
    const at = given.findIndex((step, index) => step < (given[index - 1] ?? 0))
    if (at < 0) return
    const message = `The steps of a warm-up rise, but ${given[at]} comes after ${given[at - 1]}.\nWhoever is there stays: write them in ascending order.`
    context.addIssue({ code: 'custom', path: [at], message })
  })

export const warmUpSchema: z.ZodType<WarmUp> = z.strictObject({
  cycles: z.int().min(1).max(100_000).meta({ description: 'How many cycles it takes.' }),
  steps: steps.default([...STEPS]).meta({
    title: 'list of shares',
    description:
      'Which share of the agents is there, spread evenly over the cycles; at least one of each group, always the same ones first.',
  }),
  exclude: z
    .boolean()
    .default(true)
    .meta({ description: 'Its cycles are reported and not judged: no threshold sees their samples.' }),
})

/** How many of a group's agents are there in a cycle, from 1. */
export function presentIn(count: number, warmUp: WarmUp | undefined, cycle: number): number {
  if (warmUp === undefined || cycle > warmUp.cycles) return count
  const { steps: shares, cycles } = warmUp
  const share = shares[Math.floor(((cycle - 1) * shares.length) / cycles)] ?? 1
  // 0.29 × 100 is 28.999…96 in binary fractions.
  return Math.max(1, Math.floor(count * share + 1e-9))
}

/** Whether a cycle is reported and not judged. */
export function isExcluded(warmUp: WarmUp | undefined, cycle: number): boolean {
  return warmUp?.exclude === true && cycle <= warmUp.cycles
}
