// One HTTP/2 session on an open socket: how many requests it takes at a time, and which are under way on it. After a
// GOAWAY it finishes those and takes no more; opening the next session is http2.ts's business.
import { createRequire } from 'node:module'
import type http2 from 'node:http2'
import type { ClientHttp2Session, Settings } from 'node:http2'
import type { Socket } from 'node:net'
import { STREAMS_PER_CONNECTION } from '../plan/services.ts'
import type { Http2Request, StreamOwner } from './http2-stream.ts'

const require = createRequire(import.meta.url)

export interface SessionOwner {
  /** The session can take a request now. */
  hasRoom(session: Http2Session): void
  /** The service has not processed this request (REFUSED_STREAM). @returns whether it will be sent again */
  refused(request: Http2Request): boolean
  /** The session is closed: nothing is under way on it, and nothing will be. */
  ended(session: Http2Session): void
}

/** Flow control: how many bytes of answers the service may send before it has to wait for us, per stream and in all. */
const WINDOW_BYTES = 1024 ** 2
/** Node's own limits, raised: what Node refuses would look as if the service had refused it. `max_body` bounds memory. */
const LIMITS = {
  /** In MB. Counts the bodies of requests that are being sent, which are in memory anyway. */
  maxSessionMemory: 1_000_000,
  maxHeaderListPairs: 4_000,
  maxSendHeaderBlockLength: 1024 ** 2,
}

export class Http2Session implements StreamOwner {
  /** The error that ended it; undefined when it ended in an orderly way. */
  error: unknown
  /** The service's SETTINGS have come, with how many requests it takes at a time; sent before, some might be refused. */
  isOpen = false
  /** How often anything of any answer came. */
  heard = 0
  readonly #session: ClientHttp2Session
  readonly #host: string
  readonly #owner: SessionOwner
  readonly #under = new Set<Http2Request>()
  #most = 0

  constructor(url: URL, socket: Socket, owner: SessionOwner) {
    this.#host = url.host
    this.#owner = owner
    // Loaded late, because most runs need no HTTP/2.
    const { connect } = require('node:http2') as typeof http2
    const settings: Settings = { enablePush: false, initialWindowSize: WINDOW_BYTES }
    this.#session = connect(url, { ...LIMITS, settings, createConnection: () => socket })
    this.#session.on('error', (error) => (this.error ??= error))
    this.#session.on('remoteSettings', (theirs) => this.#settle(theirs))
    this.#session.once('close', () => this.#owner.ended(this))
  }

  /** Whether it takes requests, now or as soon as one of those under way has ended. */
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
    // A session that answered some requests and then ended does make progress: what it left over is no refusal.
    if (this.isUsable || this.heard === 0) request.refusals++
    return this.#owner.refused(request)
  }

  /** Takes no more requests, and closes when those under way have ended. */
  doubt(): void {
    this.#session.close()
  }

  left(request: Http2Request): void {
    if (this.#under.delete(request)) this.#owner.hasRoom(this)
  }

  /** Ends it from our side; requests under way fail with this reason. */
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
