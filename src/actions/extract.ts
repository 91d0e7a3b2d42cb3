// `extract`: variables from an answer, by JSONPath or from a header. Nothing found is a failure unless
// a default is given; nothing is set unless all of them are found.
import { z } from 'zod'
import type { Failure } from '../sample.ts'
import type { Answer, StepContext } from './action.ts'
import { headerText, jsonPathText, notJson } from './expect.ts'
import { failed, shown } from './failure.ts'
import { variable } from './fields.ts'
import { jsonPath } from './jsonpath.ts'

type Rule =
  | string
  | { readonly path?: string | undefined; readonly header?: string | undefined; readonly default?: unknown }

export type Extract = Readonly<Record<string, Rule>>

const rule: z.ZodType<Rule> = z.union(
  [
    jsonPathText,
    z
      .strictObject({
        path: jsonPathText
          .optional()
          .meta({ title: 'JSONPath', description: 'Where it is; one with wildcards or filters gives a list.' }),
        header: z.string().min(1).optional().meta({ description: "A header's value, instead." }),
        default: z
          .unknown()
          .optional()
          .meta({ description: 'What to take when nothing is found.', unset: 'none: the step fails' }),
      })
      .refine((given) => (given.path === undefined) !== (given.header === undefined), {
        error: 'An extraction has either path or header.\nWrite { path: $.id, default: 0 } or { header: location }.',
      }),
  ],
  {
    error: (issue) =>
      `${shown(issue.input)} says not where the value is.\nWrite $.id, { path: $.id, default: 0 } or { header: location }.`,
  },
)

export const extractSchema: z.ZodType<Extract> = z.record(variable, rule)

/** Found values go into `found`; a failure says what was missing. */
type Extraction = (answer: Answer, found: Record<string, unknown>) => Failure | undefined

export function compileExtract(extract: Extract): (answer: Answer, context: StepContext) => Failure | undefined {
  const all = Object.entries(extract).map(([name, from]) => compileRule(name, from))
  return (answer, context) => {
    const found: Record<string, unknown> = {}
    for (const extraction of all) {
      const failure = extraction(answer, found)
      if (failure !== undefined) return failure
    }
    Object.assign(context.vars, found)
    return undefined
  }
}

function compileRule(name: string, from: Rule): Extraction {
  const { path, header, ...more } = typeof from === 'string' ? { path: from } : from
  const hasDefault = 'default' in more
  const keep = (value: unknown, found: Record<string, unknown>, where: string): Failure | undefined => {
    if (value === undefined && !hasDefault)
      return failed(`extract ${name}: nothing at ${where}`, `extract ${name}: the answer has nothing at ${where}`)
    found[name] = value === undefined && 'default' in more ? more.default : value
    return undefined
  }
  if (path === undefined) {
    const lower = (header ?? '').toLowerCase()
    return (answer, found) => keep(headerText(answer, lower), found, `header ${header}`)
  }
  const query = jsonPath(path)
  return (answer, found) => {
    const json = answer.json()
    if ('error' in json) {
      if (hasDefault && answer.text() === '') return keep(undefined, found, path)
      const { key, message } = notJson(answer, json.error)
      return failed(`extract ${name}: ${key}`, `extract ${name}: ${message}`)
    }
    const value = query.find(json.value)
    return keep(!query.isSingular && Array.isArray(value) && value.length === 0 ? undefined : value, found, path)
  }
}
