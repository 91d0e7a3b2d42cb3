// A group of agents as TypeScript writes it: what they do, how often, with which data, and what is judged.
// Made from the schemas by `npm run generate`: to change a key or its text, change its schema.
import type { StepInput } from './step.ts'

export interface GroupInput {
  /** How many agents. */
  readonly count?: number | undefined
  /** What each does in an iteration: a name under `flows`, or the steps themselves. Default: the file's only flow. */
  readonly flow?: string | readonly StepInput[] | undefined
  /** Values for all of them: `{{agent.vars.name}}`; no templates. */
  readonly vars?: Readonly<Record<string, unknown>> | undefined
  /** What an agent does once in a cycle in which it is not active: a name under `flows`, or the steps. Its requests count, iterations they are none. Default: nothing. */
  readonly idle_flow?: string | readonly StepInput[] | undefined
  /** How often. Default: `{ iterations: 1 }`. */
  readonly workload?: WorkloadInput | undefined
  /** In which cycles an agent is active, drawn for each: `frequency` × hour × day. Default: always. */
  readonly activity?: ActivityInput | undefined
  /** Judged in every cycle, in the cell's own test. Default: `success_rate >= 95%`. */
  readonly thresholds?: readonly (string | ThresholdsInput)[] | undefined
  /** A file with rows for the agents: `{{data.column}}`. */
  readonly data?: string | DataInput | undefined
  /** What an agent does after a failed iteration: a name under `flows`, or the steps. Counted nowhere. */
  readonly on_failure?: string | readonly StepInput[] | undefined
  /** How its agents decide: for each `decision` of a `decide` step, options and their weights. */
  readonly policy?: Readonly<Record<string, Readonly<Record<string, number>>>> | undefined
}

export interface WorkloadInput {
  /** Iterations of each agent in each cycle. Default: `1`. */
  readonly iterations?: number | undefined
  /** As many iterations as begin within this time. Default: –. */
  readonly duration?: string | undefined
  /** So many iterations begin per second, minute or hour, for the whole group: `50/s`, `300/m`, `1000/h`. Default: –. */
  readonly rate?: string | undefined
}

export interface ActivityInput {
  /** How likely an agent acts in a cycle: 0.4 is four of ten. */
  readonly frequency?: number | undefined
  /** Times this at these hours of the simulated day, UTC: `"09-17": 1.0` is 09:00 to 17:59, `"22-05"` crosses midnight, `default` is all hours that are not named, `0` without it. Default: `1` at all hours. */
  readonly hours?: Readonly<Record<string, number>> | undefined
  /** Times this from Monday to Friday. */
  readonly weekday?: number | undefined
  /** Times this on Saturday and Sunday. */
  readonly weekend?: number | undefined
}

export interface DataInput {
  /** A csv, json or yaml file, relative to the scenario file. */
  readonly file: string
  /** Rows by agent and iteration as they stand, shuffled once, or drawn anew each time. */
  readonly order?: 'sequential' | 'shuffled' | 'random' | undefined
  /** When there are no more: from the start again, the agent stops, or its iteration fails. Default: `wrap`. */
  readonly at_end?: 'wrap' | 'stop' | 'error' | undefined
}

export interface ThresholdsInput {
  /** What must hold: selector, operator, number, unit. */
  readonly that: string
  /** The name of its test. Default: the condition. */
  readonly name?: string | undefined
  /** With fewer samples it is inconclusive. Default: a percentile p: max(20, 1/(1−p)); else 1. */
  readonly min_samples?: number | undefined
  /** Ends the run as soon as it has failed for good. */
  readonly abort_on_fail?: boolean | undefined
  /** What its test does when nothing it selects was attempted. */
  readonly on_no_data?: 'fail' | 'skip' | undefined
  /** What its test does when there are too few samples to decide. */
  readonly on_inconclusive?: 'fail' | 'skip' | undefined
  /** Over what a threshold of the file is judged: `run`, all cycles together; `cycle`, each, and the worst counts. */
  readonly per?: 'run' | 'cycle' | undefined
}
