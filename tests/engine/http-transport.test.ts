// What only real sockets can do. What every transport keeps is in tests/contracts/transport.test.ts.
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { wallClock } from '../../src/clock.ts'
import type { Wire } from '../../src/engine/transport.ts'
import { httpTransport } from '../../src/engine/http-transport.ts'
import { aService, aWire, bodyText, openSockets } from '../support/an-exchange.ts'
import { startFaultServer } from '../support/fault-server.ts'
import type { Fault } from '../support/fault-server.ts'

describe('over real sockets', () => {
  test('sends method, path, query, headers and body as they are', async () => {
    await using server = await startFaultServer({ '/base/items': { body: 'ok' } })
    const service = aService(`${server.url}/base`)
    await using transport = openSockets(service)
    const more = { method: 'PATCH', headers: ['X-Id', '7', 'content-type', 'text/plain'], body: 'Grüße' }
    await transport.channel().send(service, aWire('/base/items?q=a%20b', more))
    expect(server.log).toMatchObject([
      {
        method: 'PATCH',
        path: '/base/items?q=a%20b',
        headers: { 'x-id': '7', 'content-type': 'text/plain', 'content-length': '7', host: server.host },
        body: 'Grüße',
      },
    ])
  })

  test('uses one connection again and again', async () => {
    await using server = await startFaultServer({ '/': { body: 'ok' } })
    const service = aService(server.url)
    await using transport = openSockets(service)
    const channel = transport.channel()
    for (let i = 0; i < 20; i++) expect((await channel.send(service, aWire('/'))).error).toBeUndefined()
    expect(server.connected).toBe(1)
  })

  test('reads chunked bodies and skips informational answers', async () => {
    await using server = await startFaultServer({
      '/chunked': { headers: { 'transfer-encoding': 'chunked' }, body: 'in chunks' },
      '/hints': { fault: 'early-hints', status: 201, body: 'after 103' },
    })
    const service = aService(server.url)
    await using transport = openSockets(service)
    const channel = transport.channel()
    expect(bodyText(await channel.send(service, aWire('/chunked')))).toBe('in chunks')
    const reply = await channel.send(service, aWire('/hints'))
    expect(reply).toMatchObject({ status: 201, error: undefined })
    expect(bodyText(reply)).toBe('after 103')
  })

  test('takes a 304 that tells the length of the body it leaves out', async () => {
    await using server = await startFaultServer({ '/': { status: 304, headers: { 'content-length': '123' } } })
    const service = aService(server.url)
    await using transport = openSockets(service)
    const channel = transport.channel()
    for (let i = 0; i < 3; i++)
      expect(await channel.send(service, aWire('/'))).toMatchObject({ status: 304, error: undefined, chunks: [] })
  })

  test.each<[Fault, string, RegExp]>([
    ['reset', 'reset', /^connection closed by 127\.0\.0\.1:\d+ before an answer$/],
    ['close', 'reset', /^connection closed by 127\.0\.0\.1:\d+ before an answer$/],
    ['cut-body', 'reset', /^connection closed by 127\.0\.0\.1:\d+ within the answer$/],
    ['cut-body-close', 'reset', /^connection closed by 127\.0\.0\.1:\d+ within the answer$/],
    ['cut-chunks', 'reset', /^connection closed by 127\.0\.0\.1:\d+ within the answer$/],
    ['garbage', 'protocol', /^the answer of 127\.0\.0\.1:\d+ is not valid HTTP: .*HTTP/],
    ['bad-header', 'protocol', /^the answer of 127\.0\.0\.1:\d+ is not valid HTTP: .*header/],
  ])('%s is told as %s, and the channel goes on', async (fault, outcome, message) => {
    await using server = await startFaultServer({ '/fault': { fault }, '/ok': { body: 'ok' } })
    const service = aService(server.url)
    await using transport = openSockets(service)
    const channel = transport.channel()
    for (let i = 0; i < 3; i++) {
      const reply = await channel.send(service, aWire('/fault'))
      expect(reply.error).toMatchObject({ outcome, message: expect.stringMatching(message) })
      expect(reply.startedAt).toBeDefined()
      expect(bodyText(await channel.send(service, aWire('/ok')))).toBe('ok')
    }
  })

  test.each<[Fault, RegExp, RegExp]>([
    ['trickle', /^answer of .* not complete within 80 ms$/, /^\.+$/],
    ['half-headers', /^answer of .* not complete within 80 ms$/, /^$/],
    ['hang', /^no answer from .* within 80 ms$/, /^$/],
  ])('%s runs into the total timeout', async (fault, message, body) => {
    await using server = await startFaultServer({ '/fault': { fault } })
    const service = aService(server.url, { timeoutMs: 80 })
    await using transport = openSockets(service)
    const reply = await transport.channel().send(service, aWire('/fault'))
    expect(reply.error).toMatchObject({ outcome: 'timeout', message: expect.stringMatching(message) })
    expect(reply.endedAt - (reply.startedAt ?? Number.NaN)).toBeGreaterThanOrEqual(80)
    expect(bodyText(reply)).toMatch(body)
  })

  test('tells of a refused connection by address, and never as time on a socket', async () => {
    const server = await startFaultServer({})
    await server.close()
    const service = aService(server.url)
    await using transport = openSockets(service)
    const reply = await transport.channel().send(service, aWire('/'))
    const message = `connection refused by ${server.host}`
    expect(reply.error).toEqual({ outcome: 'connection', code: 'ECONNREFUSED', message })
    expect(reply.startedAt).toBeUndefined()
  })

  test('goes on when the service comes back on the same port, with no more connections than allowed', async () => {
    await using server = await startFaultServer({ '/': { body: 'ok', delayMs: 1 } })
    const service = aService(server.url, { connections: 2 })
    await using transport = openSockets(service)
    const channels = Array.from({ length: 20 }, () => transport.channel())
    const round = (): Promise<(string | undefined)[]> =>
      Promise.all(channels.map(async (channel) => (await channel.send(service, aWire('/'))).error?.outcome))
    expect(new Set(await round())).toEqual(new Set([undefined]))
    await server.close()
    for (let i = 0; i < 5; i++) expect(await round()).not.toContain(undefined)
    await server.listen()
    server.mostOpen = 0
    for (let i = 0; i < 3; i++) expect(new Set(await round())).toEqual(new Set([undefined]))
    expect(server.mostOpen).toBeLessThanOrEqual(2)
  })

  test('tells of an untrusted certificate, and of a service that does not speak TLS', async () => {
    await using server = await startFaultServer({ '/': { body: 'ok' } }, { tls: true })
    const service = aService(server.url)
    await using transport = openSockets(service)
    const reply = await transport.channel().send(service, aWire('/'))
    expect(reply.error).toMatchObject({ outcome: 'tls', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
    // Newer versions of Node say more.
    expect(reply.error?.message).toMatch(/^TLS with 127\.0\.0\.1:\d+ failed: self-signed certificate/)
    await using plain = await startFaultServer({})
    const wrong = aService(plain.url.replace('http:', 'https:'))
    await using confused = openSockets(wrong)
    expect((await confused.channel().send(wrong, aWire('/'))).error?.outcome).toBe('tls')
  })

  test('gives up on a connection that does not come about within the timeout', async () => {
    const silent = createServer(() => {})
    await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve))
    const service = aService(`https://127.0.0.1:${(silent.address() as AddressInfo).port}`, { timeoutMs: 80 })
    await using transport = openSockets(service)
    const reply = await transport.channel().send(service, aWire('/'))
    expect(reply.error).toMatchObject({ outcome: 'connection', code: 'CONNECT_TIMEOUT' })
    expect(reply.error?.message).toMatch(/^no connection to 127\.0\.0\.1:\d+ within 80 ms$/)
    silent.close()
  })

  test('an abort before the connection is there frees the channel at once', async () => {
    await using server = await startFaultServer({ '/ok': { body: 'ok' }, '/never': { body: 'never' } })
    const service = aService(server.url, { connections: 1 })
    await using transport = openSockets(service)
    const channel = transport.channel()
    const sending = channel.send(service, aWire('/never'))
    channel.abort()
    expect((await sending).error?.outcome).toBe('aborted')
    expect(bodyText(await channel.send(service, aWire('/ok')))).toBe('ok')
    expect(server.log.map((received) => received.path)).toEqual(['/ok'])
  })

  test.each<[string, Partial<Wire>]>([
    ['a header value with a line break', { headers: ['x-a', 'a\r\nx-b: 1'] }],
    ['a header name with a space', { headers: ['x a', '1'] }],
    ['a header that frames the message', { headers: ['transfer-encoding', 'chunked'] }],
    ['expect', { headers: ['expect', '100-continue'] }],
    ['an odd list of headers', { headers: ['x-a'] }],
    ['a length that is not that of the body', { method: 'POST', headers: ['content-length', '3'], body: '12345' }],
    ['a method with a space', { method: 'GET IT' }],
    ['a path with a space', { path: '/a b' }],
  ])('%s cannot be sent, and that is the outcome', async (_, more) => {
    await using server = await startFaultServer({ '/ok': { body: 'ok' } })
    const service = aService(server.url)
    await using transport = openSockets(service)
    const channel = transport.channel()
    const reply = await channel.send(service, aWire('/ok', more))
    expect(reply.error).toMatchObject({ outcome: 'protocol', message: expect.stringContaining('cannot be sent') })
    expect(bodyText(await channel.send(service, aWire('/ok')))).toBe('ok')
    expect(server.log).toHaveLength(1)
  })

  test('a tunnel is not carried, and leaves the channel usable', async () => {
    await using server = await startFaultServer({ '/ok': { body: 'ok' } })
    const service = aService(server.url, { timeoutMs: 500 })
    await using transport = openSockets(service)
    const channel = transport.channel()
    const reply = await channel.send(service, aWire('/ok', { method: 'CONNECT' }))
    expect(reply.error?.outcome).toMatch(/protocol|reset/)
    expect(bodyText(await channel.send(service, aWire('/ok')))).toBe('ok')
  })

  test('refuses a base URL that is none, by name', () => {
    const services = [aService('localhost:3000')]
    expect(() => httpTransport({ services, clock: wallClock })).toThrow(
      'The base URL "localhost:3000" of the service "api" is not one for HTTP.',
    )
  })

  test('carries 1,000 requests of 50 agents over 10 connections, each with its own answer', async () => {
    const ids = Array.from({ length: 50 }, (_, id) => id)
    await using server = await startFaultServer(Object.fromEntries(ids.map((id) => [`/${id}`, { body: `${id}` }])))
    const service = aService(server.url, { connections: 10 })
    await using transport = openSockets(service)
    const agent = async (id: number): Promise<void> => {
      const channel = transport.channel()
      for (let i = 0; i < 20; i++) expect(bodyText(await channel.send(service, aWire(`/${id}`)))).toBe(`${id}`)
    }
    await Promise.all(ids.map(agent))
    expect(server.log).toHaveLength(1_000)
    expect(server.connected).toBeLessThanOrEqual(10)
  })
})
