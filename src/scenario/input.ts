// The types of a scenario as TypeScript writes it. Made from the schemas by `npm run generate`; what the
// values come to when a file is loaded is scenario.ts.

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

export interface SutInput {
  /** For people: it stands before and in every report. */
  readonly name?: string | undefined
  /** Headers of every request; templates. */
  readonly default_headers?: Readonly<Record<string, string | number | boolean>> | undefined
  /** Services by name. */
  readonly services: Readonly<Record<string, ServiceInput>>
  /** What is different elsewhere, by name. */
  readonly profiles?: Readonly<Record<string, ProfilesInput | null>> | undefined
  /** The profile when nobody chooses one. */
  readonly default_profile?: string | undefined
}

export interface ServiceInput {
  /** Where it is; a template that may use `env.*` only; no query, no password. */
  readonly base_url: string
  /** Laid over `default_headers`; templates. */
  readonly headers?: Readonly<Record<string, string | number | boolean>> | undefined
  /** For a whole request, and for opening a connection. Default: `30`. */
  readonly timeout_seconds?: number | undefined
  /** Connections at most. Default: as many as agents may act at once, at most 1,000. */
  readonly connections?: number | undefined
  /** A longer answer is cut off and has failed: `b kb mb gb`. Default: `16mb`. */
  readonly max_body?: string | undefined
  /** How often, and how long at most, `Retry-After` of a 429 or 503 is heeded; `false`: never. Default: `{ max_attempts: 3, max_wait: 30s }`. */
  readonly retry_after?: false | RetryAfterInput | undefined
  /** Requests per second to this service, besides the run's limit: both must let a request go. */
  readonly rate_limit_rps?: number | undefined
  /** How many may go at once after a lull. Default: a hundredth of the rate, at least 1. */
  readonly burst?: number | undefined
  /** HTTP/2, where the service agrees to it; needs https. A connection then carries many requests at a time. Default: `false`. */
  readonly http2?: boolean | undefined
  /** Certificates; the files lie beside the SUT, inside the project. */
  readonly tls?: TlsInput | undefined
  /** How the test run brings it up; without it, it is expected to be there. */
  readonly start?: StartInput | undefined
}

export interface RetryAfterInput {
  /** Attempts in all, the first one included. Default: `3`. */
  readonly max_attempts?: number | undefined
  /** Before each; a longer `Retry-After` fails at once. Default: `30s`. */
  readonly max_wait?: string | undefined
}

export interface TlsInput {
  /** Who is trusted, instead of the authorities that Node knows. */
  readonly ca?: string | undefined
  /** The certificate to show; together with `key`. */
  readonly cert?: string | undefined
  /** The private key of `cert`. */
  readonly key?: string | undefined
  /** `false`: any certificate will do. Only for systems of your own. */
  readonly reject_unauthorized?: boolean | undefined
}

export interface StartInput {
  /** A line for the shell, or a program with its arguments; it runs as long as the service does. */
  readonly command: string | readonly string[]
  /** Behind `base_url`; ready is what answers below 500. Default: what accepts a connection at the port of `base_url`. */
  readonly ready?: string | undefined
  /** To become ready; then the scenario fails, with the last lines of output. Default: `30s`. */
  readonly timeout?: string | undefined
  /** Use what listens there already; `false`: that is an error. Default: `true`, in CI `false`. */
  readonly reuse?: boolean | undefined
  /** Laid over the environment. Default: none. */
  readonly env?: Readonly<Record<string, string | number | boolean>> | undefined
}

export interface ProfilesInput {
  /** Laid over those of the SUT. */
  readonly default_headers?: Readonly<Record<string, string | number | boolean>> | undefined
  /** Single fields of services, the same keys as there; `start: false` starts nothing. */
  readonly services?: Readonly<Record<string, ProfilesServicesInput | null>> | undefined
}

export interface ProfilesServicesInput {
  /** Where it is; a template that may use `env.*` only; no query, no password. */
  readonly base_url?: string | undefined
  /** Laid over `default_headers`; templates. */
  readonly headers?: Readonly<Record<string, string | number | boolean>> | undefined
  /** For a whole request, and for opening a connection. Default: `30`. */
  readonly timeout_seconds?: number | undefined
  /** Connections at most. Default: as many as agents may act at once, at most 1,000. */
  readonly connections?: number | undefined
  /** A longer answer is cut off and has failed: `b kb mb gb`. Default: `16mb`. */
  readonly max_body?: string | undefined
  /** How often, and how long at most, `Retry-After` of a 429 or 503 is heeded; `false`: never. Default: `{ max_attempts: 3, max_wait: 30s }`. */
  readonly retry_after?: false | RetryAfterInput | undefined
  /** Requests per second to this service, besides the run's limit: both must let a request go. */
  readonly rate_limit_rps?: number | undefined
  /** How many may go at once after a lull. Default: a hundredth of the rate, at least 1. */
  readonly burst?: number | undefined
  /** HTTP/2, where the service agrees to it; needs https. A connection then carries many requests at a time. Default: `false`. */
  readonly http2?: boolean | undefined
  /** Certificates; the files lie beside the SUT, inside the project. */
  readonly tls?: TlsInput | undefined
  /** The same, instead of what the service says; `false` starts nothing. Default: the service's. */
  readonly start?: false | StartInput | undefined
}

export interface SimulationInput {
  /** How often every group does its workload. */
  readonly cycles?: number | undefined
  /** 0 to 4294967295; fixes all choices. Default: drawn. */
  readonly seed?: number | undefined
  /** When the next cycle begins: `asap`, when the last one has ended; `realtime`, every `cycle_length` ÷ `time_scale`. */
  readonly pace?: 'asap' | 'realtime' | undefined
  /** Simulated seconds per real second; at most a million. */
  readonly time_scale?: number | undefined
  /** Simulated time of one cycle: 1h at `time_scale: 48` are 75 s. Default: `1h`. */
  readonly cycle_length?: string | undefined
  /** Simulated time at which cycle 1 begins, UTC: `2024-01-15`, `2024-01-15T08:00:00Z`. Default: `2024-01-01T00:00:00Z`, a Monday. */
  readonly start?: string | undefined
  /** Fewer agents in the first cycles, which are not judged. Default: none. */
  readonly warmup?: WarmupInput | undefined
  /** Agents inside an iteration at the same time; the others queue. Default: all. */
  readonly max_concurrent_agents?: number | undefined
  /** Then no more iterations begin, and the run says so. */
  readonly max_duration?: string | undefined
  /** How long running iterations may go on after `max_duration`, or after a workload's `duration`. Default: `30s`. */
  readonly graceful_stop?: string | undefined
}

export interface WarmupInput {
  /** How many cycles it takes. */
  readonly cycles: number
  /** Which share of the agents is there, spread evenly over the cycles; at least one of each group, always the same ones first. */
  readonly steps?: readonly number[] | undefined
  /** Its cycles are reported and not judged: no threshold sees their samples. */
  readonly exclude?: boolean | undefined
}

export interface LimitsInput {
  /** Requests per second, all services together. */
  readonly rate_limit_rps?: number | undefined
  /** How many may go at once after a lull. Default: a hundredth of the rate, at least 1. */
  readonly burst?: number | undefined
  /** A warning when the load generator's process takes so many MB. */
  readonly memory_warning_mb?: number | undefined
}

export interface CircuitBreakerInput {
  /** It opens once more than this share of the agents have failed; 0 to below 100. */
  readonly failure_threshold_percent?: number | undefined
  /** Of which agents: `per_cycle`, those that are to act in the cycle; `rolling`, the last `rolling_agents` that finished. */
  readonly window?: 'per_cycle' | 'rolling' | undefined
  /** How many a rolling window has. Default: `100`. */
  readonly rolling_agents?: number | undefined
  /** Among fewer agents it never opens. */
  readonly min_agents?: number | undefined
  /** What then happens: `abort`, no more iterations begin, and the run ends; `pause`, somebody at the terminal decides. Without a terminal it aborts. */
  readonly on_open?: 'abort' | 'pause' | undefined
  /** Instead: rest for `cooldown_cycles`, then let `probe_agents` say whether the run goes on. */
  readonly auto_reset?: boolean | undefined
  /** Cycles that are skipped after the one in which it opened. Default: `1`. */
  readonly cooldown_cycles?: number | undefined
  /** Agents that go first after that; if none fails it closes, else it opens again. Default: `5`. */
  readonly probe_agents?: number | undefined
}

export interface CheckpointInput {
  /** After every so many cycles one is written. */
  readonly every_cycles?: number | undefined
  /** How many of the last ones are kept. */
  readonly keep?: number | undefined
}

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

export interface ThresholdsInput {
  /** What must hold: selector, operator, number, unit. */
  readonly that: string
  /** The name of its test. Default: the condition. */
  readonly name?: string | undefined
  /** With fewer samples it is inconclusive. Default: a percentile p: max(20, 1/(1−p)); else 1. */
  readonly min_samples?: number | undefined
  /** Ends the run as soon as it has failed for good; only for thresholds of the file. */
  readonly abort_on_fail?: boolean | undefined
  /** What its test does when nothing it selects was attempted. */
  readonly on_no_data?: 'fail' | 'skip' | undefined
  /** What its test does when there are too few samples to decide. */
  readonly on_inconclusive?: 'fail' | 'skip' | undefined
  /** Over what it is judged: `run`, all cycles together. */
  readonly per?: 'run' | undefined
}

export interface DataInput {
  /** A csv, json or yaml file, relative to the scenario file. */
  readonly file: string
  /** Rows by agent and iteration as they stand, shuffled once, or drawn anew each time. */
  readonly order?: 'sequential' | 'shuffled' | 'random' | undefined
  /** When there are no more: from the start again, the agent stops, or its iteration fails. Default: `wrap`. */
  readonly at_end?: 'wrap' | 'stop' | 'error' | undefined
}

export interface StopWhenInput {
  /** A failed step ends the iteration; `false`: it goes on, and has failed all the same. */
  readonly any_action_fails?: boolean | undefined
  /** The same for steps of type `assert`, and for `assertions`. */
  readonly any_assertion_fails?: boolean | undefined
}

export interface VariationInput {
  /** Values by name: `{{variation.quantity}}`. Default: none. */
  readonly parameters?: Readonly<Record<string, ParametersInput>> | undefined
  /** Switches. Default: none. */
  readonly toggles?: readonly TogglesInput[] | undefined
  /** Waiting that differs. Default: none. */
  readonly timing?: TimingInput | undefined
}

export interface ParametersInput {
  /** `choice`: one of `values`; `range`: a number from `min` to `max`. */
  readonly type: 'choice' | 'range'
  /** Each is as likely as the others. */
  readonly values?: readonly unknown[] | undefined
  /** Both whole: a whole number is drawn. */
  readonly min?: number | undefined
  /** It can be drawn, too. */
  readonly max?: number | undefined
}

export interface TogglesInput {
  /** `{{variation.name}}` is true or false. */
  readonly name: string
  /** How probably it is true; 0 to 1. */
  readonly probability: number
}

export interface TimingInput {
  /** How much later an iteration begins. */
  readonly jitter_ms?: { readonly min: number; readonly max: number } | undefined
  /** What each step after the first waits. */
  readonly step_delay_ms?: { readonly min: number; readonly max: number } | undefined
}

export interface PressureInput {
  /** On every request. Default: none. */
  readonly global?: GlobalInput | undefined
  /** On requests to a service, laid over `global` field by field. Default: none. */
  readonly services?: Readonly<Record<string, GlobalInput>> | undefined
  /** On requests of a step, laid over both. Default: none. */
  readonly actions?: Readonly<Record<string, GlobalInput>> | undefined
}

export interface GlobalInput {
  /** Waited before each request is sent. */
  readonly latency_ms?: { readonly min: number; readonly max: number } | undefined
  /** How long an answer is waited for, injected latency included. */
  readonly timeout_after_ms?: number | undefined
  /** Of all attempts, how many get `error_status` instead of an answer; 0 to 1. Default: `0`. */
  readonly error_rate?: number | undefined
  /** What these get. Default: `503`. */
  readonly error_status?: number | undefined
  /** A retry storm: how often each request is sent again, whatever it was answered. Default: `0`. */
  readonly retry_count?: number | undefined
  /** Of all attempts, how many lose their connection before they are sent; 0 to 1. Default: `0`. */
  readonly reset_rate?: number | undefined
}

export interface StepKeys {
  /** The label in metrics; once in a flow; without `{ } " , : >`. */
  readonly name: string
  /** The step is skipped when it is false. */
  readonly condition?: string | undefined
  /** Labels for thresholds: `p95{area:payment}`. */
  readonly tags?: Readonly<Record<string, string>> | undefined
}

/** Sends one request. */
export interface HttpInput extends StepKeys {
  readonly type: 'http'
  /** A service of the SUT. Default: the only one. */
  readonly service?: string | undefined
  /** The method. Default: `GET`. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS' | undefined
  /** Begins with `/`; behind the service's `base_url`. */
  readonly path: string
  /** Laid over the service's; templates. */
  readonly headers?: Readonly<Record<string, string | number | boolean>> | undefined
  /** Values are encoded; a list gives the name several times, `null` leaves it out. */
  readonly query?: Readonly<Record<string, string | number | boolean | null | readonly (string | number | boolean)[]>> | undefined
  /** Sent as JSON, with `content-type: application/json`; templates inside. */
  readonly json?: unknown | undefined
  /** Text: sent as it is; a mapping or a list: as `json` is. */
  readonly body?: string | Readonly<Record<string, unknown>> | readonly unknown[] | undefined
  /** Values of the answer for later steps. */
  readonly extract?: Readonly<Record<string, string | ExtractInput>> | undefined
  /** What the answer must be. Default: 2xx. */
  readonly expect?: ExpectInput | undefined
  /** The answer when no service is asked (`TURBULENCE_MOCK=api`). Default: one that lets the step succeed. */
  readonly mock?: MockInput | undefined
  /** Sent as a browser sends a form, URL-encoded; a list gives a name several times; templates. */
  readonly form?: Readonly<Record<string, string | number | boolean | null | readonly (string | number | boolean)[]>> | undefined
  /** Sent as a browser sends a form with files: texts, or `{ file, filename, content_type }`; templates. */
  readonly multipart?: Readonly<Record<string, string | number | boolean | MultipartInput | readonly (string | number | boolean | MultipartInput)[]>> | undefined
  /** For each attempt. Default: the service's. */
  readonly timeout?: string | undefined
  /** So many redirects are followed, to services of the SUT. Default: `0`. */
  readonly redirects?: number | undefined
  /** Which ends are tried again, how often and when. */
  readonly retry?: RetryInput | undefined
  /** How often, and how long at most, Retry-After of a 429 or 503 is heeded; `false`: never. Default: the service's. */
  readonly retry_after?: false | RetryAfterInput | undefined
}

export interface ExtractInput {
  /** Where it is; one with wildcards or filters gives a list. */
  readonly path?: string | undefined
  /** A header's value, instead. */
  readonly header?: string | undefined
  /** What it finds first in the body as text, instead; RE2 syntax. */
  readonly regex?: string | undefined
  /** Which of its groups; `0` is all of it. Default: `1`, without groups `0`. */
  readonly group?: number | undefined
  /** What to take when nothing is found. Default: none: the step fails. */
  readonly default?: unknown | undefined
}

export interface ExpectInput {
  /** The status. */
  readonly status_code?: number | string | readonly (number | string)[] | undefined
  /** A value of the answer's JSON, compared by the keys below; alone: it is there. */
  readonly jsonpath?: string | undefined
  /** A variable, e.g. `cart.items[0].id`, compared by the keys below; not with `jsonpath`. */
  readonly context_path?: string | undefined
  /** It is this; deep comparison, types included. */
  readonly equals?: unknown | undefined
  /** It is not this. */
  readonly not_equals?: unknown | undefined
  /** A text has this part, a list this item, a mapping this value. */
  readonly contains?: unknown | undefined
  /** Somewhere in it; RE2 syntax. */
  readonly matches?: string | undefined
  /** It is one of these. */
  readonly one_of?: readonly unknown[] | string | undefined
  /** It is there, or is not. Default: `true`, without other comparisons. */
  readonly exists?: boolean | undefined
  /** It is a number above this. */
  readonly gt?: number | string | undefined
  /** It is a number, at least this. */
  readonly gte?: number | string | undefined
  /** It is a number below this. */
  readonly lt?: number | string | undefined
  /** It is a number, at most this. */
  readonly lte?: number | string | undefined
  /** Of a text, a list, a mapping. */
  readonly length?: number | string | undefined
  /** What it is. */
  readonly type?: 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object' | 'null' | undefined
  /** A header, compared by the keys below: `{ name: Location, matches: "^/carts/" }`. */
  readonly header?: HeaderInput | undefined
  /** The body has this text. */
  readonly body_contains?: string | undefined
  /** The service time is at most this. */
  readonly max_latency?: string | undefined
  /** What the JSON must be, by JSON Schema 2020-12; `{ $ref: ./order.schema.json }` names a file. */
  readonly schema?: boolean | Readonly<Record<string, unknown>> | undefined
  /** A condition that must hold: `size(body.items) == 3 && status < 300`. */
  readonly expression?: string | undefined
}

export interface HeaderInput {
  /** Which header, whatever its case. */
  readonly name: string
  /** It is this; deep comparison, types included. */
  readonly equals?: unknown | undefined
  /** It is not this. */
  readonly not_equals?: unknown | undefined
  /** A text has this part, a list this item, a mapping this value. */
  readonly contains?: unknown | undefined
  /** Somewhere in it; RE2 syntax. */
  readonly matches?: string | undefined
  /** It is one of these. */
  readonly one_of?: readonly unknown[] | string | undefined
  /** It is there, or is not. Default: `true`, without other comparisons. */
  readonly exists?: boolean | undefined
  /** It is a number above this. */
  readonly gt?: number | string | undefined
  /** It is a number, at least this. */
  readonly gte?: number | string | undefined
  /** It is a number below this. */
  readonly lt?: number | string | undefined
  /** It is a number, at most this. */
  readonly lte?: number | string | undefined
  /** Of a text, a list, a mapping. */
  readonly length?: number | string | undefined
  /** What it is. */
  readonly type?: 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object' | 'null' | undefined
}

export interface MockInput {
  /** The status of the answer. Default: the first one that `expect` allows, else 200. */
  readonly status?: number | undefined
  /** Its body, as JSON; templates. Default: one that `expect` and `extract` are content with. */
  readonly json?: unknown | undefined
  /** Its body as text, instead of `json`; a template. */
  readonly body?: string | undefined
  /** Headers of the answer; templates. Default: those that `expect` and `extract` name. */
  readonly headers?: Readonly<Record<string, string | number | boolean>> | undefined
  /** How long the answer takes. Default: `1ms`. */
  readonly latency?: string | undefined
}

export interface MultipartInput {
  /** Relative to the scenario file. */
  readonly file: string
  /** The name that is sent. Default: the file's. */
  readonly filename?: string | undefined
  /** Of this part. Default: `application/octet-stream`. */
  readonly content_type?: string | undefined
}

export interface RetryInput {
  /** In all, the first one included. */
  readonly max_attempts?: number | undefined
  /** Answers that are tried again, unless the step expects them: `503`, `5xx`. */
  readonly on_status?: readonly (number | string)[] | undefined
  /** Whether no answer in time is. */
  readonly on_timeout?: boolean | undefined
  /** Whether a connection that failed or broke is. */
  readonly on_connection_error?: boolean | undefined
  /** `fixed`: always `delay_ms`; `exponential`: twice as long each time. */
  readonly backoff?: 'fixed' | 'exponential' | undefined
  /** Before each attempt, with `fixed`. Default: `1000`. */
  readonly delay_ms?: number | undefined
  /** Before the second attempt, with `exponential`. Default: `100`. */
  readonly base_delay_ms?: number | undefined
  /** Never longer than this, with `exponential`. Default: `30000`. */
  readonly max_delay_ms?: number | undefined
  /** The share of each delay that is drawn, 0 to 1; `true` is all of it. */
  readonly jitter?: boolean | number | undefined
}

/** Sends its request again and again until the answer is as expected. */
export interface WaitInput extends StepKeys {
  readonly type: 'wait'
  /** A service of the SUT. Default: the only one. */
  readonly service?: string | undefined
  /** The method. Default: `GET`. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS' | undefined
  /** Begins with `/`; behind the service's `base_url`. */
  readonly path: string
  /** Laid over the service's; templates. */
  readonly headers?: Readonly<Record<string, string | number | boolean>> | undefined
  /** Values are encoded; a list gives the name several times, `null` leaves it out. */
  readonly query?: Readonly<Record<string, string | number | boolean | null | readonly (string | number | boolean)[]>> | undefined
  /** Sent as JSON, with `content-type: application/json`; templates inside. */
  readonly json?: unknown | undefined
  /** Text: sent as it is; a mapping or a list: as `json` is. */
  readonly body?: string | Readonly<Record<string, unknown>> | readonly unknown[] | undefined
  /** Values of the answer for later steps. */
  readonly extract?: Readonly<Record<string, string | ExtractInput>> | undefined
  /** What the answer must be. Default: 2xx. */
  readonly expect?: ExpectInput | undefined
  /** The answer when no service is asked (`TURBULENCE_MOCK=api`). Default: one that lets the step succeed. */
  readonly mock?: MockInput | undefined
  /** From the end of one poll to the next. */
  readonly interval_seconds?: number | undefined
  /** Until then `expect` must hold; the step fails with the last answer. */
  readonly timeout_seconds?: number | undefined
}

/** Checks the last answer of this iteration, or variables; sends nothing. */
export interface AssertInput extends StepKeys {
  readonly type: 'assert'
  /** What must be. */
  readonly expect: ExpectInput
}

/** One of two lists of steps, by a condition. */
export interface BranchInput extends StepKeys {
  readonly type: 'branch'
  /** The step is skipped when it is false. */
  readonly condition: string
  /** Run when the condition holds. */
  readonly if_true?: readonly StepInput[] | undefined
  /** Run when it does not. */
  readonly if_false?: readonly StepInput[] | undefined
}

/** One of several names, by their weights. */
export interface DecideInput extends StepKeys {
  readonly type: 'decide'
  /** What is decided: its name in the group's `policy`. */
  readonly decision: string
  /** The variable that gets the chosen name. Default: the name of the decision, and `decision_result`. */
  readonly output_var?: string | undefined
  /** Whose policy of the policies file decides: a `persona_id`. Default: that of the group's name, else the first. */
  readonly policy_ref?: string | undefined
  /** Names and how likely each is against the others. Default: those of the group's `policy`. */
  readonly options?: Readonly<Record<string, number>> | undefined
}

/** Its steps again and again. */
export interface RepeatInput extends StepKeys {
  readonly type: 'repeat'
  /** So many rounds; a number or a template. */
  readonly times?: number | string | undefined
  /** Another round as long as it holds before it. */
  readonly while?: string | undefined
  /** One round for each item; a list or a template. */
  readonly for_each?: readonly unknown[] | string | undefined
  /** The name of the item, with `for_each`. */
  readonly as?: string | undefined
  /** More rounds than this fail the step, unless the file itself says how many there are. */
  readonly max?: number | undefined
  /** What is done in each round. */
  readonly steps: readonly StepInput[]
}

/** Gives variables values. */
export interface SetInput extends StepKeys {
  readonly type: 'set'
  /** Names and values; templates. */
  readonly vars: Readonly<Record<string, unknown>>
  /** `iteration`: `{{name}}` in this iteration; `agent`: `{{memory.name}}`, kept across cycles. */
  readonly scope?: 'iteration' | 'agent' | undefined
}

/** Think time. */
export interface PauseInput extends StepKeys {
  readonly type: 'pause'
  /** How long; a range is drawn anew each time. */
  readonly for: string | { readonly min: string; readonly max: string }
  /** So long in simulated time: divided by `time_scale`. */
  readonly simulated?: boolean | undefined
}

export interface CallInput extends StepKeys {
  readonly type: 'call'
  /** Your TypeScript or JavaScript; relative to this file, or as your Vite config resolves it. */
  readonly module: string
  /** Which of its functions. */
  readonly export?: string | undefined
  /** Handed to it as `args`; templates. */
  readonly args?: Readonly<Record<string, unknown>> | undefined
  /** Names that it sets, for later steps. */
  readonly sets?: readonly string[] | undefined
  /** What it records, for thresholds: a name and `trend`, `rate` or `counter`. */
  readonly metrics?: Readonly<Record<string, 'trend' | 'rate' | 'counter'>> | undefined
  /** How long it may take. Default: `30s`. */
  readonly timeout?: string | undefined
}

/** One step of a flow. */
export type StepInput = HttpInput | WaitInput | AssertInput | BranchInput | DecideInput | RepeatInput | SetInput | PauseInput | CallInput

/** A final assertion: a step of type `assert` that need not say so. */
export type AssertionInput = Omit<AssertInput, 'type'> & { readonly type?: 'assert' }
