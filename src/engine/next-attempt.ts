// What comes after an attempt: its answer is judged, or it is sent again (`Retry-After`, `retry`), or
// to where it redirects. Pure; who waits and sends is requests.ts.
import type { Answer, Request } from '../actions/action.ts'
import type { Retry } from '../actions/retry.ts'
import { shown } from '../actions/failure.ts'
import type { Random } from '../random.ts'
import type { Failure, Outcome } from '../sample.ts'
import { plural } from '../units.ts'
import { decideRetryAfter } from './retry-after.ts'
import type { Decision } from './retry-after.ts'
import type { Reply } from './transport.ts'

/** How far a step's request has come. */
export interface Course {
  /** Attempts so far, to where it is sent now. */
  readonly attempt: number
  /** Redirects that were followed. */
  readonly hops: number
  /** What `Retry-After` made it wait, so far. */
  readonly waitedMs: readonly number[]
}

export type Next =
  | Decision
  /** By its step's `retry`; the attempt ended as `outcome`. */
  | { readonly kind: 'retry'; readonly waitMs: number; readonly outcome: Outcome }
  | { readonly kind: 'follow'; readonly location: string }

export interface Ended {
  readonly reply: Reply
  readonly answer: Answer | undefined
  readonly epochMs: () => number
  /** For the jitter of this attempt's back-off. */
  readonly random: () => Random
}

export const JUDGE: Next = { kind: 'judge' }

/** Nothing but to judge it can come next: what nearly all are. */
export function isPlain({ retry }: Request, { status, error }: Reply): boolean {
  return retry === undefined && (status < 300 || error !== undefined)
}

export function decideNext(request: Request, ended: Ended, course: Course): Next {
  const { reply, answer, random } = ended
  const retryAfter = decideRetryAfter(answer, request, course, ended.epochMs)
  if (retryAfter.kind !== 'judge') return retryAfter
  const { redirects, retry } = request
  const location = reply.error === undefined ? reply.headers['location'] : undefined
  if (redirects?.statuses.includes(reply.status) === true && location !== undefined) {
    const to = typeof location === 'string' ? location : (location[0] ?? '')
    return course.hops < redirects.most
      ? { kind: 'follow', location: to }
      : { kind: 'fail', failure: tooMany(redirects.most, to) }
  }
  if (retry === undefined || !isRetried(retry, reply)) return retryAfter
  if (course.attempt < retry.maxAttempts)
    return { kind: 'retry', waitMs: retry.delayMs(course.attempt, random()), outcome: reply.error?.outcome ?? 'failed' }
  return { kind: 'judge', note: `it was the last of ${plural(course.attempt, 'attempt')}` }
}

const CONNECTION: ReadonlySet<Outcome> = new Set<Outcome>(['connection', 'reset', 'dns'])

function isRetried(retry: Retry, { status, error }: Reply): boolean {
  if (error === undefined) return retry.onStatus(status)
  return (retry.onTimeout && error.outcome === 'timeout') || (retry.onConnectionError && CONNECTION.has(error.outcome))
}

function tooMany(most: number, to: string): Failure {
  const key = `redirects: more than ${most}`
  return { outcome: 'failed', key, message: `${key}; the next would lead to ${shown(to)}` }
}

/** The judgement of an answer, with what else there is to say about it. */
export function withNote(failure: Failure | undefined, next: Next): Failure | undefined {
  if (failure === undefined || next.kind !== 'judge' || next.note === undefined) return failure
  return { ...failure, message: `${failure.message}; ${next.note}` }
}
