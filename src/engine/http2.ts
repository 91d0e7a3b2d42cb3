// A connection that carries many requests at a time. undici opens its sockets and negotiates HTTP/2, Node's sessions
// carry the requests, and a new session is opened when the service ends one. With a service that turns out to speak
// HTTP/1.1 only, requests go one at a time (one-by-one.ts).
import { createRequire } from 'node:module'
import { isIP, Socket } from 'node:net'
import type undiciPackage from 'undici'
import type { buildConnector } from 'undici'
import type { ServicePlan } from '../actions/action.ts'
import type { Clock } from '../clock.ts'
import { serverName } from '../http1/connect.ts'
import { closed, late, stopped } from '../http1/errors.ts'
import type { Handler } from '../http1/handler.ts'
import type { Request } from '../http1/request-head.ts'
import { Http2Session } from './http2-session.ts'
import type { SessionOwner } from './http2-session.ts'
import { Http2Request } from './http2-stream.ts'
import { OneByOne } from './one-by-one.ts'
import type { Connection } from './sockets.ts'

const require = createRequire(import.meta.url)

interface Setup {
  readonly url: URL
  readonly service: ServicePlan
  readonly clock: Clock
}

/** How often a request may be refused before it fails. */
const MOST_REFUSALS = 5

export class Http2Connection implements Connection, SessionOwner {
  readonly #setup: Setup
  readonly #connect: buildConnector.connector
  readonly #waiting: Http2Request[] = []
  /** Requests so far. */
  #count = 0
  /** The one that takes new requests, or will once it is open. */
  #session: Http2Session | undefined
  /** All that are not closed, also those that take no new requests. */
  readonly #sessions = new Set<Http2Session>()
  /** Sockets that are open or being opened. */
  readonly #sockets = new Set<Socket>()
  /** A socket is being opened for the next session. */
  #isOpening = false
  #isDestroyed = false
  /** Instead of sessions, once the service has turned out to speak HTTP/1.1 only. */
  #http1: OneByOne | undefined

  constructor(setup: Setup) {
    const { buildConnector: build } = require('undici') as typeof undiciPackage
    this.#setup = setup
    this.#connect = build({ timeout: setup.service.timeoutMs, allowH2: true, ...setup.service.tls })
  }

  dispatch(request: Request, handler: Handler): void {
    if (this.#isDestroyed) return handler.onResponseError(undefined, stopped())
    if (this.#http1 !== undefined) return this.#http1.dispatch(request, handler)
    this.#waiting.push(new Http2Request(++this.#count, request, handler))
    this.#pump()
  }

  async destroy(): Promise<void> {
    this.#isDestroyed = true
    this.#failWaiting(stopped())
    for (const session of this.#sessions) session.end(stopped())
    const ended = [...this.#sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve)))
    for (const socket of this.#sockets) socket.destroy(stopped())
    await Promise.all([...ended, this.#http1?.destroy()])
  }

  hasRoom(): void {
    this.#pump()
  }

  refused(request: Http2Request): boolean {
    if (this.#isDestroyed || request.refusals >= MOST_REFUSALS) return false
    // In its old place, or the same requests would be last, and refused, each time.
    const at = this.#waiting.findIndex(({ nth }) => nth > request.nth)
    this.#waiting.splice(at < 0 ? this.#waiting.length : at, 0, request)
    this.#pump()
    return true
  }

  ended(session: Http2Session): void {
    this.#sessions.delete(session)
    if (session.isOpen) this.#pump()
    else this.#failWaiting(session.error ?? closed())
  }

  #pump(): void {
    if (this.#session?.isUsable === false) this.#session = undefined
    while (this.#session?.canSend === true) {
      const next = this.#waiting.shift()
      if (next === undefined) return
      this.#session.send(next)
    }
    if (this.#session === undefined && this.#waiting.length > 0 && !this.#isOpening) this.#open()
  }

  #failWaiting(error: unknown): void {
    for (const request of this.#waiting.splice(0)) request.fail(error)
  }

  #open(): void {
    this.#isOpening = true
    try {
      this.#openInTime((...[error, socket]) => {
        this.#isOpening = false
        // undici's types promise null for the one that there is not; it may be undefined.
        if (error || socket === null) return this.#failWaiting(error ?? closed())
        if ('alpnProtocol' in socket && socket.alpnProtocol === 'h2') return this.#begin(socket)
        this.#http1 = new OneByOne(this.#setup, socket)
        for (const { request, handler } of this.#waiting.splice(0)) this.#http1.dispatch(request, handler)
      })
    } catch (error) {
      // For example, a certificate in `tls` that cannot be parsed.
      this.#isOpening = false
      this.#failWaiting(error)
    }
  }

  #begin(socket: Socket): void {
    const { url, service, clock } = this.#setup
    const session = new Http2Session(url, socket, this)
    this.#session = session
    this.#sessions.add(session)
    const cancel = clock.after(service.timeoutMs, () => void (session.isOpen || session.end(late(true))))
    socket.once('close', cancel)
  }

  /** With a timeout of our own, because undici's comes up to a second late. */
  #openInTime(callback: buildConnector.Callback): void {
    const { url, service, clock } = this.#setup
    const hostname = url.hostname.replace(/^\[|\]$/g, '')
    let opened: Socket | undefined = undefined
    let isResolved = isIP(hostname) !== 0
    const cancel = clock.after(service.timeoutMs, () => opened?.destroy(late(isResolved)))
    const servername = serverName(this.#waiting[0]?.host ?? '') ?? serverName(url.hostname)
    const socket: unknown = this.#connect(
      { hostname, protocol: url.protocol, port: url.port, ...(servername !== undefined && { servername }) },
      (...result) => {
        cancel()
        callback(...result)
      },
    )
    if (!(socket instanceof Socket)) return
    opened = socket
    this.#sockets.add(socket)
    socket.once('lookup', () => (isResolved = true)).once('close', () => this.#sockets.delete(socket))
  }
}
