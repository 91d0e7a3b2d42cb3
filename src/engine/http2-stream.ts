// One request and its answer on an HTTP/2 session. An answer is whole when its stream ends without an error code and
// with as many bytes as announced. Sessions are http2-session.ts, what waits for one is http2.ts.
import type {
  ClientHttp2Session,
  ClientHttp2Stream,
  IncomingHttpHeaders,
  IncomingHttpStatusHeader,
  OutgoingHttpHeaders,
} from 'node:http2'
import { closed, Http1Error, notSendable } from '../http1/errors.ts'
import type { Controller, Handler } from '../http1/handler.ts'
import { requestHead, WITH_BODY } from '../http1/request-head.ts'
import type { Request } from '../http1/request-head.ts'

/** Names of the error codes of streams and sessions, by number (RFC 9113 § 7). */
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

/** The service reset this stream alone; its connection goes on. */
class StreamReset extends Error {
  readonly code = 'STREAM_RESET'
}

/** The session, as its requests see it. */
export interface StreamOwner {
  /** The error that ended the session; undefined otherwise. */
  readonly error: unknown
  /** How often anything of any answer came on the session; requests count it up. */
  heard: number
  /** Nothing at all came on the session while a request waited until it was aborted: the connection may be dead. */
  doubt(): void
  /** The service has not processed the request (REFUSED_STREAM). @returns whether it will be sent again */
  refused(stream: Http2Request): boolean
  /** The request's stream has closed: its place on the session is free. */
  left(stream: Http2Request): void
}

export class Http2Request implements Controller {
  /** Counts the requests of a connection, so that refused ones are sent again in their order. */
  readonly nth: number
  readonly request: Request
  readonly handler: Handler
  /** How often it was refused on a session that stayed open or had answered nothing. */
  refusals = 0
  #stream: ClientHttp2Stream | undefined
  #owner: StreamOwner | undefined
  #heardBefore = 0
  #isAnswering = false
  /** Bytes of the body that are still to come; undefined when no length was announced. */
  #leftBytes: number | undefined
  #isOver = false

  constructor(nth: number, request: Request, handler: Handler) {
    this.nth = nth
    this.request = request
    this.handler = handler
  }

  /** The value of its `host` header, if it has one. */
  get host(): string | undefined {
    const { headers } = this.request
    return headers.find((_, at) => at % 2 === 1 && headers[at - 1]?.toLowerCase() === 'host')
  }

  /** @param host for requests without a `host` header; @returns whether a stream was opened */
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
      // Node throws for what HTTP/2 forbids.
      const isOurs = !(error instanceof Error) || error instanceof Http1Error
      this.fail(isOurs ? error : notSendable(error.message))
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
    // Handled on `close`, which also has the codes that Node does not report as errors.
    stream.on('error', () => {})
    stream.once('close', () => {
      owner.left(this)
      if (this.#isOver) return
      const isRefused = stream.rstCode === REFUSED_STREAM && !this.#isAnswering
      if (!isRefused || !owner.refused(this)) this.fail(endOf(stream, session, owner))
    })
  }
}

/** Bytes of the body that were announced; undefined when none were, or when no body follows. */
function lengthOf(headers: IncomingHttpHeaders & IncomingHttpStatusHeader, method: string): number | undefined {
  const { ':status': status, 'content-length': length } = headers
  return length === undefined || method === 'HEAD' || status === 204 || status === 304 ? undefined : Number(length)
}

function endOf({ rstCode }: ClientHttp2Stream, session: ClientHttp2Session, { error }: StreamOwner): unknown {
  if (error !== undefined) return error
  return session.destroyed ? closed() : new StreamReset(REASONS[rstCode ?? NO_ERROR] ?? `error ${rstCode}`)
}

/** Headers that only HTTP/1.1 has, and those that are written anew below. */
const LEFT_OUT: ReadonlySet<string> = new Set(['connection', 'content-length', 'host', 'proxy-connection'])

/** @throws Http1Error NOT_SENDABLE as HTTP/1.1 does: `requestHead` is called for its checks alone */
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

/** Without pseudo-headers (`:status`); bytes above ASCII are read as UTF-8, as in HTTP/1.1. */
function plain(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const read = (value: string): string =>
    NOT_ASCII.test(value) ? Buffer.from(value, 'latin1').toString('utf8') : value
  const all: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(headers))
    if (!name.startsWith(':') && value !== undefined)
      all[name] = typeof value === 'string' ? read(value) : value.map(read)
  return all
}
