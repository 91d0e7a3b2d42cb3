// Whether a YAML text is one that can be read in no time: what its parser takes long for is counted before
// it is asked, what aliases come to before they are followed.
import { isMap, isSeq, visit } from 'yaml'
import type { Document } from 'yaml'
import { formatCount } from '../units.ts'

/** What is said of a text that is not even parsed. */
export interface TooLarge {
  readonly message: string
  readonly hint: string
  /** Where it goes beyond the bound. */
  readonly at: number
}

const MOST_CHARACTERS = 1_000_000
/** Lines, entries, keys, anchors: each becomes at least one node. */
const MOST_PARTS = 40_000
/** Of values; and of `- - - x` and `? ? ? x` in one line. */
export const DEEPEST = 60
/** Each is looked for in all of the text. */
const MOST_ALIASES = 1_000
/** Entries and keys of all that aliases stand for. */
const MOST_REPEATED = 40_000
const HINT = 'Take it apart: steps into other files, tables of data into a CSV or JSON file.'

const [TAB, LF, SPACE, COMMA, DASH, COLON, QUESTION] = [9, 10, 32, 44, 45, 58, 63]
/** `!` `&` `*` `[` `{`: wherever they stand. */
const MARKS: ReadonlySet<number> = new Set([33, 38, 42, 91, 123])

export function tooLarge(text: string): TooLarge | undefined {
  if (text.length > MOST_CHARACTERS) {
    const message = `The file has ${formatCount(text.length)} characters; at most ${formatCount(MOST_CHARACTERS)} of YAML are read.`
    return { message, hint: HINT, at: 0 }
  }
  let parts = 0
  let inARow = 0
  let isMark = true
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    const isBlank = code === SPACE || code === TAB
    if (isBlank) {
      isMark = true
      continue
    }
    const ends = endsWord(text.charCodeAt(at + 1))
    if (code === LF || code === COMMA || MARKS.has(code)) parts++
    else if (isMark && ends && (code === DASH || code === QUESTION || code === COLON)) {
      parts++
      if (++inARow > DEEPEST)
        return { message: `The file nests deeper than ${DEEPEST} levels.`, hint: 'Write it flatter.', at }
      continue
    } else if (code === COLON && ends) parts++
    if (code === LF || !isMark) inARow = 0
    isMark = code === LF
    if (parts > MOST_PARTS) {
      const message = `The file has more than ${formatCount(MOST_PARTS)} keys, entries and lines.`
      return { message, hint: HINT, at }
    }
  }
  return undefined
}

/** Also at the end of the text. */
const endsWord = (code: number): boolean => code === SPACE || code === LF || code === TAB || Number.isNaN(code)

/** An alias of nothing, or more of them than can be followed. */
export function wrongAlias(document: Document.Parsed): TooLarge | undefined {
  let wrong: TooLarge | undefined
  let aliases = 0
  let repeated = 0
  visit(document, {
    Alias: (_, alias) => {
      const at = alias.range?.[0] ?? 0
      const meant = ++aliases > MOST_ALIASES ? undefined : alias.resolve(document)
      if (isMap(meant) || isSeq(meant)) repeated += meant.items.length
      if (aliases > MOST_ALIASES || repeated > MOST_REPEATED) {
        const message = 'Aliases repeat too much of the file.'
        wrong = { message, hint: 'Write the parts out, or use a preset.', at }
      } else if (meant === undefined) {
        const message = `There is no anchor &${alias.source} before the alias *${alias.source}.`
        wrong = { message, hint: 'Quote it if no alias was meant.', at }
      }
      return wrong === undefined ? undefined : visit.BREAK
    },
  })
  return wrong
}

/** No loop through an alias, and no deeper than the recursion of those who read it can go. */
export function isBounded(
  value: unknown,
  depth = 0,
  around: Set<object> = new Set(),
  seen: Set<object> = new Set(),
): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (depth > DEEPEST || around.has(value)) return false
  if (seen.has(value)) return true
  around.add(value)
  const bounded = Object.values(value).every((item) => isBounded(item, depth + 1, around, seen))
  around.delete(value)
  seen.add(value)
  return bounded
}
