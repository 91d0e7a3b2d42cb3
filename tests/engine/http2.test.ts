// Services that speak HTTP/2 and end streams and sessions as they may, and as they should not. What it has in
// common with HTTP/1.1 is in secure.test.ts.
import { constants, createSecureServer } from 'node:http2'
import type { SecureServerOptions, ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import type { ServicePlan } from '../../src/actions/action.ts'
import type { Reply, Transport, Wire } from '../../src/engine/transport.ts'
import { aService, aWire, bodyText, openSockets } from '../support/an-exchange.ts'
import { CERTIFICATE, KEY } from '../support/tls.ts'

interface Asked {
  readonly stream: ServerHttp2Stream
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Which one it is, from 1. */
  readonly nth: number
}

interface Served extends AsyncDisposable {
  readonly service: ServicePlan
  readonly transport: Transport
  readonly sessions: ServerHttp2Session[]
  /** Without a word. */
  closeSockets(): void
}

async function serve(hear: (asked: Asked) => void, options: SecureServerOptions = {}): Promise<Served> {
  const sessions: ServerHttp2Session[] = []
  const sockets = new Set<Socket>()
  const closeSockets = (): void => sockets.forEach((socket) => socket.destroy())
  const server = createSecureServer({ key: KEY, cert: CERTIFICATE, ...options })
  server.on('session', (session) => sessions.push(session.on('error', () => {})))
  server.on('secureConnection', (socket: Socket) => sockets.add(socket))
  let nth = 0
  server.on('stream', (stream, headers) => hear({ stream: stream.on('error', () => {}), headers, nth: ++nth }))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const tls = { ca: CERTIFICATE, rejectUnauthorized: true }
  const { port } = server.address() as AddressInfo
  const service = aService(`https://127.0.0.1:${port}`, { connections: 1, http2: true, tls })
  const transport = openSockets(service)
  return {
    service,
    transport,
    sessions,
    closeSockets,
    [Symbol.asyncDispose]: async () => {
      await transport.close()
      closeSockets()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const answer = (stream: ServerHttp2Stream, text = 'ok'): void => {
  if (stream.destroyed) return
  stream.respond({ ':status': 200 })
  stream.end(text)
}

const ask = ({ transport, service }: Served, more: Partial<Wire> = {}): Promise<Reply> =>
  transport.channel().send(service, aWire('/', more))
const askAll = (served: Served, count: number): Promise<Reply[]> =>
  Promise.all(Array.from({ length: count }, () => ask(served)))
const told = ({ status, error }: Reply): unknown => error?.message.replace(/127[.:\d]+/, 'H') ?? status

describe('a service that', () => {
  test('ends a connection after some requests, as nginx does, answers all that it has begun', async () => {
    await using served = await serve(({ stream, nth }) => {
      if (nth % 10 === 5) stream.session?.close()
      setImmediate(() => setImmediate(() => answer(stream)))
    })
    for (let round = 1; round <= 3; round++) {
      expect((await askAll(served, 10)).map(told)).toEqual(Array(10).fill(200))
      // Of those after the fifth nothing was looked at, so they went to the next connection.
      expect(served.sessions).toHaveLength(round + 1)
    }
  })

  test('ends each connection after two requests answers all of many, the first ones first', async () => {
    const counts = new Map<unknown, number>()
    await using served = await serve(({ stream }) => {
      const count = (counts.get(stream.session) ?? 0) + 1
      counts.set(stream.session, count)
      if (count === 2) stream.session?.goaway(0, stream.id)
      if (count <= 2) answer(stream)
    })
    const replies = await askAll(served, 30)
    expect(replies.map(told)).toEqual(Array(30).fill(200))
    expect(replies.map(({ endedAt }) => endedAt)).toEqual(
      replies.map(({ endedAt }) => endedAt).toSorted((a, b) => a - b),
    )
  })

  test('takes few requests at a time is sent no more, and none waits at its cost', async () => {
    let [now, most] = [0, 0]
    const held: (() => void)[] = []
    await using served = await serve(
      ({ stream }) => {
        most = Math.max(most, ++now)
        held.push(() => (now--, answer(stream)))
        if (held.length === 3) setImmediate(() => held.splice(0).forEach((go) => go()))
      },
      { settings: { maxConcurrentStreams: 3 } },
    )
    const replies = await askAll(served, 9)
    expect(replies.map(told)).toEqual(Array(9).fill(200))
    expect(most).toBe(3)
    const starts = new Set(replies.map(({ startedAt, handedAt }) => (startedAt ?? 0) - handedAt > 0))
    expect([...starts]).toEqual([true])
    const first = Math.min(...replies.map(({ endedAt }) => endedAt))
    expect(replies.filter(({ startedAt }) => (startedAt ?? 0) >= first)).toHaveLength(6)
  })

  test('refuses a request is asked again, but not for ever', async () => {
    let asked = 0
    await using served = await serve(({ stream, nth }) => {
      asked = nth
      if (nth === 3) answer(stream)
      else stream.close(constants.NGHTTP2_REFUSED_STREAM)
    })
    expect([told(await ask(served)), asked]).toEqual([200, 3])
    const { error } = await ask(served)
    expect(error).toMatchObject({ outcome: 'reset', code: 'STREAM_RESET' })
    expect([error?.message.split(' ').slice(-3).join(' '), asked]).toEqual(['answer (HTTP/2 REFUSED_STREAM)', 8])
  })

  test.each<[string, (stream: ServerHttp2Stream, close: () => void) => void, string]>([
    [
      'gives up',
      (stream) => stream.destroy(new Error('x')),
      'request ended by H before an answer (HTTP/2 INTERNAL_ERROR)',
    ],
    [
      'gives up within its answer',
      (stream) => {
        stream.respond({ ':status': 200 })
        stream.write('half', () => stream.destroy(new Error('x')))
      },
      'request ended by H within the answer (HTTP/2 INTERNAL_ERROR)',
    ],
    [
      'says nothing of giving up, but had announced more',
      (stream) => {
        stream.respond({ ':status': 200, 'content-length': '10' })
        stream.write('half', () => stream.destroy())
      },
      'request ended by H within the answer (HTTP/2 NO_ERROR)',
    ],
    ['closes the connection', (_, close) => close(), 'connection closed by H before an answer'],
    [
      'closes the connection within its answer',
      (stream, close) => {
        stream.respond({ ':status': 200 })
        stream.write('half', close)
      },
      'connection closed by H within the answer',
    ],
  ])('%s has not answered, whatever it had said before', async (_, leave, message) => {
    await using served = await serve(({ stream, headers }) =>
      headers[':path'] === '/leave' ? leave(stream, () => served.closeSockets()) : answer(stream),
    )
    for (let i = 0; i < 2; i++) {
      const reply = await ask(served, { path: '/leave' })
      expect([reply.error?.outcome, told(reply)]).toEqual(['reset', message])
      expect(told(await ask(served))).toBe(200)
    }
  })

  test('is silent until a request is given up is asked on another connection, one that answers others is not', async () => {
    await using served = await serve(({ stream, headers }) => {
      if (headers[':path'] === '/') answer(stream)
    })
    const asking = ask(served, { path: '/silent', timeoutMs: 50 })
    expect(told(await asking)).toBe('no answer from H within 50 ms')
    expect(told(await ask(served))).toBe(200)
    expect(served.sessions).toHaveLength(2)
    const silent = served.transport.channel()
    const waiting = silent.send(served.service, aWire('/silent'))
    expect(told(await ask(served))).toBe(200)
    silent.abort()
    await waiting
    expect(told(await ask(served))).toBe(200)
    expect(served.sessions).toHaveLength(2)
  })

  test('answers before it has read the request is heard', async () => {
    await using served = await serve(({ stream }) => answer(stream, 'too large'))
    const body = new Uint8Array(6 * 1024 ** 2)
    const replies = await Promise.all([1, 2, 3].map(() => ask(served, { method: 'POST', body })))
    expect(replies.map(bodyText)).toEqual(['too large', 'too large', 'too large'])
  })
})

describe('a request', () => {
  const echo = ({ stream, headers }: Asked): void => {
    const parts: Buffer[] = []
    stream.on('data', (part: Buffer) => parts.push(part))
    stream.on('end', () => answer(stream, JSON.stringify({ headers, body: Buffer.concat(parts).toString() })))
  }

  test.each(['GET', 'DELETE', 'OPTIONS', 'POST'])('of %s may have a body', async (method) => {
    await using served = await serve(echo)
    for (const body of ['Grüße', new TextEncoder().encode('bytes')]) {
      const { headers, body: came } = JSON.parse(bodyText(await ask(served, { method, body })))
      expect([headers[':method'], headers['content-length'], came]).toEqual([
        method,
        String(Buffer.byteLength(body)),
        Buffer.from(body as string).toString(),
      ])
    }
  })

  test('has its headers, without those of a connection', async () => {
    await using served = await serve(echo)
    const headers = [
      'Host',
      'localhost',
      'Connection',
      'close',
      'X-A',
      ' 1 ',
      'x-a',
      '2',
      'Cookie',
      'a=1',
      'cookie',
      'b=2',
    ]
    const { headers: came } = JSON.parse(bodyText(await ask(served, { headers, method: 'PUT' })))
    expect(came).toEqual({
      ':method': 'PUT',
      ':path': '/',
      ':scheme': 'https',
      ':authority': 'localhost',
      'x-a': '1, 2',
      cookie: 'a=1; b=2',
      'content-length': '0',
    })
  })

  test('and its answer may have many headers, and long ones', async () => {
    await using served = await serve(
      ({ stream, headers }) => {
        const many = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`x-${at}`, 'y']))
        stream.respond({ ':status': 200, 'x-length': `${headers['x-a']?.length} ${headers['x-b']?.length}`, ...many })
        stream.end()
      },
      { settings: { maxHeaderListSize: 200_000 } },
    )
    const long = 'x'.repeat(40_000)
    const reply = await ask(served, { headers: ['x-a', long, 'x-b', long] })
    expect([told(reply), reply.headers['x-length'], reply.headers['x-499']]).toEqual([200, '40000 40000', 'y'])
  })

  test.each([
    ['expect', '100-continue'],
    ['te', 'gzip'],
    ['x', 'a\r\nb: c'],
    ['content-length', '7'],
  ])('that cannot be sent, by its header %s, leaves the connection to the others', async (name, value) => {
    await using served = await serve(echo)
    for (let i = 0; i < 2; i++) {
      const { error } = await ask(served, { headers: [name, value] })
      expect(error).toMatchObject({ outcome: 'protocol', code: 'NOT_SENDABLE' })
      expect(told(await ask(served))).toBe(200)
    }
    expect(served.sessions).toHaveLength(1)
  })
})
