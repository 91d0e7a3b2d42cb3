// Where a scenario of Turbulence means something else here than it did there, because what it meant there was a
// mistake: said once for each place, as a hint. It runs all the same.
import { jsonPath, wrongJsonPath } from '../../actions/jsonpath.ts'
import { isMapping } from '../reader.ts'
import type { Mapping } from '../reader.ts'
import type { Finding, Source } from '../source.ts'
import { allStepsOf, isOldShape, textsIn } from './kinds.ts'
import type { RawStep } from './kinds.ts'
import { changedWords } from './yaml-words.ts'

/** Of a file that nobody has changed since. */
export function noteDifferences(source: Source): void {
  const { value, file, text } = source
  if (!isMapping(value) || !isOldShape(file, value)) return
  const all = [...everywhere([SAYS_MORE]), ...differencesIn(value), ...changedWords(text)]
  for (const finding of all) source.add(finding)
}

export function differencesIn(value: Mapping): Finding[] {
  const steps = allStepsOf(value)
  return [
    ...stopWhen(value),
    ...maxSteps(value),
    ...retryStorms(value),
    ...steps.flatMap(firstKeyOfExpect),
    ...steps.flatMap(severalMatches),
    ...decisions(steps),
    ...numbersOfEnvironment(value),
  ]
}

const differs = (finding: Omit<Finding, 'code'>): Finding => ({
  code: 'differs',
  severity: 'hint',
  ...finding,
})

const SAYS_MORE = 'turbulence lint --old says what to write instead, line by line.'

/** What no key says. */
export function everywhere(more: readonly string[] = []): Finding[] {
  return [
    differs({
      path: ['id'],
      atKey: true,
      message: 'This file is written for Turbulence. It runs; what is measured and drawn is not the same.',
      hint: [
        'Cookies: each agent has its own; there, all had one jar.',
        'Percentiles: HTTP requests alone; there, assert, decide and skipped steps and waiting were in them.',
        'Thresholds: a share has its unit, success_rate >= 99%; there, a number of at most 1 was a guess.',
        'Seed: the same seed, the same values, whatever runs beside it; there, ids and decisions were others each time.',
        ...more,
      ].join('\n'),
    }),
  ]
}

function stopWhen(value: Mapping): Finding[] {
  const given = isMapping(value['stop_when']) ? value['stop_when'] : undefined
  const missing = ['any_action_fails', 'any_assertion_fails'].filter((key) => given?.[key] === undefined)
  if (missing.length === 0) return []
  const names = missing.join(' and ')
  return [
    differs({
      path: given === undefined ? ['flow'] : ['stop_when'],
      atKey: true,
      message: `A failure ends the iteration, because ${names} ${missing.length > 1 ? 'are' : 'is'} not given; Turbulence went on.`,
      hint: `To go on: stop_when: { ${missing.map((key) => `${key}: false`).join(', ')} }`,
    }),
  ]
}

function maxSteps(value: Mapping): Finding[] {
  const most = value['max_steps']
  if (typeof most !== 'number') return []
  return [
    differs({
      path: ['max_steps'],
      message: `max_steps ends an iteration after ${most} steps; in Turbulence it was read and never used, and 100 held.`,
      hint: 'Steps inside a branch count, skipped ones do not.',
    }),
  ]
}

function retryStorms(value: Mapping): Finding[] {
  return (['turbulence', 'pressure'] as const).flatMap((key) => {
    const spec = isMapping(value[key]) ? value[key] : {}
    const levels = [
      [['global'], spec['global']] as const,
      ...['services', 'actions'].flatMap((level) =>
        Object.entries(isMapping(spec[level]) ? spec[level] : {}).map(([name, of]) => [[level, name], of] as const),
      ),
    ]
    return levels.flatMap(([path, of]) => {
      const count = isMapping(of) ? of['retry_count'] : undefined
      if (typeof count !== 'number' || count < 1) return []
      const message = `Each request is sent ${count} more time${count === 1 ? '' : 's'}, whatever it was answered: also a POST that succeeded.`
      const hint =
        'As in Turbulence, which did not say so; here these samples are labelled. To try again after failures only: retry, on the step.'
      return [differs({ path: [key, ...path, 'retry_count'], atKey: true, message, hint })]
    })
  })
}

/** Turbulence looked at the first of them alone, in this order. */
const IN_ORDER: readonly string[] = ['status_code', 'schema', 'expression', 'jsonpath', 'context_path']

function firstKeyOfExpect({ step, at }: RawStep): Finding[] {
  const { type, expect } = step
  if (!isMapping(expect)) return []
  const given = IN_ORDER.filter((key) => Object.hasOwn(expect, key))
  const looked = type === 'wait' ? given.filter((key) => ['status_code', 'jsonpath'].includes(key)) : given.slice(0, 1)
  const passed = given.filter((key) => !looked.includes(key))
  if (passed.length === 0 || type === 'http') return []
  const there = looked.length === 0 ? 'looked at none of them' : `looked at ${looked.join(' and ')} alone`
  return [
    differs({
      path: [...at, 'expect', passed[0] ?? ''],
      atKey: true,
      message: `All of expect must hold: ${given.join(', ')}; Turbulence ${there}.`,
      hint: `If it fails now, it was wrong before: leave out ${passed.join(' and ')}, or let the service be right.`,
    }),
  ]
}

/** It took the first of all matches. */
function severalMatches({ step, at }: RawStep): Finding[] {
  const { extract, expect } = step
  const paths = [
    ...Object.entries(isMapping(extract) ? extract : {}).map(([name, path]) => [['extract', name], path] as const),
    ...(isMapping(expect) ? [[['expect', 'jsonpath'], expect['jsonpath']] as const] : []),
  ]
  return paths.flatMap(([way, path]) => {
    if (typeof path !== 'string' || !givesList(path)) return []
    const message = `${path} gives the list of all matches; Turbulence took the first.`
    const hint = `For the first alone: ${path.replace(/\[\*\]/g, '[0]')}`
    return [differs({ path: [...at, ...way], message, hint, severity: 'warning' })]
  })
}

function givesList(path: string): boolean {
  return wrongJsonPath(path) === undefined && !jsonPath(path).isSingular
}

function decisions(steps: readonly RawStep[]): Finding[] {
  const [, second] = steps.filter(({ step }) => step['type'] === 'decide')
  if (second === undefined) return []
  return [
    differs({
      path: [...second.at, 'decision'],
      message: 'Each decision is drawn for itself; in Turbulence all of one agent came from the same number.',
      hint: 'Who chose the first option in one chose it in all. Nothing is to be done.',
    }),
  ]
}

const NOT_TEXT = /^\s*\{\{\s*env\.(\w+)\s*\|\s*default:\s*(-?\d+(?:\.\d+)?|true|false|null)\s*\}\}\s*$/

/** Where the type matters: what is sent as JSON. */
function numbersOfEnvironment(value: Mapping): Finding[] {
  return textsIn(value).flatMap(({ text, at }) => {
    const [, name, given] = NOT_TEXT.exec(text) ?? []
    if (name === undefined || !at.some((key) => key === 'json' || key === 'body' || key === 'entry')) return []
    const message = `Without ${name} this is ${given}, and no text; in Turbulence it was text.`
    return [differs({ path: at, message, hint: `For text with and without it: {{env.${name} | default: '${given}'}}` })]
  })
}
