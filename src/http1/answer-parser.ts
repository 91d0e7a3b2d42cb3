// Parses the answers on one connection, one after the other, from bytes in whatever pieces they arrive. It finds
// where each message ends and keeps nothing of a body: the listener gets stretches of the bytes that were read.
import { maxHeaderSize } from 'node:http'
import { noStatusLine, parseHead } from './answer-head.ts'
import type { AnswerHead } from './answer-head.ts'
import { ChunkedBody } from './chunked.ts'
import { Http1Error, badAnswer } from './errors.ts'

/** Hears of an answer as it is parsed. Returning false stops the parser: nothing more is read. */
export interface AnswerListener {
  /** Also for informational ones, which are followed by another. */
  onHead(head: AnswerHead): boolean
  /** A stretch of the body. The bytes are those of the read buffer: use or copy them before returning. */
  onBody(bytes: Uint8Array, from: number, to: number): boolean
}

/** Of the answers with status 1xx before the real one; a service could send them for ever. */
const MOST_INFORMATIONAL = 100
const [CR, LF] = [0x0d, 0x0a]

export class AnswerParser {
  readonly #listener: AnswerListener
  /** The bytes of a head that is not complete yet. */
  #pending: Buffer | undefined
  #head: AnswerHead | undefined
  #chunked: ChunkedBody | undefined
  /** Bytes of a body with `content-length` that are still to come. */
  #left = 0
  #informational = 0
  #isHead = false

  constructor(listener: AnswerListener) {
    this.#listener = listener
  }

  /** The next bytes belong to the answer to a new request. @param isHead that request was a HEAD */
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
   * @returns where in the bytes the answer ended; -1 when it goes on, or when the listener stopped the parser
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

  /** @param scanFrom where the search for the end of the head begins: everything before it was searched already */
  #readHead(bytes: Buffer, start: number, length: number, scanFrom: number = start): number {
    let from = start
    // Blank lines before a message are skipped (RFC 9112 § 2.2).
    while (from < length && (bytes[from] === CR || bytes[from] === LF)) from++
    const end = endOfHead(bytes, Math.max(from, scanFrom), length)
    // Up to three bytes of the CRLFCRLF that ends a head may be there already, and do not count as headers.
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
      throw badAnswer(`more than ${MOST_INFORMATIONAL} informational answers (1xx) came before it`)
    if (!isInformational) this.#begin(head)
    if (!this.#listener.onHead(head)) return -1
    return isInformational ? this.#readHead(bytes, end + 4, length) : this.#readBody(bytes, end + 4, length)
  }

  /**
   * Looks at an incomplete head, so that what is not HTTP is refused at once, and not after 16 KB or a timeout.
   *
   * @param scanFrom everything before it was checked already
   */
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

/** Where the CRLFCRLF that ends a head begins; -1 when it has not come. A byte that is neither CR nor LF is not part of it, so four bytes can be skipped. */
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
