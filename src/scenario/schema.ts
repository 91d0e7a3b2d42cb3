// The keys of a scenario file and what each may hold. Steps are checked one by one against the schema
// of their action, thresholds by their grammar; here they are lists of anything.
import { z } from 'zod'
import { weightsSchema } from '../actions/decide.ts'
import { duration, variable } from '../actions/fields.ts'
import { stepSchema } from '../actions/index.ts'
import type { Step } from '../actions/index.ts'
import type { Group } from '../agents/group.ts'
import { agentCount, groupName, groupSchema } from '../agents/group.ts'
import type { WarmUp } from '../agents/warm-up.ts'
import { warmUpSchema } from '../agents/warm-up.ts'
import type { VariationInput } from '../agents/variation.ts'
import { variationSchema } from '../agents/variation.ts'
import type { Workload } from '../workloads/index.ts'
import { formatCount } from '../units.ts'
import { workloadSchema } from '../workloads/index.ts'
import { DEFAULT_START_MS, start } from './simulated-start.ts'

export type GroupInput = Group<readonly unknown[], Workload, unknown>

export const group: z.ZodType<GroupInput> = groupSchema(
  z.array(z.unknown()),
  workloadSchema(duration),
  z.unknown(),
  weightsSchema,
)

export const groups: z.ZodType<Readonly<Record<string, unknown>>> = z.record(groupName, z.unknown())

export const agents: z.ZodType<number> = agentCount

/** Of one list; an iteration takes far fewer (`max_steps`). */
const MOST_STEPS = 1_000

export const stepList: z.ZodType<readonly unknown[]> = z
  .array(z.unknown())
  .min(1)
  .superRefine((steps, context) => {
    if (steps.length <= MOST_STEPS) return
    const message = `There are ${formatCount(steps.length)} steps in this list; at most ${formatCount(MOST_STEPS)} are read.\nWrite what happens again and again once, in a step of type repeat.`
    context.addIssue({ code: 'custom', message, continue: false })
  })

export const flowMap: z.ZodType<Readonly<Record<string, unknown>>> = z.record(z.string().min(1), z.unknown())

/** A final assertion is a step of type `assert` that need not say so. */
export const assertion: z.ZodType<Step> = z.preprocess(
  (given) => (typeof given === 'object' && given !== null && !('type' in given) ? { type: 'assert', ...given } : given),
  stepSchema,
)

export const id: z.ZodType<string> = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9][\w.-]*$/, {
    error: ({ input }) =>
      `${JSON.stringify(input)} cannot be an id.\nIt is part of file names: letters, digits, _, - and dots.`,
  })

export interface SimulationInput {
  readonly cycles: number
  readonly seed?: number | undefined
  readonly pace: 'asap' | 'realtime'
  readonly time_scale: number
  readonly cycle_length: number
  readonly start: number
  readonly warmup?: WarmUp | undefined
  readonly max_concurrent_agents?: number | undefined
  readonly max_duration?: number | undefined
  readonly graceful_stop: number
}

const GRACEFUL_STOP_MS = 30_000
const CYCLE_MS = 3_600_000
/** So that simulated time stays within what a date can hold, whatever else is given. */
const LONGEST_CYCLE_MS = 8760 * CYCLE_MS
/** A simulated year in half a minute; more is a slip of the pen. */
const MOST_TIME_SCALE = 1_000_000

export const simulation: z.ZodType<SimulationInput> = z.strictObject({
  cycles: z.int().min(1).max(100_000).default(1).meta({ description: 'How often every group does its workload.' }),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .optional()
    .meta({ description: '0 to 4294967295; fixes all choices.', unset: 'drawn' }),
  pace: z.enum(['asap', 'realtime']).default('asap').meta({
    description:
      'When the next cycle begins: `asap`, when the last one has ended; `realtime`, every `cycle_length` ÷ `time_scale`.',
  }),
  time_scale: z
    .number()
    .gt(0)
    .max(MOST_TIME_SCALE)
    .default(1)
    .meta({ description: 'Simulated seconds per real second; at most a million.' }),
  cycle_length: duration
    .refine((ms) => ms >= 1, { error: 'A cycle takes some simulated time.\nWrite cycle_length: 1h' })
    .refine((ms) => ms <= LONGEST_CYCLE_MS, {
      error: 'A cycle takes a year of simulated time at most.\nWrite cycle_length: 8760h, or less.',
    })
    .default(CYCLE_MS)
    .meta({
      description: 'Simulated time of one cycle: 1h at `time_scale: 48` are 75 s; at most `8760h`, a year.',
      unset: '`1h`',
    }),
  start: start.default(DEFAULT_START_MS).meta({
    description: 'Simulated time at which cycle 1 begins, UTC: `2024-01-15`, `2024-01-15T08:00:00Z`.',
    unset: '`2024-01-01T00:00:00Z`, a Monday',
  }),
  warmup: warmUpSchema
    .optional()
    .meta({ description: 'Fewer agents in the first cycles, which are not judged.', unset: 'none' }),
  max_concurrent_agents: agentCount
    .optional()
    .meta({ description: 'Agents inside an iteration at the same time; the others queue.', unset: 'all' }),
  max_duration: duration.optional().meta({ description: 'Then no more iterations begin, and the run says so.' }),
  graceful_stop: duration.default(GRACEFUL_STOP_MS).meta({
    description: "How long running iterations may go on after `max_duration`, or after a workload's `duration`.",
    unset: '`30s`',
  }),
})

export interface LimitsInput {
  readonly rate_limit_rps?: number | undefined
  readonly burst?: number | undefined
  readonly memory_warning_mb?: number | undefined
}

export const limits: z.ZodType<LimitsInput> = z
  .strictObject({
    rate_limit_rps: z
      .number()
      .gt(0)
      .max(1_000_000)
      .optional()
      .meta({ description: 'Requests per second, all services together.' }),
    burst: z.int().min(1).optional().meta({
      description: 'How many may go at once after a lull.',
      unset: "a hundredth of the rate, at least 1 + 5 ms' worth",
    }),
    memory_warning_mb: z.number().gt(0).max(100_000_000).optional().meta({
      description: "A warning when the load generator's process takes so many MB.",
    }),
  })
  .refine((given) => given.burst === undefined || given.rate_limit_rps !== undefined, {
    error: 'burst without rate_limit_rps limits nothing.\nAdd rate_limit_rps: 50',
  })

export interface CheckpointInput {
  readonly every_cycles: number
  readonly keep: number
}

export const checkpoint: z.ZodType<CheckpointInput> = z.strictObject({
  every_cycles: z
    .int()
    .min(1)
    .max(100_000)
    .default(10)
    .meta({ description: 'After every so many cycles one is written.' }),
  keep: z.int().min(1).max(100).default(5).meta({ description: 'How many of the last ones are kept.' }),
})

export interface StopWhenInput {
  readonly any_action_fails: boolean
  readonly any_assertion_fails: boolean
}

export const stopWhen: z.ZodType<StopWhenInput> = z.strictObject({
  any_action_fails: z
    .boolean()
    .default(true)
    .meta({ description: 'A failed step ends the iteration; `false`: it goes on, and has failed all the same.' }),
  any_assertion_fails: z
    .boolean()
    .default(true)
    .meta({ description: 'The same for steps of type `assert`, and for `assertions`.' }),
})

export const variation: z.ZodType<VariationInput> = variationSchema(variable)

export const redact: z.ZodType<readonly string[]> = z.array(z.string().min(1))

export const maxSteps: z.ZodType<number> = z.int().min(1).max(100_000)

export const cookies: z.ZodType<'run' | 'iteration' | false> = z.union(
  [z.enum(['run', 'iteration']), z.literal(false)],
  {
    error: ({ input }) => `"cookies" cannot be ${JSON.stringify(input)}.\nKnown: run, iteration, false.`,
  },
)
