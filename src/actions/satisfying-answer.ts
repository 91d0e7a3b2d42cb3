// An answer made up for a step: one with which its `expect` holds and from which everything it extracts
// can be read. Says what stands in the way when there is none.
import type { Answer, StepContext, Tools } from './action.ts'
import type { Expect } from './expect.ts'
import { compileExpect } from './expect.ts'
import type { Extract } from './extract.ts'
import { shown } from './failure.ts'
import { jsonPath } from './jsonpath.ts'
import { valueAt, wayOf, withValue } from './made-document.ts'
import type { MockAnswer } from './action.ts'
import { textFor } from './pattern-text.ts'
import { ANYTHING, satisfyingValue } from './satisfying-value.ts'

interface Wanted {
  readonly expect?: Expect | undefined
  readonly extract?: Extract | undefined
}

/** Of an answer of which nobody said how long it takes. */
const LATENCY_MS = 1

export function satisfyingAnswer({ expect, extract }: Wanted, tools: Tools, context: StepContext): MockAnswer {
  const draft = new Draft(tools, context)
  if (expect?.jsonpath !== undefined) draft.hold(expect.jsonpath, expect)
  if (expect?.header !== undefined) draft.header(expect.header)
  if (expect?.body_contains !== undefined) draft.text(tools.text(expect.body_contains)(context))
  for (const rule of Object.values(extract ?? {})) draft.extractable(rule)
  const answer = { ...draft.finish(), status: statusOf(expect?.status_code), latencyMs: LATENCY_MS }
  if (answer.wrong !== undefined || expect === undefined) return answer
  const failure = compileExpect(expect, tools)(asAnswer(answer), context, true)
  return failure === undefined ? answer : { ...answer, wrong: failure.message }
}

function statusOf(rule: Expect['status_code']): number {
  const [first = 200] = [rule ?? 200].flat() as readonly (number | string)[]
  return typeof first === 'number' ? first : Number(first.charAt(0)) * 100
}

/** The parts of an answer, as they come together. */
class Draft {
  readonly #tools: Tools
  readonly #context: StepContext
  readonly #headers: Record<string, string> = {}
  readonly #texts: string[] = []
  #root: unknown
  #wrong: string | undefined

  constructor(tools: Tools, context: StepContext) {
    this.#tools = tools
    this.#context = context
  }

  /** A value at the path for which the operators hold. */
  hold(path: string, operators: Expect): void {
    if (operators.exists === false) return
    const subject = { name: path, isList: !jsonPath(path).isSingular }
    const made = satisfyingValue(operators, subject, this.#tools, this.#context)
    if (made === undefined) this.#fail(`nothing was found that ${path} could be`)
    else this.#put(path, made.value)
  }

  header({ name, ...operators }: NonNullable<Expect['header']>): void {
    if (operators.exists === false) return
    const subject = { name: `header ${name}`, isText: true }
    const made = satisfyingValue(operators, subject, this.#tools, this.#context)
    if (made === undefined) this.#fail(`nothing was found that the header ${name} could be`)
    else this.#headers[name.toLowerCase()] = String(made.value)
  }

  text(wanted: string): void {
    this.#texts.push(wanted)
  }

  extractable(rule: Extract[string]): void {
    const from: Readonly<Record<string, unknown>> = typeof rule === 'string' ? { path: rule } : { ...rule }
    if (Object.hasOwn(from, 'default')) return
    const { path, header, regex } = from
    if (typeof header === 'string') this.#headers[header.toLowerCase()] ??= ANYTHING
    if (typeof regex === 'string') {
      const text = textFor(regex)
      if (text === undefined) this.#fail(`nothing was found that ${shown(regex)} matches`)
      else this.text(text)
    }
    if (typeof path !== 'string') return
    const way = wayOf(path)
    if (way === undefined || valueAt(this.#root, way) === undefined) this.#put(path, ANYTHING)
  }

  finish(): Pick<MockAnswer, 'headers' | 'body' | 'wrong'> {
    const texts = this.#texts
    const wrong = this.#wrong === undefined ? {} : { wrong: this.#wrong }
    if (this.#root === undefined && texts.length > 0)
      return { headers: this.#headers, body: texts.join('\n'), ...wrong }
    const root = texts.length === 0 ? this.#root : withValue(this.#root, ['texts'], texts)?.root
    const headers = { 'content-type': 'application/json', ...this.#headers }
    return { headers, body: JSON.stringify(root ?? {}), ...wrong }
  }

  #put(path: string, value: unknown): void {
    const way = wayOf(path)
    const made = way === undefined ? undefined : withValue(this.#root, way, value)
    if (way === undefined) this.#fail(`a value at ${path} cannot be made up`)
    else if (made === undefined) this.#fail(`${path} and another path of the step cannot both have a value`)
    else this.#root = made.root
  }

  #fail(why: string): void {
    this.#wrong ??= why
  }
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
