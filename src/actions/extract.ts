// `extract`: variables from an answer, by JSONPath, from a header or by a pattern. Nothing found is a failure unless
// a default is given; nothing is set unless all of them are found.
import { z } from 'zod'
import type { Failure } from '../sample.ts'
import type { Answer, StepContext } from './action.ts'
import { headerText, jsonPathText, notJson } from './expect.ts'
import { failed, shown } from './failure.ts'
import { patternText, variable } from './fields.ts'
import { jsonPath } from './jsonpath.ts'
import { pattern, wrongPattern } from './pattern.ts'

interface RuleKeys {
  readonly path?: string | undefined
  readonly header?: string | undefined
  readonly regex?: string | undefined
  readonly group?: number | undefined
  readonly default?: unknown
}

type Rule = string | RuleKeys

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
        regex: patternText().optional().meta({
          title: 'regular expression',
          description: 'What it finds first in the body as text, instead; RE2 syntax.',
        }),
        group: z
          .int()
          .min(0)
          .optional()
          .meta({ description: 'Which of its groups; `0` is all of it.', unset: '`1`, without groups `0`' }),
        default: z
          .unknown()
          .optional()
          .meta({ description: 'What to take when nothing is found.', unset: 'none: the step fails' }),
      })
      .superRefine((given, context) => {
        const fault = faultOf(given)
        if (fault !== undefined) context.addIssue({ code: 'custom', message: fault })
      }),
  ],
  {
    error: (issue) =>
      `${shown(issue.input)} says not where the value is.\nWrite $.id, { path: $.id, default: 0 }, { header: location } or { regex: "token=(\\w+)" }.`,
  },
)

function faultOf({ path, header, regex, group }: RuleKeys): string | undefined {
  if ([path, header, regex].filter((given) => given !== undefined).length !== 1)
    return 'An extraction has one of path, header and regex.\nWrite { path: $.id, default: 0 } or { header: location }.'
  if (group === undefined) return undefined
  if (regex === undefined)
    return 'A group belongs to a regex, and there is none.\nWrite { regex: "token=(\\\\w+)", group: 1 }.'
  if (wrongPattern(regex) !== undefined) return undefined
  const { groups } = pattern(regex)
  return group <= groups ? undefined : `${shown(regex)} has no group ${group}.\nIt has ${groups}; 0 is all of it.`
}

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
  const { path, header, regex, group, ...more }: RuleKeys = typeof from === 'string' ? { path: from } : from
  const hasDefault = 'default' in more
  const keep = (value: unknown, found: Record<string, unknown>, where: string): Failure | undefined => {
    if (value === undefined && !hasDefault)
      return failed(`extract ${name}: nothing at ${where}`, `extract ${name}: the answer has nothing at ${where}`)
    found[name] = value === undefined && 'default' in more ? more.default : value
    return undefined
  }
  if (regex !== undefined) {
    const { find, groups } = pattern(regex)
    const which = group ?? Math.min(1, groups)
    return (answer, found) => keep(find(answer.text(), which), found, `regex ${shown(regex)}`)
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
      const { key, message } = notJson(answer, json)
      return failed(`extract ${name}: ${key}`, `extract ${name}: ${message}`)
    }
    const value = query.find(json.value)
    return keep(!query.isSingular && Array.isArray(value) && value.length === 0 ? undefined : value, found, path)
  }
}
