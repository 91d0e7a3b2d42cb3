// JSON of others: how large it is, is counted before it is parsed, because what is made of a few brackets
// takes far longer than reading them. What is too large is said in words, not parsed.
import { formatCount } from '../units.ts'

export interface JsonBounds {
  readonly characters: number
  /** Texts, numbers, lists, mappings … */
  readonly values: number
  readonly depth: number
}

const [QUOTE, COMMA, BACKSLASH] = [34, 44, 92]
const OPEN: ReadonlySet<number> = new Set([91, 123])
const CLOSE: ReadonlySet<number> = new Set([93, 125])

/** Why it is not parsed; undefined = it may be. */
export function tooMuchJson(text: string, most: JsonBounds): string | undefined {
  if (text.length > most.characters)
    return `it has ${formatCount(text.length)} characters, and at most ${formatCount(most.characters)} are read as JSON`
  let values = 1
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfText(text, at)
    else if (code === COMMA) values++
    else if (OPEN.has(code)) {
      values++
      if (++depth > most.depth) return `it nests deeper than ${most.depth} levels`
    } else if (CLOSE.has(code)) depth--
    if (values > most.values) return `it has more than ${formatCount(most.values)} values`
  }
  return undefined
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
