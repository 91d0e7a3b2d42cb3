// `expect`: what an answer must be. All keys together must hold; each is counted as one check, and the
// first that does not hold is the step's failure. How values are compared: operators.ts.
import { z } from 'zod'
import type { Failure } from '../sample.ts'
import { formatMs } from '../units.ts'
import type { Answer, StepContext, Tools } from './action.ts'
import { NameError } from './action.ts'
import { duration } from './fields.ts'
import { asFailure, failed, shown } from './failure.ts'
import type { JsonSchema } from './json-schema.ts'
import { compileSchema } from './json-schema.ts'
import { jsonPath, wrongJsonPath } from './jsonpath.ts'
import type { Operators, Subject } from './operators.ts'
import { OPERATORS, compileOperators, operatorKeys } from './operators.ts'
import { includesText } from './text-search.ts'
import { STATUS_CLASS, statusIs } from './status.ts'

type StatusRule = number | string

export interface Expect extends Operators {
  readonly status_code?: StatusRule | readonly StatusRule[] | undefined
  readonly jsonpath?: string | undefined
  readonly context_path?: string | undefined
  readonly header?: (Operators & { readonly name: string }) | undefined
  readonly body_contains?: string | undefined
  readonly max_latency?: number | undefined
  readonly schema?: JsonSchema | undefined
  readonly expression?: string | undefined
}

const wrongStatus = ({ input }: { readonly input?: unknown }): string =>
  `${shown(input)} is not a status.\nWrite 200, [200, 201] or 2xx.`
const status = z.union([z.int().min(100).max(599), z.string().regex(STATUS_CLASS, { error: wrongStatus })], {
  error: wrongStatus,
})
const NAME_PATH = /^[A-Za-z_]\w*(\.[\w-]+|\[\d+\])*$/

/** Other dialects leave the `$` out. */
function better(text: string): string {
  const rooted = text.startsWith('[') ? `$${text}` : `$.${text}`
  const isMeant = !text.startsWith('$') && !text.includes('{{') && wrongJsonPath(rooted) === undefined
  return isMeant ? `Write ${rooted}` : 'Write it like $.id or $.items[0].name (RFC 9535).'
}

export const jsonPathText: z.ZodType<string, string> = z.string().superRefine((text, context) => {
  const wrong = text.includes('{{') ? 'it holds a template, and a JSONPath is fixed' : wrongJsonPath(text)
  if (wrong !== undefined)
    context.addIssue({
      code: 'custom',
      message: `${shown(text)} is not a JSONPath: ${wrong}.\n${better(text)}`,
    })
})

export const expectSchema: z.ZodType<Expect> = z
  .strictObject({
    status_code: z
      .union([status, z.array(status).min(1)], { error: wrongStatus })
      .optional()
      .meta({ title: '`200`, `[200, 201]`, `2xx`', description: 'The status.' }),
    jsonpath: jsonPathText.optional().meta({
      title: 'JSONPath',
      description: "A value of the answer's JSON, compared by `equals`, `gte` and the like; alone: it is there.",
    }),
    context_path: z
      .string()
      .regex(NAME_PATH, {
        error: (issue) => `${shown(issue.input)} is not a name.\nWrite it like cart.items[0].id, without {{ }}.`,
      })
      .optional()
      .meta({
        title: 'name',
        description:
          'A variable, e.g. `cart.items[0].id`, compared by `equals`, `gte` and the like; not with `jsonpath`.',
      }),
    ...operatorKeys,
    header: z
      .strictObject({
        name: z.string().min(1).meta({ description: 'Which header, whatever its case.' }),
        ...operatorKeys,
      })
      .optional()
      .meta({ description: 'A header, compared likewise: `{ name: Location, matches: "^/carts/" }`.' }),
    body_contains: z.string().optional().meta({ title: 'template', description: 'The body has this text.' }),
    max_latency: duration.optional().meta({ description: 'The service time is at most this.' }),
    schema: z
      .union([z.boolean(), z.record(z.string(), z.unknown())])
      .optional()
      .meta({
        title: 'JSON Schema',
        description: 'What the JSON must be, by JSON Schema 2020-12; `{ $ref: ./order.schema.json }` names a file.',
      }),
    expression: z.string().optional().meta({
      title: 'expression',
      description: 'A condition that must hold: `size(body.items) == 3 && status < 300`.',
    }),
  })
  .superRefine((given, context) => {
    const fault = faultOf(given)
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault })
  }) as unknown as z.ZodType<Expect>

function faultOf(given: Readonly<Record<string, unknown>>): string | undefined {
  const operator = OPERATORS.find((name) => given[name] !== undefined)
  if (Object.keys(given).length === 0)
    return 'expect names nothing.\nName at least one: status_code, jsonpath, context_path, header, body_contains, max_latency, schema, expression.'
  if (given['jsonpath'] !== undefined && given['context_path'] !== undefined)
    return 'expect has jsonpath and context_path; which one is compared?\nPut one of them into a step of type assert.'
  if (operator !== undefined && given['jsonpath'] === undefined && given['context_path'] === undefined)
    return `expect has "${operator}", but nothing to compare.\nAdd jsonpath: $.id (a value of the answer) or context_path: name (a variable).`
  return undefined
}

/** One key of `expect`. */
type Check = (answer: Answer, context: StepContext) => Failure | undefined

/** @param isQuiet nothing is counted: it will be judged again */
export type Expectation = (answer: Answer | undefined, context: StepContext, isQuiet?: boolean) => Failure | undefined

export function compileExpect(expect: Expect, tools: Tools): Expectation {
  const onAnswer: Check[] = []
  if (expect.status_code !== undefined) onAnswer.push(compileStatus(expect.status_code))
  if (expect.jsonpath !== undefined) onAnswer.push(...compileJsonPath(expect.jsonpath, expect, tools))
  if (expect.header !== undefined) onAnswer.push(...compileHeader(expect.header, tools))
  if (expect.body_contains !== undefined) onAnswer.push(compileBodyContains(expect.body_contains, tools))
  if (expect.max_latency !== undefined) onAnswer.push(compileMaxLatency(expect.max_latency))
  if (expect.schema !== undefined) onAnswer.push(compileJsonSchema(expect.schema))
  const onNames = expect.context_path === undefined ? [] : compileNamed(expect.context_path, expect, tools)
  if (expect.expression !== undefined) onNames.push(compileExpression(expect.expression, tools))

  return (answer, context, isQuiet = false) => {
    let first: Failure | undefined
    for (const check of onAnswer) {
      const failure = answer === undefined ? noAnswer : attempt(check, answer, context)
      if (!isQuiet) context.check(tools.slot, failure === undefined)
      first ??= failure
    }
    for (const check of onNames) {
      const failure = attempt(check, context, answer)
      if (!isQuiet) context.check(tools.slot, failure === undefined)
      first ??= failure
    }
    return first
  }
}

const noAnswer: Failure = failed('no answer yet', 'there is no answer yet in this iteration that could be checked')

function attempt<A, B>(check: (a: A, b: B) => Failure | undefined, a: A, b: B): Failure | undefined {
  try {
    return check(a, b)
  } catch (error) {
    return asFailure(error)
  }
}

function compileStatus(rule: NonNullable<Expect['status_code']>): Check {
  const rules = Array.isArray(rule) ? (rule as readonly StatusRule[]) : [rule as StatusRule]
  const expected = rules.join(', ')
  const [first] = rules
  return ({ status: actual }) =>
    actual === first || rules.some((one) => statusIs(one, actual))
      ? undefined
      : failed(`status_code: ${actual}, expected ${expected}`)
}

function compileJsonPath(source: string, operators: Operators, tools: Tools): Check[] {
  const path = jsonPath(source)
  const subject: Subject = { name: source, isList: !path.isSingular }
  return compileOperators(operators, subject, tools).map((check) => (answer, context) => {
    const json = answer.json()
    return 'error' in json ? notJson(answer, json) : check(path.find(json.value), context)
  })
}

type Unread = Exclude<ReturnType<Answer['json']>, { readonly value: unknown }>

/** Says what came instead: content type and how it begins. */
export function notJson(answer: Answer, { error, isTooLarge }: Unread): Failure {
  if (isTooLarge === true) return failed(`the body is too large to be read as JSON: ${error}`)
  const type = String(answer.headers['content-type'] ?? 'no content-type')
  return failed(`the body is not JSON (${type})`, `the body is not JSON (status ${answer.status}, ${type}): ${error}`)
}

function compileHeader(header: NonNullable<Expect['header']>, tools: Tools): Check[] {
  const name = header.name.toLowerCase()
  return compileOperators(header, { name: `header ${header.name}`, isText: true }, tools).map(
    (check) => (answer, context) => check(headerText(answer, name), context),
  )
}

export function headerText(answer: Answer, lowerCaseName: string): string | undefined {
  const value = Object.hasOwn(answer.headers, lowerCaseName) ? answer.headers[lowerCaseName] : undefined
  return Array.isArray(value) ? value.join(', ') : value
}

function compileBodyContains(wanted: string, tools: Tools): Check {
  const text = tools.text(wanted)
  return (answer, context) => {
    const expected = text(context)
    if (includesText(answer.text(), expected)) return undefined
    return failed(
      `body_contains: not there: ${shown(wanted)}`,
      `the body does not contain ${shown(expected)}; it is ${shown(answer.text())}`,
    )
  }
}

function compileMaxLatency(most: number): Check {
  return ({ latencyMs }) =>
    latencyMs <= most
      ? undefined
      : failed(`max_latency: over ${formatMs(most)}`, `took ${formatMs(latencyMs)}, max_latency is ${formatMs(most)}`)
}

function compileJsonSchema(schema: JsonSchema): Check {
  const check = compileSchema(schema)
  return (answer) => {
    const json = answer.json()
    return 'error' in json ? notJson(answer, json) : check(json.value)
  }
}

/** One key of `expect` that needs no answer. */
type NameCheck = (context: StepContext, answer: Answer | undefined) => Failure | undefined

function compileExpression(source: string, tools: Tools): NameCheck {
  const holds = tools.condition(source, 'expression')
  const key = `expression: ${source} does not hold`
  return (context, answer) => {
    if (holds(context, answer)) return undefined
    const values = holds.told(context, answer)
    return failed(key, values === '' ? key : `${key}: ${values}`)
  }
}

function compileNamed(path: string, operators: Operators, tools: Tools): NameCheck[] {
  const value = tools.value(`{{${path}}}`)
  const find = (context: StepContext): unknown => {
    try {
      return value(context)
    } catch (error) {
      if (error instanceof NameError) return undefined
      throw error
    }
  }
  return compileOperators(operators, { name: path }, tools).map((check) => (context) => check(find(context), context))
}
