// TURBULENCE_PRESSURE=off, looked at where nothing can hide: all bytes that come out of a socket, in order.
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { expect, test } from 'vitest'
import { run } from '../../src/run.ts'
import { aPlan, HOST } from '../support/a-plan.ts'

const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 11\r\n\r\n{"id":"p1"}'

/** Answers each request once it is there as a whole, and keeps its bytes. */
async function listen(): Promise<{ port: number; received: string[]; close(): void }> {
  const received: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    let open = ''
    socket.on('data', (chunk) => {
      open += chunk.toString('latin1')
      const head = open.indexOf('\r\n\r\n')
      const length = Number(/^content-length: (\d+)/im.exec(open)?.[1] ?? 0)
      if (head < 0 || open.length < head + 4 + length) return
      received.push(open)
      open = ''
      socket.write(ANSWER)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = (): void => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  return { port: (server.address() as AddressInfo).port, received, close }
}

const FLOW = `
sut:
  default_headers: { X-Correlation-ID: "{{correlation_id}}", User-Agent: turbulence }
  services: { api: { base_url: "{{env.API}}", connections: 1, headers: { X-Draw: "{{random_int(1, 1000000)}}" } } }
variation: { parameters: { quantity: { type: choice, values: [1, 2, 50] } } }
agents: { a: { count: 1, workload: { iterations: 8 } } }
flow:
  - { type: http, name: look, path: "/look?x={{random_int(1, 1000000)}}", extract: { id: $.id } }
  - { type: http, name: pay, method: POST, path: "/pay/{{id}}", json: { n: "{{uuid}}", quantity: "{{variation.quantity}}" } }
`
const PRESSURE = `pressure:
  global: { latency_ms: { min: 0, max: 2 }, error_rate: 0.3 }
  actions: { pay: { retry_count: 1, reset_rate: 0.2 } }
`

/** Of each request, the port of this run taken out. */
async function bytesOf(yaml: string, pressure?: 'off'): Promise<string[]> {
  const { port, received, close } = await listen()
  try {
    const env = { API: `http://127.0.0.1:${port}` }
    const overrides = pressure === undefined ? {} : { pressure }
    await run(aPlan(yaml, { env, overrides }), { host: HOST, rerun: '' })
    return received.map((request) => request.replaceAll(`127.0.0.1:${port}`, 'host'))
  } finally {
    close()
  }
}

test('with pressure off, the bytes on the wire are those of a scenario without any', async () => {
  const none = await bytesOf(FLOW)
  expect(none.map((request) => request.split(' ', 1)[0])).toEqual(
    Array.from({ length: 8 }, () => ['GET', 'POST']).flat(),
  )
  expect(await bytesOf(`${FLOW}${PRESSURE}`, 'off')).toEqual(none)
  const struck = await bytesOf(`${FLOW}${PRESSURE}`)
  expect(struck).not.toEqual(none)
  // Requests are struck or sent again, never changed.
  expect(struck.filter((request) => !none.includes(request))).toEqual([])
})
