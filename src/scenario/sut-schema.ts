// The keys of a system under test and what each may hold: services, profiles, headers. What they come
// to when a profile is laid over them is sut.ts.
import { z } from 'zod'
import { scalar } from '../actions/fields.ts'
import { shown } from '../actions/failure.ts'
import { retryAfterSchema } from '../actions/retry-after.ts'
import type { RetryAfterInput } from '../actions/retry-after.ts'
import { parseSize } from '../units.ts'
import type { Mapping } from './reader.ts'
import { start, startOfProfile } from './start.ts'
import type { StartInput } from './start.ts'

export type Headers = Readonly<Record<string, string | number | boolean>>

export interface ServiceInput {
  readonly base_url?: string | undefined
  readonly headers?: Headers | undefined
  readonly timeout_seconds?: number | undefined
  readonly connections?: number | undefined
  readonly max_body?: number | undefined
  readonly retry_after?: RetryAfterInput | undefined
  readonly rate_limit_rps?: number | undefined
  readonly burst?: number | undefined
  readonly http2?: boolean | undefined
  readonly tls?: TlsInput | undefined
  /** `false`: not started, whatever the service says. */
  readonly start?: StartInput | false | undefined
}

/** Paths of PEM files. */
export interface TlsInput {
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
  readonly reject_unauthorized: boolean
}

export const headers: z.ZodType<Headers> = z.record(z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/), scalar)

const size: z.ZodType<number> = z
  .string({ error: ({ input }) => (input === undefined ? undefined : wrongSize(input)) })
  .transform((text, context) => {
    const bytes = parseSize(text)
    if (bytes !== undefined && bytes >= 1) return Math.floor(bytes)
    context.addIssue({ code: 'custom', message: wrongSize(text), input: text })
    return z.NEVER
  })

const wrongSize = (value: unknown): string =>
  `${shown(value)} is not a size.\nWrite a number with a unit: 512kb, 16mb (b, kb, mb, gb).`

const baseUrl = z
  .string()
  .refine((text) => text.includes('{{') || URL.canParse(text), {
    error: ({ input }) => `${shown(input)} is not a URL.\nWrite it in full: http://127.0.0.1:3000`,
  })
  .meta({
    title: 'URL',
    description: 'Where it is; a template that may use `env.*` only; no query, no password.',
  })

const pem = z.string().min(1).optional()

const tls: z.ZodType<TlsInput> = z
  .strictObject({
    ca: pem.meta({ title: 'path', description: 'Who is trusted, instead of the authorities that Node knows.' }),
    cert: pem.meta({ title: 'path', description: 'The certificate to show; together with `key`.' }),
    key: pem.meta({ title: 'path', description: 'The private key of `cert`.' }),
    reject_unauthorized: z
      .boolean()
      .default(true)
      .meta({ description: '`false`: any certificate will do. Only for systems of your own.' }),
  })
  .refine((given) => (given.cert === undefined) === (given.key === undefined), {
    error: 'cert and key belong together.\nGive both, or neither.',
  })

const serviceKeys = {
  headers: headers.optional().meta({ description: 'Laid over `default_headers`; templates.' }),
  timeout_seconds: z
    .number()
    .gt(0)
    .max(3600)
    .optional()
    .meta({ description: 'For a whole request, and for opening a connection.', unset: '`30`' }),
  connections: z.int().min(1).max(10_000).optional().meta({
    description: 'Connections at most.',
    unset: 'as many as agents may act at once, at most 1,000',
  }),
  max_body: size.optional().meta({
    title: 'size',
    description: 'A longer answer is cut off and has failed: `b kb mb gb`.',
    unset: '`16mb`',
  }),
  retry_after: retryAfterSchema.optional().meta({
    description: 'How often, and how long at most, `Retry-After` of a 429 or 503 is heeded; `false`: never.',
    unset: '`{ max_attempts: 3, max_wait: 30s }`',
  }),
  rate_limit_rps: z.number().gt(0).max(1_000_000).optional().meta({
    description: "Requests per second to this service, besides the run's limit: both must let a request go.",
  }),
  burst: z.int().min(1).optional().meta({
    description: 'How many may go at once after a lull.',
    unset: "a hundredth of the rate, at least 1 + 5 ms' worth",
  }),
  http2: z.boolean().optional().meta({
    description:
      'HTTP/2, where the service agrees to it; needs https. A connection then carries many requests at a time.',
    unset: '`false`',
  }),
  tls: tls.optional().meta({ description: 'Certificates; the files lie beside the SUT, inside the project.' }),
}

/** What a profile may say anew in the same words. */
export const SERVICE_KEYS: readonly string[] = Object.keys(serviceKeys)

export const service: z.ZodType<ServiceInput> = z.strictObject({
  base_url: baseUrl,
  ...serviceKeys,
  start: start.optional().meta({
    description: 'How the test run brings it up; without it, it is expected to be there.',
  }),
})

export const serviceOfProfile: z.ZodType<ServiceInput> = z.strictObject({
  base_url: baseUrl.optional(),
  ...serviceKeys,
  start: startOfProfile.optional().meta({
    description: 'The same, instead of what the service says; `false` starts nothing.',
    unset: "the service's",
  }),
})

export const anyMap: z.ZodType<Mapping> = z.record(z.string().min(1), z.unknown())

const name = z.string().min(1).meta({ title: 'name' })

const profile = {
  default_headers: headers.optional().meta({ description: 'Laid over those of the SUT.' }),
  services: z
    .record(name, z.union([serviceOfProfile, z.null()]))
    .optional()
    .meta({
      description: 'Single fields of services, the same keys as there; `start: false` starts nothing.',
    }),
}

const top = {
  name: z.string().optional().meta({ description: 'For people: it stands before and in every report.' }),
  default_headers: headers.optional().meta({ description: 'Headers of every request; templates.' }),
  services: z.record(name, service).meta({ description: 'Services by name.' }),
  profiles: z
    .record(name, z.union([z.strictObject(profile), z.null()]))
    .optional()
    .meta({
      description: 'What is different elsewhere, by name.',
    }),
  default_profile: z.string().optional().meta({ description: 'The profile when nobody chooses one.' }),
}

export const SUT_KEYS: readonly string[] = Object.keys(top)
export const PROFILE_KEYS: readonly string[] = Object.keys(profile)

/** All of it at once; what a file has is read part by part. */
export const sut: z.ZodType = z.strictObject(top)
