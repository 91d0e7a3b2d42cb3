// JSONPath (RFC 9535), compiled once. Plain paths such as `$.items[0].id` take a short way; all others
// go to json-p3, whose `match` and `search` are put on a linear regular expression engine.
import { createRequire } from 'node:module'
import type * as JsonP3 from 'json-p3'
import type { JSONPathEnvironment, JSONValue } from 'json-p3'
import { pattern } from './pattern.ts'

export interface Path {
  /** One value at most; false for wildcards, slices, filters and `..`, whose result is a list. */
  readonly isSingular: boolean
  /** The value, or the list of all values; undefined = nothing there (a list may be empty). */
  find(root: unknown): unknown
}

const PLAIN = /^\$(?:\.[A-Za-z_][A-Za-z0-9_]*|\[\d{1,9}\]|\['[^'\\]*'\]|\["[^"\\]*"\])*$/
const SEGMENT = /\.([A-Za-z_][A-Za-z0-9_]*)|\[(\d+)\]|\['([^']*)'\]|\["([^"]*)"\]/g

const require = createRequire(import.meta.url)
let environment: JSONPathEnvironment | undefined

/** Made, and its library loaded, for the first path that is not plain. */
function newEnvironment(): JSONPathEnvironment {
  const { FunctionExpressionType, JSONPathEnvironment } = require('json-p3') as typeof JsonP3
  const made = new JSONPathEnvironment()
  for (const [name, holds] of [
    ['match', (text: string, source: string) => pattern(source).isAllOf(text)],
    ['search', (text: string, source: string) => pattern(source).isIn(text)],
  ] as const)
    made.functionRegister.set(name, {
      argTypes: [FunctionExpressionType.ValueType, FunctionExpressionType.ValueType],
      returnType: FunctionExpressionType.LogicalType,
      call(text: unknown, source: unknown): boolean {
        if (typeof text !== 'string' || typeof source !== 'string') return false
        try {
          return holds(text, source)
        } catch {
          return false
        }
      },
    })
  return made
}

/** Throws an Error with one line when the path is wrong. */
export function jsonPath(source: string): Path {
  if (PLAIN.test(source)) return plainPath(source)
  environment ??= newEnvironment()
  const query = environment.compile(source)
  if (query.singularQuery()) return { isSingular: true, find: (root) => query.match(root as JSONValue)?.value }
  return { isSingular: false, find: (root) => all(() => query.query(root as JSONValue).values()) }
}

/** What is wrong with it, in one line; undefined = nothing. */
export function wrongJsonPath(source: string): string | undefined {
  if (!source.startsWith('$')) return 'a JSONPath begins with $'
  try {
    jsonPath(source)
    return undefined
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n', 1)
    // The library repeats the path and its offset at the end.
    return line.replace(/ \('.*':\d+\)$/, '')
  }
}

/** An answer nested too deeply for the search has nothing to be found. */
function all(search: () => unknown[]): unknown[] {
  try {
    return search()
  } catch {
    return []
  }
}

function plainPath(source: string): Path {
  const keys: (string | number)[] = []
  for (const [, name, index, single, double] of source.matchAll(SEGMENT))
    keys.push(index === undefined ? (name ?? single ?? double ?? '') : Number(index))
  return {
    isSingular: true,
    find(root) {
      let value = root
      for (const key of keys) {
        if (typeof value !== 'object' || value === null) return undefined
        if (Array.isArray(value) !== (typeof key === 'number') || !Object.hasOwn(value, key)) return undefined
        value = (value as Record<string | number, unknown>)[key]
      }
      return value
    },
  }
}
