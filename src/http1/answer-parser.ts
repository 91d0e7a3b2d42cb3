// One answer after the other, from bytes as they come from a connection. It knows where a message ends, and
// keeps nothing of a body: whoever listens is handed stretches of the bytes that were read.
import { maxHeaderSize } from 'node:http'
import { noStatusLine, parseHead } from './answer-head.ts'
import type { AnswerHead } from './answer-head.ts'
import { ChunkedBody } from './chunked.ts'
import { Http1Error, badAnswer } from './errors.ts'

/** Who hears of an answer. False from one of them: nothing more is read. */
export interface AnswerListener {
  /** Also for informational ones, which are followed by another. */
  onHead(head: AnswerHead): boolean
  /** A stretch of the body, in the bytes that are being read: to be used at once. */
  onBody(bytes: Uint8Array, from: number, to: number): boolean
}

/** A service could go on with these for ever. */
const MOST_INFORMATIONAL = 100
const [CR, LF] = [0x0d, 0x0a]

export class AnswerParser {
  readonly #listener: AnswerListener
  /** What came of a head that is not complete. */
  #pending: Buffer | undefined
  #head: AnswerHead | undefined
  #chunked: ChunkedBody | undefined
  #left = 0
  #informational = 0
  #isHead = false

  constructor(listener: AnswerListener) {
    this.#listener = listener
  }

  /** What comes now is the answer to a new request. @param isHead it was one for the head alone */
  begin(isHead: boolean): void {
    this.#pending = this.#head = this.#chunked = undefined
    this.#left = this.#informational = 0
    this.#isHead = isHead
  }

  /** The head that came last; undefined before the answer. */
  get head(): AnswerHead | undefined {
    return this.#head
  }

  /** Whether the end of the connection is the end of the answer. */
  get endsWithConnection(): boolean {
    return this.#head?.body.kind === 'until-close'
  }

  /**
   * @returns where in the bytes the answer ended, or -1 when it goes on, or nobody listens any more
   * @throws Http1Error BAD_ANSWER or HEADERS_TOO_LONG; nothing more may be read then
   */
  read(bytes: Buffer, length: number): number {
    if (this.#head !== undefined) return this.#readBody(bytes, 0, length)
    if (this.#pending === undefined) return this.#readHead(bytes, 0, length)
    const all = Buffer.concat([this.#pending, bytes.subarray(0, length)])
    const before = this.#pending.length
    const end = this.#readHead(all, 0, all.length, Math.max(0, before - 3))
    return end < 0 ? -1 : end - before
  }

  /** @param scanFrom before it there is no end of a head */
  #readHead(bytes: Buffer, start: number, length: number, scanFrom: number = start): number {
    let from = start
    // Blank lines in front of it are passed over (RFC 9112 § 2.2).
    while (from < length && (bytes[from] === CR || bytes[from] === LF)) from++
    const end = endOfHead(bytes, Math.max(from, scanFrom), length)
    // Three bytes of its end may have come.
    if ((end < 0 ? length - 3 : end) - from > maxHeaderSize)
      throw new Http1Error('HEADERS_TOO_LONG', `its headers are longer than ${maxHeaderSize} bytes`)
    if (end < 0) {
      this.#mustBeHttp(bytes, from, Math.max(from, scanFrom), length)
      this.#pending = Buffer.from(bytes.subarray(from, length))
      return -1
    }
    this.#pending = undefined
    const head = parseHead(bytes.toString('latin1', from, end), this.#isHead)
    if (head.status === 101) throw badAnswer('it switches to another protocol (101), which was not asked for')
    const isInformational = head.status < 200
    if (isInformational && ++this.#informational > MOST_INFORMATIONAL)
      throw badAnswer('it is announced and announced (1xx), and does not come')
    if (!isInformational) this.#begin(head)
    if (!this.#listener.onHead(head)) return -1
    return isInformational ? this.#readHead(bytes, end + 4, length) : this.#readBody(bytes, end + 4, length)
  }

  /** What is no HTTP is told at once, not when 16 KB of it have come, or never. @param scanFrom before it all was well */
  #mustBeHttp(bytes: Buffer, from: number, scanFrom: number, length: number): void {
    const start = bytes.toString('latin1', from, Math.min(length, from + 7))
    if (!'HTTP/1.'.startsWith(start)) throw noStatusLine(bytes.toString('latin1', from, Math.min(length, from + 40)))
    for (let at = bytes.indexOf(LF, scanFrom); at >= 0 && at < length; at = bytes.indexOf(LF, at + 1))
      if (bytes[at - 1] !== CR) throw badAnswer('a line of its headers ends with LF alone, not with CR LF')
  }

  #begin(head: AnswerHead): void {
    this.#head = head
    if (head.body.kind === 'length') this.#left = head.body.bytes
    if (head.body.kind === 'chunked') this.#chunked = new ChunkedBody()
  }

  #readBody(bytes: Buffer, start: number, length: number): number {
    const body = this.#head?.body
    switch (body?.kind) {
      case 'length': {
        const to = Math.min(length, start + this.#left)
        this.#left -= to - start
        if (to > start && !this.#listener.onBody(bytes, start, to)) return -1
        return this.#left === 0 ? to : -1
      }
      case 'chunked':
        return this.#chunked?.read(bytes, start, length, (from, to) => this.#listener.onBody(bytes, from, to)) ?? -1
      case 'until-close':
        if (length > start) this.#listener.onBody(bytes, start, length)
        return -1
      default:
        return start
    }
  }
}

/** Where the empty line after a head begins, at the end of the line before it; -1 when it is not there. */
function endOfHead(bytes: Uint8Array, from: number, length: number): number {
  for (let at = from + 3; at < length;) {
    const byte = bytes[at]
    if (byte === LF) {
      if (bytes[at - 1] === CR && bytes[at - 2] === LF && bytes[at - 3] === CR) return at - 3
      at += 1
    } else at += byte === CR ? 1 : 4
  }
  return -1
}
