// One request and its answer on a session of HTTP/2. Whether an answer is whole is known when its stream ends
// without an error code; sessions, and what waits for them, are http2.ts.
import type {
  ClientHttp2Session,
  ClientHttp2Stream,
  IncomingHttpHeaders,
  IncomingHttpStatusHeader,
  OutgoingHttpHeaders,
} from 'node:http2'
import { closed, notSendable } from '../http1/errors.ts'
import type { Controller, Handler } from '../http1/handler.ts'
import { requestHead } from '../http1/request-head.ts'
import type { Request } from '../http1/request-head.ts'

/** Why a stream or a session is ended, by their codes (RFC 9113 § 7). */
const REASONS: readonly string[] = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
]
const NO_ERROR = 0
const REFUSED_STREAM = REASONS.indexOf('REFUSED_STREAM')
const CANCEL = REASONS.indexOf('CANCEL')

/** The service ended this stream and not its connection. */
class StreamReset extends Error {
  readonly code = 'STREAM_RESET'
}

/** What its session is asked for, and told. */
export interface StreamOwner {
  /** Why the session ended, if it did so by an error. */
  readonly error: unknown
  /** How often something came, of whatever answer. */
  heard: number
  /** Nothing came while one of its requests waited, until it was given up: there may be nobody any more. */
  doubt(): void
  /** The service says that it has not looked at the request. False: it is not sent again. */
  refused(stream: Http2Request): boolean
  /** Its place is free. */
  left(stream: Http2Request): void
}

export class Http2Request implements Controller {
  /** In the order of their coming. */
  readonly nth: number
  readonly request: Request
  readonly handler: Handler
  /** How often, by a service that has no reason to end the connection. */
  refusals = 0
  #stream: ClientHttp2Stream | undefined
  #owner: StreamOwner | undefined
  #heardBefore = 0
  #isAnswering = false
  /** Of the length that was announced. */
  #leftBytes: number | undefined
  #isOver = false

  constructor(nth: number, request: Request, handler: Handler) {
    this.nth = nth
    this.request = request
    this.handler = handler
  }

  /** Whom it names. */
  get host(): string | undefined {
    const { headers } = this.request
    return headers.find((_, at) => at % 2 === 1 && headers[at - 1]?.toLowerCase() === 'host')
  }

  /** False when nothing was sent. @param host for requests that name none */
  send(session: ClientHttp2Session, host: string, owner: StreamOwner): boolean {
    if (this.#isOver) return false
    this.handler.onRequestStart(this)
    if (this.#isOver) return false
    try {
      const { body } = this.request
      const headers = headersOf(this.request, host)
      const stream = session.request(headers, { endStream: body === undefined || body.length === 0 })
      this.#listen(stream, session, owner)
      if (body !== undefined && body.length > 0) stream.end(body)
      return true
    } catch (error) {
      this.fail(
        error instanceof Error && !('code' in error && error.code === 'NOT_SENDABLE') ? unsendable(error) : error,
      )
      return false
    }
  }

  abort(reason: Error): void {
    if (this.#isOver) return
    this.#stream?.close(CANCEL)
    if (this.#owner?.heard === this.#heardBefore) this.#owner.doubt()
    this.fail(reason)
  }

  fail(error: unknown): void {
    if (this.#isOver) return
    this.#isOver = true
    this.handler.onResponseError(this, error)
  }

  #listen(stream: ClientHttp2Stream, session: ClientHttp2Session, owner: StreamOwner): void {
    const { handler } = this
    this.#stream = stream
    this.#owner = owner
    this.#heardBefore = owner.heard
    stream.once('response', (headers) => {
      owner.heard++
      if (this.#isOver) return
      this.#isAnswering = true
      this.#leftBytes = lengthOf(headers, this.request.method)
      handler.onResponseStarted()
      handler.onResponseStart(this, headers[':status'] ?? 0, plain(headers))
    })
    stream.on('data', (bytes: Buffer) => {
      owner.heard++
      if (this.#isOver) return
      if (this.#leftBytes !== undefined) this.#leftBytes -= bytes.length
      handler.onResponseData(this, bytes)
    })
    stream.once('end', () => {
      const isWhole = this.#isAnswering && stream.rstCode === NO_ERROR && (this.#leftBytes ?? 0) === 0
      if (this.#isOver || !isWhole) return
      this.#isOver = true
      handler.onResponseEnd(this)
    })
    // Its code is told by `close`, also of those that Node takes for no error.
    stream.on('error', () => {})
    stream.once('close', () => {
      owner.left(this)
      if (this.#isOver) return
      const isRefused = stream.rstCode === REFUSED_STREAM && !this.#isAnswering
      if (!isRefused || !owner.refused(this)) this.fail(endOf(stream, session, owner))
    })
  }
}

/** Undefined when it is not known, or no body follows whatever it is. */
function lengthOf(headers: IncomingHttpHeaders & IncomingHttpStatusHeader, method: string): number | undefined {
  const { ':status': status, 'content-length': length } = headers
  return length === undefined || method === 'HEAD' || status === 204 || status === 304 ? undefined : Number(length)
}

function endOf({ rstCode }: ClientHttp2Stream, session: ClientHttp2Session, { error }: StreamOwner): unknown {
  if (error !== undefined) return error
  return session.destroyed ? closed() : new StreamReset(REASONS[rstCode ?? NO_ERROR] ?? `error ${rstCode}`)
}

const unsendable = ({ message }: Error): Error => notSendable(message)

/** They are about a connection of HTTP/1.1, or said in another way. */
const LEFT_OUT: ReadonlySet<string> = new Set(['connection', 'content-length', 'host', 'proxy-connection'])
const WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH'])

/** @throws Http1Error NOT_SENDABLE, for what HTTP/1.1 would not carry either */
function headersOf(request: Request, host: string): OutgoingHttpHeaders {
  const { method, path, headers, body } = request
  requestHead(request, host)
  const all: OutgoingHttpHeaders = { ':method': method, ':path': path, ':scheme': 'https', ':authority': host }
  for (let at = 0; at < headers.length; at += 2) {
    const [name, value] = [(headers[at] ?? '').toLowerCase(), (headers[at + 1] ?? '').trim()]
    if (name === 'host') all[':authority'] = value
    if (LEFT_OUT.has(name)) continue
    const before = all[name]
    all[name] = before === undefined ? value : `${String(before)}${name === 'cookie' ? '; ' : ', '}${value}`
  }
  const bytes = body === undefined ? 0 : Buffer.byteLength(body)
  if (bytes > 0 || WITH_BODY.has(method)) all['content-length'] = String(bytes)
  return all
}

const NOT_ASCII = /[\x80-\xff]/

/** Without what begins with a colon; bytes above ASCII are read as UTF-8, as those of HTTP/1.1 are. */
function plain(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const read = (value: string): string =>
    NOT_ASCII.test(value) ? Buffer.from(value, 'latin1').toString('utf8') : value
  const all: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(headers))
    if (!name.startsWith(':') && value !== undefined)
      all[name] = typeof value === 'string' ? read(value) : value.map(read)
  return all
}
