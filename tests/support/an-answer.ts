// Reads the bytes of an answer, in the pieces in which they come, and tells what an AnswerParser made of them.
import { AnswerParser } from '../../src/http1/answer-parser.ts'
import { Http1Error } from '../../src/http1/errors.ts'

export interface Heard {
  readonly status: number | undefined
  readonly headers: Record<string, string | string[]> | undefined
  readonly body: string
  readonly informational: readonly number[]
  /** Whole, broken off by the end of the connection, or why it was refused. */
  readonly end: 'whole' | 'cut' | `refused: ${string}`
  readonly isLast: boolean | undefined
  readonly keepAliveS: number | undefined
  /** What came behind the answer in the piece that ended it; undefined when the connection had to end. */
  readonly leftBytes: number | undefined
}

/** As a connection has them: in a buffer that is longer, dirty, and used again for the next piece. */
export function hear(pieces: readonly (string | Uint8Array)[], { isHead = false }: { isHead?: boolean } = {}): Heard {
  const informational: number[] = []
  const body: Buffer[] = []
  const buffer = Buffer.alloc(Math.max(...pieces.map((piece) => piece.length * 2), 0) + 64)
  const parser: AnswerParser = new AnswerParser({
    onHead: ({ status }) => {
      if (status < 200) informational.push(status)
      return true
    },
    onBody: (bytes, from, to) => body.push(Buffer.from(bytes.subarray(from, to))) > 0,
  })
  const told = (end: Heard['end'], leftBytes?: number): Heard => {
    const { status, headers, isLast, keepAliveS } = parser.head ?? {}
    const text = Buffer.concat(body).toString('latin1')
    return { status, headers, body: text, informational, end, isLast, keepAliveS, leftBytes }
  }
  parser.begin(isHead)
  try {
    for (const piece of pieces) {
      buffer.fill('\r\n\r\n')
      const bytes = Buffer.from(piece as string, 'latin1')
      bytes.copy(buffer)
      const end = parser.read(buffer, bytes.length)
      if (end >= 0) return told('whole', bytes.length - end)
    }
  } catch (error) {
    if (!(error instanceof Http1Error)) throw error
    return told(`refused: ${error.message}`)
  }
  return told(parser.endsWithConnection ? 'whole' : 'cut')
}

/** Cut behind each of these places. */
export function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...new Set(places.filter((place) => place > 0 && place < bytes.length))].toSorted((a, b) => a - b)
  return [0, ...sorted].map((from, at) => bytes.subarray(from, sorted[at]))
}
