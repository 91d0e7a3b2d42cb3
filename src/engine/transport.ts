// What carries a request to a service. Two implementations: `http` (real sockets, wall clock) and
// `memory` (a scripted service on the injected clock). It measures and classifies; it judges nothing.
import type { MockAnswer, ServicePlan } from '../actions/action.ts'
import type { Outcome } from '../sample.ts'

export interface Wire {
  readonly method: string
  /** Begins with a slash; base path and query included. */
  readonly path: string
  /** Name, value, name, value … */
  readonly headers: readonly string[]
  readonly body: string | Uint8Array | undefined
  /** Instead of the service's. */
  readonly timeoutMs?: number | undefined
  /** What a transport without services answers; only in a mocked run. */
  readonly mock?: MockAnswer | undefined
}

/** How an exchange ended. Times are `clock.now()` in ms; undefined when that moment never came. */
export interface Reply {
  /** 0 when there was no status line. */
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** The body as it came, not decompressed; only the first bytes when it was cut. */
  readonly chunks: readonly Uint8Array[]
  /** Why there is no whole answer; undefined = the answer came to its end. `code` is stable (`ECONNREFUSED`), `message` one line. */
  readonly error:
    | {
        readonly outcome: Exclude<Outcome, 'ok' | 'failed' | 'rate_limited'>
        readonly code: string
        readonly message: string
      }
    | undefined
  /** Handed to the pool. */
  readonly handedAt: number
  /** Its bytes go to a socket. */
  readonly startedAt: number | undefined
  readonly firstByteAt: number | undefined
  readonly endedAt: number
  /** Made by pressure; no service had a part in it. */
  readonly isInjected?: true
}

/** One agent's way to the services: at most one request at a time, reused for all its requests. */
export interface Channel {
  /** Never rejects. The Reply is valid until the next `send` of this channel. */
  send(service: ServicePlan, wire: Wire): Promise<Reply>
  /** Ends the request under way, if there is one, with the outcome `aborted`. */
  abort(): void
  /** The last Reply is not needed any more: what it holds may go. */
  release?(): void
}

export interface Transport {
  channel(): Channel
  /** Closes sockets; requests still under way end as `aborted`. */
  close(): Promise<void>
}
