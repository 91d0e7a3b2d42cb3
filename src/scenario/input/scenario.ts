// A whole scenario as TypeScript writes it; what it comes to when it is loaded is src/scenario/scenario.ts.
// Made from the schemas by `npm run generate`: to change a key or its text, change its schema.
import type { SutInput } from './sut.ts'
import type { AssertionInput, StepInput } from './step.ts'
import type { GroupInput, ThresholdsInput } from './group.ts'
import type { PressureInput, VariationInput } from './variation.ts'
import type { CheckpointInput, CircuitBreakerInput, LimitsInput, SimulationInput, StopWhenInput } from './course.ts'

export interface ScenarioInput {
  /** Name of the scenario, of its suite and its runs: letters, digits, `_`, `-`, `.`. */
  readonly id: string
  /** Kept with the run. */
  readonly description?: string | undefined
  /** A file that lies below this one: `smoke ci average stress spike soak scale-372`, or a path. */
  readonly preset?: string | undefined
  /** The system under test: a path, relative to this file, or the mapping itself. Default: the plugin's `sut`. */
  readonly sut?: string | SutInput | undefined
  /** Profile of the SUT; the plugin's and `TURBULENCE_PROFILE` win over it. Default: the SUT's. */
  readonly profile?: string | undefined
  /** How many cycles, how long. Default: `{}`. */
  readonly simulation?: SimulationInput | undefined
  /** What holds load back. */
  readonly limits?: LimitsInput | undefined
  /** Ends the run when too many agents fail; `{}` takes the defaults. Default: off. */
  readonly circuit_breaker?: CircuitBreakerInput | undefined
  /** Keeps the state of the run on disk, so that a run that was killed can go on; `{}` takes the defaults. Default: off. */
  readonly checkpoint?: CheckpointInput | undefined
  /** Groups of agents by name; a number is one group `agents` of that many. Default: `1`. */
  readonly agents?: number | Readonly<Record<string, GroupInput | null>> | undefined
  /** The flow of every group that names none. Default: –. */
  readonly flow?: readonly StepInput[] | undefined
  /** Flows by name; the only one is the flow of every group that names none. Default: –. */
  readonly flows?: Readonly<Record<string, readonly StepInput[]>> | undefined
  /** Once before cycle 1; what it extracts or sets is `{{setup.name}}`. */
  readonly setup?: readonly StepInput[] | undefined
  /** Instead of `setup`, before a run goes on after a checkpoint; its values lie over those of setup. */
  readonly on_resume?: readonly StepInput[] | undefined
  /** Once at the end, also when the run was cut short. */
  readonly teardown?: readonly StepInput[] | undefined
  /** `assert` steps after every flow; `type: assert` may be left out. */
  readonly assertions?: readonly AssertionInput[] | undefined
  /** Judged once, over the whole run. */
  readonly thresholds?: readonly (string | ThresholdsInput)[] | undefined
  /** What ends an iteration. Default: see there. */
  readonly stop_when?: StopWhenInput | undefined
  /** Steps of one iteration at most. Default: `100`. */
  readonly max_steps?: number | undefined
  /** What every iteration begins with: `{{entry.seed_data.customer}}`; templates, filled in once each time. Default: nothing. */
  readonly entry?: Readonly<Record<string, unknown>> | undefined
  /** What differs between agents and iterations: `{{variation.name}}`, and timing. */
  readonly variation?: VariationInput | undefined
  /** Faults put in on purpose; for one request global < services < actions holds, key by key. */
  readonly pressure?: PressureInput | undefined
  /** The older name of `pressure`, with the same keys. */
  readonly turbulence?: Readonly<Record<string, unknown>> | undefined
  /** Keys whose values never appear in any output: of JSON, queries, headers, variables. */
  readonly redact?: readonly string[] | undefined
  /** How long an agent keeps its cookies. Default: `run`. */
  readonly cookies?: 'run' | 'iteration' | false | undefined
}
