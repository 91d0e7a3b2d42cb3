// One exchange as a Sample: what was the service's time, what was ours, and what was not measured.
import type { Outcome, Sample } from '../sample.ts'
import type { Reply } from './transport.ts'

/** Errors up to which the service was at work, so that its time means something. */
const TIMED: ReadonlySet<Outcome> = new Set<Outcome>(['timeout', 'too_large'])

export interface Waits {
  /** When it was due, before it waited for anything. */
  readonly due: number
  /** Undefined without a rate limit. */
  readonly rateLimitMs: number | undefined
}

export function sampleOf(
  what: Pick<Sample, 'slot' | 'cycle' | 'agent' | 'iteration' | 'outcome'>,
  reply: Reply,
  { due, rateLimitMs }: Waits,
): Sample {
  const { startedAt, firstByteAt, endedAt, handedAt } = reply
  const isTimed = startedAt !== undefined && (reply.error === undefined || TIMED.has(reply.error.outcome))
  return {
    ...what,
    attempt: 1,
    status: reply.status,
    latencyUs: isTimed ? usBetween(startedAt, endedAt) : undefined,
    ttfbUs: isTimed ? usBetween(startedAt, firstByteAt) : undefined,
    responseTimeUs: isTimed ? usBetween(due, endedAt) : undefined,
    waitRateLimitUs: rateLimitMs === undefined ? undefined : Math.round(rateLimitMs * 1000),
    waitConnectionUs: usBetween(handedAt, startedAt),
    waitRetryUs: undefined,
  }
}

function usBetween(start: number, end: number | undefined): number | undefined {
  return end === undefined ? undefined : Math.max(0, Math.round((end - start) * 1000))
}
