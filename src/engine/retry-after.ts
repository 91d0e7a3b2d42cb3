// `Retry-After` of an answer: read by RFC 9110, and decided whether its request is sent again, and
// when. Pure: who waits and sends is context.ts.
import type { Answer, Request } from '../actions/action.ts'
import type { RetryAfter } from '../actions/retry-after.ts'
import { shown } from '../actions/failure.ts'
import type { Failure } from '../sample.ts'
import { formatMs, plural } from '../units.ts'

/** What to do with an answer; `judge`: what any other answer gets. */
export type Decision =
  | { readonly kind: 'judge'; readonly note?: string }
  | { readonly kind: 'wait'; readonly waitMs: number }
  | { readonly kind: 'fail'; readonly failure: Failure }

const JUDGE: Decision = { kind: 'judge' }

/**
 * @param waitedMs what it was made to wait for this reason, so far
 * @param attempt of this request, for whatever reason it was sent again
 * @param epochMs now, asked for only when it matters
 */
export function decideRetryAfter(
  answer: Answer | undefined,
  { retryAfter: rule }: Request,
  { waitedMs, attempt }: { readonly waitedMs: readonly number[]; readonly attempt: number },
  epochMs: () => number,
): Decision {
  if (answer === undefined || rule === undefined || !rule.statuses.includes(answer.status)) return JUDGE
  const header = answer.headers['retry-after']
  if (header === undefined) return JUDGE
  const text = typeof header === 'string' ? header.trim() : header.join(', ')
  const waitMs = parseRetryAfter(text, epochMs())
  if (waitMs === undefined)
    return { kind: 'judge', note: `its Retry-After, ${shown(text)}, is neither seconds nor an HTTP date` }
  if (waitMs > rule.maxWaitMs) return { kind: 'fail', failure: tooLong(answer.status, waitMs, rule) }
  if (attempt < rule.maxAttempts) return { kind: 'wait', waitMs }
  return { kind: 'fail', failure: stillLimited(answer.status, attempt, waitedMs, rule) }
}

function stillLimited(
  status: number,
  attempt: number,
  waitedMs: readonly number[],
  { maxAttempts }: RetryAfter,
): Failure {
  const key = `rate_limited: ${status} with Retry-After, max_attempts is ${maxAttempts}`
  const attempts = plural(attempt, 'attempt')
  const waits = waitedMs.length === 0 ? '' : `, having waited ${waitedMs.map((ms) => formatMs(ms)).join(' and ')}`
  const message = `${status} with Retry-After after ${attempts}${waits} (max_attempts is ${maxAttempts})`
  return { outcome: 'rate_limited', key, message }
}

function tooLong(status: number, waitMs: number, { maxWaitMs }: RetryAfter): Failure {
  const most = `max_wait is ${formatMs(maxWaitMs)}`
  const message = `${status} with Retry-After of ${formatMs(waitMs)}, ${most}: not waited for`
  return { outcome: 'rate_limited', key: `rate_limited: ${status} with Retry-After too long, ${most}`, message }
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)'
const TIME = '(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)'
/** The three forms a recipient must take: the one of today, that of RFC 850, that of C's asctime(). */
const DATES: readonly RegExp[] = [
  new RegExp(`^${DAY}, (?<day>\\d\\d) (?<month>[A-Z][a-z]{2}) (?<year>\\d{4}) ${TIME} GMT$`),
  new RegExp(`^${DAY}[a-z]{3,6}, (?<day>\\d\\d)-(?<month>[A-Z][a-z]{2})-(?<year>\\d\\d) ${TIME} GMT$`),
  new RegExp(`^${DAY} (?<month>[A-Z][a-z]{2}) (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})$`),
]

/** More than anyone waits, and still a number that can be printed. */
const MOST_SECONDS = 9_999_999_999

/** Milliseconds from now; 0 for a date that is past. Fractions of seconds, which some services send, are taken. */
export function parseRetryAfter(text: string, epochMs: number): number | undefined {
  if (/^\d+(?:\.\d+)?$/.test(text)) return Math.min(Number(text), MOST_SECONDS) * 1000
  for (const form of DATES) {
    const parts = form.exec(text)?.groups
    if (parts === undefined) continue
    const at = dateOf(parts, epochMs)
    return at === undefined ? undefined : Math.max(0, at - epochMs)
  }
  return undefined
}

/** `Date.parse` would take almost anything, and roll the 31st of February over. */
function dateOf(parts: Readonly<Record<string, string>>, epochMs: number): number | undefined {
  const of = (name: string): number => Number(parts[name])
  const month = MONTHS.indexOf(parts['month'] ?? '')
  const [day, hour, minute, second] = [of('day'), of('hour'), of('minute'), of('second')]
  const year = parts['year']?.length === 2 ? fullYear(of('year'), epochMs) : of('year')
  // 60 is a leap second.
  if (month < 0 || hour > 23 || minute > 59 || second > 60) return undefined
  const atMs = Date.UTC(year, month, day, hour, minute, second)
  const noonOfDay = new Date(Date.UTC(year, month, day, 12))
  return noonOfDay.getUTCMonth() === month && noonOfDay.getUTCDate() === day ? atMs : undefined
}

/** A year of two digits that looks more than 50 years ahead is past. */
function fullYear(twoDigits: number, epochMs: number): number {
  const thisYear = new Date(epochMs).getUTCFullYear()
  const year = thisYear - (thisYear % 100) + twoDigits
  return year > thisYear + 50 ? year - 100 : year
}
