// zod's issues in words of ours: the thing, the value, the way out. A schema may bring its own text,
// whose second line is the way out.
import type { z } from 'zod'
import { shown } from '../actions/failure.ts'
import { didYouMean } from '../errors.ts'
import type { DataPath } from './diagnostic.ts'
import type { Finding } from './source.ts'

type Issue = z.core.$ZodIssue

/** Which keys there are, by the list of unknown ones; zod drops the schema from the issues it returns. */
const knownKeys = new WeakMap<object, readonly string[]>()

/** Checks a value; the findings are about it and what is below it. */
export function check<T>(schema: z.ZodType<T>, value: unknown, path: DataPath): { value: T } | { findings: Finding[] } {
  const parsed = schema.safeParse(value, {
    reportInput: true,
    // Empty unless the schema has its own text: then explain() finds the words.
    error: (issue) => {
      if (issue.code === 'unrecognized_keys') knownKeys.set(issue.keys, shapeOf(issue.inst))
      return ''
    },
  })
  return parsed.success
    ? { value: parsed.data }
    : { findings: parsed.error.issues.flatMap((issue) => explain(issue, path)) }
}

function shapeOf(schema: unknown): readonly string[] {
  const shape = (schema as { _zod?: { def?: { shape?: object } } } | undefined)?._zod?.def?.shape
  return Object.keys(shape ?? {})
}

function explain(issue: Issue, above: DataPath): Finding[] {
  const path: DataPath = [...above, ...issue.path.map((key) => (typeof key === 'number' ? key : String(key)))]
  const [message = '', ...more] = issue.message.split('\n')
  const own = message === '' ? undefined : { message, ...(more.length > 0 && { hint: more.join('\n') }) }
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.slice(0, MOST_KEYS).map((key) => unknownKey(key, path, knownKeys.get(issue.keys) ?? []))
    case 'invalid_key':
      return issue.issues.flatMap((inner) => explain(inner, path)).map((finding) => ({ ...finding, path, atKey: true }))
    case 'invalid_union':
      return explainUnion(issue, path, own)
    default: {
      if (own === undefined && issue.input === undefined && isMissing(issue)) return [missing(path)]
      return [{ code: 'wrong-value', path, ...(own ?? inWords(issue, nameOf(path))) }]
    }
  }
}

/** One more than a file's problems at most, so that it is full then. */
const MOST_KEYS = 101

export function unknownKey(key: string, path: DataPath, known: readonly string[]): Finding {
  const message = `There is no key "${key}" here.`
  const longer = known.find((name) => name.startsWith(`${key}_`))
  if (longer !== undefined)
    return { code: 'unknown-key', path: [...path, key], atKey: true, message, hint: `Did you mean "${longer}"?` }
  return { code: 'unknown-key', path: [...path, key], atKey: true, message, hint: didYouMean(key, known, 'Keys') }
}

const isMissing = ({ code }: Issue): boolean => code === 'invalid_type' || code === 'invalid_value'

function missing(path: DataPath): Finding {
  return { code: 'missing-key', path, atKey: true, message: `${nameOf(path)} is missing.` }
}

function explainUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: DataPath,
  own: { message: string; hint?: string } | undefined,
): Finding[] {
  if (issue.discriminator !== undefined) return [wrongType(issue, path)]
  if (issue.input === undefined && own === undefined) return [missing(path)]
  const fitting = issue.errors.filter((branch) =>
    branch.every(
      ({ code, path: { length } }) =>
        length > 0 || ['custom', 'unrecognized_keys', 'too_small', 'too_big'].includes(code),
    ),
  )
  const [only] = fitting
  if (only !== undefined && fitting.length === 1) return only.flatMap((inner) => explain(inner, path))
  return [{ code: 'wrong-value', path, ...(own ?? { message: `${nameOf(path)} cannot be ${shown(issue.input)}.` }) }]
}

const NO_GRPC =
  'Steps send HTTP. A function of your own can speak gRPC: { type: call, module: ./orders.ts, export: get }'

/** The step's `type` decides by which schema it is checked. */
function wrongType(issue: Extract<Issue, { code: 'invalid_union' }>, path: DataPath): Finding {
  const key = issue.discriminator ?? 'type'
  const input: unknown = issue.input
  const given = typeof input === 'object' && input !== null ? (input as Record<string, unknown>)[key] : undefined
  const known = 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : []
  if (given === undefined) return { ...missing(path), hint: `Types: ${known.join(', ')}.` }
  return {
    code: 'unknown-type',
    path,
    message: `${shown(given)} is not a type of step.`,
    hint: given === 'grpc' ? NO_GRPC : didYouMean(typeof given === 'string' ? given : '', known, 'Types'),
  }
}

/** `"cycles"`; an item of a list by its list: `entry 2 of "steps"`. */
function nameOf(path: DataPath): string {
  const last = path.at(-1)
  if (last === undefined) return 'The file'
  if (typeof last === 'string') return `"${last}"`
  const list = path.findLast((key) => typeof key === 'string')
  return list === undefined ? `Entry ${last + 1}` : `Entry ${last + 1} of "${list}"`
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping (key: value)',
  record: 'a mapping (key: value)',
}

/** What was probably meant, where something is of another type. */
function otherType(expected: string, input: unknown, value: string): string | undefined {
  if (expected === 'string' && (typeof input === 'number' || typeof input === 'boolean')) return `Quote it: "${value}"`
  if ((expected === 'number' || expected === 'int') && typeof input === 'string' && /^[+-]?[.\d]/.test(input.trim()))
    return 'Write the number alone, without a unit and without quotes.'
  if ((expected === 'object' || expected === 'record') && input === null)
    return 'Nothing stands below it: indent its keys, write {}, or leave it out.'
  return undefined
}

function inWords(issue: Issue, name: string): { message: string; hint?: string } {
  const value = shown(issue.input)
  switch (issue.code) {
    case 'invalid_type': {
      const message = `${name} must be ${TYPES[issue.expected] ?? issue.expected}, not ${value}.`
      const hint = otherType(issue.expected, issue.input, value)
      return hint === undefined ? { message } : { message, hint }
    }
    case 'invalid_value': {
      const known = issue.values.map(String)
      if (known.length === 1) return { message: `${name} can only be ${known[0]}, not ${value}.` }
      return {
        message: `${name} cannot be ${value}.`,
        hint: didYouMean(typeof issue.input === 'string' ? issue.input : '', known),
      }
    }
    case 'too_small':
      if (issue.origin !== 'number' && issue.origin !== 'int') return { message: `${name} must not be empty.` }
      return {
        message: `${name} must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}, not ${value}.`,
      }
    case 'too_big': {
      const unit = issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' entries' : ''
      if (unit !== '') return { message: `${name} may have at most ${issue.maximum}${unit}.` }
      return { message: `${name} must be at most ${issue.maximum}, not ${value}.` }
    }
    default:
      return { message: `${name} cannot be ${value}.` }
  }
}
