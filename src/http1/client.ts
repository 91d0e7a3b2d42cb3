// One connection to a service, with one request at a time, opened when it is needed and used again while
// both sides agree to. How many there are, and who gets which, is the engine's business.
import type { Socket } from 'node:net'
import type { Clock } from '../clock.ts'
import type { AnswerHead } from './answer-head.ts'
import { AnswerParser } from './answer-parser.ts'
import type { AnswerListener } from './answer-parser.ts'
import type { Connect } from './connect.ts'
import { closed, stopped } from './errors.ts'
import { requestHead } from './request-head.ts'
import type { Request, RequestHead } from './request-head.ts'

/** Ends a request from our side: its handler hears the reason as an error. */
export interface Controller {
  abort(reason: Error): void
}

/** Who sent a request, and hears what comes of it: the last call is `onResponseEnd` or `onResponseError`. */
export interface Handler {
  /** Its bytes go to the socket as soon as this returns. */
  onRequestStart(controller: Controller): void
  /** The first byte of an answer has come, headers are not read yet. */
  onResponseStarted(): void
  /** Also for informational answers, status 1xx. */
  onResponseStart(controller: Controller, status: number, headers: AnswerHead['headers']): void
  /** The bytes are the handler's to keep. */
  onResponseData(controller: Controller, bytes: Buffer): void
  onResponseEnd(controller: Controller): void
  /** Also when it was never sent. */
  onResponseError(controller: Controller | undefined, error: unknown): void
}

/** For so long an idle connection is used again when the service does not say how long it keeps it. */
const IDLE_MS = 4_000
/** A service that says so closes no earlier than this before its time is over. */
const EARLY_MS = 1_000

export class Http1Client implements Controller, AnswerListener {
  readonly #host: string
  readonly #connect: Connect
  readonly #clock: Clock
  readonly #parser = new AnswerParser(this)
  #socket: Socket | undefined
  #isOpen = false
  #usableUntilMs = 0
  #handler: Handler | undefined
  #waiting: { readonly head: RequestHead; readonly request: Request } | undefined
  /** The bytes that are being read stay as they are. */
  #ownsBytes = false
  /** Bytes of the request went out. */
  #isSent = false
  /** Something of the answer has come. */
  #isAnswering = false
  #isLast = false
  #isDestroyed = false

  /** @param host for requests that name none */
  constructor({ host, connect, clock }: { readonly host: string; readonly connect: Connect; readonly clock: Clock }) {
    this.#host = host
    this.#connect = connect
    this.#clock = clock
  }

  /** One at a time: the one before has to be over. */
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
    this.#isSent = false
    if (this.#socket !== undefined && !this.#isUsable(this.#socket)) this.#drop()
    if (this.#isOpen && this.#socket !== undefined) return this.#send(this.#socket, request, head)
    this.#waiting = { head, request }
    if (this.#socket === undefined) this.#open()
  }

  /** What has not been sent leaves the connection as it is. */
  abort(reason: Error): void {
    const handler = this.#handler
    if (this.#isSent) return this.#fail(reason)
    this.#handler = this.#waiting = undefined
    handler?.onResponseError(this, reason)
  }

  /** Ends what is under way; resolves when its socket is gone. */
  destroy(): Promise<void> {
    this.#isDestroyed = true
    const socket = this.#socket
    this.#fail(stopped())
    if (socket === undefined || socket.closed) return Promise.resolve()
    return new Promise((resolve) => socket.once('close', () => resolve()))
  }

  #isUsable(socket: Socket): boolean {
    if (!this.#isOpen) return true
    return !socket.destroyed && socket.writable && this.#clock.now() < this.#usableUntilMs
  }

  #open(): void {
    const mine = (): boolean => this.#socket === socket
    const socket: Socket = this.#connect({
      onOpen: () => {
        if (mine()) this.#opened(socket)
      },
      onBytes: (bytes, length, own) => {
        if (mine()) this.#read(bytes, length, own)
      },
    })
    this.#socket = socket
    socket.on('error', (error) => {
      if (mine()) this.#fail(error)
    })
    socket.on('end', () => {
      if (mine()) this.#ended()
    })
    socket.on('close', () => {
      if (mine()) this.#fail(closed())
    })
  }

  #opened(socket: Socket): void {
    this.#isOpen = true
    this.#usableUntilMs = this.#clock.now() + IDLE_MS
    const waiting = this.#waiting
    this.#waiting = undefined
    if (waiting !== undefined) this.#send(socket, waiting.request, waiting.head)
  }

  #send(socket: Socket, { method, body }: Request, { text, isLast }: RequestHead): void {
    const handler = this.#handler
    handler?.onRequestStart(this)
    if (handler === undefined || this.#handler !== handler) return
    this.#isSent = true
    this.#isLast = isLast
    this.#isAnswering = false
    this.#parser.begin(method === 'HEAD')
    if (body === undefined || body.length === 0) socket.write(text, 'latin1')
    else if (typeof body === 'string' && Buffer.byteLength(body) === body.length) socket.write(text + body, 'latin1')
    else {
      socket.cork()
      socket.write(text, 'latin1')
      socket.write(body)
      socket.uncork()
    }
  }

  #read(bytes: Buffer, length: number, own: boolean): void {
    const handler = this.#handler
    // Nobody asked, so nobody can tell what it belongs to.
    if (handler === undefined || this.#waiting !== undefined) return this.#fail(closed())
    this.#ownsBytes = own
    if (!this.#isAnswering) handler.onResponseStarted()
    this.#isAnswering = true
    try {
      const end = this.#parser.read(bytes, length)
      if (end < 0 || this.#handler !== handler) return
      this.#complete(handler, end < length)
    } catch (error) {
      if (this.#handler !== handler) throw error
      this.#fail(error)
    }
  }

  onHead(head: AnswerHead): boolean {
    const handler = this.#handler
    handler?.onResponseStart(this, head.status, head.headers)
    return handler !== undefined && this.#handler === handler
  }

  onBody(bytes: Buffer, from: number, to: number): boolean {
    const handler = this.#handler
    const stretch = bytes.subarray(from, to)
    handler?.onResponseData(this, this.#ownsBytes ? stretch : Buffer.from(stretch))
    return handler !== undefined && this.#handler === handler
  }

  /** @param isFollowed by bytes that belong to no answer */
  #complete(handler: Handler, isFollowed: boolean): void {
    const head = this.#parser.head
    const keptMs = head?.keepAliveS === undefined ? IDLE_MS : head.keepAliveS * 1000 - EARLY_MS
    this.#handler = undefined
    this.#usableUntilMs = this.#clock.now() + keptMs
    if (isFollowed || this.#isLast || head?.isLast === true || keptMs <= 0) this.#drop()
    handler.onResponseEnd(this)
  }

  /** The service says that nothing more comes. */
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
