// The keys of steps that send a request, and their schemas: `http` and `wait` have them in common. How
// the request is put together from them is request.ts.
import { z } from 'zod'
import { didYouMean } from '../errors.ts'
import type { StepShape } from './action.ts'
import type { Expect } from './expect.ts'
import { expectSchema } from './expect.ts'
import type { Extract } from './extract.ts'
import { extractSchema } from './extract.ts'
import { shown } from './failure.ts'
import { scalar } from './fields.ts'
import type { Mock } from './mock.ts'
import { mockSchema } from './mock.ts'

/** What Turbulence called `body`. */
export type JsonBody = Readonly<Record<string, unknown>> | readonly unknown[]
export type Scalar = string | number | boolean
/** A list gives the name several times, null leaves it out. */
export type Pairs = Readonly<Record<string, Scalar | null | readonly Scalar[]>>

export interface RequestStep extends StepShape {
  /** Empty in a file that has one service only; filled in when it is loaded. */
  readonly service: string
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, Scalar>> | undefined
  readonly query?: Pairs | undefined
  readonly json?: unknown
  /** Text; anything else is sent as JSON. */
  readonly body?: JsonBody | string | undefined
  readonly extract?: Extract | undefined
  readonly expect?: Expect | undefined
  readonly mock?: Mock | undefined
}

export const REQUEST_TEMPLATES: readonly ['path', 'headers', 'query', 'json', 'body', 'expect', 'mock'] = [
  'path',
  'headers',
  'query',
  'json',
  'body',
  'expect',
  'mock',
]

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const

const METHOD = z.enum(METHODS, {
  error: ({ input }) =>
    typeof input === 'string' ? `${shown(input)} is not an HTTP method.\n${didYouMean(input, METHODS)}` : undefined,
})

const path = z.string().refine((text) => /^(\/|\{\{)/.test(text), {
  error: ({ input }) =>
    /^https?:/i.test(String(input))
      ? `${shown(input)} is a whole URL.\nWrite the path only, e.g. /orders; scheme and host are the service's base_url.`
      : `${shown(input)} does not begin with a slash.\nWrite /${String(input)}`,
})

export const pairs: z.ZodType<Pairs> = z.record(z.string(), z.union([scalar, z.null(), z.array(scalar)]))

export interface RequestKeys {
  readonly service: z.ZodType<string>
  readonly method: z.ZodType<string>
  readonly path: z.ZodType<string>
  readonly headers: z.ZodType<RequestStep['headers']>
  readonly query: z.ZodType<Pairs | undefined>
  readonly json: z.ZodType
  readonly body: z.ZodType<RequestStep['body']>
  readonly extract: z.ZodType<Extract | undefined>
  readonly expect: z.ZodType<Expect | undefined>
  readonly mock: z.ZodType<Mock | undefined>
}

export const requestKeys: RequestKeys = {
  service: z
    .string()
    .optional()
    .transform((name) => name ?? '')
    .meta({ description: 'A service of the SUT.', unset: 'the only one' }),
  method: z
    .preprocess((given) => (typeof given === 'string' ? given.toUpperCase() : given), METHOD)
    .default('GET')
    .meta({ type: 'string', enum: [...METHODS], description: 'The method.', unset: '`GET`' }),
  path: path.meta({ title: 'template', description: "Begins with `/`; behind the service's `base_url`." }),
  headers: z
    .record(z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/), scalar)
    .optional()
    .meta({ description: "Laid over the service's; templates." }),
  query: pairs
    .optional()
    .meta({ description: 'Values are encoded; a list gives the name several times, `null` leaves it out.' }),
  json: z
    .unknown()
    .optional()
    .meta({ description: 'Sent as JSON, with `content-type: application/json`; templates inside.' }),
  body: z
    .union([z.string(), z.record(z.string(), z.unknown()), z.array(z.unknown())])
    .optional()
    .meta({ title: 'template', description: 'Text: sent as it is; a mapping or a list: as `json` is.' }),
  extract: extractSchema.optional().meta({ description: 'Values of the answer for later steps.' }),
  expect: expectSchema.optional().meta({ description: 'What the answer must be.', unset: '2xx' }),
  mock: mockSchema.optional().meta({
    description: 'The answer when no service is asked (`TURBULENCE_MOCK=api`).',
    unset: 'one that lets the step succeed',
  }),
}

const BODIES = ['json', 'body', 'form', 'multipart'] as const

/** A request has one body at most. */
export function refuseTwoBodies(step: object, context: z.RefinementCtx): void {
  const given = BODIES.filter((key) => (step as Readonly<Record<string, unknown>>)[key] !== undefined)
  if (given.length < 2) return
  const message = `A request has ${given.join(' or ')}, not both.\n${BODY_KINDS}`
  context.addIssue({ code: 'custom', message })
}

const BODY_KINDS =
  'json is sent as JSON; body as the text it is; form and multipart as browsers send forms, the latter with files.'
