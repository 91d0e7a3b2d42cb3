// An Answer made from a transport's Reply: text and JSON are decoded when first asked for, and only then.
import type { Answer } from '../actions/action.ts'
import { ANSWER_BOUNDS, tooMuchJson } from '../actions/json-text.ts'
import { spend } from '../effort.ts'
import { decodeBody } from './content-encoding.ts'
import type { Decoded } from './content-encoding.ts'
import type { Reply } from './transport.ts'

export class ReplyAnswer implements Answer {
  readonly status: number
  readonly headers: Answer['headers']
  readonly latencyMs: number
  readonly #limits: { readonly mostBytes: number; readonly isCut: boolean }
  /** As it came; let go once it is text. */
  #chunks: readonly Uint8Array[]
  #decoded: Decoded | undefined
  #text: string | undefined
  #json: ReturnType<Answer['json']> | undefined

  /** @param mostBytes the longest a body may be */
  constructor(reply: Reply, mostBytes: number) {
    this.status = reply.status
    this.headers = reply.headers
    this.latencyMs = reply.startedAt === undefined ? 0 : reply.endedAt - reply.startedAt
    this.#chunks = reply.chunks
    this.#limits = { mostBytes, isCut: reply.error !== undefined }
  }

  text(): string {
    if (this.#text !== undefined) return this.#text
    const body = this.#body()
    this.#text = textOf(body.bytes)
    if ('error' in body) return this.#text
    this.#chunks = NO_CHUNKS
    this.#decoded = READ
    return this.#text
  }

  json(): ReturnType<Answer['json']> {
    const body = this.#body()
    this.#json ??= 'error' in body ? { error: body.error } : parse(this.text())
    return this.#json
  }

  #body(): Decoded {
    this.#decoded ??= decodeBody(joined(this.#chunks), this.headers['content-encoding'], this.#limits)
    return this.#decoded
  }
}

/** `{{last_response.*}}`. */
export function lastResponse(answer: Answer): Readonly<Record<string, unknown>> {
  const json = answer.json()
  const body = 'value' in json ? json.value : answer.text()
  return { status_code: answer.status, headers: answer.headers, body, latency_ms: answer.latencyMs }
}

/** What decoding, parsing and the parsed values cost, in units of effort. */
const BYTES_PER_UNIT = 200
const CHARACTERS_PER_UNIT = 10
const UNITS_PER_VALUE = 8

const NOTHING = new Uint8Array()
const NO_CHUNKS: readonly Uint8Array[] = []
/** Without fault, and kept as text. */
const READ: Decoded = { bytes: NOTHING }

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  return chunks.length > 1 ? Buffer.concat(chunks) : (chunks[0] ?? NOTHING)
}

/** Without the byte order mark that some services begin with: no client shows it. */
function textOf(bytes: Uint8Array): string {
  spend(bytes.length / BYTES_PER_UNIT)
  const text = (bytes instanceof Buffer ? bytes : Buffer.from(bytes)).toString('utf8')
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}

function parse(text: string): ReturnType<Answer['json']> {
  if (text === '') return { error: 'the body is empty' }
  spend(Math.min(text.length, ANSWER_BOUNDS.characters) / CHARACTERS_PER_UNIT)
  const tooMuch = tooMuchJson(text, ANSWER_BOUNDS)
  if (typeof tooMuch === 'string') return { error: tooMuch, isTooLarge: true }
  spend(tooMuch * UNITS_PER_VALUE)
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    const start = text.slice(0, 60).replace(/\s+/g, ' ')
    return { error: `it begins with ${JSON.stringify(start)}${text.length > 60 ? ' …' : ''}` }
  }
}
