// A whole scenario file and a whole SUT as one schema each: which keys there are, what each means and
// what holds without it. Editors, the reference page and the types for TypeScript are made from these;
// a file itself is checked part by part (load.ts), so that one mistake never hides another.
import { z } from 'zod'
import { assert } from '../actions/assert.ts'
import { weightsSchema } from '../actions/decide.ts'
import { duration } from '../actions/fields.ts'
import { stepSchema } from '../actions/index.ts'
import { agentCount, groupName, groupSchema } from '../agents/group.ts'
import { breakerSchema } from '../limits/breaker-schema.ts'
import { pressureSchema } from '../pressure/pressure.ts'
import { workloadSchema } from '../workloads/index.ts'
import { entrySchema } from './entry.ts'
import * as schema from './schema.ts'
import { sut } from './sut-schema.ts'

const condition = z.string().meta({ title: 'threshold', examples: ['p95 < 300ms', 'success_rate >= 99%'] })

const onOdd = z.enum(['fail', 'skip']).default('fail')

/** How it is read: metrics/threshold.ts. */
const threshold = z.union([
  condition,
  z.strictObject({
    that: condition.meta({ description: 'What must hold: selector, operator, number, unit.' }),
    name: z.string().optional().meta({ description: 'The name of its test.', unset: 'the condition' }),
    min_samples: z.int().min(1).optional().meta({
      description: 'With fewer samples it is inconclusive.',
      unset: 'a percentile p: max(20, 1/(1−p)); else 1',
    }),
    abort_on_fail: z.boolean().default(false).meta({ description: 'Ends the run as soon as it has failed for good.' }),
    on_no_data: onOdd.meta({ description: 'What its test does when nothing it selects was attempted.' }),
    on_inconclusive: onOdd.meta({ description: 'What its test does when there are too few samples to decide.' }),
    per: z.enum(['run', 'cycle']).default('run').meta({
      description:
        'Over what a threshold of the file is judged: `run`, all cycles together; `cycle`, each, and the worst counts.',
    }),
  }),
])

const steps = z.array(stepSchema).min(1)

const group = groupSchema(steps, workloadSchema(duration), threshold, weightsSchema)

const agents = z.union([
  agentCount,
  z.record(groupName.meta({ title: 'name' }), z.union([group, z.null()])).meta({ title: 'groups' }),
])

const assertions = z.array((assert.schema as unknown as z.ZodObject).partial({ type: true }))

const top = {
  id: schema.id.meta({
    description: 'Name of the scenario, of its suite and its runs: letters, digits, `_`, `-`, `.`.',
  }),
  description: z.string().optional().meta({ description: 'Kept with the run.' }),
  preset: z.string().optional().meta({
    description: 'A file that lies below this one: `smoke ci average stress spike soak scale-372`, or a path.',
  }),
  sut: z
    .union([z.string().meta({ title: 'path' }), sut])
    .optional()
    .meta({
      description: 'The system under test: a path, relative to this file, or the mapping itself.',
      unset: "the plugin's `sut`",
    }),
  profile: z.string().optional().meta({
    description: "Profile of the SUT; the plugin's and `TURBULENCE_PROFILE` win over it.",
    unset: "the SUT's",
  }),
  simulation: schema.simulation.optional().meta({ description: 'How many cycles, how long.', unset: '`{}`' }),
  limits: schema.limits.optional().meta({ description: 'What holds load back.' }),
  circuit_breaker: breakerSchema.optional().meta({
    description: 'Ends the run when too many agents fail; `{}` takes the defaults.',
    unset: 'off',
  }),
  checkpoint: schema.checkpoint.optional().meta({
    description:
      'Keeps the state of the run on disk, so that a run that was killed can go on; `{}` takes the defaults.',
    unset: 'off',
  }),
  agents: agents.optional().meta({
    description: 'Groups of agents by name; a number is one group `agents` of that many.',
    unset: '`1`',
  }),
  flow: steps.optional().meta({ description: 'The flow of every group that names none.', unset: '–' }),
  flows: z.record(z.string().min(1), steps).optional().meta({
    description: 'Flows by name; the only one is the flow of every group that names none.',
    unset: '–',
  }),
  setup: steps.optional().meta({ description: 'Once before cycle 1; what it extracts or sets is `{{setup.name}}`.' }),
  on_resume: steps.optional().meta({
    description: 'Instead of `setup`, before a run goes on after a checkpoint; its values lie over those of setup.',
  }),
  teardown: steps.optional().meta({ description: 'Once at the end, also when the run was cut short.' }),
  assertions: assertions
    .optional()
    .meta({ description: '`assert` steps after every flow; `type: assert` may be left out.' }),
  thresholds: z.array(threshold).optional().meta({ description: 'Judged once, over the whole run.' }),
  stop_when: schema.stopWhen.optional().meta({ description: 'What ends an iteration.', unset: 'see there' }),
  max_steps: schema.maxSteps.optional().meta({ description: 'Steps of one iteration at most.', unset: '`100`' }),
  entry: entrySchema.optional().meta({
    description:
      'What every iteration begins with: `{{entry.seed_data.customer}}`; templates, filled in once each time.',
    unset: 'nothing',
  }),
  variation: schema.variation.optional().meta({
    description: 'What differs between agents and iterations: `{{variation.name}}`, and timing.',
  }),
  pressure: pressureSchema.optional().meta({
    description: 'Faults put in on purpose; for one request global < services < actions holds, key by key.',
  }),
  turbulence: z.record(z.string(), z.unknown()).optional().meta({
    title: 'pressure',
    description: 'The older name of `pressure`, with the same keys.',
  }),
  redact: schema.redact.optional().meta({
    description: 'Keys whose values never appear in any output: of JSON, queries, headers, variables.',
  }),
  cookies: schema.cookies.optional().meta({ description: 'How long an agent keeps its cookies.', unset: '`run`' }),
}

/** Every key a scenario file may have. */
export const KEYS: readonly string[] = Object.keys(top)

export const FILE: z.ZodType = z.strictObject(top)

export const SUT: z.ZodType = sut
