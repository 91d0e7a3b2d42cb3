// Parses a chunked body (RFC 9112 § 7.1) byte by byte, so that it does not matter into which pieces the network cuts
// it. Only data is handed on; chunk extensions and trailers are skipped.
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

/** Of a chunk's size: twelve hexadecimal digits are 256 TB, and stay exact in a number. */
const MOST_DIGITS = 12
/** Of bytes in a row that are not data: chunk extensions or trailers, which a service could send for ever. */
const MOST_OVERHEAD_BYTES = 16 * 1024
const [CR, LF] = [0x0d, 0x0a]

export class ChunkedBody {
  #state: State = 'size'
  #left = 0
  #digits = 0
  /** Since the last byte of data. */
  #overhead = 0
  /** Bytes of the current trailer line; an empty line ends the body. */
  #lineLength = 0

  /**
   * @param take called with each stretch of data; false stops the reading
   * @returns where the body ended; -1 when it goes on after `end`, or when `take` stopped the reading
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

  /** Takes one byte that is not data. @returns whether it was the last one of the body */
  #isEnd(byte: number): boolean {
    if (++this.#overhead > MOST_OVERHEAD_BYTES)
      throw badAnswer(`more than ${MOST_OVERHEAD_BYTES} bytes of chunk extensions or trailers came in a row`)
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
      if (++this.#digits > MOST_DIGITS) throw badAnswer(`the size of a chunk has more than ${MOST_DIGITS} digits`)
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
    else throw badAnswer('the size of a chunk is not a hexadecimal number')
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

/** The value of a hexadecimal digit; -1 when the byte is none. */
function digitOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}
