// A value for which all operators of an `expect` hold: candidates that each of them suggests, tried with the
// very checks that judge an answer. What is not found here does not pass there.
import type { StepContext, Tools } from './action.ts'
import type { Operators, Subject } from './operators.ts'
import { compileOperators, OPERATORS } from './operators.ts'
import { textFor } from './pattern-text.ts'

/** What a path holds of which nothing is known. */
export const ANYTHING = 'mock'

const OF_TYPE: Readonly<Record<string, unknown>> = {
  string: ANYTHING,
  number: 1,
  integer: 1,
  boolean: true,
  array: [],
  object: {},
  null: null,
}

/** Undefined when there is none for which all of them hold. */
export function satisfyingValue(
  operators: readonly Operators[],
  subject: Subject,
  tools: Tools,
  context: StepContext,
  preferred: unknown = ANYTHING,
): { readonly value: unknown } | undefined {
  const checks = operators.flatMap((given) => compileOperators(given, subject, tools))
  const given = operators.map((each) => {
    const used = OPERATORS.filter((name) => each[name] !== undefined)
    return Object.fromEntries(used.map((name) => [name, tools.value(each[name])(context)]))
  })
  const holds = (value: unknown): boolean => {
    const found = subject.isList === true ? [value] : value
    return checks.every((check) => check(found, context) === undefined)
  }
  const numbers = between(given)
  for (const each of given)
    for (const value of candidates(each, numbers, preferred, subject)) if (holds(value)) return { value }
  return undefined
}

/** What is there already first, then the most particular ones. */
function candidates(
  given: Readonly<Record<string, unknown>>,
  numbers: readonly number[],
  preferred: unknown,
  subject: Subject,
): unknown[] {
  const { equals, one_of, contains, matches, length, type } = given
  const count = length === undefined ? undefined : Math.min(Number(length), 10_000)
  const text = typeof matches === 'string' ? textFor(matches) : undefined
  const all: unknown[] = [preferred]
  if ('equals' in given) all.push(equals)
  if (Array.isArray(one_of)) all.push(...(one_of as unknown[]))
  all.push(...containing(contains, count), ...(text === undefined ? [] : [text, ...padded(text, count)]))
  all.push(...numbers, ...ofLength(count))
  if (typeof type === 'string') all.push(OF_TYPE[type])
  const values = [...all, ...Object.values(OF_TYPE), 0, -1, 'mock 2', false]
  if (subject.isText === true)
    return values.flatMap((value) => (typeof value === 'number' || typeof value === 'string' ? [String(value)] : []))
  // What such a path finds is a list; in the document stands what is in it.
  return subject.isList === true ? values.flatMap((value) => (isSingle(value) ? [value[0], value] : [value])) : values
}

const isSingle = (value: unknown): value is readonly [unknown] => Array.isArray(value) && value.length === 1

function containing(wanted: unknown, count: number | undefined): unknown[] {
  if (wanted === undefined) return []
  const list = Array.from({ length: Math.max(1, count ?? 1) }, () => wanted)
  return [...(typeof wanted === 'string' ? [wanted, ...padded(wanted, count)] : []), list]
}

function padded(text: string, count: number | undefined): string[] {
  return count === undefined || count <= text.length ? [] : [text.padEnd(count, 'a'), text.padEnd(count, '1')]
}

function ofLength(count: number | undefined): unknown[] {
  if (count === undefined || !Number.isInteger(count) || count < 0) return []
  const keys = Array.from({ length: count }, (_, at) => [`key${at + 1}`, ANYTHING] as const)
  return [Array.from({ length: count }, () => ({ id: ANYTHING })), 'a'.repeat(count), Object.fromEntries(keys)]
}

/** Numbers within the bounds of all of them. */
function between(all: readonly Readonly<Record<string, unknown>>[]): number[] {
  const bound = (...names: readonly string[]): number[] =>
    all.flatMap((given) => names.flatMap((name) => (given[name] === undefined ? [] : [Number(given[name])])))
  const [low, high] = [bound('gt', 'gte'), bound('lt', 'lte')]
  if (low.length + high.length === 0) return []
  const least = low.length === 0 ? Math.min(...high) - 10 : Math.max(...low)
  const most = high.length === 0 ? Math.max(...low) + 10 : Math.min(...high)
  const middle = (least + most) / 2
  return [Math.round(middle), middle, least + 1, most - 1, least, most]
}
