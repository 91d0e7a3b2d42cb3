// One exchange with a transport: the service that is asked, what is sent to it, and what came back as text.
import type { ServicePlan } from '../../src/actions/action.ts'
import { wallClock } from '../../src/clock.ts'
import type { Reply, Transport, Wire } from '../../src/engine/transport.ts'
import { httpTransport } from '../../src/engine/http-transport.ts'

export const aService = (baseUrl: string, more: Partial<ServicePlan> = {}): ServicePlan => ({
  name: 'api',
  baseUrl,
  headers: {},
  timeoutMs: 5_000,
  connections: 8,
  maxBodyBytes: 1_000_000,
  ...more,
})

export const aWire = (path: string, more: Partial<Wire> = {}): Wire => ({
  method: 'GET',
  path,
  headers: [],
  body: undefined,
  ...more,
})

export const bodyText = (reply: Reply): string => Buffer.concat(reply.chunks).toString()

/** Real sockets to one service, which close themselves. */
export function openSockets(service: ServicePlan): Transport & AsyncDisposable {
  const transport = httpTransport({ services: [service], clock: wallClock })
  return Object.assign(transport, { [Symbol.asyncDispose]: () => transport.close() })
}
