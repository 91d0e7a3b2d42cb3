// Opening connections over real sockets: addresses, names, TLS, and in time. Names are resolved by the test.
import dns from 'node:dns'
import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import { describe, expect, test } from 'vitest'
import { virtualClock, wallClock } from '../../src/clock.ts'
import type { Clock } from '../../src/clock.ts'
import { connector } from '../../src/http1/connect.ts'
import type { ConnectSetup } from '../../src/http1/connect.ts'
import { CERTIFICATE, KEY } from '../support/tls.ts'

const TRUSTED: ConnectSetup['tls'] = { ca: CERTIFICATE }

async function listen(server: Server, host = '127.0.0.1'): Promise<{ port: number } & AsyncDisposable> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => {})))
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve))
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const echo = (): Server => createServer((socket) => socket.pipe(socket))

interface Opened {
  readonly socket: Socket
  /** `open`, or the error's code. */
  readonly end: Promise<string>
  readonly got: () => Promise<string>
}

function open(url: string, more: Partial<ConnectSetup> = {}): Opened {
  const connect = connector({ url: new URL(url), timeoutMs: 5_000, clock: wallClock, tls: undefined, ...more })
  return opened(connect)
}

function opened(connect: ReturnType<typeof connector>, host = ''): Opened {
  let told: (text: string) => void = () => {}
  const got = new Promise<string>((resolve) => (told = resolve))
  let isOpen: () => void = () => {}
  const openly = new Promise<string>((resolve) => (isOpen = () => resolve('open')))
  const socket = connect({
    host,
    onOpen: () => isOpen(),
    onBytes: (bytes, length) => told(bytes.toString('utf8', 0, length)),
  })
  const failed = new Promise<string>((resolve) =>
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message)),
  )
  return { socket, end: Promise.race([openly, failed]), got: () => got }
}

/** While it runs, names resolve as the test says; `undefined`: never. */
async function resolving<T>(addresses: readonly string[] | undefined, run: () => Promise<T>): Promise<T> {
  const before = dns.lookup
  type Callback = (error: null, found: { address: string; family: number }[]) => void
  const lookup = (_name: string, _options: object, callback: Callback): void => {
    const found = addresses?.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    if (found !== undefined) setImmediate(() => callback(null, found))
  }
  dns.lookup = lookup as unknown as typeof dns.lookup
  try {
    return await run()
  } finally {
    dns.lookup = before
  }
}

const HAS_IPV6: boolean = await listen(echo(), '::1').then(
  async (server) => (await server[Symbol.asyncDispose](), true),
  () => false,
)

async function echoed({ socket, end, got }: Opened): Promise<string> {
  expect(await end).toBe('open')
  socket.write('hello')
  return got().finally(() => socket.destroy())
}

describe('a connection', () => {
  test('is opened to an address of IPv4', async () => {
    await using server = await listen(echo())
    expect(await echoed(open(`http://127.0.0.1:${server.port}/base`))).toBe('hello')
  })

  test.skipIf(!HAS_IPV6)('is opened to an address of IPv6', async () => {
    await using server = await listen(echo(), '::1')
    expect(await echoed(open(`http://[::1]:${server.port}`))).toBe('hello')
  })

  test.skipIf(!HAS_IPV6)('is opened to that address of a name which listens', async () => {
    for (const host of ['127.0.0.1', '::1']) {
      await using server = await listen(echo(), host)
      // The second attempt has another handle, which has to read into the same buffer.
      for (const addresses of [
        ['127.0.0.1', '::1'],
        ['::1', '127.0.0.1'],
      ])
        expect(await resolving(addresses, () => echoed(open(`http://localhost:${server.port}`)))).toBe('hello')
    }
  })

  test('is refused when none of the addresses listens', async () => {
    const server = await listen(echo())
    await server[Symbol.asyncDispose]()
    await resolving(['127.0.0.1', '127.0.0.2'], async () => {
      expect(await open(`http://localhost:${server.port}`).end).toBe('ECONNREFUSED')
    })
  })

  test('of port 0 is none of port 80', async () => {
    expect(await open('http://127.0.0.1:0').end).toMatch(/^E/)
  })

  test('reads into one buffer with the others of its service, each its own bytes', async () => {
    await using server = await listen(echo())
    const connect = connector({
      url: new URL(`http://127.0.0.1:${server.port}`),
      timeoutMs: 5_000,
      clock: wallClock,
      tls: undefined,
    })
    const heard: string[][] = []
    const buffers = new Set<ArrayBufferLike>()
    const sockets = await Promise.all(
      Array.from({ length: 20 }, async (_, at) => {
        const mine = (heard[at] = [] as string[])
        return new Promise<Socket>((resolve) => {
          const socket: Socket = connect({
            host: '',
            onOpen: () => resolve(socket),
            onBytes: (bytes, length, own) => {
              expect(own).toBe(false)
              buffers.add(bytes.buffer)
              mine.push(bytes.toString('utf8', 0, length))
            },
          })
        })
      }),
    )
    await Promise.all(
      sockets.map(async (socket, at) => {
        for (let round = 0; round < 5; round++) socket.write(`<${at}:${round}>`)
        socket.end()
        await new Promise((resolve) => socket.once('close', resolve))
      }),
    )
    const all = (at: number): string => Array.from({ length: 5 }, (_, round) => `<${at}:${round}>`).join('')
    expect(heard.map((parts) => parts.join(''))).toEqual(heard.map((_, at) => all(at)))
    expect(buffers.size).toBe(1)
  })
})

describe('in time', () => {
  /** Time is moved by hand, so that nothing depends on how busy the machine is. */
  function byHand(): { clock: Clock; pass: () => void; armed: () => number } {
    const timers = new Set<() => void>()
    const after: Clock['after'] = (_, run) => {
      timers.add(run)
      return () => timers.delete(run)
    }
    return { clock: { ...virtualClock(), after }, pass: () => timers.forEach((run) => run()), armed: () => timers.size }
  }

  test('a name that is never resolved is given up, and its resolver is not waited for', async () => {
    const { clock, pass } = byHand()
    await resolving(undefined, async () => {
      const { socket, end } = open('http://service.test', { clock })
      pass()
      expect(await end).toBe('DNS_TIMEOUT')
      expect(socket.destroyed).toBe(true)
    })
  })

  test('a TLS handshake that is never answered is given up', async () => {
    await using server = await listen(createServer(() => {}))
    const { clock, pass } = byHand()
    const { socket, end } = open(`https://127.0.0.1:${server.port}`, { clock })
    await new Promise((resolve) => socket.once('connect', resolve))
    pass()
    expect(await end).toBe('CONNECT_TIMEOUT')
  })

  test('no timer is left when it is open, refused, or given up by us', async () => {
    await using server = await listen(echo())
    const { clock, armed } = byHand()
    const one = open(`http://127.0.0.1:${server.port}`, { clock })
    expect(armed()).toBe(1)
    expect([await one.end, armed()]).toEqual(['open', 0])
    one.socket.destroy()
    const other = open(`http://127.0.0.1:${server.port}`, { clock })
    other.socket.destroy()
    await new Promise((resolve) => other.socket.once('close', resolve))
    expect(armed()).toBe(0)
  })
})

describe('TLS', () => {
  async function secure(hear: (socket: TLSSocket) => void, more: object = {}): ReturnType<typeof listen> {
    const server = createTlsServer(
      { key: KEY, cert: CERTIFICATE, ALPNProtocols: ['h2', 'http/1.1'], ...more },
      (socket) => {
        socket.on('error', () => {})
        hear(socket)
        socket.pipe(socket)
      },
    )
    server.on('tlsClientError', () => {})
    return listen(server)
  }

  test('names the host and the protocol, and goes on with the session of the connection before', async () => {
    const seen: [unknown, boolean, unknown][] = []
    await using server = await secure((socket) =>
      seen.push([(socket as { servername?: unknown }).servername, socket.isSessionReused(), socket.alpnProtocol]),
    )
    const url = new URL(`https://localhost:${server.port}`)
    const connect = connector({ url, timeoutMs: 5_000, clock: wallClock, tls: TRUSTED })
    await resolving(['127.0.0.1'], async () => {
      for (let i = 0; i < 3; i++) expect(await echoed(opened(connect))).toBe('hello')
    })
    expect(seen).toEqual([
      ['localhost', false, 'http/1.1'],
      ['localhost', true, 'http/1.1'],
      ['localhost', true, 'http/1.1'],
    ])
  })

  test('names the host of the request, which is whom the certificate has to name', async () => {
    const seen: [unknown, boolean][] = []
    await using server = await secure((socket) =>
      seen.push([(socket as { servername?: unknown }).servername, socket.isSessionReused()]),
    )
    const url = new URL(`https://127.0.0.1:${server.port}`)
    const connect = connector({ url, timeoutMs: 5_000, clock: wallClock, tls: TRUSTED })
    for (const host of ['localhost:443', 'localhost', url.host, '[::1]:443'])
      expect(await echoed(opened(connect, host))).toBe('hello')
    // A session is for one name.
    expect(seen).toEqual([
      ['localhost', false],
      ['localhost', true],
      [false, false],
      [false, true],
    ])
    expect(await opened(connect, 'other.test').end).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
  })

  test.each(['TLSv1.2', 'TLSv1.3'])(
    'of %s refuses a certificate for another name, again and again',
    async (version) => {
      await using server = await secure(() => {}, { maxVersion: version })
      const url = new URL(`https://other.test:${server.port}`)
      const connect = connector({ url, timeoutMs: 5_000, clock: wallClock, tls: TRUSTED })
      await resolving(['127.0.0.1'], async () => {
        // A session that was begun before the name was looked at must not do instead of it.
        for (let i = 0; i < 3; i++) expect(await opened(connect).end).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
      })
    },
  )

  test('refuses a certificate that nobody vouches for', async () => {
    await using server = await secure(() => {})
    expect(await open(`https://127.0.0.1:${server.port}`).end).toBe('DEPTH_ZERO_SELF_SIGNED_CERT')
  })

  test.each([
    ['resets', (socket: Socket) => socket.resetAndDestroy()],
    ['ends', (socket: Socket) => socket.end()],
  ])('of a service that %s the handshake is an error of the connection', async (_, leave) => {
    await using server = await listen(createServer((socket) => void socket.once('data', () => leave(socket))))
    expect(await open(`https://127.0.0.1:${server.port}`).end).toBe('ECONNRESET')
  })

  test('of a service that says something else is an error of TLS', async () => {
    await using server = await listen(createServer((socket) => void socket.end('220 mail.test ESMTP\r\n')))
    expect(await open(`https://127.0.0.1:${server.port}`).end).toMatch(/^(ERR_SSL_|EPROTO)/)
  })

  test('with a key that is none cannot be tried', () => {
    expect(() => open('https://127.0.0.1:1', { tls: { key: 'no key', cert: CERTIFICATE } })).toThrow(/PEM|DECODER/i)
  })
})
