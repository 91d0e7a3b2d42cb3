// An Answer made from a transport's Reply: text and JSON are decoded when first asked for, and only then.
import type { Answer } from '../actions/action.ts'
import { ANSWER_BOUNDS, tooMuchJson } from '../actions/json-text.ts'
import { spend } from '../effort.ts'
import type { Reply } from './transport.ts'

export class ReplyAnswer implements Answer {
  readonly status: number
  readonly headers: Answer['headers']
  readonly latencyMs: number
  readonly #chunks: readonly Uint8Array[]
  #text: string | undefined
  #json: ReturnType<Answer['json']> | undefined

  constructor(reply: Reply) {
    this.status = reply.status
    this.headers = reply.headers
    this.latencyMs = reply.startedAt === undefined ? 0 : reply.endedAt - reply.startedAt
    this.#chunks = reply.chunks
  }

  text(): string {
    this.#text ??= decode(this.#chunks)
    return this.#text
  }

  json(): ReturnType<Answer['json']> {
    this.#json ??= parse(this.text())
    return this.#json
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

function decode(chunks: readonly Uint8Array[]): string {
  const [first] = chunks
  if (first === undefined) return ''
  for (const { length } of chunks) spend(length / BYTES_PER_UNIT)
  const bytes = chunks.length === 1 ? first : Buffer.concat(chunks)
  return (bytes instanceof Buffer ? bytes : Buffer.from(bytes)).toString('utf8')
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
