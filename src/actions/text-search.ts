// Where a text is in another, in linear time: the engine's own search takes seconds for texts that a
// service can choose (ten thousand times "a" with a "b" in the middle, within four million).
import { spend } from '../effort.ts'

/** So many comparisons of the engine's own search are at once. */
const MOST_COMPARISONS = 2_000_000
const NATIVE_PER_UNIT = 64
const OWN_PER_UNIT = 4

/** As `text.indexOf(part)`. */
export function indexOfText(text: string, part: string): number {
  if (part.length > text.length) return -1
  spend(text.length / NATIVE_PER_UNIT)
  if (part.length * text.length <= MOST_COMPARISONS || part.length <= 1) return text.indexOf(part)
  // What begins late is found late.
  const from = text.indexOf(part.slice(0, 1))
  return from < 0 ? -1 : search(text, part, from)
}

export const includesText = (text: string, part: string): boolean => indexOfText(text, part) >= 0

/** For what has no linear way: what the engine's own search may take. */
export function spendSearch(text: string, part: string): void {
  spend(((text.length + 1) * (part.length + 1)) / OWN_PER_UNIT)
}

/** Knuth, Morris and Pratt's. */
function search(text: string, part: string, from: number): number {
  spend((text.length - from + part.length) / OWN_PER_UNIT)
  const falls = fallsOf(part)
  let matched = 0
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    while (matched > 0 && part.charCodeAt(matched) !== code) matched = falls[matched - 1] ?? 0
    if (part.charCodeAt(matched) === code) matched++
    if (matched === part.length) return at - part.length + 1
  }
  return -1
}

/** For each character of the part, how much of its beginning ends there. */
function fallsOf(part: string): Uint32Array {
  const falls = new Uint32Array(part.length)
  let matched = 0
  for (let at = 1; at < part.length; at++) {
    const code = part.charCodeAt(at)
    while (matched > 0 && part.charCodeAt(matched) !== code) matched = falls[matched - 1] ?? 0
    if (part.charCodeAt(matched) === code) matched++
    falls[at] = matched
  }
  return falls
}
