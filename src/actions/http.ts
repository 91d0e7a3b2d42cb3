// The action `http`: one request, judged by `expect` (or by 2xx), with values extracted from its answer.
// How the request is put together is request.ts; limits, sockets and samples are the engine's.
import { z } from 'zod'
import { didYouMean } from '../errors.ts'
import type { Failure } from '../sample.ts'
import type { Action, Answer, Request, StepContext, StepRun, StepShape, Tools } from './action.ts'
import type { Expect } from './expect.ts'
import { compileExpect, expectSchema } from './expect.ts'
import type { Extract } from './extract.ts'
import { compileExtract, extractSchema } from './extract.ts'
import { asFailure, shown } from './failure.ts'
import { scalar, stepKeys } from './fields.ts'
import { compileRequest } from './request.ts'
import type { RetryAfterInput } from './retry-after.ts'
import { retryAfterSchema } from './retry-after.ts'
import { isSuccess } from './status.ts'

export type Scalar = string | number | boolean

export interface HttpStep extends StepShape {
  readonly type: 'http'
  /** Empty in a file that has one service only; filled in when it is loaded. */
  readonly service: string
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, Scalar>> | undefined
  readonly query?: Readonly<Record<string, Scalar | null | readonly Scalar[]>> | undefined
  readonly json?: unknown
  readonly body?: string | undefined
  readonly extract?: Extract | undefined
  readonly expect?: Expect | undefined
  readonly retry_after?: RetryAfterInput | undefined
}

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

const schema = z
  .strictObject({
    type: z.literal('http'),
    ...stepKeys,
    service: z
      .string()
      .optional()
      .transform((name) => name ?? ''),
    method: z.preprocess((given) => (typeof given === 'string' ? given.toUpperCase() : given), METHOD).default('GET'),
    path,
    headers: z.record(z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/), scalar).optional(),
    query: z.record(z.string(), z.union([scalar, z.null(), z.array(scalar)])).optional(),
    json: z.unknown().optional(),
    body: z.string().optional(),
    extract: extractSchema.optional(),
    expect: expectSchema.optional(),
    retry_after: retryAfterSchema.optional(),
  })
  .refine((step) => step.json === undefined || step.body === undefined, {
    error: 'A request has json or body, not both.\njson is sent as JSON; body is sent as the text it is.',
  })

export const http: Action<HttpStep> = {
  type: 'http',
  schema,
  templates: ['path', 'headers', 'query', 'json', 'body', 'expect'],
  defines: (step) => Object.keys(step.extract ?? {}),
  requests: () => 1,
  compile: compileHttp,
}

function compileHttp(step: HttpStep, tools: Tools): StepRun {
  const build = compileRequest(step, tools)
  const expected = step.expect === undefined ? isSuccess : compileExpect(step.expect, tools)
  const extract = step.extract === undefined ? undefined : compileExtract(step.extract)
  const judge = (answer: Answer, context: StepContext): Failure | undefined =>
    expected(answer, context) ?? extract?.(answer, context)
  return (context) => {
    let request: Request
    try {
      request = build(context)
    } catch (error) {
      return asFailure(error)
    }
    return context.request(tools.slot, request, judge)
  }
}
