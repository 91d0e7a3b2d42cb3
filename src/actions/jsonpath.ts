// JSONPath (RFC 9535), compiled once. Plain paths such as `$.items[0].id` take a short way; all others
// are parsed by json-p3 and walked by jsonpath-search.ts, with `match` and `search` on linear regular expressions.
import { createRequire } from 'node:module'
import type * as JsonP3 from 'json-p3'
import type { JSONPathEnvironment } from 'json-p3'
import { spend } from '../effort.ts'
import { search } from './jsonpath-search.ts'
import type { Functions } from './jsonpath-search.ts'
import { pattern, wrongPattern } from './pattern.ts'
import type { Pattern } from './pattern.ts'

export interface Path {
  /** One value at most; false for wildcards, slices, filters and `..`, whose result is a list. */
  readonly isSingular: boolean
  /** The value, or the list of all values; undefined = nothing there (a list may be empty). */
  find(root: unknown): unknown
}

const PLAIN = /^\$(?:\.[A-Za-z_][A-Za-z0-9_]*|\[\d{1,9}\]|\['[^'\\]*'\]|\["[^"\\]*"\])*$/
const SEGMENT = /\.([A-Za-z_][A-Za-z0-9_]*)|\[(\d+)\]|\['([^']*)'\]|\["([^"]*)"\]/g

const require = createRequire(import.meta.url)
/** Made, and its library loaded, for the first path that is not plain. */
let environment: JSONPathEnvironment | undefined

const library = (): typeof JsonP3 => require('json-p3') as typeof JsonP3

const FUNCTIONS: Functions = {
  count: (matches) => (matches as readonly unknown[]).length,
  value: (matches) => ((matches as readonly unknown[]).length === 1 ? (matches as readonly unknown[])[0] : undefined),
  length: (value) => lengthOf(value),
  match: (text, source) => matches(text, source, (of, given) => of.isAllOf(given)),
  search: (text, source) => matches(text, source, (of, given) => of.isIn(given)),
}

/** Of a text in characters, not in halves of surrogate pairs. */
function lengthOf(value: unknown): number | undefined {
  if (typeof value === 'string') {
    spend(value.length)
    return Array.from(value).length
  }
  return typeof value === 'object' && value !== null ? Object.keys(value).length : undefined
}

/** The pattern may come from the answer, and be none. */
function matches(text: unknown, source: unknown, holds: (of: Pattern, text: string) => boolean): boolean {
  if (typeof text !== 'string' || typeof source !== 'string' || wrongPattern(source) !== undefined) return false
  return holds(pattern(source), text)
}

/** Throws an Error with one line when the path is wrong. */
export function jsonPath(source: string): Path {
  if (PLAIN.test(source)) return plainPath(source)
  environment ??= new (library().JSONPathEnvironment)()
  const query = environment.compile(source)
  const find = (root: unknown): unknown[] => search(query, root, { functions: FUNCTIONS, parts: library().jsonpath })
  return query.singularQuery() ? { isSingular: true, find: (root) => find(root)[0] } : { isSingular: false, find }
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
