// `entry`: what every iteration begins with, e.g. `{{entry.seed_data.customer}}`. Its texts are templates, filled
// in once for each iteration, so that a `{{uuid}}` in it stays the same until the iteration ends.
import { z } from 'zod'
import type { Names } from '../actions/action.ts'
import type { Random } from '../random.ts'
import { didYouMean } from '../errors.ts'
import type { WrongName } from './names.ts'
import { isMapping } from './reader.ts'
import type { Mapping } from './reader.ts'
import { compileValue } from './template.ts'
import type { NamePath } from './template-syntax.ts'

export type Entry = Mapping

export const entrySchema: z.ZodType<Entry> = z.record(z.string().min(1), z.unknown())

/** @param stream the stream of chance for a text, by where it stands */
export type FillEntry = (
  names: Pick<Names, 'builtin'>,
  stream: (at: string) => Random,
  variation: Mapping | undefined,
) => Entry

type Fill = (names: Pick<Names, 'builtin'>, stream: (at: string) => Random) => unknown

/** Throws LanguageError. */
export function compileEntry(entry: Entry): FillEntry {
  const fill = compile(entry, 'entry')
  return (names, stream, variation) => {
    const fixed = withVariation(entry, variation)
    const builtin = (name: string): unknown => (name === 'entry' ? fixed : names.builtin(name))
    return withVariation(fill({ builtin }, stream) as Entry, variation)
  }
}

/** Turbulence put what it had varied among the seed data. */
export function withVariation(entry: Entry, variation: Mapping | undefined): Entry {
  const { seed_data: data = {} } = entry
  if (variation === undefined || !isMapping(data) || Object.hasOwn(data, 'variation')) return entry
  return { ...entry, seed_data: { ...data, variation } }
}

function compile(value: unknown, at: string): Fill {
  if (typeof value === 'string') {
    if (!value.includes('{{')) return () => value
    const template = compileValue(value)
    return (names, stream) => {
      let random: Random | undefined
      return template({ ...names, vars: {}, random: () => (random ??= stream(at)) })
    }
  }
  if (Array.isArray(value)) {
    const items = value.map((item, index) => compile(item, `${at}[${index}]`))
    return (names, stream) => items.map((item) => item(names, stream))
  }
  if (!isMapping(value)) return () => value
  const items = Object.entries(value).map(([key, item]) => [key, compile(item, `${at}.${key}`)] as const)
  return (names, stream) => Object.fromEntries(items.map(([key, item]) => [key, item(names, stream)]))
}

/** What is wrong with `entry.a.b`; undefined also where a template or a list decides. */
export function wrongEntryName([, ...path]: NamePath, entry: Entry | undefined): WrongName | undefined {
  let value: unknown = entry ?? {}
  for (const [index, key] of path.entries()) {
    if (!isMapping(value) || typeof key !== 'string') return undefined
    if (!Object.hasOwn(value, key)) {
      const above = ['entry', ...path.slice(0, index)].join('.')
      const message = `There is no name "${above}.${key}".`
      const isNone = entry === undefined
      const hint = isNone ? 'The file has no entry: entry: { seed_data: { … } }' : undefined
      return { message, hint: hint ?? didYouMean(key, Object.keys(value), `Names in ${above}`) }
    }
    value = value[key]
  }
  return undefined
}
