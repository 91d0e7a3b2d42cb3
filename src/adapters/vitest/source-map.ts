// A source map with one segment per generated line (version 3, base64 VLQ): all that a module of one
// call per line needs.
import type { Place } from '../../errors.ts'

export interface RawMap {
  readonly version: 3
  readonly file: string
  readonly sources: string[]
  readonly sourcesContent: string[]
  readonly names: string[]
  readonly mappings: string
}

/** @param places the place in `file` of each generated line, undefined where it has none */
export function lineMap(file: string, source: string, places: readonly (Place | undefined)[]): RawMap {
  let line = 0
  let column = 0
  const mappings = places.map((place) => {
    if (place === undefined) return ''
    // Generated column, source index, line and column: the last two relative to the segment before.
    const segment = vlq(0) + vlq(0) + vlq(place.line - 1 - line) + vlq(place.column - 1 - column)
    line = place.line - 1
    column = place.column - 1
    return segment
  })
  return { version: 3, file, sources: [file], sourcesContent: [source], names: [], mappings: mappings.join(';') }
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Sign in the lowest bit, then groups of five bits, the lowest first, bit six set while more follow. */
function vlq(value: number): string {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1
  let text = ''
  do {
    const digit = rest & 31
    rest >>>= 5
    text += DIGITS.charAt(rest > 0 ? digit | 32 : digit)
  } while (rest > 0)
  return text
}
