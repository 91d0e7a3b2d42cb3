// How a run stands at one moment, as plain data: what a live display shows. Times are milliseconds;
// absent means not known or nothing measured yet, never zero.
import type { MemoryReading } from '../memory-probe.ts'
import type { BreakerPhase } from '../limits/circuit-breaker.ts'

export interface Tick {
  readonly scenario: string
  readonly runId: string
  /** From 1. */
  readonly cycle: number
  readonly cycles: number
  /** Agents in their flow right now. */
  readonly agentsActive: number
  /** Agents that are to act in this cycle, of all there are; absent where all act in every cycle. */
  readonly turnout?: { readonly acting: number; readonly of: number }
  /** Simulated time, ISO 8601; absent where nothing depends on it. */
  readonly simulated?: string
  /** Attempts of this cycle so far. */
  readonly requests: number
  /** In this cycle, when every step runs and succeeds. */
  readonly requestsExpected?: number
  /** Attempts per second of this cycle. */
  readonly rpsAchieved: number
  /** What the rate limit or an open workload asks for. */
  readonly rpsWanted?: number
  /** Latency in this cycle. */
  readonly p50?: number
  readonly p95?: number
  readonly p99?: number
  /** Iterations without a failed step, of those that ended in this cycle; percent. */
  readonly successRate?: number
  /** Attempts of this cycle that are neither `ok` nor `rate_limited`. */
  readonly errors: number
  /** Mean time that attempts of this cycle waited for the rate limit. */
  readonly waitRateLimitMs?: number
  /** Agents of this cycle that have failed, of those that count; absent without a circuit breaker. */
  readonly breaker?: { readonly failed: number; readonly agents: number; readonly phase: BreakerPhase }
  /** How late the load generator's event loop comes round, and the share of the time in which it is busy (0 to 1). */
  readonly generator?: { readonly delayMs: number; readonly utilisation: number }
  /** Of the load generator's process. */
  readonly memory?: MemoryReading
  /** Between cycles: the next one, and the milliseconds until it begins. */
  readonly nextCycle?: number
  readonly nextCycleMs?: number
  /** The run is paused, for this many milliseconds so far. */
  readonly pausedMs?: number
  /** What somebody has asked for after this cycle. */
  readonly asked?: 'checkpoint' | 'finish'
  /** Since this cycle began, without the time in which nothing ran because of a pause. */
  readonly elapsedMs: number
  /** Until the expected end of the run. */
  readonly leftMs?: number
}
