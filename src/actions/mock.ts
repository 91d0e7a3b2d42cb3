// `mock`: what a step is answered when no service is asked. What it leaves out is made up so that the
// step succeeds; what it says is taken as it is, also when the step then fails.
import { z } from 'zod'
import type { MockAnswer, StepContext, StepShape, Tools } from './action.ts'
import type { Expect } from './expect.ts'
import type { Extract } from './extract.ts'
import { duration, scalar } from './fields.ts'
import { tryAnswer } from './satisfying-answer.ts'

export interface Mock {
  readonly status?: number | undefined
  readonly json?: unknown
  readonly body?: string | undefined
  readonly headers?: Readonly<Record<string, string | number | boolean>> | undefined
  /** Milliseconds. */
  readonly latency?: number | undefined
}

export const mockSchema: z.ZodType<Mock> = z
  .strictObject({
    status: z.int().min(200).max(599).optional().meta({
      description: 'The status of the answer.',
      unset: 'the first one that `expect` allows, else 200',
    }),
    json: z.unknown().optional().meta({
      description: 'Its body, as JSON; templates.',
      unset: 'one that `expect` and `extract` are content with',
    }),
    body: z.string().optional().meta({ description: 'Its body as text, instead of `json`; a template.' }),
    headers: z
      .record(z.string(), scalar)
      .optional()
      .meta({ description: 'Headers of the answer; templates.', unset: 'those that `expect` and `extract` name' }),
    latency: duration.optional().meta({ description: 'How long the answer takes.', unset: '`1ms`' }),
  })
  .refine((given) => given.json === undefined || given.body === undefined, {
    error: 'A mock has json or body, not both.\njson is answered as JSON, body as the text it is.',
  })

interface MockedStep {
  readonly mock?: Mock | undefined
  readonly expect?: Expect | undefined
  readonly extract?: Extract | undefined
}

/** Works nothing out before it is called: most runs ask real services. */
export function compileMock(step: MockedStep, tools: Tools): (context: StepContext) => MockAnswer {
  let always: MockAnswer | undefined
  const { mock, expect, extract } = step
  const later = (): Expect[] => expectedLater(tools.following?.() ?? [])
  const isFixed = (): boolean => !JSON.stringify([mock, expect, extract, later()]).includes('{{')
  const answer = compileAnswer(step, later, tools)
  return (context) => {
    if (always !== undefined) return always
    const made = answer(context)
    if (isFixed()) always = made
    return made
  }
}

/** Up to the next answer. */
function expectedLater(steps: readonly StepShape[]): Expect[] {
  const end = steps.findIndex(({ type }) => type === 'http' || type === 'wait')
  return steps
    .slice(0, end < 0 ? undefined : end)
    .flatMap((step) => (step.type === 'assert' && 'expect' in step ? [step.expect as Expect] : []))
}

function compileAnswer(
  { mock = {}, expect, extract }: MockedStep,
  later: () => readonly Expect[],
  tools: Tools,
): (context: StepContext) => MockAnswer {
  return (context) => {
    const hasBody = mock.json !== undefined || mock.body !== undefined
    const made = tryAnswer({ expect, extract, later: later() }, tools, context)
    const headers = Object.entries(mock.headers ?? {}).map(
      ([name, value]) => [name.toLowerCase(), tools.text(String(value))(context)] as const,
    )
    const { wrong, ...answer } = {
      ...made,
      ...(mock.status !== undefined && { status: mock.status }),
      ...(mock.latency !== undefined && { latencyMs: mock.latency }),
      ...(mock.body !== undefined && { body: tools.text(mock.body)(context) }),
      ...(mock.json !== undefined && { body: JSON.stringify(tools.value(mock.json)(context)) }),
      headers: { ...made.headers, ...contentType(mock), ...Object.fromEntries(headers) },
    }
    return wrong === undefined || hasBody || headers.length > 0 ? answer : { ...answer, wrong }
  }
}

function contentType({ json, body }: Mock): Record<string, string> {
  if (json !== undefined) return { 'content-type': 'application/json' }
  return body === undefined ? {} : { 'content-type': 'text/plain' }
}
