// Pressure: faults put on purpose between agents and services. What a file may ask for, and which of it
// holds for one request: global < services < actions, field by field. Drawing it is draw.ts.
import { z } from 'zod'

export interface Range {
  readonly min: number
  readonly max: number
}

/** What is done to one request; what is undefined is not done. */
export interface Pressure {
  /** Waited before it is sent. */
  readonly latencyMs?: Range
  /** How long the client waits for an answer, injected latency included. */
  readonly timeoutAfterMs?: number
  /** Of all attempts, how many get `errorStatus` instead of an answer; 0 to 1. */
  readonly errorRate?: number
  readonly errorStatus?: number
  /** How often the request is sent again, whatever it was answered. */
  readonly retryCount?: number
  /** Of all attempts, how many lose their connection before they are sent; 0 to 1. */
  readonly resetRate?: number
}

export interface PressureSpec {
  readonly global: Pressure
  /** By name of a service. */
  readonly services: Readonly<Record<string, Pressure>>
  /** By name of a step. */
  readonly actions: Readonly<Record<string, Pressure>>
}

/** What an injected error answers where no status is named. */
export const DEFAULT_ERROR_STATUS = 503
/** Longer than this is a slip of the pen. */
const LONGEST_MS = 3_600_000
const MOST_REPEATS = 100

const ms: z.ZodType<number> = z.number().min(0).max(LONGEST_MS)
const ratio: z.ZodType<number> = z
  .number()
  .min(0)
  .refine((rate) => rate <= 1, {
    error: ({ input }) =>
      `A rate of ${String(input)} is more than all attempts.\nWrite a share from 0 to 1: 0.02 is 2 of 100.`,
  })

/** Milliseconds, bare numbers. */
const rangeMs: z.ZodType<Range> = z
  .strictObject({ min: ms.meta({ description: 'The least.' }), max: ms.meta({ description: 'The most.' }) })
  .refine(({ min, max }) => min <= max, { error: 'The least (min) is more than the most (max).\nSwap them.' })

/** The keys of one level. */
const pressureFields: z.ZodType<Pressure> = z
  .strictObject({
    latency_ms: rangeMs.optional().meta({ description: 'Waited before each request is sent.' }),
    timeout_after_ms: z
      .number()
      .gt(0)
      .max(LONGEST_MS)
      .optional()
      .meta({ description: 'How long an answer is waited for, injected latency included.' }),
    error_rate: ratio.optional().meta({
      description: 'Of all attempts, how many get `error_status` instead of an answer; 0 to 1.',
      unset: '`0`',
    }),
    error_status: z.int().min(400).max(599).optional().meta({ description: 'What these get.', unset: '`503`' }),
    retry_count: z.int().min(0).max(MOST_REPEATS).optional().meta({
      description: 'A retry storm: how often each request is sent again, whatever it was answered.',
      unset: '`0`',
    }),
    reset_rate: ratio.optional().meta({
      description: 'Of all attempts, how many lose their connection before they are sent; 0 to 1.',
      unset: '`0`',
    }),
  })
  .transform((given): Pressure => {
    const { latency_ms, timeout_after_ms, error_rate, error_status, retry_count, reset_rate } = given
    return {
      ...(latency_ms !== undefined && { latencyMs: latency_ms }),
      ...(timeout_after_ms !== undefined && { timeoutAfterMs: timeout_after_ms }),
      ...(error_rate !== undefined && { errorRate: error_rate }),
      ...(error_status !== undefined && { errorStatus: error_status }),
      ...(retry_count !== undefined && { retryCount: retry_count }),
      ...(reset_rate !== undefined && { resetRate: reset_rate }),
    }
  })

export const pressureSchema: z.ZodType<PressureSpec> = z.strictObject({
  global: pressureFields.default({}).meta({ description: 'On every request.', unset: 'none' }),
  services: z
    .record(z.string(), pressureFields)
    .default({})
    .meta({ description: 'On requests to a service, laid over `global` field by field.', unset: 'none' }),
  actions: z
    .record(z.string(), pressureFields)
    .default({})
    .meta({ description: 'On requests of a step, laid over both.', unset: 'none' }),
})

/** What holds for the requests of a step to a service; undefined when nothing is done to them. */
export function pressureOn(spec: PressureSpec, service: string, step: string): Pressure | undefined {
  const of = (level: Readonly<Record<string, Pressure>>, name: string): Pressure | undefined =>
    Object.hasOwn(level, name) ? level[name] : undefined
  const merged = { ...spec.global, ...of(spec.services, service), ...of(spec.actions, step) }
  return Object.keys(merged).length === 0 ? undefined : merged
}
