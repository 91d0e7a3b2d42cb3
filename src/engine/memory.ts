// The transport to a scripted service on the injected clock: the same timeout, size, abort and
// connection rules as real sockets, and no sockets. For simulated days, tests and mocked services.
import type { ServicePlan } from '../actions/action.ts'
import type { Cancel, Clock } from '../clock.ts'
import { Entry, Queue } from '../limits/queue.ts'
import { abortedFault, timeoutFault, tooLargeFault } from './fault.ts'
import type { Fault, Situation } from './fault.ts'
import type { Channel, Reply, Transport, Wire } from './transport.ts'

/** What the scripted service does with a request. */
export interface Response {
  readonly status: number
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string | string[]>>
  /** Text or bytes as they are; anything else as JSON. */
  readonly body?: unknown
  /** Until the last byte; Infinity: it never answers. */
  readonly latencyMs: number
  /** Until the first byte; default: the same. */
  readonly ttfbMs?: number
  /** Instead of a whole answer; `connection`, `dns` and `tls` come before anything is sent. */
  readonly error?: { readonly outcome: Fault['outcome']; readonly code?: string; readonly message?: string }
}

export interface MemorySetup {
  readonly clock: Clock
  /** Called when a request has its connection. */
  readonly respond: (service: ServicePlan, wire: Wire) => Response
  /** How many requests a service takes at a time, the others wait; default: all. */
  readonly connections?: number
}

export function memoryTransport(setup: MemorySetup): Transport {
  return new MemoryTransport(setup)
}

/** The places of one service. */
interface Places {
  taken: number
  readonly waiting: Queue<Exchange>
}

class MemoryTransport implements Transport {
  readonly #setup: MemorySetup
  readonly #places = new Map<string, Places>()
  readonly #running = new Set<Exchange>()
  #isClosed = false

  constructor(setup: MemorySetup) {
    this.#setup = setup
  }

  channel(): Channel {
    let last: Exchange | undefined
    return {
      send: (service, wire) => {
        if (last !== undefined && this.#running.has(last)) throw new Error('A channel carries one request at a time.')
        return new Promise((resolve) => {
          last = new Exchange(this, this.#setup, service, wire, resolve)
          this.#begin(last)
        })
      },
      abort: () => last?.abort(),
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const exchange of this.#running) exchange.abort()
  }

  /** Called once by every exchange. */
  ended(exchange: Exchange): void {
    this.#running.delete(exchange)
    const places = this.#at(exchange.service)
    if (places.waiting.remove(exchange.waiting)) return
    // Not at once: of all that are aborted together, those that wait must not get the place of one that ran.
    queueMicrotask(() => this.#passOn(places))
  }

  #passOn(places: Places): void {
    const next = this.#isClosed ? undefined : places.waiting.first
    if (next === undefined) {
      places.taken--
      return
    }
    places.waiting.remove(next)
    next.value.start()
  }

  #begin(exchange: Exchange): void {
    const places = this.#at(exchange.service)
    this.#running.add(exchange)
    if (places.taken >= (this.#setup.connections ?? Number.POSITIVE_INFINITY)) places.waiting.push(exchange.waiting)
    else {
      places.taken++
      if (!this.#isClosed) exchange.start()
    }
    if (this.#isClosed) exchange.abort()
  }

  #at(service: ServicePlan): Places {
    let places = this.#places.get(service.name)
    if (places === undefined) {
      places = { taken: 0, waiting: new Queue() }
      this.#places.set(service.name, places)
    }
    return places
  }
}

class Exchange implements Reply {
  status = 0
  headers: Reply['headers'] = {}
  chunks: readonly Uint8Array[] = []
  error: Fault | undefined = undefined
  readonly handedAt: number
  startedAt: number | undefined = undefined
  firstByteAt: number | undefined = undefined
  endedAt = 0

  readonly service: ServicePlan
  readonly waiting: Entry<Exchange> = new Entry<Exchange>(this)
  readonly #transport: MemoryTransport
  readonly #setup: MemorySetup
  readonly #wire: Wire
  #resolve: ((reply: Reply) => void) | undefined
  #cancel: Cancel | undefined = undefined

  constructor(
    transport: MemoryTransport,
    setup: MemorySetup,
    service: ServicePlan,
    wire: Wire,
    resolve: (reply: Reply) => void,
  ) {
    this.#transport = transport
    this.#setup = setup
    this.service = service
    this.#wire = wire
    this.#resolve = resolve
    this.handedAt = setup.clock.now()
  }

  start(): void {
    const { clock } = this.#setup
    const now = clock.now()
    const response = this.#respond()
    const { error, latencyMs } = response
    const timeoutMs = this.#timeoutMs
    if (error === undefined || !BEFORE_SENDING.has(error.outcome)) this.startedAt = now
    if (latencyMs > timeoutMs || error?.outcome === 'timeout')
      this.#cancel = clock.at(now + timeoutMs, () => this.#timeOut(response))
    else this.#cancel = clock.at(now + latencyMs, () => this.#answer(response))
  }

  abort(): void {
    this.#settle(abortedFault(this.#situation()))
  }

  get #timeoutMs(): number {
    return this.#wire.timeoutMs ?? this.service.timeoutMs
  }

  #respond(): Response {
    try {
      return this.#setup.respond(this.service, this.#wire)
    } catch (error) {
      const message = `the scripted service failed: ${error instanceof Error ? error.message : String(error)}`
      return { status: 0, latencyMs: 0, error: { outcome: 'protocol', code: 'SCRIPT', message } }
    }
  }

  #timeOut(response: Response): void {
    const timeoutMs = this.#timeoutMs
    if (response.ttfbMs !== undefined && response.ttfbMs <= timeoutMs) this.#head(response)
    this.#settle(timeoutFault(this.#situation()))
  }

  #answer(response: Response): void {
    const { error } = response
    if (error === undefined || response.status > 0) this.#head(response)
    const cut = this.#body(response)
    if (error === undefined) return this.#settle(cut)
    const { outcome, code = outcome.toUpperCase(), message = `${outcome} of ${this.#situation().host}` } = error
    this.#settle({ outcome, code, message })
  }

  #head(response: Response): void {
    this.status = response.status
    this.headers = response.headers ?? {}
    const { body } = response
    if (body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array))
      this.headers = { 'content-type': 'application/json', ...this.headers }
    this.firstByteAt = (this.startedAt ?? 0) + (response.ttfbMs ?? response.latencyMs)
  }

  #body({ status, body }: Response): Fault | undefined {
    if (body === undefined || this.#wire.method === 'HEAD' || status === 204 || status === 304) return undefined
    const bytes = bytesOf(body)
    if (bytes.length === 0) return undefined
    const most = this.service.maxBodyBytes
    this.chunks = [bytes.subarray(0, most)]
    return bytes.length > most ? tooLargeFault(this.#situation().host, most) : undefined
  }

  #situation(): Situation {
    return {
      host: new URL(this.service.baseUrl).host,
      timeoutMs: this.#timeoutMs,
      started: this.startedAt !== undefined,
      answering: this.firstByteAt !== undefined,
    }
  }

  #settle(fault: Fault | undefined): void {
    const resolve = this.#resolve
    if (resolve === undefined) return
    this.#resolve = undefined
    this.#cancel?.()
    this.error = fault
    this.endedAt = this.#setup.clock.now()
    this.#transport.ended(this)
    resolve(this)
  }
}

const BEFORE_SENDING: ReadonlySet<Fault['outcome']> = new Set(['connection', 'dns', 'tls'])

function bytesOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body
  return Buffer.from(typeof body === 'string' ? body : (JSON.stringify(body) ?? ''))
}
