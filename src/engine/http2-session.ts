// One session of HTTP/2, on a socket that speaks it: how many requests it takes at a time, and which it has. It
// may be told to end what it has and take no more (GOAWAY); what is sent instead is the business of http2.ts.
import { createRequire } from 'node:module'
import type http2 from 'node:http2'
import type { ClientHttp2Session, Settings } from 'node:http2'
import type { Socket } from 'node:net'
import { STREAMS_PER_CONNECTION } from '../plan/services.ts'
import type { Http2Request, StreamOwner } from './http2-stream.ts'

const require = createRequire(import.meta.url)

export interface SessionOwner {
  /** It takes requests, or more of them than before. */
  hasRoom(session: Http2Session): void
  /** The service has not looked at this one. False: it is not sent again. */
  refused(request: Http2Request): boolean
  /** Nothing is under way on it any more, and never will be. */
  ended(session: Http2Session): void
}

/** So much of the answers may be under way before the service has to wait for us. */
const WINDOW_BYTES = 1024 ** 2
/** What Node refuses by itself looks as if the service had done it. So it is left to the service, and to `max_body`. */
const LIMITS = {
  /** With the bodies of requests that are being sent, which are in memory anyway. */
  maxSessionMemory: 1_000_000,
  maxHeaderListPairs: 4_000,
  maxSendHeaderBlockLength: 1024 ** 2,
}

export class Http2Session implements StreamOwner {
  /** Why it ended, if not by the service's leave. */
  error: unknown
  /** The service has said how many requests it takes at a time; before, it might refuse some. */
  isOpen = false
  heard = 0
  readonly #session: ClientHttp2Session
  readonly #host: string
  readonly #owner: SessionOwner
  readonly #under = new Set<Http2Request>()
  #most = 0

  constructor(url: URL, socket: Socket, owner: SessionOwner) {
    this.#host = url.host
    this.#owner = owner
    // Most runs need none of it.
    const { connect } = require('node:http2') as typeof http2
    const settings: Settings = { enablePush: false, initialWindowSize: WINDOW_BYTES }
    this.#session = connect(url, { ...LIMITS, settings, createConnection: () => socket })
    this.#session.on('error', (error) => (this.error ??= error))
    this.#session.on('remoteSettings', (theirs) => this.#settle(theirs))
    this.#session.once('close', () => this.#owner.ended(this))
  }

  /** Whether it will take requests, if not at once. */
  get isUsable(): boolean {
    return !this.#session.closed && !this.#session.destroyed
  }

  get canSend(): boolean {
    return this.isOpen && this.isUsable && this.#under.size < this.#most
  }

  send(request: Http2Request): void {
    this.#under.add(request)
    if (!request.send(this.#session, this.#host, this)) this.#under.delete(request)
  }

  refused(request: Http2Request): boolean {
    // One that answers some and then ends gets on; what it left is not worth counting.
    if (this.isUsable || this.heard === 0) request.refusals++
    return this.#owner.refused(request)
  }

  /** It ends what it has; others go to another one. */
  doubt(): void {
    this.#session.close()
  }

  left(request: Http2Request): void {
    if (this.#under.delete(request)) this.#owner.hasRoom(this)
  }

  /** From our side; what is under way ends for this reason. */
  end(reason: Error): void {
    this.error ??= reason
    for (const request of this.#under) request.fail(reason)
    this.#session.destroy()
  }

  #settle({ maxConcurrentStreams = STREAMS_PER_CONNECTION }: Settings): void {
    if (!this.isOpen) this.#session.setLocalWindowSize(WINDOW_BYTES)
    this.isOpen = true
    this.#most = Math.min(maxConcurrentStreams, STREAMS_PER_CONNECTION)
    this.#owner.hasRoom(this)
  }
}
