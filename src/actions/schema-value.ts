// A value that a JSON Schema accepts, made from the schema itself: for answers that are made up. It knows
// what people write into schemas; whoever asks checks it.
import type { JsonSchema } from './json-schema.ts'
import { textFor } from './pattern-text.ts'

type Keywords = Readonly<Record<string, unknown>>

/** Deeper than this, a schema that holds itself is left out. */
const DEEPEST = 12

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2024-01-01T00:00:00Z',
  date: '2024-01-01',
  time: '00:00:00Z',
  duration: 'P1D',
  email: 'mock@example.com',
  hostname: 'example.com',
  ipv4: '127.0.0.1',
  ipv6: '::1',
  uri: 'http://example.com/',
  'uri-reference': '/',
  uuid: '00000000-0000-4000-8000-000000000000',
}

/** What `#` stands for where a part of a schema stands; files are in the `$defs` of all of it. */
interface Documents {
  readonly all: unknown
  readonly here: unknown
}

export function valueOfSchema(schema: JsonSchema): unknown {
  return made(schema, { all: schema, here: schema }, 0)
}

function made(schema: unknown, root: Documents, depth: number): unknown {
  if (!isMapping(schema) || depth > DEEPEST) return {}
  const { $ref, allOf, anyOf, oneOf, ...own } = schema
  if (typeof $ref === 'string') {
    const { part, here } = target($ref, root)
    return made({ ...own, ...part }, { ...root, here }, depth + 1)
  }
  const [one] = [anyOf, oneOf].flatMap((list) => (Array.isArray(list) ? (list as unknown[]).slice(0, 1) : []))
  const parts = [...(Array.isArray(allOf) ? (allOf as unknown[]) : []), ...(one === undefined ? [] : [one])]
  if (parts.length > 0) return made(parts.map((part) => resolved(part, root)).reduce(together, own), root, depth + 1)
  if ('const' in own) return own['const']
  for (const key of ['enum', 'examples'])
    if (Array.isArray(own[key]) && own[key].length > 0) return own[key][0] as unknown
  if ('default' in own) return own['default']
  return ofType(typeOf(own), own, root, depth)
}

function ofType(type: string, schema: Keywords, root: Documents, depth: number): unknown {
  switch (type) {
    case 'object':
      return madeObject(schema, root, depth)
    case 'array':
      return madeList(schema, root, depth)
    case 'number':
    case 'integer':
      return madeNumber(schema, type)
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return madeText(schema)
  }
}

function typeOf({ type, ...schema }: Keywords): string {
  const [first] = [type].flat() as unknown[]
  if (typeof first === 'string') return first
  const has = (...keys: readonly string[]): boolean => keys.some((key) => key in schema)
  if (has('items', 'prefixItems', 'minItems', 'maxItems', 'contains')) return 'array'
  if (has('minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf')) return 'number'
  return has('minLength', 'maxLength', 'pattern', 'format') ? 'string' : 'object'
}

function madeObject({ properties, required }: Keywords, root: Documents, depth: number): unknown {
  const known = isMapping(properties) ? properties : {}
  const needed = Array.isArray(required) ? (required as unknown[]).map(String) : []
  const names = depth > DEEPEST / 2 ? needed : [...new Set([...Object.keys(known), ...needed])]
  return Object.fromEntries(
    names
      .filter((name) => known[name] !== false)
      .map((name) => [name, Object.hasOwn(known, name) ? made(known[name], root, depth + 1) : 'mock']),
  )
}

function madeList({ items, prefixItems, minItems, contains }: Keywords, root: Documents, depth: number): unknown {
  const first = Array.isArray(prefixItems) ? (prefixItems as unknown[]) : []
  const list = first.map((item) => made(item, root, depth + 1))
  if (contains !== undefined) list.push(made(contains, root, depth + 1))
  const least = Math.min(Math.max(Number(minItems ?? 0), list.length), 1000)
  while (list.length < least) list.push(made(items ?? {}, root, depth + 1))
  return list
}

function madeNumber(schema: Keywords, type: string): number {
  const { minimum, maximum, exclusiveMinimum: above, exclusiveMaximum: below, multipleOf: step = 1 } = schema
  const least = minimum ?? (above === undefined ? undefined : Number(above) + (type === 'integer' ? 1 : 0.5))
  const most = maximum ?? (below === undefined ? undefined : Number(below) - (type === 'integer' ? 1 : 0.5))
  const wanted = Number(least ?? (most === undefined ? 1 : Math.min(1, Number(most))))
  const stepped = Math.ceil(wanted / Number(step)) * Number(step)
  if (type === 'integer') return Math.ceil(stepped)
  return stepped <= Number(most ?? Infinity) ? stepped : wanted
}

function madeText({ format, pattern, minLength, maxLength }: Keywords): string {
  const known = typeof format === 'string' ? FORMATS[format] : undefined
  const text = known ?? (typeof pattern === 'string' ? textFor(pattern) : undefined) ?? 'mock'
  return text.padEnd(Math.min(Number(minLength ?? 0), 10_000), 'a').slice(0, Number(maxLength ?? Infinity))
}

/** Of two parts that must hold together. */
function together(one: Keywords, other: Keywords): Keywords {
  const lists = (key: string): unknown[] => [one[key] ?? [], other[key] ?? []].flat()
  const properties = { ...Object(one['properties']), ...Object(other['properties']) }
  return { ...one, ...other, properties, required: [...new Set(lists('required'))] }
}

function resolved(schema: unknown, root: Documents): Keywords {
  if (!isMapping(schema)) return {}
  return typeof schema['$ref'] === 'string'
    ? { ...schema, ...target(schema['$ref'], root).part, $ref: undefined }
    : schema
}

function target(ref: string, { all, here }: Documents): { part: Keywords; here: unknown } {
  const [file = '', way = ''] = ref.split('#', 2)
  const files = isMapping(all) && isMapping(all['$defs']) ? all['$defs'] : {}
  const document = file === '' ? here : files[file]
  let value: unknown = document
  for (const key of way.split('/').filter((part) => part !== ''))
    value = isMapping(value) ? value[decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~')] : undefined
  return { part: isMapping(value) ? value : {}, here: document }
}

const isMapping = (value: unknown): value is Keywords =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
