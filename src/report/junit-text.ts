// Texts as the JUnit file may hold them. Cleaned before they reach the builder, which writes broken
// XML for some inputs; shortened to what CI tools show.
import { cleanText, clip, clipMiddle, oneLine } from './clean-text.ts'

const MOST_TEXT = 8192
const MOST_ATTRIBUTE = 300
const MOST_NAME = 200
/** A path that is cut off leads nowhere. */
const MOST_PATH = 4096

/** For the content of an element. What came from a service must not be read as an attachment or a property either. */
export function text(from: string): string {
  const cut = clipMiddle(cleanText(from), MOST_TEXT)
  return cut.replaceAll(']]>', ']] >').replace(/\[\[(?=(?:ATTACHMENT|PROPERTY)\|)/g, '[ [')
}

/** For an attribute: one line. */
export function attr(from: string, most: number = MOST_ATTRIBUTE): string {
  return clip(oneLine(from).replaceAll(']]>', ']] >'), most)
}

/** For the name of a case: without dots, at which some tools would split it. */
export function caseName(from: string): string {
  return attr(from, MOST_NAME).replaceAll('.', '_') || '_'
}

export function path(from: string | undefined): string | undefined {
  return from === undefined ? undefined : attr(from, MOST_PATH)
}

/** Makes names unique per class: the second `p95` is `p95 (2)`. */
export function uniqueNames(): (classname: string, name: string) => string {
  const taken = new Set<string>()
  return (classname, name) => {
    let unique = name
    for (let n = 2; taken.has(`${classname}\n${unique}`); n++) {
      const suffix = ` (${n})`
      unique = clip(name, MOST_NAME - suffix.length) + suffix
    }
    taken.add(`${classname}\n${unique}`)
    return unique
  }
}

/** One segment of a class name: no dots, no white space, never empty. */
export function classSegment(from: string): string {
  return attr(from).replace(/[^\p{L}\p{N}_-]+/gu, '_') || '_'
}

/** Seconds with three decimals; never `NaN`, an exponent or a negative number. */
export function seconds(ms: number): string {
  return (Number.isFinite(ms) ? Math.min(Math.max(0, ms), 1e12) / 1000 : 0).toFixed(3)
}

/** UTC without a zone, to the second; undefined when it is not an ISO 8601 time in UTC. */
export function timestamp(iso: string | undefined): string | undefined {
  return iso === undefined ? undefined : /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?Z?$/.exec(iso)?.[1]
}
