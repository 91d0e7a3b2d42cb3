// `retry`: which ends of a request are tried again, and how long is waited before each attempt. The
// sending is the engine's; an answer that carries `Retry-After` is retry-after.ts's.
import { z } from 'zod'
import type { Random } from '../random.ts'
import { shown } from './failure.ts'
import { STATUS_CLASS, statusIs } from './status.ts'

type StatusRule = number | string

/** As a file has it. */
export interface RetryInput {
  readonly max_attempts: number
  readonly on_status: readonly StatusRule[]
  readonly on_timeout: boolean
  readonly on_connection_error: boolean
  readonly backoff: 'fixed' | 'exponential'
  readonly delay_ms?: number | undefined
  readonly base_delay_ms?: number | undefined
  readonly max_delay_ms?: number | undefined
  readonly jitter: boolean | number
}

export interface Retry {
  /** In all, the first one included. */
  readonly maxAttempts: number
  readonly onStatus: (status: number) => boolean
  readonly onTimeout: boolean
  readonly onConnectionError: boolean
  /** Before the attempt after this many. */
  readonly delayMs: (attempts: number, random: Random) => number
}

const MOST_ATTEMPTS = 100
const MOST_DELAY_MS = 3_600_000
const DELAY_MS = 1000
const BASE_DELAY_MS = 100
const MAX_DELAY_MS = 30_000
/** Answers that another attempt may well change. */
const ON_STATUS: readonly number[] = [429, 502, 503, 504]

const wrongStatus = ({ input }: { readonly input?: unknown }): string =>
  `${shown(input)} is not a status.\nWrite on_status: [503] or on_status: [5xx, 429].`
const status = z.union([z.int().min(100).max(599), z.string().regex(STATUS_CLASS, { error: wrongStatus })], {
  error: wrongStatus,
})
const delay = z.number().min(0).max(MOST_DELAY_MS)

export const retrySchema: z.ZodType<RetryInput> = z
  .strictObject({
    max_attempts: z.int().min(1).max(MOST_ATTEMPTS).default(3).meta({ description: 'In all, the first one included.' }),
    on_status: z
      .array(status)
      .default([...ON_STATUS])
      .meta({ description: 'Answers that are tried again, unless the step expects them: `503`, `5xx`.' }),
    on_timeout: z.boolean().default(true).meta({ description: 'Whether no answer in time is.' }),
    on_connection_error: z
      .boolean()
      .default(true)
      .meta({ description: 'Whether a connection that failed or broke is.' }),
    backoff: z
      .enum(['fixed', 'exponential'])
      .default('fixed')
      .meta({ description: '`fixed`: always `delay_ms`; `exponential`: twice as long each time.' }),
    delay_ms: delay.optional().meta({ description: 'Before each attempt, with `fixed`.', unset: '`1000`' }),
    base_delay_ms: delay
      .optional()
      .meta({ description: 'Before the second attempt, with `exponential`.', unset: '`100`' }),
    max_delay_ms: delay
      .optional()
      .meta({ description: 'Never longer than this, with `exponential`.', unset: '`30000`' }),
    jitter: z
      .union([z.boolean(), z.number().min(0).max(1)], {
        error: ({ input }) =>
          `"jitter" cannot be ${shown(input)}.\nWrite true, false, or the share that is drawn: 0.5.`,
      })
      .default(false)
      .meta({ description: 'The share of each delay that is drawn, 0 to 1; `true` is all of it.' }),
  })
  .superRefine((given, context) => {
    const strange = (
      given.backoff === 'fixed' ? (['base_delay_ms', 'max_delay_ms'] as const) : (['delay_ms'] as const)
    ).filter((key) => given[key] !== undefined)
    for (const key of strange)
      context.addIssue({
        code: 'custom',
        path: [key],
        message: `"${key}" has no meaning with backoff: ${given.backoff}.\n${WAYS_OUT[given.backoff]}`,
      })
  })

const WAYS_OUT: Readonly<Record<RetryInput['backoff'], string>> = {
  fixed: 'Write delay_ms, or backoff: exponential.',
  exponential: 'Write base_delay_ms and max_delay_ms, or backoff: fixed.',
}

/** @param expected statuses that the step asks for: they are no reason to try again */
export function compileRetry(input: RetryInput, expected: readonly StatusRule[]): Retry {
  const share = typeof input.jitter === 'number' ? input.jitter : input.jitter ? 1 : 0
  const isExpected = (one: number): boolean => expected.some((rule) => statusIs(rule, one))
  return {
    maxAttempts: input.max_attempts,
    onStatus: (one) => input.on_status.some((rule) => statusIs(rule, one)) && !isExpected(one),
    onTimeout: input.on_timeout,
    onConnectionError: input.on_connection_error,
    delayMs: (attempts, random) => {
      const full = fullDelayMs(input, attempts)
      return share === 0 ? full : full * (1 - share * random.next())
    },
  }
}

function fullDelayMs({ backoff, ...delays }: RetryInput, attempts: number): number {
  if (backoff === 'fixed') return delays.delay_ms ?? DELAY_MS
  const { base_delay_ms: base = BASE_DELAY_MS, max_delay_ms: most = MAX_DELAY_MS } = delays
  return Math.min(most, base * 2 ** (attempts - 1))
}
