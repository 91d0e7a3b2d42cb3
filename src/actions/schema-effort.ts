// Makes what a JSON Schema costs visible while it is applied: each of its parts counts when it looks at a value,
// because a few lines that refer to themselves can take for ever over a deep answer. Compiling is json-schema.ts.
import type { Ajv2020 } from 'ajv/dist/2020.js'
import type { Format } from 'ajv'
import { spend } from '../effort.ts'
import type { JsonSchema } from './json-schema.ts'

const KEYWORD = '$effort'
/** Compiling one takes long. */
const MOST_PARTS = 2_000
/** Nothing that a format is about is longer, but for texts in base64. */
const LONGEST_FORMATTED = 10_000
const LENGTH_PER_UNIT = 32
const FORMATTED_PER_UNIT = 4

/** Whose values are data, not schemas. */
const DATA: ReadonlySet<string> = new Set(['const', 'default', 'dependentRequired', 'enum', 'example', 'examples'])
/** Whose values are schemas by names of the user's. */
const BY_NAME: ReadonlySet<string> = new Set([
  '$defs',
  'definitions',
  'dependentSchemas',
  'patternProperties',
  'properties',
])

/** The same schema, counting. Throws an Error with one line when it has too many parts, or does not answer at once. */
export function counted(schema: JsonSchema): JsonSchema {
  let parts = 0
  const part = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(part)
    if (typeof value !== 'object' || value === null) return value
    if (++parts > MOST_PARTS) throw new Error(`it has more than ${MOST_PARTS} parts`)
    if ('$async' in value) throw new Error('$async is not known here')
    const entries = Object.entries(value).map(([key, item]) => [key, inside(key, item)] as const)
    return Object.fromEntries([...entries, [KEYWORD, weightOf(value)]])
  }
  const inside = (key: string, value: unknown): unknown => {
    if (DATA.has(key)) return value
    if (!BY_NAME.has(key) || typeof value !== 'object' || value === null) return part(value)
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, part(item)]))
  }
  return part(schema) as JsonSchema
}

/** Its keywords, the names it holds keys against, the values it compares with. */
function weightOf(schema: object): number {
  const entries = Object.entries(schema)
  return entries.reduce(
    (sum, [key, value]) => sum + (DATA.has(key) ? sizeOf(value) : Object.keys(Object(value)).length),
    2,
  )
}

function sizeOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce<number>((sum, item) => sum + sizeOf(item), 1)
}

/** What counts, and what ajv has that takes more than linear time. */
export function teachEffort(ajv: Ajv2020): void {
  ajv.addKeyword({
    keyword: KEYWORD,
    // The first that does not hold ends it.
    before: '$dynamicAnchor',
    schemaType: 'number',
    validate: (weight: number, data: unknown) => {
      const length = typeof data === 'string' ? data.length / LENGTH_PER_UNIT : 0
      spend(weight + length + (Array.isArray(data) ? data.length / LENGTH_PER_UNIT : 0))
      return true
    },
  })
  ajv.removeKeyword('uniqueItems')
  ajv.addKeyword({ keyword: 'uniqueItems', type: 'array', schemaType: 'boolean', errors: true, validate: unique })
  for (const [name, format] of Object.entries(ajv.formats))
    if (name !== 'byte' && format !== undefined) ajv.addFormat(name, bounded(format))
}

interface Unique {
  (wanted: boolean, data: readonly unknown[]): boolean
  errors?: { keyword: string; message: string; params: { i: number; j: number } }[]
}

/** Each item is looked up among those before it, not held against each of them. */
const unique: Unique = (wanted, data) => {
  if (!wanted) return true
  const seen = new Map<string, number>()
  for (const [i, item] of data.entries()) {
    const text = identity(item)
    const j = seen.get(text)
    if (j !== undefined) {
      const message = `must NOT have duplicate items (items ## ${i} and ${j} are identical)`
      unique.errors = [{ keyword: 'uniqueItems', message, params: { i, j } }]
      return false
    }
    seen.set(text, i)
  }
  return true
}

/** The same text for equal values, whatever the order of their keys. */
function identity(value: unknown): string {
  spend(2)
  if (typeof value === 'string') spend(value.length / LENGTH_PER_UNIT)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined'
  if (Array.isArray(value)) return `[${value.map(identity).join(',')}]`
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${identity(item)}`).join(',')}}`
}

function bounded(format: Format): Format {
  if (typeof format === 'boolean' || typeof format === 'string') return format
  const holds = (test: (text: string) => boolean) => (text: string) => {
    if (text.length > LONGEST_FORMATTED) return false
    spend(text.length / FORMATTED_PER_UNIT)
    return test(text)
  }
  if (format instanceof RegExp) return holds((text) => format.test(text))
  if (typeof format === 'function') return holds(format)
  const { validate, type, async } = format
  if (type === 'number' || async === true || typeof validate === 'string') return format
  if (validate instanceof RegExp) return holds((text) => validate.test(text))
  return holds(validate as (text: string) => boolean)
}
