// Connections that carry many requests at a time, by undici's client; of a service that does not speak HTTP/2
// after all, one at a time. undici is loaded with the first of them.
import { createRequire } from 'node:module'
import { isIP, Socket } from 'node:net'
import type undiciPackage from 'undici'
import type { Client, buildConnector } from 'undici'
import type { ServicePlan } from '../actions/action.ts'
import type { Clock } from '../clock.ts'
import { late, notSendable } from '../http1/errors.ts'
import { STREAMS_PER_CONNECTION } from '../plan/services.ts'
import type { Connection } from './sockets.ts'

const require = createRequire(import.meta.url)

/** The part of undici that is used. */
type Undici = Pick<typeof undiciPackage, 'Client' | 'buildConnector'>

export function http2Connection(origin: string, service: ServicePlan, clock: Clock): Connection {
  const undici = require('undici') as Undici
  const open = new Set<Socket>()
  const connect = connector(undici, { service, clock, open })
  const client: Client = new undici.Client(origin, {
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2: true,
    pipelining: STREAMS_PER_CONNECTION,
    connect: (to, callback) =>
      connect(to, (...result) => {
        const [error, socket] = result
        // Its types say that the other one is null; there is none when it failed.
        if (!error && socket !== null && !speaksHttp2(socket)) client.pipelining = 1
        callback(...result)
      }),
  })
  return {
    dispatch({ method, path, headers, body }, handler) {
      if (method === 'CONNECT')
        return handler.onResponseError(undefined, notSendable('tunnels (CONNECT) are not carried'))
      // undici only reads the headers.
      client.dispatch({ method, path, headers: headers as string[], body: body ?? null }, handler)
    },
    async destroy() {
      const ended = client.destroy()
      // What is still connecting is not known to undici.
      for (const socket of open) socket.destroy(new Error('closed'))
      await ended
    },
  }
}

const speaksHttp2 = (socket: Socket): boolean => 'alpnProtocol' in socket && socket.alpnProtocol === 'h2'

interface Setup {
  readonly service: ServicePlan
  readonly clock: Clock
  /** Sockets that are open or being opened. */
  readonly open: Set<Socket>
}

/** In time: undici's own timeout comes up to a second late. */
function connector({ buildConnector }: Undici, { service, clock, open }: Setup): buildConnector.connector {
  const connect = buildConnector({ timeout: service.timeoutMs, allowH2: true, ...service.tls })
  return (options, callback) => {
    let opened: Socket | undefined = undefined
    let isResolved = isIP(options.hostname.replace(/[[\]]/g, '')) !== 0
    const cancel = clock.after(service.timeoutMs, () => opened?.destroy(late(isResolved)))
    const socket: unknown = connect(options, (...result) => {
      cancel()
      callback(...result)
    })
    if (!(socket instanceof Socket)) return
    opened = socket
    open.add(socket)
    socket.once('lookup', () => (isResolved = true)).once('close', () => open.delete(socket))
  }
}
