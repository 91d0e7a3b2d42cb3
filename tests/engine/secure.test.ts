// TLS and HTTP/2 over real sockets: certificates that are trusted or shown, and many requests on one
// connection.
import { createServer as createSecureServer } from 'node:https'
import { createSecureServer as createHttp2Server } from 'node:http2'
import type { Http2SecureServer } from 'node:http2'
import type { Server } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import type { ServicePlan } from '../../src/actions/action.ts'
import type { Reply } from '../../src/engine/transport.ts'
import { aService, aWire, bodyText, openSockets } from '../support/an-exchange.ts'
import { CERTIFICATE, KEY } from '../support/tls.ts'

interface Running extends AsyncDisposable {
  readonly url: string
  readonly sockets: Set<Socket>
  readonly most: { atOnce: number }
}

async function listen(server: Server | Http2SecureServer): Promise<Running> {
  const sockets = new Set<Socket>()
  server.on('secureConnection', (socket: Socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `https://127.0.0.1:${port}`,
    sockets,
    most: { atOnce: 0 },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const secure = (options: object = {}): Promise<Running> =>
  listen(
    createSecureServer({ key: KEY, cert: CERTIFICATE, ...options }, (request, response) => {
      const shown = (request.socket as unknown as { getPeerCertificate(): { subject?: object } }).getPeerCertificate()
      response.end(JSON.stringify({ version: request.httpVersion, client: shown?.subject ?? null }))
    }),
  )

/** One connection: what goes at once goes over it. */
const aSecureService = (baseUrl: string, more: Partial<ServicePlan> = {}): ServicePlan =>
  aService(baseUrl, { connections: 1, ...more })
const wire = aWire('/')
const json = (reply: Reply): unknown => JSON.parse(bodyText(reply))

async function ask(service: ServicePlan): Promise<Reply & { readonly body: unknown }> {
  await using transport = openSockets(service)
  const reply = await transport.channel().send(service, wire)
  const { status, headers, chunks, error, handedAt, startedAt, firstByteAt, endedAt } = reply
  const body = error === undefined ? json(reply) : undefined
  return { status, headers, chunks, error, handedAt, startedAt, firstByteAt, endedAt, body }
}

describe('TLS', () => {
  test('a certificate that nobody vouches for is refused', async () => {
    await using server = await secure()
    const { error, status } = await ask(aSecureService(server.url))
    expect([error?.outcome, status]).toEqual(['tls', 0])
  })

  test('unless its authority is named, or any certificate will do', async () => {
    await using server = await secure()
    const trusted = await ask(aSecureService(server.url, { tls: { ca: CERTIFICATE, rejectUnauthorized: true } }))
    expect(trusted.status).toBe(200)
    const blind = await ask(aSecureService(server.url, { tls: { rejectUnauthorized: false } }))
    expect(blind.status).toBe(200)
  })

  test('shows a certificate of its own', async () => {
    await using server = await secure({ requestCert: true, rejectUnauthorized: false })
    const tls = { ca: CERTIFICATE, cert: CERTIFICATE, key: KEY, rejectUnauthorized: true }
    expect((await ask(aSecureService(server.url, { tls }))).body).toEqual({
      version: '1.1',
      client: { CN: 'localhost' },
    })
  })
})

describe('HTTP/2', () => {
  const tls = { ca: CERTIFICATE, rejectUnauthorized: true }

  async function http2(): Promise<Running> {
    const held: (() => void)[] = []
    const server = createHttp2Server({ key: KEY, cert: CERTIFICATE, allowHTTP1: true })
    const running = await listen(server)
    server.on('request', (request, response) => {
      held.push(() => response.end(JSON.stringify({ version: request.httpVersion })))
      running.most.atOnce = Math.max(running.most.atOnce, held.length)
      // All that came in one turn of the loop are open at the same time.
      setImmediate(() => setImmediate(() => held.splice(0).forEach((answer) => answer())))
    })
    return running
  }

  test('is spoken when the service is to speak it', async () => {
    await using server = await http2()
    expect((await ask(aSecureService(server.url, { tls, http2: true }))).body).toEqual({ version: '2.0' })
    expect((await ask(aSecureService(server.url, { tls }))).body).toEqual({ version: '1.1' })
  })

  test('carries many requests at a time on one connection, each timed from its own start', async () => {
    await using server = await http2()
    const service = aSecureService(server.url, { tls, http2: true })
    await using transport = openSockets(service)
    await transport.channel().send(service, wire)
    const channels = Array.from({ length: 20 }, () => transport.channel())
    const replies = await Promise.all(channels.map((channel) => channel.send(service, wire)))
    expect(replies.map(({ status, error }) => [status, error])).toEqual(replies.map(() => [200, undefined]))
    expect(
      replies.every(
        ({ startedAt, firstByteAt, endedAt }) =>
          (startedAt ?? 1e9) <= (firstByteAt ?? 0) && (firstByteAt ?? 1e9) <= endedAt,
      ),
    ).toBe(true)
    expect(server.sockets.size).toBe(1)
    expect(server.most.atOnce).toBeGreaterThan(5)
  })

  test('one that times out or is aborted leaves the others alone', async () => {
    const server = createHttp2Server({ key: KEY, cert: CERTIFICATE })
    await using running = await listen(server)
    server.on('request', (request, response) => {
      if (request.url === '/fast') response.end('{}')
    })
    const service = aSecureService(running.url, { tls, http2: true })
    await using transport = openSockets(service)
    const [slow, cut, fast] = [transport.channel(), transport.channel(), transport.channel()]
    const pending = slow.send(service, { ...wire, path: '/slow', timeoutMs: 150 })
    const aborted = cut.send(service, { ...wire, path: '/cut' })
    expect((await fast.send(service, { ...wire, path: '/fast' })).status).toBe(200)
    cut.abort()
    expect((await aborted).error?.outcome).toBe('aborted')
    expect((await pending).error?.outcome).toBe('timeout')
    expect((await slow.send(service, { ...wire, path: '/fast' })).status).toBe(200)
    expect(running.sockets.size).toBe(1)
  })

  test('that does not come about is told as without it', async () => {
    await using server = await http2()
    const untrusted = aSecureService(server.url, { http2: true })
    expect((await ask(untrusted)).error).toMatchObject({ outcome: 'tls', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
    const nobody = aSecureService('https://127.0.0.1:1', { tls, http2: true })
    expect((await ask(nobody)).error).toMatchObject({ outcome: 'connection', code: 'ECONNREFUSED' })
  })

  test('one that only speaks HTTP/1.1 is asked one after the other', async () => {
    await using server = await secure()
    const service = aSecureService(server.url, { tls, http2: true })
    await using transport = openSockets(service)
    const channels = Array.from({ length: 5 }, () => transport.channel())
    const replies = await Promise.all(channels.map((channel) => channel.send(service, wire)))
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(server.sockets.size).toBe(1)
  })
})
