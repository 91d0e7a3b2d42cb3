// A group of agents: how many there are, what they do, and what must hold for them in every cycle.
// What a flow, a workload and a threshold look like is handed in.
import { z } from 'zod'
import type { Activity } from './activity.ts'
import { activitySchema } from './activity.ts'
import type { DataSource } from './data.ts'
import { dataSchema } from './data.ts'

export interface Group<Flow, Workload, Threshold> {
  readonly count: number
  /** A name under `flows`, or the steps themselves; undefined = the file's only flow. */
  readonly flow?: string | Flow | undefined
  readonly vars: Readonly<Record<string, unknown>>
  /** What an agent does in a cycle in which it is not active: a name under `flows`, or the steps themselves. */
  readonly idle_flow?: string | Flow | undefined
  readonly workload?: Workload | undefined
  readonly activity?: Activity | undefined
  readonly thresholds?: readonly Threshold[] | undefined
  readonly data?: DataSource | undefined
  /** A name under `flows`, or the steps themselves. */
  readonly on_failure?: string | Flow | undefined
  /** Decision → option → weight. */
  readonly policy?: Readonly<Record<string, Readonly<Record<string, number>>>> | undefined
}

const MOST_AGENTS = 1_000_000

/** How many agents a group has. */
export const agentCount: z.ZodType<number> = z.int().min(1).max(MOST_AGENTS)

/** A group's name is a label in metrics and part of test names. */
export const groupName: z.ZodType<string, string> = z.string().regex(/^[A-Za-z_][\w-]*$/, {
  error: ({ input }) =>
    `${JSON.stringify(input)} cannot be the name of a group.\nIt is a label: letters, digits, _ and -, a letter first.`,
})

export function groupSchema<Flow, Workload, Threshold>(
  flow: z.ZodType<Flow>,
  workload: z.ZodType<Workload>,
  threshold: z.ZodType<Threshold>,
  weights: z.ZodType<Readonly<Record<string, number>>>,
): z.ZodType<Group<Flow, Workload, Threshold>> {
  const namedOrOwn = z.union([z.string().meta({ title: 'name' }), flow]).optional()
  return z.strictObject({
    count: agentCount.default(1).meta({ description: 'How many agents.' }),
    flow: namedOrOwn.meta({
      description: 'What each does in an iteration: a name under `flows`, or the steps themselves.',
      unset: "the file's only flow",
    }),
    vars: z
      .record(z.string(), z.unknown())
      .default({})
      .meta({ description: 'Values for all of them: `{{agent.vars.name}}`; no templates.' }),
    idle_flow: namedOrOwn.meta({
      description:
        'What an agent does once in a cycle in which it is not active: a name under `flows`, or the steps. Its requests count, iterations they are none.',
      unset: 'nothing',
    }),
    workload: workload.optional().meta({ description: 'How often.', unset: '`{ iterations: 1 }`' }),
    activity: activitySchema.optional().meta({
      description: 'In which cycles an agent is active, drawn for each: `frequency` × hour × day.',
      unset: 'always',
    }),
    thresholds: z.array(threshold).optional().meta({
      description: "Judged in every cycle, in the cell's own test.",
      unset: '`success_rate >= 95%`',
    }),
    data: dataSchema.optional().meta({
      description: 'A file with rows for the agents: `{{data.column}}`.',
    }),
    on_failure: namedOrOwn.meta({
      description: 'What an agent does after a failed iteration: a name under `flows`, or the steps. Counted nowhere.',
    }),
    policy: z.record(z.string().min(1), weights).optional().meta({
      description: 'How its agents decide: for each `decision` of a `decide` step, options and their weights.',
    }),
  })
}
