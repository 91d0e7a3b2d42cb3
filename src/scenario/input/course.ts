// The course of a run as TypeScript writes it: its cycles, what holds it back, what ends it, what is kept of it.
// Made from the schemas by `npm run generate`: to change a key or its text, change its schema.

export interface SimulationInput {
  /** How often every group does its workload. */
  readonly cycles?: number | undefined
  /** 0 to 4294967295; fixes all choices. Default: drawn. */
  readonly seed?: number | undefined
  /** When the next cycle begins: `asap`, when the last one has ended; `realtime`, every `cycle_length` ÷ `time_scale`. */
  readonly pace?: 'asap' | 'realtime' | undefined
  /** Simulated seconds per real second; at most a million. */
  readonly time_scale?: number | undefined
  /** Simulated time of one cycle: 1h at `time_scale: 48` are 75 s; at most `8760h`, a year. Default: `1h`. */
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
  /** How many may go at once after a lull. Default: a hundredth of the rate, at least 1 + 5 ms' worth. */
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

export interface StopWhenInput {
  /** A failed step ends the iteration; `false`: it goes on, and has failed all the same. */
  readonly any_action_fails?: boolean | undefined
  /** The same for steps of type `assert`, and for `assertions`. */
  readonly any_assertion_fails?: boolean | undefined
}
