// What templates can do with a value: filters after `|`, and functions with chance in them.
import type { Names } from '../actions/action.ts'
import { NameError } from '../actions/action.ts'
import { shown } from '../actions/failure.ts'
import { jsonText } from '../actions/json-text.ts'

export type Filter = (value: unknown, argument: unknown) => unknown

/** How a value is printed inside text. */
export function print(value: unknown): string {
  if (typeof value === 'string') return value
  return typeof value === 'object' && value !== null ? jsonText(value) : String(value)
}

function toNumber(value: unknown): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number === 'number' && Number.isFinite(number)) return number
  if (typeof number === 'boolean') return number ? 1 : 0
  throw new NameError(`${shown(value, 40)} is not a number`)
}

export const FILTERS: Readonly<Record<string, Filter>> = {
  default: (value, argument) => value ?? (argument === undefined ? '' : argument),
  upper: (value) => print(value).toUpperCase(),
  lower: (value) => print(value).toLowerCase(),
  trim: (value) => print(value).trim(),
  int: (value) => Math.trunc(toNumber(value)),
  float: toNumber,
  string: print,
  json: jsonText,
  // A lone half of a surrogate pair would throw.
  urlencode: (value) => encodeURIComponent(print(value).replace(/\p{Surrogate}/gu, '\ufffd')),
  base64: (value) => Buffer.from(print(value), 'utf8').toString('base64'),
  round: (value, digits) => {
    const factor = 10 ** Math.min(15, Math.max(0, Math.trunc(Number(digits ?? 0)) || 0))
    return Math.round(toNumber(value) * factor) / factor
  },
}

export interface TemplateFunction {
  readonly least: number
  readonly most: number
  readonly form: string
  call(names: Names, args: readonly unknown[]): unknown
}

export const FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  uuid: { least: 0, most: 0, form: 'uuid()', call: (names) => names.random().uuid() },
  random_int: {
    least: 2,
    most: 2,
    form: 'random_int(1, 6)',
    call(names, args) {
      const [from = 0, to = 0] = args.map((arg) => Math.trunc(toNumber(arg)))
      if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from > to)
        throw new NameError(`random_int(${from}, ${to}): the first number is the smallest, the second the largest`)
      return names.random().int(from, to)
    },
  },
  random_choice: {
    least: 1,
    most: 1000,
    form: 'random_choice("red", "green")',
    call(names, args) {
      const [first] = args
      const choices: readonly unknown[] = args.length === 1 && Array.isArray(first) ? first : args
      if (choices.length === 0) throw new NameError('random_choice has nothing to choose from')
      return choices[names.random().int(0, choices.length - 1)]
    },
  },
}
