// Values of agents as JSON that gives back what it was made from: what JSON itself would change or lose
// (undefined, NaN, big integers, dates, bytes) is written with its kind. What cannot be kept at all is named.

/** Marks what is not itself; an object that happens to have this key is wrapped as well. */
const KIND = '$kind'
/** Deeper ones, and those that hold themselves, are not kept. */
const DEEPEST = 200

export class UnpackableError extends Error {
  override readonly name = 'UnpackableError'
}

/** As something `JSON.stringify` changes nothing about. @throws UnpackableError, e.g. "a function" */
export function pack(value: unknown, depth = 0): unknown {
  if (depth > DEEPEST) throw new UnpackableError('a value nested too deep')
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0) ? value : { [KIND]: 'number', text: numberText(value) }
    case 'undefined':
      return { [KIND]: 'undefined' }
    case 'bigint':
      return { [KIND]: 'bigint', text: String(value) }
    case 'object':
      return value === null ? null : packObject(value, depth + 1)
    default:
      throw new UnpackableError(`a ${typeof value}`)
  }
}

function packObject(value: object, depth: number): unknown {
  if (Array.isArray(value)) return Array.from(value, (item) => pack(item, depth))
  if (value instanceof Date) return { [KIND]: 'date', ms: pack(value.getTime()) }
  if (value instanceof Uint8Array) return { [KIND]: 'bytes', base64: Buffer.from(value).toString('base64') }
  if (value instanceof Map)
    return { [KIND]: 'map', entries: [...value].map(([key, item]) => [pack(key, depth), pack(item, depth)]) }
  if (value instanceof Set) return { [KIND]: 'set', items: [...value].map((item) => pack(item, depth)) }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && prototype !== Object.prototype)
    throw new UnpackableError(`an instance of ${value.constructor.name || 'a class'}`)
  // From entries, because `__proto__` is an ordinary key of JSON.
  const packed = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, pack(item, depth)]))
  return Object.hasOwn(packed, KIND) ? { [KIND]: 'object', value: Object.entries(packed) } : packed
}

/** Names with their packed values. */
export type Packed = readonly (readonly [name: string, value: unknown])[]

/** Those that can be kept. @param lose called for one that cannot, with what it is */
export function packAll(values: Readonly<Record<string, unknown>>, lose: (name: string, what: string) => void): Packed {
  return Object.entries(values).flatMap(([name, value]) => {
    try {
      return [[name, pack(value)] as const]
    } catch (error) {
      if (!(error instanceof UnpackableError)) throw error
      lose(name, error.message)
      return []
    }
  })
}

export function unpack(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => unpack(item))
  const from = value as Readonly<Record<string, unknown>>
  const list = (key: string): readonly unknown[] => (Array.isArray(from[key]) ? from[key] : [])
  const pairs = (key: string): [unknown, unknown][] =>
    list(key).map((pair) => (Array.isArray(pair) ? [unpack(pair[0]), unpack(pair[1])] : [undefined, undefined]))
  switch (Object.hasOwn(from, KIND) ? from[KIND] : '') {
    case 'number':
      return Number(from['text'])
    case 'undefined':
      return undefined
    case 'bigint':
      return BigInt(String(from['text']))
    case 'date':
      return new Date(Number(unpack(from['ms'])))
    case 'bytes':
      return new Uint8Array(Buffer.from(String(from['base64']), 'base64'))
    case 'map':
      return new Map(pairs('entries'))
    case 'set':
      return new Set(list('items').map((item) => unpack(item)))
    case 'object':
      return Object.fromEntries(pairs('value').map(([key, item]) => [String(key), item]))
    default:
      return Object.fromEntries(Object.entries(from).map(([key, item]) => [key, unpack(item)]))
  }
}

/** `String` would print −0 as 0. */
function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}
