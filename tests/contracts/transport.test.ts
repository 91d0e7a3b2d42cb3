// What every transport keeps, run over both: `http` against a real server, `memory` against the same
// script on simulated time. Real time is never compared with a limit, only with other moments of the exchange.
import { afterEach, describe, expect, test } from 'vitest'
import type { ServicePlan } from '../../src/actions/action.ts'
import { virtualClock, wallClock } from '../../src/clock.ts'
import { memoryTransport } from '../../src/engine/memory.ts'
import type { Response } from '../../src/engine/memory.ts'
import type { Transport, Wire } from '../../src/engine/transport.ts'
import { httpTransport } from '../../src/engine/http-transport.ts'
import { aService, aWire, bodyText } from '../support/an-exchange.ts'
import { startFaultServer } from '../support/fault-server.ts'
import type { Answer, Script } from '../support/fault-server.ts'

interface Stage {
  readonly transport: Transport
  readonly service: ServicePlan
}
type Open = (script: Script, limits?: Partial<ServicePlan>) => Promise<Stage>

let cleanUp: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const run of cleanUp.reverse()) await run()
  cleanUp = []
})

const overSockets: Open = async (script, limits) => {
  const server = await startFaultServer(script)
  const service = aService(server.url, limits)
  const transport = httpTransport({ services: [service], clock: wallClock })
  cleanUp.push(
    () => server.close(),
    () => transport.close(),
  )
  return { transport, service }
}

const inMemory: Open = async (script, limits) => {
  const service = aService('http://127.0.0.1:4000', limits)
  const turns = new Map<string, number>()
  const respond = (_: ServicePlan, { path }: Wire): Response => {
    const entry = script[path] ?? { status: 404 }
    const turn = turns.get(path) ?? 0
    turns.set(path, turn + 1)
    const answers = (Array.isArray(entry) ? entry : [entry]) as Answer[]
    return asResponse(answers[Math.min(turn, answers.length - 1)] ?? {})
  }
  const transport = memoryTransport({ clock: virtualClock(), respond, connections: service.connections })
  cleanUp.push(() => transport.close())
  return { transport, service }
}

function asResponse({ status = 200, headers = {}, body, delayMs = 1, fault }: Answer): Response {
  if (fault === 'hang') return { status: 0, latencyMs: Number.POSITIVE_INFINITY }
  if (fault === 'reset') return { status: 0, latencyMs: delayMs, error: { outcome: 'reset', code: 'ECONNRESET' } }
  return { status, headers, body, latencyMs: delayMs }
}

describe.each([
  ['http', overSockets],
  ['memory', inMemory],
])('the %s transport', (_, open) => {
  test('carries a request and its whole answer', async () => {
    const { transport, service } = await open({
      '/item': { status: 201, headers: { 'x-kind': 'book' }, body: { id: 7, name: 'Märchen' } },
    })
    const reply = await transport.channel().send(service, aWire('/item', { method: 'POST', body: '{"n":1}' }))
    expect(reply.error).toBeUndefined()
    expect(reply.status).toBe(201)
    expect(reply.headers['x-kind']).toBe('book')
    expect(reply.headers['content-type']).toBe('application/json')
    expect(JSON.parse(bodyText(reply))).toEqual({ id: 7, name: 'Märchen' })
  })

  test('tells its moments in order', async () => {
    const { transport, service } = await open({ '/slow': { delayMs: 20, body: 'x' } })
    const {
      handedAt,
      startedAt = -1,
      firstByteAt = -1,
      endedAt,
    } = await transport.channel().send(service, aWire('/slow'))
    expect(startedAt).toBeGreaterThanOrEqual(handedAt)
    expect(firstByteAt).toBeGreaterThan(startedAt)
    expect(endedAt).toBeGreaterThanOrEqual(firstByteAt)
  })

  test('gives several set-cookie headers as an array', async () => {
    const { transport, service } = await open({ '/login': { headers: { 'set-cookie': ['a=1', 'b=2'] } } })
    const reply = await transport.channel().send(service, aWire('/login'))
    expect(reply.headers['set-cookie']).toEqual(['a=1', 'b=2'])
  })

  test.each([
    ['HEAD', 200, 'ignored'],
    ['GET', 204, undefined],
    ['GET', 304, undefined],
    ['GET', 200, ''],
    ['GET', 500, undefined],
  ])('%s with %d and body %j ends without a body and without an error', async (method, status, body) => {
    const { transport, service } = await open({ '/empty': { status, body } })
    const channel = transport.channel()
    for (let i = 0; i < 3; i++) {
      const reply = await channel.send(service, aWire('/empty', { method }))
      expect(reply).toMatchObject({ status, error: undefined })
      expect(bodyText(reply)).toBe('')
    }
  })

  test('forgets everything of the last exchange when the next one begins', async () => {
    const { transport, service } = await open({
      '/full': { headers: { 'x-a': '1' }, body: 'full' },
      '/reset': { fault: 'reset' },
    })
    const channel = transport.channel()
    await channel.send(service, aWire('/full'))
    const reply = await channel.send(service, aWire('/reset'))
    expect(reply).toMatchObject({ status: 0, headers: {}, chunks: [], firstByteAt: undefined })
    expect(reply.error).toMatchObject({ outcome: 'reset', code: 'ECONNRESET' })
    const again = await channel.send(service, aWire('/full'))
    expect(again).toMatchObject({ status: 200, error: undefined })
    expect(bodyText(again)).toBe('full')
  })

  test('goes on after it was told that its last answer is not needed any more', async () => {
    const { transport, service } = await open({ '/item': { body: 'item' } })
    const channel = transport.channel()
    channel.release?.()
    for (let i = 0; i < 3; i++) {
      const reply = await channel.send(service, aWire('/item'))
      expect(bodyText(reply)).toBe('item')
      channel.release?.()
      if (channel.release !== undefined) expect(reply).toMatchObject({ headers: {}, chunks: [] })
      channel.abort()
    }
  })

  test('ends a request that is not answered as a timeout, counted from its start', async () => {
    const { transport, service } = await open({ '/hang': { fault: 'hang' }, '/ok': { body: 'ok' } }, { timeoutMs: 60 })
    const channel = transport.channel()
    const { error, status, startedAt = Number.NaN, endedAt } = await channel.send(service, aWire('/hang'))
    const host = new URL(service.baseUrl).host
    expect(error).toEqual({ outcome: 'timeout', code: 'TIMEOUT', message: `no answer from ${host} within 60 ms` })
    expect(status).toBe(0)
    expect(endedAt - startedAt).toBeGreaterThanOrEqual(60)
    expect((await channel.send(service, aWire('/ok'))).status).toBe(200)
  })

  test('cuts a body off at the largest size, and keeps the first bytes', async () => {
    const { transport, service } = await open(
      { '/big': { body: 'x'.repeat(300_000) }, '/fits': { body: 'y'.repeat(1_000) } },
      { maxBodyBytes: 1_000 },
    )
    const channel = transport.channel()
    const cut = await channel.send(service, aWire('/big'))
    expect(cut.error).toMatchObject({ outcome: 'too_large', code: 'TOO_LARGE' })
    expect(cut.error?.message).toContain('longer than 1,000 bytes')
    expect(cut.status).toBe(200)
    expect(bodyText(cut)).toBe('x'.repeat(1_000))
    const whole = await channel.send(service, aWire('/fits'))
    expect(whole.error).toBeUndefined()
    expect(bodyText(whole)).toHaveLength(1_000)
  })

  test('ends the request under way when it is aborted, and can send again', async () => {
    const { transport, service } = await open({ '/hang': { fault: 'hang' }, '/ok': { body: 'ok' } })
    const channel = transport.channel()
    channel.abort()
    for (let i = 0; i < 3; i++) {
      const sending = channel.send(service, aWire('/hang'))
      channel.abort()
      const reply = await sending
      expect(reply.error).toMatchObject({ outcome: 'aborted', code: 'ABORTED' })
      expect(reply.endedAt).toBeGreaterThanOrEqual(reply.handedAt)
      channel.abort()
      expect(bodyText(await channel.send(service, aWire('/ok')))).toBe('ok')
    }
  })

  test('waits for a free connection, and does not count that as its own time', async () => {
    const { transport, service } = await open({ '/slow': { delayMs: 10 } }, { connections: 2 })
    const replies = await Promise.all(
      Array.from({ length: 6 }, () => transport.channel().send(service, aWire('/slow'))),
    )
    expect(replies.every((reply) => reply.error === undefined)).toBe(true)
    const starts = replies.map((reply) => reply.startedAt ?? Number.NaN)
    expect(starts).toEqual([...starts].sort((a, b) => a - b))
    for (const start of starts) {
      const atOnce = replies.filter(({ startedAt = 0, endedAt }) => startedAt <= start && endedAt > start)
      expect(atOnce.length).toBeLessThanOrEqual(2)
    }
    expect(replies[5]?.startedAt).toBeGreaterThanOrEqual(replies[1]?.endedAt ?? Number.NaN)
  })

  test('an abort while waiting for a connection neither sends it nor blocks the others', async () => {
    const { transport, service } = await open({ '/slow': { delayMs: 10, body: 'ok' } }, { connections: 1 })
    const [first, second, third] = [transport.channel(), transport.channel(), transport.channel()]
    const sending = [first, second, third].map((channel) => channel.send(service, aWire('/slow')))
    second.abort()
    const replies = await Promise.all(sending)
    expect(replies.map((reply) => reply.error?.outcome)).toEqual([undefined, 'aborted', undefined])
    expect(replies[1]?.startedAt).toBeUndefined()
    expect(bodyText(await second.send(service, aWire('/slow')))).toBe('ok')
  })

  test('refuses a second request on a busy channel', async () => {
    const { transport, service } = await open({ '/slow': { delayMs: 10 } })
    const channel = transport.channel()
    const sending = channel.send(service, aWire('/slow'))
    expect(() => channel.send(service, aWire('/slow'))).toThrow('one request at a time')
    expect((await sending).error).toBeUndefined()
  })

  test('ends what is under way or waiting, and what comes later, as aborted when it is closed', async () => {
    const { transport, service } = await open({ '/hang': { fault: 'hang' } }, { connections: 2 })
    const sending = Array.from({ length: 5 }, () => transport.channel().send(service, aWire('/hang')))
    await transport.close()
    const late = await transport.channel().send(service, aWire('/hang'))
    for (const reply of [...(await Promise.all(sending)), late]) expect(reply.error?.outcome).toBe('aborted')
  })
})
