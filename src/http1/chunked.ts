// A body in chunks (RFC 9112 § 7.1), from bytes as they come: sizes, extensions that are not read, data, and
// trailers that are not read. However it is cut into pieces, it means the same.
import { badAnswer } from './errors.ts'

type State =
  | 'size'
  | 'blank'
  | 'extension'
  | 'size-end'
  | 'data'
  | 'data-cr'
  | 'data-lf'
  | 'trailer'
  | 'trailer-lf'
  | 'end-lf'

/** More digits than this are no size that could ever come. */
const MOST_DIGITS = 12
/** Of what is not data, in a row: the extension of a chunk, or trailers. */
const MOST_OVERHEAD_BYTES = 16 * 1024
const [CR, LF] = [0x0d, 0x0a]

export class ChunkedBody {
  #state: State = 'size'
  #left = 0
  #digits = 0
  /** Since the last byte of data. */
  #overhead = 0
  /** Of a line of trailers. */
  #lineLength = 0

  /**
   * @param take called with each stretch of data; false stops the reading
   * @returns where the body ended, or -1 when it goes on behind `end`
   * @throws Http1Error BAD_ANSWER
   */
  read(bytes: Uint8Array, start: number, end: number, take: (from: number, to: number) => boolean): number {
    for (let at = start; at < end;) {
      if (this.#state === 'data') {
        const to = Math.min(end, at + this.#left)
        this.#left -= to - at
        if (this.#left === 0) this.#state = 'data-cr'
        this.#overhead = 0
        if (!take(at, to)) return -1
        at = to
      } else if (this.#isEnd(bytes[at++] ?? 0)) return at
    }
    return -1
  }

  /** One byte that is no data. */
  #isEnd(byte: number): boolean {
    if (++this.#overhead > MOST_OVERHEAD_BYTES) throw badAnswer('its chunks have more around them than in them')
    switch (this.#state) {
      case 'size':
        this.#size(byte)
        return false
      case 'blank':
        this.#behindSize(byte)
        return false
      case 'extension':
        if (byte === CR) this.#state = 'size-end'
        else if (byte === LF) throw badLine()
        return false
      case 'size-end':
        if (byte !== LF) throw badLine()
        this.#state = this.#left === 0 ? 'trailer' : 'data'
        this.#digits = this.#lineLength = 0
        return false
      case 'data-cr':
        if (byte !== CR) throw badAnswer('a chunk is longer than it says')
        this.#state = 'data-lf'
        return false
      case 'data-lf':
        if (byte !== LF) throw badLine()
        this.#state = 'size'
        return false
      default:
        return this.#isEndOfTrailers(byte)
    }
  }

  #size(byte: number): void {
    const digit = digitOf(byte)
    if (digit >= 0) {
      if (++this.#digits > MOST_DIGITS) throw badAnswer('a chunk says that it is longer than any can be')
      this.#left = this.#left * 16 + digit
      return
    }
    if (this.#digits === 0) throw badAnswer('a chunk does not begin with its size')
    this.#behindSize(byte)
  }

  #behindSize(byte: number): void {
    if (byte === CR) this.#state = 'size-end'
    else if (byte === 0x3b) this.#state = 'extension'
    else if (byte === 0x20 || byte === 0x09) this.#state = 'blank'
    else throw badAnswer('the size of a chunk is no hexadecimal number')
  }

  #isEndOfTrailers(byte: number): boolean {
    if (this.#state === 'trailer') {
      if (byte === LF) throw badLine()
      if (byte === CR) this.#state = this.#lineLength === 0 ? 'end-lf' : 'trailer-lf'
      else this.#lineLength++
      return false
    }
    if (byte !== LF) throw badLine()
    if (this.#state === 'end-lf') return true
    this.#state = 'trailer'
    this.#lineLength = 0
    return false
  }
}

const badLine = (): Error => badAnswer('a line of its chunks does not end with CR LF')

/** -1 when it is none. */
function digitOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}
