// The action `http`: one request, judged by `expect` (or by 2xx), with values extracted from its answer.
// How the request is put together is request.ts; limits, sockets and samples are the engine's.
import { z } from 'zod'
import type { Failure } from '../sample.ts'
import type { Action, Answer, Request, StepContext, StepRun, Tools } from './action.ts'
import { compileExpect } from './expect.ts'
import { compileExtract } from './extract.ts'
import { asFailure } from './failure.ts'
import { duration, stepKeys } from './fields.ts'
import type { Multipart } from './form.ts'
import { multipartSchema } from './form.ts'
import type { Pairs, RequestStep } from './request-keys.ts'
import { REQUEST_TEMPLATES, pairs, refuseTwoBodies, requestKeys } from './request-keys.ts'
import { compileRequest } from './request.ts'
import type { RetryInput } from './retry.ts'
import { retrySchema } from './retry.ts'
import type { RetryAfterInput } from './retry-after.ts'
import { retryAfterSchema } from './retry-after.ts'
import { isSuccess } from './status.ts'

export interface HttpStep extends RequestStep {
  readonly type: 'http'
  readonly form?: Pairs | undefined
  readonly multipart?: Multipart | undefined
  /** Milliseconds. */
  readonly timeout?: number | undefined
  readonly redirects?: number | undefined
  readonly retry?: RetryInput | undefined
  readonly retry_after?: RetryAfterInput | undefined
}

const MOST_REDIRECTS = 100

const schema = z
  .strictObject({
    type: z.literal('http').meta({ description: 'Sends one request.' }),
    ...stepKeys,
    ...requestKeys,
    form: pairs.optional().meta({
      description: 'Sent as a browser sends a form, URL-encoded; a list gives a name several times; templates.',
    }),
    multipart: multipartSchema.optional().meta({
      description:
        'Sent as a browser sends a form with files: texts, or `{ file, filename, content_type }`; templates.',
    }),
    timeout: duration
      .optional()
      .meta({ description: 'For each attempt, from the moment it begins to be sent.', unset: "the service's" }),
    redirects: z
      .int()
      .min(0)
      .max(MOST_REDIRECTS)
      .optional()
      .meta({ description: 'So many redirects are followed, to services of the SUT.', unset: '`0`' }),
    retry: retrySchema.optional().meta({ description: 'Which ends are tried again, how often and when.' }),
    retry_after: retryAfterSchema.optional().meta({
      description: 'How often, and how long at most, Retry-After of a 429 or 503 is heeded; `false`: never.',
      unset: "the service's",
    }),
  })
  .superRefine(refuseTwoBodies)

export const http: Action<HttpStep> = {
  type: 'http',
  schema,
  templates: [...REQUEST_TEMPLATES, 'form', 'multipart'],
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
