// The connections to one service: at most `connections`, each with one request at a time (of HTTP/2 with
// many), and a queue in front. undici's Pool is not used: while a service is down it forgets connections that still serve its
// queue, and once the service is back there are more of them than allowed.
import { buildConnector, Client, errors } from 'undici'
import type { Dispatcher } from 'undici'
import { isIP, Socket } from 'node:net'
import type { ServicePlan } from '../actions/action.ts'
import type { Clock } from '../clock.ts'
import { TurbulenceError } from '../errors.ts'
import { Queue } from '../limits/queue.ts'
import type { Entry } from '../limits/queue.ts'
import { STREAMS_PER_CONNECTION } from '../plan/services.ts'

/** A request that wants a connection. */
export interface Job extends Dispatcher.DispatchHandler {
  readonly options: Dispatcher.DispatchOptions
  /** Its connection, from the moment it has one. */
  client: Client | undefined
  onResponseError(controller: unknown, error: unknown): void
}

export class Sockets {
  /** e.g. `127.0.0.1:4000`. */
  readonly host: string
  readonly #origin: string
  readonly #most: number
  /** Requests at a time on one connection. */
  readonly #perClient: number
  readonly #connect: buildConnector.connector
  readonly #open = new Set<Socket>()
  readonly #clients: Client[] = []
  /** The one used last is taken first: so few stay open, and those that do stay alive. Once for each request it may take. */
  readonly #free: Client[] = []
  readonly #waiting = new Queue<Job>()
  #pumping = false
  #isClosed = false

  constructor(service: ServicePlan, clock: Clock) {
    const url = parseUrl(service)
    this.host = url.host
    this.#origin = url.origin
    this.#most = Math.max(1, service.connections)
    this.#perClient = service.http2 === true ? STREAMS_PER_CONNECTION : 1
    this.#connect = this.#connector(service, clock)
  }

  /** Sends it at once, or when it has a connection. */
  hand(entry: Entry<Job>): void {
    if (this.#isClosed) return entry.value.onResponseError(undefined, new errors.ClientClosedError())
    const client = this.#waiting.length === 0 ? this.#take() : undefined
    if (client === undefined) this.#waiting.push(entry)
    else dispatch(client, entry.value)
  }

  /** Takes it out of the queue; false when it is no longer there. */
  leave(entry: Entry<Job>): boolean {
    return this.#waiting.remove(entry)
  }

  /** Gives the connection of a job that ended to the next one. */
  release(job: Job): void {
    if (job.client === undefined) return
    this.#free.push(job.client)
    job.client = undefined
    if (this.#waiting.length === 0 || this.#pumping) return
    // Not from within undici's callbacks: it does not expect a new request before they return.
    this.#pumping = true
    queueMicrotask(() => this.#pump())
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (let next = this.#waiting.first; next !== undefined; next = this.#waiting.first) {
      this.#waiting.remove(next)
      next.value.onResponseError(undefined, new errors.ClientClosedError())
    }
    const ended = this.#clients.map((client) => client.destroy())
    // What is still connecting is not known to undici's `destroy`.
    for (const socket of this.#open) socket.destroy(new Error('closed'))
    await Promise.all(ended)
  }

  #take(): Client | undefined {
    const free = this.#free.pop()
    if (free !== undefined || this.#clients.length >= this.#most) return free
    const client = this.#newClient()
    this.#clients.push(client)
    for (let more = 1; more < this.#perClient; more++) this.#free.push(client)
    return client
  }

  #newClient(): Client {
    const options = { headersTimeout: 0, bodyTimeout: 0 }
    if (this.#perClient === 1) return new Client(this.#origin, { ...options, pipelining: 1, connect: this.#connect })
    const client: Client = new Client(this.#origin, {
      ...options,
      allowH2: true,
      pipelining: this.#perClient,
      connect: (to, callback) =>
        this.#connect(to, (...result) => {
          const [, socket] = result
          // It would not speak HTTP/2: then one request at a time.
          if (socket !== null && !('alpnProtocol' in socket && socket.alpnProtocol === 'h2')) client.pipelining = 1
          callback(...result)
        }),
    })
    return client
  }

  #pump(): void {
    this.#pumping = false
    for (let next = this.#waiting.first; next !== undefined; next = this.#waiting.first) {
      const client = this.#take()
      if (client === undefined) return
      this.#waiting.remove(next)
      dispatch(client, next.value)
    }
  }

  /** Opens sockets, keeps count of them, and is in time: undici's own timeout comes up to a second late. */
  #connector({ timeoutMs, http2, tls }: ServicePlan, clock: Clock): buildConnector.connector {
    const connect = buildConnector({ timeout: timeoutMs, ...(http2 === true && { allowH2: true }), ...tls })
    return (options, callback) => {
      let opened: Socket | undefined = undefined
      let isResolved = isIP(options.hostname.replace(/[[\]]/g, '')) !== 0
      const cancel = clock.after(timeoutMs, () => {
        opened?.destroy(isResolved ? new errors.ConnectTimeoutError() : new UnresolvedError())
      })
      const socket: unknown = connect(options, (...result) => {
        cancel()
        callback(...result)
      })
      if (!(socket instanceof Socket)) return
      opened = socket
      socket.once('lookup', () => (isResolved = true))
      this.#track(socket)
    }
  }

  #track(socket: Socket): void {
    this.#open.add(socket)
    socket.once('close', () => this.#open.delete(socket))
  }
}

/** The time for a connection went by while its host's name was looked up. */
class UnresolvedError extends Error {
  readonly code = 'DNS_TIMEOUT'
}

function dispatch(client: Client, job: Job): void {
  job.client = client
  client.dispatch(job.options, job)
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
