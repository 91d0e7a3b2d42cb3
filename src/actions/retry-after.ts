// `retry_after`: how long and how often an answer 429 or 503 that says when to come again is waited
// for. A step's keys lie over its service's, field by field. Reading the header is the engine's.
import { z } from 'zod'
import { shown } from './failure.ts'
import { duration } from './fields.ts'

/** As a file has it. */
export type RetryAfterInput =
  | false
  | {
      readonly max_attempts?: number | undefined
      /** Milliseconds. */
      readonly max_wait?: number | undefined
    }

export interface RetryAfter {
  /** In all, the first one included. */
  readonly maxAttempts: number
  /** Before each. */
  readonly maxWaitMs: number
}

const DEFAULT: RetryAfter = { maxAttempts: 3, maxWaitMs: 30_000 }
const MOST_ATTEMPTS = 100

/** The statuses that may carry `Retry-After` for this reason. */
export const RETRY_AFTER_STATUSES: readonly number[] = [429, 503]

export const retryAfterSchema: z.ZodType<RetryAfterInput> = z.union(
  [
    z.literal(false),
    z.strictObject({
      max_attempts: z.int().min(1).max(MOST_ATTEMPTS).optional().meta({
        description: 'Attempts in all, the first one included.',
        unset: '`3`',
      }),
      max_wait: duration.optional().meta({
        description: 'Before each; a longer `Retry-After` fails at once.',
        unset: '`30s`',
      }),
    }),
  ],
  {
    error: ({ input }) =>
      input === undefined
        ? undefined
        : `"retry_after" cannot be ${shown(input)}.\nWrite false, or { max_attempts: 3, max_wait: 30s }.`,
  },
)

/** What holds once these were laid over each other, the lowest first; undefined = turned off. */
export function layRetryAfter(...layers: readonly (RetryAfterInput | undefined)[]): RetryAfter | undefined {
  return layers.reduce<RetryAfter | undefined>((below, above) => layOver(below, above), DEFAULT)
}

/** One layer over what holds below it. A mapping turns on again what was turned off. */
export function layOver(below: RetryAfter | undefined, above: RetryAfterInput | undefined): RetryAfter | undefined {
  if (above === undefined) return below
  if (above === false) return undefined
  const { maxAttempts, maxWaitMs } = below ?? DEFAULT
  return { maxAttempts: above.max_attempts ?? maxAttempts, maxWaitMs: above.max_wait ?? maxWaitMs }
}
