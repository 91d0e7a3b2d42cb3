// The action `wait`: sends its request again and again until the answer is as expected, or the time is
// over. An answer that is not yet as expected is no error: only the last one is judged.
import { z } from 'zod'
import type { Failure } from '../sample.ts'
import { formatMs, plural } from '../units.ts'
import type { Action, Answer, Judge, Request, StepContext, StepRun, Tools } from './action.ts'
import { compileExpect } from './expect.ts'
import { compileExtract } from './extract.ts'
import { asFailure } from './failure.ts'
import { stepKeys } from './fields.ts'
import type { RequestStep } from './request-keys.ts'
import { REQUEST_TEMPLATES, refuseTwoBodies, requestKeys } from './request-keys.ts'
import { compileRequest } from './request.ts'
import { isSuccess } from './status.ts'

export interface WaitStep extends RequestStep {
  readonly type: 'wait'
  readonly interval_seconds: number
  readonly timeout_seconds: number
}

const INTERVAL_SECONDS = 1
const TIMEOUT_SECONDS = 30
const MOST_SECONDS = 3600

export const wait: Action<WaitStep> = {
  type: 'wait',
  schema: z
    .strictObject({
      type: z
        .literal('wait')
        .meta({ description: 'Sends its request again and again until the answer is as expected.' }),
      ...stepKeys,
      ...requestKeys,
      interval_seconds: z
        .number()
        .min(0.001)
        .max(MOST_SECONDS)
        .default(INTERVAL_SECONDS)
        .meta({ description: 'From the end of one poll to the next.' }),
      timeout_seconds: z
        .number()
        .gt(0)
        .max(MOST_SECONDS)
        .default(TIMEOUT_SECONDS)
        .meta({ description: 'Until then `expect` must hold; the step fails with the last answer.' }),
    })
    .superRefine(refuseTwoBodies),
  templates: REQUEST_TEMPLATES,
  defines: (step) => Object.keys(step.extract ?? {}),
  requests: () => 1,
  compile: compileWait,
}

/** How the poll that is under way was judged. */
interface Poll {
  failure: Failure | undefined
  /** Nothing comes after it. */
  isLast: boolean
}

function compileWait(step: WaitStep, tools: Tools): StepRun {
  const build = compileRequest(step, tools)
  const judge = compileJudge(step, tools)
  const intervalMs = step.interval_seconds * 1000
  const timeoutMs = step.timeout_seconds * 1000
  const longestMs = tools.service(step.service).timeoutMs

  return async (context) => {
    const end = context.now() + timeoutMs
    for (let polls = 1; ; polls++) {
      let request: Request
      try {
        request = { ...build(context), timeoutMs: Math.min(longestMs, Math.max(1, end - context.now())) }
      } catch (error) {
        return asFailure(error)
      }
      const poll: Poll = { failure: undefined, isLast: false }
      const look = (): boolean => (poll.isLast = context.now() + intervalMs > end)
      const failure = await context.request(tools.slot, request, judge(poll, look))
      const notYet = failure ?? poll.failure
      if (notYet === undefined) return undefined
      if (context.signal.aborted) return { ...notYet, outcome: 'aborted' }
      // Without an answer nobody has judged it.
      if (poll.isLast || (poll.failure === undefined && look())) return gaveUp(notYet, polls, timeoutMs)
      await context.sleep(intervalMs)
      if (context.signal.aborted) return { ...notYet, outcome: 'aborted' }
    }
  }
}

/** An answer that is not yet right is let pass, unless nothing comes after it. */
function compileJudge(step: WaitStep, tools: Tools): (poll: Poll, look: () => boolean) => Judge {
  const expected = step.expect === undefined ? isSuccess : compileExpect(step.expect, tools)
  const extract = step.extract === undefined ? undefined : compileExtract(step.extract)
  const judge = (answer: Answer, context: StepContext, isQuiet: boolean): Failure | undefined =>
    expected(answer, context, isQuiet) ?? extract?.(answer, context)
  return (poll, look) => (answer, context) => {
    poll.failure = judge(answer, context, true)
    return poll.failure === undefined || look() ? judge(answer, context, false) : undefined
  }
}

function gaveUp(failure: Failure, polls: number, timeoutMs: number): Failure {
  const within = `within ${formatMs(timeoutMs)}`
  return {
    outcome: failure.outcome,
    key: `wait: not ${within}: ${failure.key}`,
    message: `not as expected ${within} (${plural(polls, 'poll')}); the last: ${failure.message}`,
  }
}
