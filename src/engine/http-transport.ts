// The transport over real sockets, on the wall clock. Each channel has one handler object, reused for all its requests.
// Which connection a request gets is decided in sockets.ts, what an error means in fault.ts.
import type { ServicePlan } from '../actions/action.ts'
import type { Cancel, Clock } from '../clock.ts'
import type { Controller } from '../http1/handler.ts'
import type { Request } from '../http1/request-head.ts'
import { Entry } from '../limits/queue.ts'
import { Deadlines } from './deadlines.ts'
import type { Expiring } from './deadlines.ts'
import { abortedFault, faultOf, timeoutFault, tooLargeFault } from './fault.ts'
import type { Fault, Situation } from './fault.ts'
import { Sockets } from './sockets.ts'
import type { Connection, Job } from './sockets.ts'
import type { Channel, Reply, Transport, Wire } from './transport.ts'

/** @throws TurbulenceError `bad-base-url` */
export function httpTransport(setup: { services: readonly ServicePlan[]; clock: Clock }): Transport {
  return new HttpTransport(setup.services, setup.clock)
}

/** One service's connections, with the timeout that all its requests share. */
interface Line {
  readonly service: ServicePlan
  readonly sockets: Sockets
  readonly deadlines: Deadlines
}

class HttpTransport implements Transport {
  readonly clock: Clock
  readonly #lines = new Map<string, Line>()

  constructor(services: readonly ServicePlan[], clock: Clock) {
    this.clock = clock
    for (const service of services) {
      const line = { service, sockets: new Sockets(service, clock), deadlines: new Deadlines(clock, service.timeoutMs) }
      this.#lines.set(service.name, line)
    }
  }

  channel(): Channel {
    return new HttpChannel(this)
  }

  line(service: ServicePlan): Line {
    const line = this.#lines.get(service.name)
    if (line === undefined) throw new Error(`The transport does not know the service "${service.name}".`)
    return line
  }

  async close(): Promise<void> {
    await Promise.all([...this.#lines.values()].map((line) => line.sockets.close()))
  }
}

class HttpChannel implements Channel {
  readonly #transport: HttpTransport
  #exchange: Exchange

  constructor(transport: HttpTransport) {
    this.#transport = transport
    this.#exchange = new Exchange(transport.clock)
  }

  send(service: ServicePlan, wire: Wire): Promise<Reply> {
    const line = this.#transport.line(service)
    // Its connection may still call a handler whose request was aborted, so the next request needs another one.
    if (this.#exchange.isHeld) this.#exchange = new Exchange(this.#transport.clock)
    return this.#exchange.begin(line, wire)
  }

  abort(): void {
    this.#exchange.abort()
  }

  release(): void {
    this.#exchange.forget()
  }
}

const NO_HEADERS: Reply['headers'] = Object.freeze({})
const NO_REQUEST: Request = { method: 'GET', path: '/', headers: [], body: undefined }
/** Chunks of a body that are kept before they are joined. */
const MOST_LOOSE = 1_000
const NO_CHUNKS: readonly Uint8Array[] = Object.freeze([])

/** One request and its answer: handler of the connection and Reply in one object, which is reused. */
class Exchange implements Reply, Job, Expiring {
  status = 0
  headers: Reply['headers'] = NO_HEADERS
  chunks: readonly Uint8Array[] = NO_CHUNKS
  error: Fault | undefined = undefined
  handedAt = 0
  startedAt: number | undefined = undefined
  firstByteAt: number | undefined = undefined
  endedAt = 0
  connection: Connection | undefined = undefined
  request: Request = NO_REQUEST

  readonly #clock: Clock
  readonly #waiting = new Entry<Job>(this)
  readonly #deadline = new Entry<Expiring>(this)
  #line: Line | undefined = undefined
  #controller: Controller | undefined = undefined
  #resolve: ((reply: Reply) => void) | undefined = undefined
  #receivedBytes = 0
  /** Chunks since some were last joined. */
  #loose = 0
  /** When the request has a timeout other than its service's. */
  #ownTimeoutMs: number | undefined = undefined
  #cancelTimeout: Cancel | undefined = undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The request is over for its sender, but its connection may still call this handler. */
  get isHeld(): boolean {
    return this.#resolve === undefined && this.connection !== undefined
  }

  begin(line: Line, wire: Wire): Promise<Reply> {
    if (this.#resolve !== undefined) throw new Error('A channel carries one request at a time.')
    this.status = 0
    this.headers = NO_HEADERS
    this.chunks = NO_CHUNKS
    this.error = undefined
    this.startedAt = undefined
    this.firstByteAt = undefined
    this.#receivedBytes = 0
    this.#line = line
    this.#ownTimeoutMs = wire.timeoutMs
    this.request = wire
    return new Promise((resolve) => {
      this.#resolve = resolve
      this.handedAt = this.#clock.now()
      line.sockets.hand(this.#waiting)
    })
  }

  abort(): void {
    this.#cut(abortedFault)
  }

  /** Drops request and answer: otherwise every garbage collection would copy them until the agent's next turn. */
  forget(): void {
    if (this.#resolve !== undefined || this.connection !== undefined) return
    this.request = NO_REQUEST
    this.headers = NO_HEADERS
    this.chunks = NO_CHUNKS
    this.error = undefined
  }

  expire(): void {
    this.#cut(timeoutFault)
  }

  onRequestStart(controller: Controller): void {
    if (this.#resolve === undefined || this.#line === undefined) {
      controller.abort(new Error('aborted before it was sent'))
      return
    }
    this.#controller = controller
    // Called a second time when an HTTP/2 service refused the stream and the request is sent again.
    if (this.startedAt !== undefined) this.#disarm()
    this.startedAt = this.#clock.now()
    if (this.#ownTimeoutMs === undefined) this.#line.deadlines.add(this.#deadline)
    else this.#cancelTimeout = this.#clock.after(this.#ownTimeoutMs, () => this.expire())
  }

  onResponseStarted(): void {
    this.firstByteAt ??= this.#clock.now()
  }

  onResponseStart(_: Controller, status: number, headers: Reply['headers']): void {
    if (status < 200) {
      this.firstByteAt = undefined
      return
    }
    this.firstByteAt ??= this.#clock.now()
    this.status = status
    this.headers = headers
    this.chunks = []
    this.#loose = 0
  }

  onResponseData(_: Controller, chunk: Uint8Array): void {
    const most = this.#line?.service.maxBodyBytes ?? 0
    const room = most - this.#receivedBytes
    this.#receivedBytes += chunk.length
    const chunks = this.chunks as Uint8Array[]
    if (chunk.length > room) {
      if (room > 0) chunks.push(chunk.subarray(0, room))
      return this.#cut(({ host }) => tooLargeFault(host, most))
    }
    chunks.push(chunk)
    if (++this.#loose < MOST_LOOSE) return
    // When a body comes in single bytes, the chunk objects would take a hundred times its size.
    chunks.push(Buffer.concat(chunks.splice(-MOST_LOOSE)))
    this.#loose = 0
  }

  onResponseEnd(): void {
    this.#settle(undefined)
    this.#free()
  }

  onResponseError(_: unknown, error: unknown): void {
    if (this.#resolve !== undefined) this.#settle(faultOf(error, this.#situation()))
    this.#free()
  }

  #situation(): Situation {
    return {
      host: this.#line?.sockets.host ?? '',
      timeoutMs: this.#ownTimeoutMs ?? this.#line?.service.timeoutMs ?? 0,
      started: this.startedAt !== undefined,
      answering: this.firstByteAt !== undefined,
    }
  }

  /** Ends the request from our side, whether it is queued, under way or being answered. */
  #cut(fault: (at: Situation) => Fault): void {
    if (this.#resolve === undefined) return
    const controller = this.#controller
    this.#line?.sockets.leave(this.#waiting)
    this.#settle(fault(this.#situation()))
    controller?.abort(new Error('cut off'))
  }

  #settle(fault: Fault | undefined): void {
    const resolve = this.#resolve
    if (resolve === undefined) return
    this.error = fault
    this.endedAt = this.#clock.now()
    this.#disarm()
    this.#resolve = undefined
    this.#controller = undefined
    resolve(this)
  }

  #disarm(): void {
    this.#line?.deadlines.remove(this.#deadline)
    this.#cancelTimeout?.()
    this.#cancelTimeout = undefined
  }

  #free(): void {
    this.#line?.sockets.release(this)
  }
}
