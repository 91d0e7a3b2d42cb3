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

export function sampleOf(
  what: Pick<Sample, 'slot' | 'cycle' | 'agent' | 'iteration' | 'attempt' | 'outcome'>,
  reply: Reply,
  { due, rateLimitMs, retryMs }: Waits,
): Sample {
  const { startedAt, firstByteAt, endedAt, handedAt } = reply
  const isTimed = startedAt !== undefined && (reply.error === undefined || TIMED.has(reply.error.outcome))
  return {
    ...what,
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
