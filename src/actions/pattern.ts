// Regular expressions of users, on RE2: linear in the text, so that no scenario and no answer can hang a run.
import { createRequire } from 'node:module'
import type * as Re2js from 're2js'
import { EffortError, spend } from '../effort.ts'
import { indexOfText } from './text-search.ts'

export interface Pattern {
  /** Somewhere in the text. */
  isIn(text: string): boolean
  /** From its first character to its last. */
  isAllOf(text: string): boolean
  /** How many groups it has. */
  readonly groups: number
  /** What a group matched where it is found first, 0 for all of it; undefined when it is not found, or the group took no part. */
  find(text: string, group: number): string | undefined
}

const KEPT = 200
const LONGEST = 2000
/** What compiling and matching cost, in units of effort. */
const UNITS_PER_CHARACTER = 200
const CHARACTERS_PER_UNIT = 4

/** Loaded with the first pattern. */
const require = createRequire(import.meta.url)
const compiled = new Map<string, Pattern | Error>()

/** Throws an Error with one line when the pattern is wrong. */
export function pattern(source: string): Pattern {
  let known = compiled.get(source)
  if (known === undefined) {
    spend(source.length * UNITS_PER_CHARACTER)
    known = compile(source)
    if (compiled.size >= KEPT) compiled.clear()
    compiled.set(source, known)
  }
  if (known instanceof Error) throw known
  return known
}

/** What is wrong with it, in one line; undefined = nothing. */
export function wrongPattern(source: string): string | undefined {
  try {
    pattern(source)
    return undefined
  } catch (error) {
    if (error instanceof EffortError) throw error
    return error instanceof Error ? error.message : String(error)
  }
}

function compile(source: string): Pattern | Error {
  if (source.length > LONGEST) return new Error(`a pattern has at most ${LONGEST} characters`)
  try {
    const { RE2JS } = require('re2js') as typeof Re2js
    const regex = RE2JS.compile(source)
    const size = regex.programSize()
    const prefix = fixedStart(source)
    return {
      isIn: (text) => {
        spend(text.length)
        return regex.test(text)
      },
      isAllOf: (text) => {
        spend((text.length * size) / CHARACTERS_PER_UNIT)
        return regex.matches(text)
      },
      groups: regex.groupCount(),
      find: (whole, group) => {
        // Whether it is there is found out much sooner than where.
        const from = indexOfText(whole, prefix)
        const text = from < 0 ? '' : whole.slice(from)
        spend(text.length)
        if (from < 0 || !regex.test(text)) return undefined
        spend((text.length * size) / CHARACTERS_PER_UNIT)
        const matcher = regex.matcher(text)
        return matcher.find() ? (matcher.group(group) ?? undefined) : undefined
      },
    }
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n', 1)
    return new Error(line.replace(/^error parsing regexp: /, ''))
  }
}

/** What every match begins with, as far as that can be seen at once. */
function fixedStart(source: string): string {
  const [start = ''] = source.includes('|') ? [] : (/^[\w "'=:<>/,;&%#@!~-]+/.exec(source) ?? [])
  // What comes next may say that the last character need not be there.
  return /^[*?{+]/.test(source.slice(start.length)) ? start.slice(0, -1) : start
}
