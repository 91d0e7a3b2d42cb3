// The connections to one service: at most `connections`, each for one request at a time (with HTTP/2 for many), and
// a queue in front of them.
import type { ServicePlan } from '../actions/action.ts'
import type { Clock } from '../clock.ts'
import { TurbulenceError } from '../errors.ts'
import { Http1Client } from '../http1/client.ts'
import type { Handler } from '../http1/handler.ts'
import { connector } from '../http1/connect.ts'
import type { Connect } from '../http1/connect.ts'
import { stopped } from '../http1/errors.ts'
import type { Request } from '../http1/request-head.ts'
import { Queue } from '../limits/queue.ts'
import type { Entry } from '../limits/queue.ts'
import { STREAMS_PER_CONNECTION } from '../plan/services.ts'
import { Http2Connection } from './http2.ts'

/** Opens its socket with the first request, and another one when that was closed. */
export interface Connection {
  dispatch(request: Request, handler: Handler): void
  destroy(): Promise<void>
}

/** A request that wants a connection. */
export interface Job extends Handler {
  readonly request: Request
  /** Its connection, from the moment it has one. */
  connection: Connection | undefined
}

export class Sockets {
  /** e.g. `127.0.0.1:4000`. */
  readonly host: string
  readonly #clock: Clock
  readonly #most: number
  /** Requests at a time on one connection. */
  readonly #perConnection: number
  readonly #make: () => Connection
  readonly #all: Connection[] = []
  /**
   * Connections with room, each listed once per request that it can take. The one used last is taken first, so that
   * few stay open, and those stay warm.
   */
  readonly #free: Connection[] = []
  readonly #waiting = new Queue<Job>()
  #isPumping = false
  #isClosed = false

  constructor(service: ServicePlan, clock: Clock) {
    const url = parseUrl(service)
    this.host = url.host
    this.#clock = clock
    this.#most = Math.max(1, service.connections)
    this.#perConnection = service.http2 === true ? STREAMS_PER_CONNECTION : 1
    if (service.http2 === true) this.#make = () => new Http2Connection({ url, service, clock })
    else {
      const connect: Connect = connector({ url, timeoutMs: service.timeoutMs, clock, tls: service.tls })
      this.#make = () => new Http1Client({ url, connect, clock })
    }
  }

  /** Sends a job at the end of this turn of the event loop, or as soon as a connection is free. */
  hand(entry: Entry<Job>): void {
    if (this.#isClosed) return entry.value.onResponseError(undefined, stopped())
    this.#waiting.push(entry)
    this.#wake()
  }

  /** Takes a job out of the queue; false when it was not in it. */
  leave(entry: Entry<Job>): boolean {
    return this.#waiting.remove(entry)
  }

  /** Gives the connection of a job that ended to the next one. */
  release(job: Job): void {
    if (job.connection === undefined) return
    this.#free.push(job.connection)
    job.connection = undefined
    if (this.#waiting.length > 0) this.#wake()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (let next = this.#waiting.first; next !== undefined; next = this.#waiting.first) {
      this.#waiting.remove(next)
      next.value.onResponseError(undefined, stopped())
    }
    await Promise.all(this.#all.map((connection) => connection.destroy()))
  }

  #take(): Connection | undefined {
    const free = this.#free.pop()
    if (free !== undefined || this.#all.length >= this.#most) return free
    const connection = this.#make()
    this.#all.push(connection)
    for (let more = 1; more < this.#perConnection; more++) this.#free.push(connection)
    return connection
  }

  /**
   * All that became ready in one turn of the loop is sent at its end, together: the times of answers that
   * came in with it have been taken by then, and a service that was idle is woken once instead of each time.
   */
  #wake(): void {
    if (this.#isPumping) return
    this.#isPumping = true
    void this.#clock.turn().then(() => this.#pump())
  }

  #pump(): void {
    this.#isPumping = false
    for (let next = this.#waiting.first; next !== undefined; next = this.#waiting.first) {
      const connection = this.#take()
      if (connection === undefined) return
      this.#waiting.remove(next)
      next.value.connection = connection
      connection.dispatch(next.value.request, next.value)
    }
  }
}

function parseUrl(service: ServicePlan): URL {
  const url = URL.canParse(service.baseUrl) ? new URL(service.baseUrl) : undefined
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url
  throw new TurbulenceError(
    'bad-base-url',
    `The base URL "${service.baseUrl}" of the service "${service.name}" is not one for HTTP.`,
    {
      hint: 'It begins with http:// or https:// and names a host.',
    },
  )
}
