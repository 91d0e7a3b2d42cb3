// An answer made up for a step: one with which its `expect` holds and from which everything it extracts
// can be read; and, as far as that goes, one that the assertions after it are content with. Says what stands
// in the way when there is none.
import type { Answer, MockAnswer, StepContext, Tools } from './action.ts'
import { NameError } from './action.ts'
import { Draft } from './answer-draft.ts'
import type { Expect } from './expect.ts'
import { compileExpect } from './expect.ts'
import type { Extract } from './extract.ts'

interface Wanted {
  readonly expect?: Expect | undefined
  readonly extract?: Extract | undefined
  /** Of the assertions that look at the same answer. */
  readonly later: readonly Expect[]
}

/** Of an answer of which nobody said how long it takes. */
const LATENCY_MS = 1

function satisfyingAnswer(
  { expect = {}, extract = {}, later }: Wanted,
  tools: Tools,
  context: StepContext,
): MockAnswer {
  const draft = new Draft(tools, context)
  if (expect.schema !== undefined) draft.schema(expect.schema)
  draft.expect(expect)
  const [own, others] = [[expect], later].map((list) =>
    list.flatMap(({ expression }) => (expression === undefined ? [] : tools.condition(expression).wishes())),
  ) as [Expect[], Expect[]]
  const after = [...later, ...others]
  for (const one of [...own, ...after]) draft.wish(onAnswer(one, extract))
  draft.settle()
  for (const rule of Object.values(extract)) draft.extractable(rule)
  const asked = own.map(({ status_code }) => status_code).find((rule) => rule !== undefined)
  const success = after.map(({ status_code }) => status_code).find((rule) => isSuccess(statusOf(rule)))
  const status = statusOf(expect.status_code ?? asked ?? success)
  const answer = { ...draft.finish(), status, latencyMs: LATENCY_MS }
  if (answer.wrong !== undefined || Object.keys(expect).length === 0) return answer
  const failure = compileExpect(expect, tools)(asAnswer(answer), context, true)
  // A variable is what it is, whatever the answer.
  return failure === undefined || expect.context_path !== undefined ? answer : { ...answer, wrong: failure.message }
}

/** The same, whatever a template that cannot be filled in throws. */
export function tryAnswer(wanted: Wanted, tools: Tools, context: StepContext): MockAnswer {
  try {
    return satisfyingAnswer(wanted, tools, context)
  } catch (error) {
    if (!(error instanceof NameError)) throw error
    return { status: 200, headers: {}, body: '', latencyMs: LATENCY_MS, wrong: error.message }
  }
}

function statusOf(rule: Expect['status_code']): number {
  const [first = 200] = [rule ?? 200].flat() as readonly (number | string)[]
  return typeof first === 'number' ? first : Number(first.charAt(0)) * 100
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300

/** What is asked of a variable is asked of the place that it was taken from. */
function onAnswer(expect: Expect, extract: Extract): Expect {
  const { context_path: path, ...rest } = expect
  if (path === undefined) return expect
  const [, name = '', more = ''] = /^(\w+)(.*)$/.exec(path) ?? []
  const rule = Object.hasOwn(extract, name) ? extract[name] : undefined
  const from = typeof rule === 'string' ? rule : rule?.path
  return from === undefined ? {} : { ...rest, jsonpath: `${from}${more}` }
}

function asAnswer({ status, headers, body, latencyMs }: MockAnswer): Answer {
  return {
    status,
    headers,
    latencyMs,
    text: () => body,
    json: () => {
      try {
        return { value: JSON.parse(body) as unknown }
      } catch {
        return { error: 'it is no JSON' }
      }
    },
  }
}
