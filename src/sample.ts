// What the engine says and everyone else hears: one Sample per HTTP attempt, and the words for how
// it ended. Times are integer microseconds; `undefined` means not measured, never zero.

import type { Place } from './errors.ts'

/** How an attempt ended; `failed` = answered, but a status, expectation or extraction did not hold. */
export const OUTCOMES = [
  'ok',
  'failed',
  'timeout',
  'connection',
  'reset',
  'dns',
  'tls',
  'protocol',
  'too_large',
  'rate_limited',
  'aborted',
] as const
export type Outcome = (typeof OUTCOMES)[number]

/** What all samples of one group × step have in common; fixed when the Plan is made. */
export interface Slot {
  /** Position in `Plan.slots`. */
  readonly index: number
  readonly group: string
  readonly flow: string
  readonly step: string
  /** The step's type, e.g. `http`; only steps that send requests have a service and a method. */
  readonly type: string
  readonly service?: string
  readonly method?: string
  readonly tags?: Readonly<Record<string, string>>
  /** Metrics of its own that a `call` step records. */
  readonly metrics?: readonly string[]
  /** What pressure put in: answers it made itself, or requests that were sent again. */
  readonly injected?: 'true' | 'repeat'
  /** Where its attempts are counted that pressure put in. */
  readonly twins?: { readonly injected: number; readonly repeat: number }
}

/** One HTTP attempt. */
export interface Sample {
  /** Index of its Slot. */
  readonly slot: number
  /** Cycle number, from 1. */
  readonly cycle: number
  /** Agent index in its group, from 0. */
  readonly agent: number
  /** Iteration of this agent in this cycle, from 1. */
  readonly iteration: number
  /** Attempt of this request, from 1. */
  readonly attempt: number
  /** HTTP status; 0 when there was no answer. */
  readonly status: number
  readonly outcome: Outcome
  /** Service time: bytes go to a socket → last byte (or the moment of the timeout). */
  readonly latencyUs: number | undefined
  /** Bytes go to a socket → first byte of the answer. */
  readonly ttfbUs: number | undefined
  /** The moment the request was due → last byte, everything included. */
  readonly responseTimeUs: number | undefined
  /** What we made it wait: for the rate limit, for a free connection, for a retry's back-off. */
  readonly waitRateLimitUs: number | undefined
  readonly waitConnectionUs: number | undefined
  readonly waitRetryUs: number | undefined
}

/** What a `call` step recorded: that it ran, or one value of a metric of its own. */
export type Measurement =
  | { readonly kind: 'call' }
  | {
      readonly kind: 'trend' | 'rate' | 'counter'
      readonly name: string
      /** Milliseconds, tries, or what is added. */
      readonly value: number
      /** Of a rate. */
      readonly held: boolean
    }

/** One agent once through its flow. */
export interface Iteration {
  readonly group: string
  readonly cycle: number
  readonly agent: number
  readonly iteration: number
  readonly ok: boolean
  /** True when it was cut off by a stop or the end of the graceful stop; then `ok` is false. */
  readonly aborted: boolean
  readonly durationUs: number
}

/** Why a step did not succeed. `key` groups equal causes (no measured values in it); `message` tells this one. */
export interface Failure {
  readonly outcome: Outcome
  readonly key: string
  readonly message: string
}

/** A request that went wrong, secrets masked. */
export interface Example {
  readonly agent: string
  readonly iteration: number
  readonly message: string
  readonly curl?: string
  readonly status?: number
  /** The first 500 characters. */
  readonly body?: string
}

/** One reason for failed steps, with how often it occurred. */
export interface Cause {
  readonly step: string
  readonly outcome: string
  /** e.g. `status_code: 500, expected 2xx`. */
  readonly reason: string
  readonly count: number
  readonly place?: Place
  readonly example?: Example
}
