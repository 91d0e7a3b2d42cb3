// An HTTP/1.1 connection that carries one request at a time. It is opened by the first request, and reused for the
// next ones while both sides keep it alive. How many there are, and which request gets which, is sockets.ts's.
import type { Socket } from 'node:net'
import type { Clock } from '../clock.ts'
import type { AnswerHead } from './answer-head.ts'
import { AnswerParser } from './answer-parser.ts'
import type { AnswerListener } from './answer-parser.ts'
import type { Connect } from './connect.ts'
import { closed, stopped } from './errors.ts'
import type { Controller, Handler } from './handler.ts'
import { IDLE_MS, idleMs } from './idle.ts'
import { requestHead, writeRequest } from './request-head.ts'
import type { Request, RequestHead } from './request-head.ts'

export class Http1Client implements Controller, AnswerListener {
  readonly #host: string
  /** With TLS a connection is for the one host name that its certificate was checked for. */
  readonly #isSecure: boolean
  readonly #connect: Connect
  readonly #clock: Clock
  readonly #parser = new AnswerParser(this)
  #socket: Socket | undefined
  /** The host name that it was opened for. */
  #openedFor = ''
  #isOpen = false
  #usableUntilMs = 0
  #handler: Handler | undefined
  /**
   * Counts requests. A handler may abort its request and send another one from inside a callback, so whoever calls
   * one compares this before it goes on (`#isStill`).
   */
  #turn = 0
  #waiting: { readonly head: RequestHead; readonly request: Request } | undefined
  /** The bytes that are being read belong to us, and need no copy: see `Connecting.onBytes`. */
  #ownsBytes = false
  /** Bytes of the request went out. */
  #isSent = false
  /** The first byte of the answer has come. */
  #isAnswering = false
  #isLast = false
  #isDestroyed = false

  constructor({ url, connect, clock }: { readonly url: URL; readonly connect: Connect; readonly clock: Clock }) {
    this.#host = url.host
    this.#isSecure = url.protocol === 'https:'
    this.#connect = connect
    this.#clock = clock
  }

  /** @throws Error when the request before is not over */
  dispatch(request: Request, handler: Handler): void {
    if (this.#handler !== undefined) throw new Error('A connection carries one request at a time.')
    if (this.#isDestroyed) return handler.onResponseError(undefined, stopped())
    let head: RequestHead
    try {
      head = requestHead(request, this.#host)
    } catch (error) {
      return handler.onResponseError(undefined, error)
    }
    this.#handler = handler
    this.#turn++
    this.#isSent = false
    if (this.#socket !== undefined && !this.#isUsable(this.#socket, head.host)) this.#drop()
    if (this.#isOpen && this.#socket !== undefined) return this.#send(this.#socket, request, head)
    this.#waiting = { head, request }
    if (this.#socket === undefined) this.#open(head.host)
  }

  /** Closes the connection, unless nothing of the request was sent yet. */
  abort(reason: Error): void {
    const handler = this.#handler
    if (handler === undefined) return
    if (this.#isSent) return this.#fail(reason)
    this.#handler = this.#waiting = undefined
    handler.onResponseError(this, reason)
  }

  /** Ends the request under way as stopped; resolves when the socket is closed. */
  destroy(): Promise<void> {
    this.#isDestroyed = true
    const socket = this.#socket
    this.#fail(stopped())
    if (socket === undefined || socket.closed) return Promise.resolve()
    return new Promise((resolve) => socket.once('close', () => resolve()))
  }

  /** Not while a body is still being written (a service may answer before it has it all): the next request would wait for that. */
  #isUsable(socket: Socket, host: string): boolean {
    if (this.#isSecure && host !== this.#openedFor) return false
    if (!this.#isOpen) return true
    return socket.writable && !socket.writableNeedDrain && this.#clock.now() < this.#usableUntilMs
  }

  #open(host: string): void {
    this.#openedFor = host
    let socket: Socket
    /** Events of a socket that was dropped are ignored. */
    const isMine = (): boolean => this.#socket === socket
    try {
      socket = this.#connect({
        host,
        onOpen: () => void (isMine() && this.#opened(socket)),
        onBytes: (bytes, length, own) => void (isMine() && this.#read(bytes, length, own)),
      })
    } catch (error) {
      // For example, a certificate in `tls` that cannot be parsed.
      return this.#fail(error)
    }
    this.#socket = socket
    socket.on('error', (error) => void (isMine() && this.#fail(error)))
    socket.on('end', () => void (isMine() && this.#ended()))
    socket.on('close', () => void (isMine() && this.#fail(closed())))
  }

  #opened(socket: Socket): void {
    this.#isOpen = true
    this.#usableUntilMs = this.#clock.now() + IDLE_MS
    const waiting = this.#waiting
    this.#waiting = undefined
    if (waiting !== undefined) this.#send(socket, waiting.request, waiting.head)
  }

  #send(socket: Socket, request: Request, { text, isLast }: RequestHead): void {
    const turn = this.#turn
    this.#handler?.onRequestStart(this)
    if (!this.#isStill(turn)) return
    this.#isSent = true
    this.#isLast = isLast
    this.#isAnswering = false
    this.#parser.begin(request.method === 'HEAD')
    writeRequest(socket, text, request.body)
  }

  #isStill(turn: number): boolean {
    return this.#turn === turn && this.#handler !== undefined
  }

  #read(bytes: Buffer, length: number, own: boolean): void {
    const handler = this.#handler
    const turn = this.#turn
    // Bytes that no request asked for: whatever they are, they must not become the next answer.
    if (handler === undefined || this.#waiting !== undefined) return this.#fail(closed())
    this.#ownsBytes = own
    const isFirst = !this.#isAnswering
    this.#isAnswering = true
    try {
      if (isFirst) handler.onResponseStarted()
      if (!this.#isStill(turn)) return
      const end = this.#parser.read(bytes, length)
      if (end < 0 || !this.#isStill(turn)) return
      this.#complete(handler, end < length)
    } catch (error) {
      if (!this.#isStill(turn)) throw error
      this.#fail(error)
    }
  }

  onHead(head: AnswerHead): boolean {
    const turn = this.#turn
    this.#handler?.onResponseStart(this, head.status, head.headers)
    return this.#isStill(turn)
  }

  onBody(bytes: Buffer, from: number, to: number): boolean {
    const turn = this.#turn
    const stretch = bytes.subarray(from, to)
    this.#handler?.onResponseData(this, this.#ownsBytes ? stretch : Buffer.from(stretch))
    return this.#isStill(turn)
  }

  /** @param isFollowed more bytes came than the answer has, so the connection cannot be trusted with another */
  #complete(handler: Handler, isFollowed: boolean): void {
    const head = this.#parser.head
    const keptMs = idleMs(head?.keepAliveS)
    this.#handler = undefined
    this.#usableUntilMs = this.#clock.now() + keptMs
    if (isFollowed || this.#isLast || head?.isLast === true || keptMs <= 0) this.#drop()
    handler.onResponseEnd(this)
  }

  /** The service has ended its side. */
  #ended(): void {
    const handler = this.#handler
    if (handler !== undefined && this.#waiting === undefined && this.#parser.endsWithConnection)
      this.#complete(handler, false)
    else this.#fail(closed())
  }

  #fail(error: unknown): void {
    const handler = this.#handler
    this.#handler = this.#waiting = undefined
    this.#drop()
    handler?.onResponseError(this, error)
  }

  /** The next request gets a new connection. */
  #drop(): void {
    this.#isOpen = false
    const socket = this.#socket
    this.#socket = undefined
    socket?.destroy()
  }
}
