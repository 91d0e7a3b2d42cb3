// The head of an answer (RFC 9112 §§ 4-6): status line, headers, and how long its body is. Strict where a
// lenient reading could take one message for another.
import { badAnswer } from './errors.ts'

/** How far the body goes. */
export type Body =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until-close' }

export interface AnswerHead {
  readonly status: number
  /** Names in lower case; a name that comes several times has a list. */
  readonly headers: Record<string, string | string[]>
  readonly body: Body
  /** The connection is not used again. */
  readonly isLast: boolean
  /** For how long the service keeps the connection open, in seconds, if it says so. */
  readonly keepAliveS: number | undefined
}

/** The version's digit is at 7, the status from 9 to 12. */
const STATUS_LINE = /^HTTP\/1\.[01] [1-9]\d\d(?: [\t\x20-\x7e\x80-\xff]*)?$/
const NAME = /^[!#$%&'*+\-.^`|~\w]+$/
const NOT_PLAIN = /[^\t\x20-\x7e]/
/** Control characters, also a CR or LF that is not the end of a line. */
const NOT_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/
/** These say where a message ends, so a value that is folded into a second line is refused. */
const FRAMING: ReadonlySet<string> = new Set(['connection', 'content-length', 'transfer-encoding'])
const NONE: Body = { kind: 'none' }
const UNTIL_CLOSE: Body = { kind: 'until-close' }
const CHUNKED: Body = { kind: 'chunked' }

/** From names as services write them to lower case, so that each is checked and converted once. */
const names = new Map<string, string>()
/** A service has a few dozen; one that invents a new name for each answer must not fill the memory. */
const MOST_NAMES = 1000

/**
 * @param text without the empty line at its end, one character for each byte
 * @param isHead the request was a HEAD: no body follows, whatever the headers say
 * @throws Http1Error BAD_ANSWER
 */
export function parseHead(text: string, isHead: boolean): AnswerHead {
  const lineEnd = endOfLine(text, 0)
  if (!STATUS_LINE.test(text.slice(0, lineEnd))) throw noStatusLine(text.slice(0, Math.min(lineEnd, 40)))
  const headers: AnswerHead['headers'] = {}
  readHeaders(text, lineEnd + 2, headers)
  const status = Number(text.slice(9, 12))
  const keepAlive = headers['keep-alive']
  const body = bodyOf(status, headers, isHead)
  const isHttp11 = text.charAt(7) === '1'
  // HTTP/1.0 knows no chunks: whoever wrote them may not be the one that answered (RFC 9112 § 6.1).
  const isUntrusted = !isHttp11 && headers['transfer-encoding'] !== undefined
  return {
    status,
    headers,
    body,
    isLast: isUntrusted || body.kind === 'until-close' || isLast(headers['connection'], isHttp11),
    keepAliveS: keepAlive === undefined ? undefined : secondsOf(joined(keepAlive)),
  }
}

/** @param start what came instead of a status line */
export const noStatusLine = (start: string): Error =>
  badAnswer(`it begins with ${JSON.stringify(start)}, not with HTTP/1.1 and a status`)

const endOfLine = (text: string, from: number): number => {
  const end = text.indexOf('\r\n', from)
  return end < 0 ? text.length : end
}

function readHeaders(text: string, from: number, headers: AnswerHead['headers']): void {
  let last: string | undefined
  for (let at = from; at < text.length;) {
    const end = endOfLine(text, at)
    const first = text.charCodeAt(at)
    if (first === 0x20 || first === 0x09) continueValue(headers, last, trimmed(text, at, end))
    else {
      const colon = text.indexOf(':', at)
      if (colon < 0 || colon >= end)
        throw badAnswer(`a header has no colon: ${JSON.stringify(text.slice(at, Math.min(end, at + 40)))}`)
      last = nameOf(text.slice(at, colon))
      add(headers, last, trimmed(text, colon + 1, end))
    }
    at = end + 2
  }
}

function nameOf(written: string): string {
  const before = names.get(written)
  if (before !== undefined) return before
  if (!NAME.test(written)) throw badAnswer(`${JSON.stringify(written.slice(0, 40))} is not a valid header name`)
  const name = written.toLowerCase()
  // A copy, because V8 keeps the whole text alive as long as a slice of it.
  if (names.size < MOST_NAMES) names.set(Buffer.from(written, 'latin1').toString('latin1'), name)
  return name
}

/** Without blanks around it; bytes above ASCII are read as UTF-8. */
function trimmed(text: string, from: number, to: number): string {
  let [start, end] = [from, to]
  while (start < end && isBlank(text.charCodeAt(start))) start++
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--
  const value = text.slice(start, end)
  if (!NOT_PLAIN.test(value)) return value
  if (NOT_IN_VALUE.test(value)) throw badAnswer('a header has a control character')
  return Buffer.from(value, 'latin1').toString('utf8')
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09

function add(headers: AnswerHead['headers'], name: string, value: string): void {
  const before = Object.hasOwn(headers, name) ? headers[name] : undefined
  if (before !== undefined) {
    if (Array.isArray(before)) before.push(value)
    else headers[name] = [before, value]
  } else if (name === '__proto__')
    Object.defineProperty(headers, name, { value, enumerable: true, configurable: true, writable: true })
  else headers[name] = value
}

/** A header that goes on in the next line (RFC 9112 § 5.2): the fold reads as one blank. */
function continueValue(headers: AnswerHead['headers'], name: string | undefined, more: string): void {
  const before = name === undefined ? undefined : headers[name]
  if (name === undefined || before === undefined) throw badAnswer('its first header begins with a blank')
  if (FRAMING.has(name)) throw badAnswer(`its ${name} goes on in a second line`)
  if (Array.isArray(before)) before.push(`${before.pop() ?? ''} ${more}`)
  else headers[name] = `${before} ${more}`
}

const joined = (value: string | readonly string[]): string => (typeof value === 'string' ? value : value.join(', '))

function bodyOf(status: number, headers: AnswerHead['headers'], isHead: boolean): Body {
  const length = headers['content-length']
  const coding = headers['transfer-encoding']
  if (coding !== undefined && length !== undefined)
    throw badAnswer('it has both content-length and transfer-encoding, which say different things about its body')
  // Checked also where no body follows: a service that frames this answer wrongly may frame the next one so, too.
  const bytes = length === undefined ? undefined : lengthOf(length)
  const chunked = coding !== undefined && isChunked(joined(coding))
  if (isHead || status < 200 || status === 204 || status === 304) return NONE
  if (chunked) return CHUNKED
  if (bytes === undefined) return UNTIL_CLOSE
  return bytes === 0 ? NONE : { kind: 'length', bytes }
}

function isChunked(codings: string): boolean {
  if (/(?:^|,)\s*(?:,|$)/.test(codings)) throw badAnswer('its transfer-encoding is empty')
  return /(?:^|,)\s*chunked$/i.test(codings)
}

function lengthOf(value: string | readonly string[]): number {
  if (typeof value !== 'string') throw badAnswer('it has content-length several times')
  if (!/^\d{1,15}$/.test(value)) throw badAnswer(`${JSON.stringify(value.slice(0, 40))} is not a valid content-length`)
  return Number(value)
}

function isLast(connection: string | readonly string[] | undefined, isHttp11: boolean): boolean {
  if (connection === undefined) return !isHttp11
  if (connection === 'keep-alive') return false
  const value = joined(connection).toLowerCase()
  if (/(?:^|,)\s*close\s*(?:,|$)/.test(value)) return true
  return !isHttp11 && !/(?:^|,)\s*keep-alive\s*(?:,|$)/.test(value)
}

function secondsOf(keepAlive: string): number | undefined {
  const found = /(?:^|[,;\s])timeout\s*=\s*"?(\d{1,9})/i.exec(keepAlive)
  return found === null ? undefined : Number(found[1])
}
