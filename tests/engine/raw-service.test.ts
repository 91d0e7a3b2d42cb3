// Services that speak HTTP/1.1 by hand, rightly, oddly and wrongly, through the whole transport: what one answer does
// must never reach the next request. What each message means is in tests/http1.
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { aService, aWire, bodyText, openSockets } from '../support/an-exchange.ts'
import { startFaultServer } from '../support/fault-server.ts'
import { startRawServer } from '../support/raw-server.ts'
import type { RawRequest } from '../support/raw-server.ts'
import { CERTIFICATE } from '../support/tls.ts'

/** Tells of the path, so that an answer to another request is seen. */
const answerTo = (path: string): string => `HTTP/1.1 200 OK\r\ncontent-length: ${path.length}\r\n\r\n${path}`
const EVIL = 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil'

describe('what comes behind an answer is no answer', () => {
  test.each([
    ['in the same piece', (answer: string) => [answer + EVIL]],
    ['behind an empty one', () => [`HTTP/1.1 204 x\r\n\r\n${EVIL}`]],
    ['as the body of one that has none', () => [`HTTP/1.1 204 x\r\ncontent-length: ${EVIL.length}\r\n\r\n${EVIL}`]],
  ])('%s', async (_, pieces) => {
    await using server = await startRawServer(({ path, socket }) => {
      for (const piece of path === '/trap' ? pieces(answerTo(path)) : [answerTo(path)]) socket.write(piece)
    })
    const service = aService(server.url, { connections: 1 })
    await using transport = openSockets(service)
    const channel = transport.channel()
    for (let i = 0; i < 3; i++) {
      expect(await channel.send(service, aWire('/trap'))).toMatchObject({ error: undefined })
      expect(bodyText(await channel.send(service, aWire(`/${i}`)))).toBe(`/${i}`)
    }
    expect(server.sockets).toHaveLength(4)
  })

  test('nor is it when it comes later, on an idle connection', async () => {
    await using server = await startRawServer(({ path, socket }) => {
      socket.write(answerTo(path), () => path === '/trap' && setImmediate(() => socket.write(EVIL)))
    })
    const service = aService(server.url, { connections: 1 })
    await using transport = openSockets(service)
    const channel = transport.channel()
    expect(bodyText(await channel.send(service, aWire('/trap')))).toBe('/trap')
    await server.closed(0)
    expect(bodyText(await channel.send(service, aWire('/next')))).toBe('/next')
  })

  test('nor is the body of a HEAD', async () => {
    await using server = await startRawServer(({ path, socket }) => void socket.write(answerTo(path)))
    const service = aService(server.url, { connections: 1 })
    await using transport = openSockets(service)
    const channel = transport.channel()
    const head = await channel.send(service, aWire('/head', { method: 'HEAD' }))
    expect([head.error, bodyText(head)]).toEqual([undefined, ''])
    expect(bodyText(await channel.send(service, aWire('/next')))).toBe('/next')
  })
})

describe('a service that', () => {
  test('closes idle connections costs no request', async () => {
    await using server = await startRawServer(({ path, socket }) => void socket.end(answerTo(path)))
    const service = aService(server.url, { connections: 1 })
    await using transport = openSockets(service)
    const channel = transport.channel()
    for (let i = 0; i < 3; i++) {
      expect(bodyText(await channel.send(service, aWire(`/${i}`)))).toBe(`/${i}`)
      await server.closed(i)
    }
  })

  test('answers byte by byte is understood', async () => {
    const answer =
      'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n' +
      'HTTP/1.1 200 OK\r\nx: 1\r\nx: 2\r\ntransfer-encoding: chunked\r\n\r\n' +
      '5;a=b\r\nhello\r\n1\r\n!\r\n0\r\ntrailer: x\r\n\r\n'
    await using server = await startRawServer(({ socket }) => {
      const drip = (at: number): void => {
        socket.write(answer.slice(at, at + 1))
        if (at + 1 < answer.length) setImmediate(() => drip(at + 1))
      }
      drip(0)
    })
    const service = aService(server.url)
    await using transport = openSockets(service)
    const channel = transport.channel()
    for (let i = 0; i < 2; i++) {
      const reply = await channel.send(service, aWire('/'))
      expect([reply.error, reply.status, reply.headers['x'], bodyText(reply)]).toEqual([
        undefined,
        200,
        ['1', '2'],
        'hello!',
      ])
    }
    expect(server.sockets).toHaveLength(1)
  })

  test('sends as much as is read at once, one byte less or more, is understood', async () => {
    const READ = 65_536
    await using server = await startRawServer(({ path, socket }) => {
      const total = Number(path.slice(1))
      const head = `HTTP/1.1 200 OK\r\ncontent-length: ${String(total - 100).padStart(8, '0')}\r\nx: `
      socket.write(`${head.padEnd(96, 'y')}\r\n\r\n${'b'.repeat(total - 100)}`)
    })
    const service = aService(server.url)
    await using transport = openSockets(service)
    const channel = transport.channel()
    for (const total of [READ - 1, READ, READ + 1, 2 * READ - 1, 2 * READ, 2 * READ + 1]) {
      const reply = await channel.send(service, aWire(`/${total}`))
      expect([reply.error, bodyText(reply).length]).toEqual([undefined, total - 100])
    }
    expect(server.sockets).toHaveLength(1)
  })

  test('sends a long body in the smallest chunks does not fill the memory with them', async () => {
    const piece = '1\r\na\r\n1\r\nb\r\n'.repeat(5_250)
    await using server = await startRawServer(
      ({ socket }) => void socket.write(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${piece}0\r\n\r\n`),
    )
    const service = aService(server.url)
    await using transport = openSockets(service)
    const channel = transport.channel()
    for (let i = 0; i < 2; i++) {
      const reply = await channel.send(service, aWire('/'))
      expect(bodyText(reply)).toBe('ab'.repeat(5_250))
      // Ten of a thousand each, and those that came last.
      expect(reply.chunks.length).toBe(510)
    }
  })

  test('answers before it has read the request loses the connection, not the next request', async () => {
    await using server = await startRawServer(
      ({ path, socket }) => void socket.write(answerTo(path).replace('200 OK', '413 Too Large')),
      { isEager: true },
    )
    const service = aService(server.url, { connections: 1 })
    await using transport = openSockets(service)
    const channel = transport.channel()
    // More than the buffers of both sides take.
    const body = new Uint8Array(32 * 1024 ** 2)
    for (const path of ['/first', '/second']) {
      const reply = await channel.send(service, aWire(path, { method: 'POST', body }))
      expect([reply.error, reply.status, bodyText(reply)]).toEqual([undefined, 413, path])
    }
    expect(server.sockets).toHaveLength(2)
  })

  test.each<[string, string, RegExp]>([
    [
      'greets',
      'SSH-2.0-OpenSSH_9.2\r\n',
      /not valid HTTP: it begins with "SSH-2\.0-OpenSSH_9\.2\\r\\n", not with HTTP/,
    ],
    [
      'ends lines with LF',
      'HTTP/1.1 200 OK\ncontent-length: 0\n\n',
      /not valid HTTP: a line of its headers ends with LF alone/,
    ],
    [
      'says two lengths',
      answerTo('/').replace('\r\n', '\r\ncontent-length: 9\r\n'),
      /not valid HTTP: it has content-length several times/,
    ],
    [
      'switches protocols',
      'HTTP/1.1 101 x\r\nupgrade: x\r\n\r\n',
      /not valid HTTP: it switches to another protocol \(101\)/,
    ],
    [
      'announces for ever',
      'HTTP/1.1 102 x\r\n\r\n'.repeat(200),
      /not valid HTTP: more than 100 informational answers \(1xx\)/,
    ],
    [
      'has headers without end',
      `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(10_000)}`,
      /headers of .* are longer than the 16,384 bytes/,
    ],
    [
      'has chunks of no size',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-1\r\n',
      /not valid HTTP: a chunk does not begin/,
    ],
  ])('%s is told by it, and at once', async (_, answer, message) => {
    await using server = await startRawServer(
      ({ path, socket }) => void socket.write(path === '/ok' ? answerTo(path) : answer),
    )
    const service = aService(server.url, { connections: 1 })
    await using transport = openSockets(service)
    const channel = transport.channel()
    for (let i = 0; i < 2; i++) {
      const reply = await channel.send(service, aWire('/bad'))
      expect(reply.error).toMatchObject({ outcome: 'protocol', message: expect.stringMatching(message) })
      expect(bodyText(await channel.send(service, aWire('/ok')))).toBe('/ok')
    }
  })
})

test('a service may have an address of IPv6', async ({ skip }) => {
  const heads: string[] = []
  const hear = ({ head, path, socket }: RawRequest): void => {
    heads.push(head)
    socket.write(answerTo(path))
  }
  const starting = startRawServer(hear, { host: '::1' })
  await using server = await starting.catch(() => skip('this machine has no IPv6'))
  const service = aService(server.url)
  await using transport = openSockets(service)
  expect(bodyText(await transport.channel().send(service, aWire('/six')))).toBe('/six')
  expect(heads[0]?.split('\r\n')[1]).toBe(`host: ${server.url.slice('http://'.length)}`)
})

describe('a large body', () => {
  const text = 'Grüße, 5 € 😀\n'.repeat(60_000)
  test.each<[string, string | Uint8Array]>([
    ['of text', text],
    ['of ASCII', 'x'.repeat(1_500_000)],
    ['of bytes', Uint8Array.from({ length: 1_500_000 }, (_, at) => at % 251)],
  ])('%s arrives whole, and its connection is used again', async (_, body) => {
    const received: Buffer[] = []
    await using server = await startRawServer(({ path, body: came, socket }) => {
      received.push(came)
      socket.write(answerTo(path))
    })
    const service = aService(server.url, { connections: 1 })
    await using transport = openSockets(service)
    const channel = transport.channel()
    for (let i = 0; i < 3; i++)
      expect((await channel.send(service, aWire('/', { method: 'POST', body }))).error).toBeUndefined()
    expect(received.map((came) => came.equals(Buffer.from(body as string)))).toEqual([true, true, true])
    expect(server.sockets).toHaveLength(1)
  })

  test('arrives whole over TLS', async () => {
    await using server = await startFaultServer({ '/': { body: 'ok' } }, { tls: true })
    const service = aService(server.url, { connections: 1, tls: { ca: CERTIFICATE, rejectUnauthorized: true } })
    await using transport = openSockets(service)
    const channel = transport.channel()
    for (let i = 0; i < 3; i++)
      expect(bodyText(await channel.send(service, aWire('/', { method: 'POST', body: text })))).toBe('ok')
    expect(server.log.map(({ body }) => body === text)).toEqual([true, true, true])
    // TLS tells late that all of it is written.
    expect(server.connected).toBe(1)
  })
})

describe('before there is a connection', () => {
  test('a key that is none is told as TLS, for each request', async () => {
    const service = aService('https://127.0.0.1:1', {
      tls: { key: 'no key', cert: CERTIFICATE, rejectUnauthorized: true },
    })
    await using transport = openSockets(service)
    const channel = transport.channel()
    for (let i = 0; i < 2; i++) {
      const { error, startedAt } = await channel.send(service, aWire('/'))
      expect([error?.outcome, startedAt]).toEqual(['tls', undefined])
    }
  })

  test('closing ends what is under way, and what waits behind it', async () => {
    const silent = createServer(() => {})
    await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve))
    const service = aService(`https://127.0.0.1:${(silent.address() as AddressInfo).port}`, { connections: 1 })
    const transport = openSockets(service)
    const connected = new Promise((resolve) => silent.once('connection', resolve))
    const sending = [1, 2].map((at) => transport.channel().send(service, aWire(`/${at}`)))
    await connected
    await transport.close()
    expect((await Promise.all(sending)).map(({ error }) => error?.outcome)).toEqual(['aborted', 'aborted'])
    const late = await transport.channel().send(service, aWire('/'))
    expect(late.error?.outcome).toBe('aborted')
    await new Promise((resolve) => silent.close(resolve))
  })
})
