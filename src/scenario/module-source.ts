// A scenario written in TypeScript: its value comes from whoever has run the module; where each part of it
// stands is read from the text, as far as that can be seen there.
import type { DataPath } from './diagnostic.ts'
import { findLiteral } from './object-literal.ts'
import type { Written } from './object-literal.ts'
import { Source } from './source.ts'
import type { Found } from './source.ts'

/** @param value what the module exports as default */
export function moduleSource(file: string, text: string, value: unknown): Source {
  const literal = findLiteral(text)
  const strange: DataPath[] = []
  const plain = plainValue(value, [], strange)
  const source = new Source(file, text, { value: plain, find: (path, atKey) => findIn(literal, path, atKey) })
  for (const path of strange)
    source.add({
      code: 'not-data',
      path,
      message: 'A scenario is plain data: texts, numbers, true, false, null, lists and mappings.',
      hint: 'For code of your own there is the step type: call.',
    })
  return source
}

function findIn(literal: Written, path: DataPath, atKey: boolean): Found {
  let written = literal
  let { at } = literal
  for (const [depth, key] of path.entries()) {
    const pair = typeof key === 'string' ? written.keys?.get(key) : undefined
    const value = typeof key === 'number' ? written.items?.[key] : pair?.value
    if (value === undefined) return { at, depth }
    written = value
    at = atKey && depth === path.length - 1 && pair !== undefined ? pair.at : value.at
  }
  return { at, depth: path.length }
}

const DEEPEST = 60

/** As JSON would hold it, without what is undefined; the ways to what JSON cannot hold are noted. */
function plainValue(value: unknown, path: DataPath, strange: DataPath[]): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  const isDeep = path.length > DEEPEST
  if (Array.isArray(value) && !isDeep) return value.map((item: unknown, at) => plainValue(item, [...path, at], strange))
  if (typeof value === 'object' && isPlain(value) && !isDeep)
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => [key, plainValue(item, [...path, key], strange)]),
    )
  strange.push(path)
  return null
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  // An object of another context has that context's Object.prototype.
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
