// What only the scripted service can do. What every transport keeps is in tests/contracts/transport.test.ts.
import { describe, expect, test } from 'vitest'
import type { ServicePlan } from '../../src/actions/action.ts'
import { virtualClock } from '../../src/clock.ts'
import { memoryTransport } from '../../src/engine/memory.ts'
import type { Response } from '../../src/engine/memory.ts'
import type { Reply, Wire } from '../../src/engine/transport.ts'
import { aService, aWire, bodyText } from '../support/an-exchange.ts'

const service = aService('http://shop.test/base', { timeoutMs: 1_000, maxBodyBytes: 100 })
const get = aWire('/base/x')

async function exchange(response: Response, wire = get): Promise<Reply> {
  return memoryTransport({ clock: virtualClock(), respond: () => response })
    .channel()
    .send(service, wire)
}

describe('the scripted service', () => {
  test('takes exactly as long as it says', async () => {
    const reply = await exchange({ status: 200, body: 'x', latencyMs: 12.5, ttfbMs: 4 })
    expect(reply).toMatchObject({ handedAt: 0, startedAt: 0, firstByteAt: 4, endedAt: 12.5, error: undefined })
  })

  test('gives text and bytes as they are, and anything else as JSON', async () => {
    const body = async (value: unknown): Promise<string> =>
      bodyText(await exchange({ status: 200, body: value, latencyMs: 1 }))
    expect(await body('{"a":')).toBe('{"a":')
    expect(await body(Buffer.from('bytes'))).toBe('bytes')
    expect(await body({ a: [1, null] })).toBe('{"a":[1,null]}')
    expect(await body(null)).toBe('null')
    expect(await body(undefined)).toBe('')
    const json = { status: 200, headers: { 'content-type': 'application/problem+json' }, body: {}, latencyMs: 1 }
    expect((await exchange(json)).headers['content-type']).toBe('application/problem+json')
  })

  test.each(['connection', 'dns', 'tls'] as const)('%s comes before anything was sent', async (outcome) => {
    const reply = await exchange({ status: 0, latencyMs: 7, error: { outcome } })
    expect(reply).toMatchObject({ status: 0, startedAt: undefined, firstByteAt: undefined, endedAt: 7 })
    expect(reply.error).toEqual({ outcome, code: outcome.toUpperCase(), message: `${outcome} of shop.test` })
  })

  test('may break off within the answer', async () => {
    const error = { outcome: 'reset', code: 'ECONNRESET', message: 'gone' } as const
    const reply = await exchange({ status: 200, body: 'half', latencyMs: 5, error })
    expect(reply).toMatchObject({ status: 200, startedAt: 0, firstByteAt: 5, error })
    expect(bodyText(reply)).toBe('half')
  })

  test.each([
    ['is later than the timeout', { status: 200, latencyMs: 1_000.5 }],
    ['never comes', { status: 200, latencyMs: Number.POSITIVE_INFINITY }],
    ['is a timeout by the script', { status: 0, latencyMs: 1, error: { outcome: 'timeout' } }],
  ] as const)('an answer that %s ends at the timeout', async (_, response) => {
    const reply = await exchange(response)
    expect(reply).toMatchObject({ status: 0, startedAt: 0, firstByteAt: undefined, endedAt: 1_000 })
    expect(reply.error).toMatchObject({ outcome: 'timeout', message: 'no answer from shop.test within 1 s' })
  })

  test('an answer exactly at the timeout is in time', async () => {
    expect((await exchange({ status: 200, latencyMs: 1_000 })).error).toBeUndefined()
  })

  test('a timeout within the answer keeps what had come', async () => {
    const reply = await exchange({ status: 200, body: 'x', latencyMs: 5_000, ttfbMs: 10 })
    expect(reply).toMatchObject({ status: 200, firstByteAt: 10, endedAt: 1_000, chunks: [] })
    expect(reply.error?.message).toBe('answer of shop.test not complete within 1 s')
  })

  test('a script that throws is the outcome of the request, not an exception', async () => {
    const respond = (): Response => {
      throw new Error('no such item')
    }
    const reply = await memoryTransport({ clock: virtualClock(), respond }).channel().send(service, get)
    expect(reply.error).toMatchObject({ outcome: 'protocol', message: 'the scripted service failed: no such item' })
  })

  test('hears of a request only when it has its connection, in the order of the requests', async () => {
    const clock = virtualClock()
    const heard: [string, number][] = []
    const respond = (_: ServicePlan, { path }: Wire): Response => {
      heard.push([path, clock.now()])
      return { status: 200, latencyMs: 10 }
    }
    const transport = memoryTransport({ clock, respond, connections: 2 })
    await Promise.all(['/1', '/2', '/3', '/4', '/5'].map((path) => transport.channel().send(service, { ...get, path })))
    expect(heard).toEqual([
      ['/1', 0],
      ['/2', 0],
      ['/3', 10],
      ['/4', 10],
      ['/5', 20],
    ])
  })

  test('simulates a day of a hundred agents in moments', async () => {
    const clock = virtualClock()
    const transport = memoryTransport({ clock, respond: () => ({ status: 200, latencyMs: 250 }), connections: 10 })
    let requests = 0
    const agent = async (): Promise<void> => {
      const channel = transport.channel()
      for (let hour = 0; hour < 24; hour++) {
        expect((await channel.send(service, get)).error).toBeUndefined()
        requests++
        await clock.sleep(3_600_000)
      }
    }
    await Promise.all(Array.from({ length: 100 }, agent))
    expect(requests).toBe(2_400)
    expect(clock.now()).toBeGreaterThanOrEqual(24 * 3_600_000)
  })
})
