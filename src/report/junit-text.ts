// Texts as the JUnit file may hold them. Cleaned before they reach the builder, which writes broken
// XML for some inputs; shortened to what CI tools show.
import { cleanText, clip, clipMiddle, oneLine } from './clean-text.ts'

const MOST_TEXT = 8192
const MOST_ATTRIBUTE = 300
const MOST_NAME = 200
/** A path that is cut off leads nowhere. */
const MOST_PATH = 4096

/** What has to be there and is not, or is empty. */
export const NAMELESS = '-'

/** For the content of an element. What came from a service must not be read as an attachment or a property either. */
export function text(from: string): string {
  const cut = clipMiddle(cleanText(from), MOST_TEXT)
  return cut.replaceAll(']]>', ']] >').replace(/\[\[(?=(?:ATTACHMENT|PROPERTY)\|)/g, '[ [')
}

/** For an attribute: one line. */
export function attr(from: string, most: number = MOST_ATTRIBUTE): string {
  return clip(oneLine(from).replaceAll(']]>', ']] >'), most)
}

/** A property as a line of text, for readers that look for it there; square brackets would end it early. */
export function propertyLine(name: string, value: string): string {
  const plain = (part: string): string => attr(part).replaceAll('[', '(').replaceAll(']', ')')
  return `[[PROPERTY|${plain(name).replaceAll('=', '_')}=${plain(value)}]]`
}

/** For the name of a case: without dots, at which some tools would split it. */
export function caseName(from: string): string {
  return attr(from, MOST_NAME).replaceAll('.', '_') || '_'
}

export function className(from: string): string {
  return attr(from) || NAMELESS
}

export function path(from: string | undefined): string | undefined {
  return from === undefined ? undefined : attr(from, MOST_PATH)
}

/** Makes names unique per class: the second `p95` is `p95 (2)`. Looks at each name about once, however many are equal. */
export function uniqueNames(): (classname: string, name: string) => string {
  /** Each name that was given out, with the number that its next namesake may get. */
  const taken = new Map<string, number>()
  return (classname, name) => {
    const key = `${classname}\n${name}`
    let n = taken.get(key)
    let unique = name
    if (n !== undefined) {
      do {
        const suffix = ` (${n++})`
        unique = clip(name, MOST_NAME - suffix.length) + suffix
      } while (taken.has(`${classname}\n${unique}`))
      taken.set(key, n)
    }
    taken.set(`${classname}\n${unique}`, 2)
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
