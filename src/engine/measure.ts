// One exchange as a Sample: what was the service's time, what was ours, and what was not measured.
import type { Outcome, Sample } from '../sample.ts'
import type { Reply } from './transport.ts'
import type { Underway } from './underway.ts'

/** Errors up to which the service was at work, so that its time means something. */
const TIMED: ReadonlySet<Outcome> = new Set<Outcome>(['timeout', 'too_large'])

/** The agent whose request it was, and when. */
type Whose = Pick<Sample, 'cycle' | 'iteration'> & { readonly index: number }
/** Which attempt it was, and how long it waited, in milliseconds. */
type Attempt = Pick<Underway, 'number' | 'due' | 'heldMs' | 'rateLimitMs' | 'retryMs'>

/** @param isEnd the request is not sent again: only its last attempt has a response time */
export function sampleOf(
  slot: number,
  { cycle, iteration, index }: Whose,
  outcome: Outcome,
  { status, error, startedAt, firstByteAt, endedAt, handedAt }: Reply,
  { number, due, heldMs, rateLimitMs, retryMs }: Attempt,
  isEnd: boolean,
): Sample {
  const isTimed = startedAt !== undefined && (error === undefined || TIMED.has(error.outcome))
  const limitedMs = heldMs === undefined ? rateLimitMs : heldMs + (rateLimitMs ?? 0)
  return {
    slot,
    cycle,
    agent: index - 1,
    iteration,
    attempt: number,
    outcome,
    status,
    latencyUs: isTimed ? usBetween(startedAt, endedAt) : undefined,
    ttfbUs: isTimed ? usBetween(startedAt, firstByteAt) : undefined,
    responseTimeUs: isTimed && isEnd ? usBetween(due, endedAt) : undefined,
    waitRateLimitUs: inUs(limitedMs),
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
