// JSON of others: how large it is, is counted before it is parsed, because what is made of a few brackets
// takes far longer than reading them. What is too large is said in words, not parsed.
import { spend } from '../effort.ts'
import { formatCount } from '../units.ts'

export interface JsonBounds {
  readonly characters: number
  /** Texts, numbers, lists, mappings … */
  readonly values: number
  readonly depth: number
}

/** Of one answer: it is parsed between other agents' requests, and must not make them wait. */
export const ANSWER_BOUNDS: JsonBounds = { characters: 4_000_000, values: 50_000, depth: 200 }

const [QUOTE, COMMA, BACKSLASH] = [34, 44, 92]
const [OPEN_LIST, CLOSE_LIST, OPEN_MAPPING, CLOSE_MAPPING] = [91, 93, 123, 125]

/** Why it is not parsed, or how many values it has. */
export function tooMuchJson(text: string, most: JsonBounds): string | number {
  if (text.length > most.characters)
    return `it has ${formatCount(text.length)} characters, and at most ${formatCount(most.characters)} are read as JSON`
  let values = 1
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfText(text, at)
    else if (code === COMMA) values++
    else if (code === OPEN_LIST || code === OPEN_MAPPING) {
      values++
      if (++depth > most.depth) return `it nests deeper than ${most.depth} levels`
    } else if (code === CLOSE_LIST || code === CLOSE_MAPPING) depth--
    if (values > most.values) return `it has more than ${formatCount(most.values)} values`
  }
  return values
}

/** Of the quote that closes; the end where none does. */
function endOfText(text: string, open: number): number {
  for (let close = text.indexOf('"', open + 1); close >= 0; close = text.indexOf('"', close + 1)) {
    let before = close - 1
    while (text.charCodeAt(before) === BACKSLASH) before--
    if ((close - before) % 2 === 1) return close
  }
  return text.length
}

const CHARACTERS_PER_UNIT = 16

/** As `JSON.stringify`. What was put together of parts may repeat one of them a million times. */
export function jsonText(value: unknown): string {
  spendValue(value)
  return JSON.stringify(value)
}

/** Counts what it takes to look at all of a value. */
export function spendValue(value: unknown): void {
  spend(1)
  if (typeof value === 'string') return spend(value.length / CHARACTERS_PER_UNIT)
  if (typeof value !== 'object' || value === null) return
  for (const item of Object.values(value)) spendValue(item)
}
