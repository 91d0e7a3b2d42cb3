// The fallback for a service with `http2: true` that speaks HTTP/1.1 only: a queue of requests in front of one HTTP/1.1
// connection, which carries them one at a time.
import type { Socket } from 'node:net'
import type { ServicePlan } from '../actions/action.ts'
import type { Clock } from '../clock.ts'
import { Http1Client } from '../http1/client.ts'
import { connector } from '../http1/connect.ts'
import type { Connect } from '../http1/connect.ts'
import { stopped } from '../http1/errors.ts'
import type { Controller, Handler } from '../http1/handler.ts'
import type { Request } from '../http1/request-head.ts'

interface Waiting {
  readonly request: Request
  readonly handler: Handler
}

export class OneByOne {
  readonly #client: Http1Client
  #waiting: Waiting[] = []
  #isBusy = false

  /** @param socket already open; the service has negotiated HTTP/1.1 on it. The first request uses it. */
  constructor({ url, service, clock }: { url: URL; service: ServicePlan; clock: Clock }, socket: Socket) {
    const { timeoutMs, tls } = service
    const open = connector({ url, timeoutMs, clock, tls })
    let first: Socket | undefined = socket
    const connect: Connect = (listener) => {
      if (first === undefined || first.destroyed) return open(listener)
      const opened = first
      first = undefined
      opened.on('data', (bytes: Buffer) => listener.onBytes(bytes, bytes.length, true))
      queueMicrotask(listener.onOpen)
      return opened
    }
    this.#client = new Http1Client({ url, connect, clock })
  }

  dispatch(request: Request, handler: Handler): void {
    this.#waiting.push({ request, handler })
    this.#next()
  }

  destroy(): Promise<void> {
    for (const { handler } of this.#waiting.splice(0)) handler.onResponseError(undefined, stopped())
    return this.#client.destroy()
  }

  #next(): void {
    const next = this.#isBusy ? undefined : this.#waiting.shift()
    if (next === undefined) return
    this.#isBusy = true
    const over = (): void => {
      this.#isBusy = false
      this.#next()
    }
    this.#client.dispatch(next.request, new Turn(next.handler, over))
  }
}

/** Passes everything on to a request's handler, and calls `over` after its last call. */
class Turn implements Handler {
  readonly #handler: Handler
  readonly #over: () => void

  constructor(handler: Handler, over: () => void) {
    this.#handler = handler
    this.#over = over
  }

  onRequestStart(controller: Controller): void {
    this.#handler.onRequestStart(controller)
  }

  onResponseStarted(): void {
    this.#handler.onResponseStarted()
  }

  onResponseStart(...args: Parameters<Handler['onResponseStart']>): void {
    this.#handler.onResponseStart(...args)
  }

  onResponseData(...args: Parameters<Handler['onResponseData']>): void {
    this.#handler.onResponseData(...args)
  }

  onResponseEnd(controller: Controller): void {
    this.#handler.onResponseEnd(controller)
    this.#over()
  }

  onResponseError(controller: Controller | undefined, error: unknown): void {
    this.#handler.onResponseError(controller, error)
    this.#over()
  }
}
