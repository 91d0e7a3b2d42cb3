// The inside of an f-string: texts, and expressions in braces.
import { PythonError } from './tokens.ts'
import type { Python } from './tree.ts'

/** @throws PythonError */
export function parseText(text: string, parse: (source: string) => Python): (string | Python)[] {
  const parts: (string | Python)[] = []
  let from = 0
  for (const match of text.matchAll(/\{\{|\}\}|\{([^{}]*)\}/g)) {
    if (match.index > from) parts.push(text.slice(from, match.index))
    const inside = match[1]
    if (inside === undefined) parts.push(match[0].slice(1))
    else if (/[!:]/.test(inside)) throw new PythonError('an f-string in it says how a value is to be printed')
    else parts.push(parse(inside))
    from = match.index + match[0].length
  }
  if (from < text.length) parts.push(text.slice(from))
  return parts
}
