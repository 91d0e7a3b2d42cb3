// Reading `Retry-After`, and deciding by it. Waiting and sending again is in retry-after-loop.test.ts.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Request } from '../../src/actions/action.ts'
import { withNote } from '../../src/engine/next-attempt.ts'
import { decideRetryAfter, parseRetryAfter } from '../../src/engine/retry-after.ts'
import { answerWith } from '../support/agent-names.ts'

const NOW = Date.UTC(2026, 10, 21, 8, 0, 0)

const decide = (
  answer: Parameters<typeof decideRetryAfter>[0],
  asked: Request,
  waitedMs: readonly number[] = [],
): ReturnType<typeof decideRetryAfter> =>
  decideRetryAfter(answer, asked, { waitedMs, attempt: waitedMs.length + 1 }, () => NOW)

describe('Retry-After is read', () => {
  test.each([
    ['0', 0],
    ['1', 1_000],
    ['120', 120_000],
    ['007', 7_000],
    ['1.5', 1_500],
    ['Sat, 21 Nov 2026 08:00:05 GMT', 5_000],
    ['Saturday, 21-Nov-26 08:00:05 GMT', 5_000],
    ['Sat Nov 21 08:00:05 2026', 5_000],
    ['Sun Nov 22 08:00:00 2026', 86_400_000],
    ['Tue Dec  1 08:00:00 2026', 864_000_000],
    ['Tue, 29 Feb 2028 08:00:00 GMT', Date.UTC(2028, 1, 29, 8) - NOW],
    ['Sat, 21 Nov 2026 08:00:60 GMT', 60_000],
  ])('%j as the time it means', (text, waitMs) => {
    expect(parseRetryAfter(text, NOW)).toBe(waitMs)
  })

  test.each(['Sat, 21 Nov 2026 08:00:00 GMT', 'Sat, 21 Nov 2026 07:59:59 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT'])(
    '%j, which is past, as now',
    (text) => {
      expect(parseRetryAfter(text, NOW)).toBe(0)
    },
  )

  test('a year of two digits as at most 50 years ahead', () => {
    expect(parseRetryAfter('Saturday, 21-Nov-76 08:00:00 GMT', NOW)).toBe(Date.UTC(2076, 10, 21, 8) - NOW)
    expect(parseRetryAfter('Monday, 21-Nov-77 08:00:00 GMT', NOW)).toBe(0)
  })

  test.each([
    '',
    'soon',
    '-1',
    '+1',
    '1s',
    '1e3',
    '0x10',
    'Infinity',
    'NaN',
    '1, 2',
    '1 2',
    '2026-11-21T08:00:05Z',
    'Sat, 21 Nov 2026 08:00:05',
    'Sat, 21 Nov 2026 08:00:05 CET',
    'Tue, 30 Feb 2027 08:00:00 GMT',
    'Sat, 00 Nov 2026 08:00:05 GMT',
    'Sat, 21 Nox 2026 08:00:05 GMT',
    'Sat, 21 Nov 2026 24:00:00 GMT',
    'Sat, 21 Nov 2026 08:60:00 GMT',
    'May 5',
  ])('%j as nothing', (text) => {
    expect(parseRetryAfter(text, NOW)).toBeUndefined()
  })

  test('any date in today’s form to the second', () => {
    const seconds = fc.integer({ min: 0, max: 4_000_000_000 })
    fc.assert(
      fc.property(seconds, seconds, (at, now) => {
        expect(parseRetryAfter(new Date(at * 1000).toUTCString(), now * 1000)).toBe(Math.max(0, at - now) * 1000)
      }),
      { seed: 1, numRuns: 500 },
    )
  })

  test('any text without an exception, as nothing or as a time that is not negative', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseRetryAfter(text, NOW) ?? 0).toBeGreaterThanOrEqual(0)
      }),
      { seed: 1, numRuns: 500 },
    )
  })
})

const rule = { maxAttempts: 3, maxWaitMs: 30_000, statuses: [429, 503] }
const request = (retryAfter?: Request['retryAfter']): Request => ({
  service: 'api',
  method: 'GET',
  path: '/',
  headers: [],
  body: undefined,
  retryAfter,
})
const limited = (value: string | string[] | undefined, status = 429) =>
  answerWith('', { status, headers: { 'retry-after': value } })

describe('an answer is', () => {
  test('waited for as long as it says, up to and including max_wait', () => {
    expect(decide(limited('2'), request(rule))).toEqual({ kind: 'wait', waitMs: 2_000 })
    expect(decide(limited('30', 503), request(rule), [5])).toEqual({ kind: 'wait', waitMs: 30_000 })
  })

  test.each([
    ['of another status', limited('2', 500), rule],
    ['without the header', limited(undefined), rule],
    ['of a status that the step expects', limited('2', 503), { ...rule, statuses: [429] }],
    ['while it is turned off', limited('2'), undefined],
    ['that did not come', undefined, rule],
  ])('judged like any other when it is one %s', (_, answer, given) => {
    expect(decide(answer, request(given))).toEqual({ kind: 'judge' })
  })

  test('final after max_attempts, with what was waited', () => {
    expect(decide(limited('2'), request(rule), [1_000, 2_500])).toEqual({
      kind: 'fail',
      failure: {
        outcome: 'rate_limited',
        key: 'rate_limited: 429 with Retry-After, max_attempts is 3',
        message: '429 with Retry-After after 3 attempts, having waited 1 s and 2.5 s (max_attempts is 3)',
      },
    })
    expect(decide(limited('2'), request({ ...rule, maxAttempts: 1 }))).toMatchObject({
      failure: { message: '429 with Retry-After after 1 attempt (max_attempts is 1)' },
    })
  })

  test('final at once when the wait is too long, with both times', () => {
    expect(decide(limited('31', 503), request(rule))).toEqual({
      kind: 'fail',
      failure: {
        outcome: 'rate_limited',
        key: 'rate_limited: 503 with Retry-After too long, max_wait is 30 s',
        message: '503 with Retry-After of 31 s, max_wait is 30 s: not waited for',
      },
    })
    expect(decide(limited('9'.repeat(400)), request(rule))).toMatchObject({
      failure: { message: '429 with Retry-After of 2777777h 46m, max_wait is 30 s: not waited for' },
    })
  })

  test.each([
    ['soon', '"soon"'],
    [['1', '2'], '"1, 2"'],
  ])('judged, and the judgement says so, when %j cannot be read', (value, told) => {
    const decision = decide(limited(value), request(rule))
    expect(decision.kind).toBe('judge')
    const failure = { outcome: 'failed', key: 'k', message: 'status_code: 429, expected 2xx' } as const
    const note = `status_code: 429, expected 2xx; its Retry-After, ${told}, is neither seconds nor an HTTP date`
    expect(withNote(failure, decision)).toEqual({ ...failure, message: note })
    expect(withNote(undefined, decision)).toBeUndefined()
  })
})
