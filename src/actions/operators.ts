// The comparisons of `expect`: what each holds for, how it is said, and their schema. One found value
// (by JSONPath, by name, a header) is judged by all operators that stand beside it.
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { spend } from '../effort.ts'
import type { Failure } from '../sample.ts'
import type { Names, Tools } from './action.ts'
import { failed, shown } from './failure.ts'
import { patternText, templateFor } from './fields.ts'
import { spendValue } from './json-text.ts'
import { pattern } from './pattern.ts'
import { includesText } from './text-search.ts'

export interface Operators {
  readonly equals?: unknown
  readonly not_equals?: unknown
  readonly contains?: unknown
  readonly matches?: string | undefined
  readonly one_of?: readonly unknown[] | string | undefined
  readonly exists?: boolean | undefined
  readonly gt?: number | string | undefined
  readonly gte?: number | string | undefined
  readonly lt?: number | string | undefined
  readonly lte?: number | string | undefined
  readonly length?: number | string | undefined
  readonly type?: string | undefined
}

export const OPERATORS: readonly (keyof Operators)[] = [
  'equals',
  'not_equals',
  'contains',
  'matches',
  'one_of',
  'exists',
  'gt',
  'gte',
  'lt',
  'lte',
  'length',
  'type',
]

const TYPES = ['string', 'number', 'integer', 'boolean', 'array', 'object', 'null'] as const
const NUMBER = 'a number, or a template that gives one'
const LIST = 'a list of values, or a template that gives one'

const number = z
  .union([z.number(), templateFor(NUMBER)], { error: (issue) => `${shown(issue.input)} is not ${NUMBER}.` })
  .optional()

export const operatorKeys: Readonly<Record<keyof Operators, z.ZodType>> = {
  equals: z.unknown().optional().meta({ description: 'It is this; deep comparison, types included.' }),
  not_equals: z.unknown().optional().meta({ description: 'It is not this.' }),
  contains: z
    .unknown()
    .optional()
    .meta({ description: 'A text has this part, a list this item, a mapping this value.' }),
  matches: patternText((source) => source.includes('{{'))
    .optional()
    .meta({ title: 'regular expression', description: 'Somewhere in it; RE2 syntax.' }),
  one_of: z
    .union([z.array(z.unknown()).min(1), templateFor(LIST)], {
      error: (issue) => `${shown(issue.input)} is not ${LIST}.`,
    })
    .optional()
    .meta({ description: 'It is one of these.' }),
  exists: z
    .boolean()
    .optional()
    .meta({ description: 'It is there, or is not.', unset: '`true`, without other comparisons' }),
  gt: number.meta({ description: 'It is a number above this.' }),
  gte: number.meta({ description: 'It is a number, at least this.' }),
  lt: number.meta({ description: 'It is a number below this.' }),
  lte: number.meta({ description: 'It is a number, at most this.' }),
  length: number.meta({ description: 'Of a text, a list, a mapping.' }),
  type: z.enum(TYPES).optional().meta({ description: 'What it is.' }),
}

/** Node's own deep comparison is slow to begin. */
const UNITS_PER_COMPARISON = 10

type Holds = (actual: unknown, expected: unknown) => boolean

const compare =
  (holds: (a: number, b: number) => boolean): Holds =>
  (actual, expected) =>
    typeof actual === 'number' && holds(actual, Number(expected))

/** Deep; a comparison looks at no more than either of them. */
function isSame(a: unknown, b: unknown): boolean {
  if (typeof a === 'object' && typeof b === 'object') spendValue(a)
  spend(UNITS_PER_COMPARISON)
  return isDeepStrictEqual(a, b)
}

const isAmong = (value: unknown, list: readonly unknown[]): boolean => list.some((item) => isSame(item, value))

const HOLDS: Readonly<Record<Exclude<keyof Operators, 'exists'>, Holds>> = {
  equals: isSame,
  not_equals: (actual, expected) => !isSame(actual, expected),
  contains: (actual, expected) =>
    typeof actual === 'string'
      ? includesText(actual, String(expected))
      : typeof actual === 'object' && actual !== null && isAmong(expected, Object.values(actual)),
  matches: (actual, source) =>
    (typeof actual === 'string' || typeof actual === 'number') && pattern(String(source)).isIn(String(actual)),
  one_of: (actual, list) => Array.isArray(list) && isAmong(actual, list),
  gt: compare((a, b) => a > b),
  gte: compare((a, b) => a >= b),
  lt: compare((a, b) => a < b),
  lte: compare((a, b) => a <= b),
  length: (actual, expected) => lengthOf(actual) === Number(expected),
  type: (actual, type) => typeOf(actual) === type || (type === 'number' && typeOf(actual) === 'integer'),
}

const SAID: Readonly<Record<keyof Operators, string>> = {
  equals: '',
  not_equals: 'anything but ',
  contains: 'to contain ',
  matches: 'to match ',
  one_of: 'one of ',
  exists: 'exists: ',
  gt: '> ',
  gte: '>= ',
  lt: '< ',
  lte: '<= ',
  length: 'length ',
  type: 'type ',
}

/** Judges a found value; undefined = it holds. `value` undefined = nothing was found. */
export type ValueCheck = (value: unknown, names: Names) => Failure | undefined

/** What is judged. */
export interface Subject {
  readonly name: string
  /** A list of everything found: an empty one does not exist. */
  readonly isList?: boolean
  /** A header: always text, so that numbers are compared as numbers. */
  readonly isText?: boolean
}

/** One check per operator given; without any, that the value is there. */
export function compileOperators(given: Operators, of: Subject, tools: Tools): ValueCheck[] {
  const subject = of.name
  const used = OPERATORS.filter((name) => given[name] !== undefined)
  if (used.length === 0) return [existence(true, of)]
  return used.map((name) => {
    if (name === 'exists') return existence(given.exists === true, of)
    const holds = of.isText === true ? onText(name, HOLDS[name]) : HOLDS[name]
    const operand = tools.value(given[name])
    const wanted = `${SAID[name]}${shown(given[name])}`
    return (value, names) => {
      if (value === undefined) return missing(subject, wanted)
      const expected = operand(names)
      if (judge(holds, value, expected)) return undefined
      const actual = name === 'length' ? `${shown(value)} (length ${lengthOf(value) ?? 'none'})` : shown(value)
      return failed(
        `${subject}, expected ${wanted}`,
        `${subject} is ${actual}, expected ${SAID[name]}${shown(expected)}`,
      )
    }
  })
}

/** A pattern that a template made may be wrong: then it does not hold. */
function judge(holds: Holds, value: unknown, expected: unknown): boolean {
  try {
    return holds(value, expected)
  } catch {
    return false
  }
}

const missing = (subject: string, wanted: string): Failure => failed(`${subject} is missing, expected ${wanted}`)

function existence(wanted: boolean, { name: subject, isList }: Subject): ValueCheck {
  return (value) => {
    const isThere = value !== undefined && !(isList === true && Array.isArray(value) && value.length === 0)
    if (isThere === wanted) return undefined
    const key = wanted ? `${subject} is missing` : `${subject} is there, expected nothing`
    return failed(key, wanted ? key : `${subject} is ${shown(value)}, expected nothing`)
  }
}

function onText(name: keyof Operators, holds: Holds): Holds {
  if (name === 'gt' || name === 'gte' || name === 'lt' || name === 'lte')
    return (actual, expected) => holds(Number(actual), expected)
  if (name === 'equals' || name === 'not_equals') return (actual, expected) => holds(actual, String(expected))
  if (name === 'one_of') return (actual, list) => holds(actual, Array.isArray(list) ? list.map(String) : list)
  return holds
}

function lengthOf(value: unknown): number | undefined {
  if (typeof value === 'string' || Array.isArray(value)) return value.length
  return typeof value === 'object' && value !== null ? Object.keys(value).length : undefined
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value
}
