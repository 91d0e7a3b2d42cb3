// One exchange as a Sample: what was the service's time, what was ours, and what was not measured.
import type { Outcome, Sample } from '../sample.ts'
import type { Reply } from './transport.ts'

/** Errors up to which the service was at work, so that its time means something. */
const TIMED: ReadonlySet<Outcome> = new Set<Outcome>(['timeout', 'too_large'])

export interface Waits {
  /** When it was due, before it waited for anything; undefined when it is sent again: this is not its answer yet. */
  readonly due: number | undefined
  /** Undefined without a rate limit. */
  readonly rateLimitMs: number | undefined
  /** Undefined for the first attempt. */
  readonly retryMs: number | undefined
}

/** Which attempt it was, and how it ended. */
type Attempt = Pick<Sample, 'slot' | 'cycle' | 'agent' | 'iteration' | 'attempt' | 'outcome'>

export function sampleOf(what: Attempt, reply: Reply, { due, rateLimitMs, retryMs }: Waits): Sample {
  const { startedAt, firstByteAt, endedAt, handedAt } = reply
  const isTimed = startedAt !== undefined && (reply.error === undefined || TIMED.has(reply.error.outcome))
  // Spreading `what` would cost more than all the rest of a sample.
  return {
    slot: what.slot,
    cycle: what.cycle,
    agent: what.agent,
    iteration: what.iteration,
    attempt: what.attempt,
    outcome: what.outcome,
    status: reply.status,
    latencyUs: isTimed ? usBetween(startedAt, endedAt) : undefined,
    ttfbUs: isTimed ? usBetween(startedAt, firstByteAt) : undefined,
    responseTimeUs: isTimed ? usBetween(due, endedAt) : undefined,
    waitRateLimitUs: inUs(rateLimitMs),
    waitConnectionUs: usBetween(handedAt, startedAt),
    waitRetryUs: inUs(retryMs),
  }
}

function usBetween(start: number | undefined, end: number | undefined): number | undefined {
  return start === undefined || end === undefined ? undefined : inUs(Math.max(0, end - start))
}

function inUs(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 1000)
}
