// The circuit breaker in whole runs: how little a dead service gets, what the cells and thresholds come
// to, and what a healthy service notices of it. Some over real sockets, with the server's log.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { play } from '../support/a-plan.ts'
import { runYaml } from '../support/run-yaml.ts'

const BREAKER = 'circuit_breaker: { failure_threshold_percent: 5 }'
const FLOW = 'flow: [{ type: http, name: list, path: /items }]'
const OPENED = 'the circuit breaker opened: 11 of 200 agents had failed, more than 5 %'
const STOPPED = 'the circuit breaker opened in cycle 1: 11 of 200 agents had failed, more than 5 %'

async function answeringOnly(status: number): Promise<{ url: string; received(): number; close(): Promise<void> }> {
  let received = 0
  const server = createServer((_, response) => {
    received++
    response.writeHead(status).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, received: () => received, close }
}

describe('200 agents against a real service that only answers 500', () => {
  test.each([
    ['all at once', ''],
    ['several iterations each', ', workload: { iterations: 5 }'],
  ])('send fewer than 40 requests: %s', async (_, workload) => {
    const service = await answeringOnly(500)
    try {
      const record = await runYaml(`${BREAKER}
sut: { services: { api: { base_url: "${service.url}" } } }
simulation: { cycles: 3 }
agents: { shoppers: { count: 200${workload} } }
${FLOW}
thresholds: [p95 < 10s, success_rate >= 99%, errors < 1000]`)
      expect(service.received()).toBeLessThan(40)
      expect(record.cells.map(({ state, message, reason }) => [state, message ?? reason])).toEqual([
        ['failed', `${OPENED} (and 1 threshold of the cell did not hold)`],
        ['skipped', STOPPED],
        ['skipped', STOPPED],
      ])
      expect(record.cells[0]?.causes[0]).toMatchObject({ step: 'list', count: service.received() })
      expect(record.cells[0]?.iterations.begun).toBe(service.received())
      expect(record.thresholds.map(({ kind }) => kind)).toEqual(['inconclusive', 'fail', 'not-evaluated'])
      expect(record).toMatchObject({
        stopped: STOPPED,
        breaker: { failurePercent: 5, minAgents: 20, opened: { cycle: 1, group: 'shoppers', failed: 11, agents: 200 } },
      })
    } finally {
      await service.close()
    }
  })

  test.each([
    ['a rate limit', 'limits: { rate_limit_rps: 1000 }', 'agents: 200'],
    ['a few places', 'simulation: { max_concurrent_agents: 30 }', 'agents: 200'],
    ['a workload of time', '', 'agents: { a: { count: 200, workload: { duration: 20s } } }'],
    ['an open workload', '', 'agents: { a: { count: 200, workload: { rate: 2000/s, duration: 20s } } }'],
  ])('send fewer than 40 requests with %s, and end at once', async (_, settings, agents) => {
    const service = await answeringOnly(500)
    try {
      const sut = `sut: { services: { api: { base_url: "${service.url}" } } }`
      const record = await runYaml([BREAKER, sut, settings, agents, FLOW].join('\n'))
      expect(service.received()).toBeLessThan(40)
      expect(record.cells[0]).toMatchObject({ state: 'failed' })
      expect(record.cells[0]?.message).toMatch(/^the circuit breaker opened: \d+ of \d+ agents had failed/)
      // Nothing of it has to do with the machine: it waits for the answers to fewer than 40 requests.
      expect(record.durationMs).toBeLessThan(10_000)
    } finally {
      await service.close()
    }
  })
})

describe('on simulated time', () => {
  const SHOP = `${BREAKER}\nagents: 200\n${FLOW}`

  test('a dead service gets exactly as many requests as it takes', async () => {
    const { log } = await play(SHOP, { respond: () => ({ status: 500 }) })
    expect(log).toHaveLength(11)
  })

  test('a healthy service is held up by four round trips', async () => {
    const rest = `agents: 200\n${FLOW}`
    const [open, guarded] = await Promise.all([play(rest), play(`${BREAKER}\n${rest}`)])
    expect(open.record.cells[0]?.durationMs).toBe(10)
    expect(guarded.record.cells[0]).toMatchObject({ state: 'passed', durationMs: 50 })
    expect(guarded.record.breaker).toMatchObject({ failurePercent: 5, minAgents: 20, phase: 'closed', events: [] })
  })

  test('the waiting is ours, and no latency', async () => {
    const { record } = await play(`${SHOP}
thresholds: [max < 10.1ms, wait_rate_limit.max >= 39ms, response_time.max >= 49ms, wait_rate_limit.min < 0.001ms]`)
    expect(record.thresholds.map(({ kind, message }) => (kind === 'pass' ? kind : message))).toEqual(
      Array(4).fill('pass'),
    )
  })

  test('failures below the share open nothing', async () => {
    const { record } = await play(SHOP, { respond: (_, position) => ({ status: position % 20 === 7 ? 500 : 200 }) })
    expect(record.cells[0]).toMatchObject({ state: 'passed', iterations: { begun: 200, ok: 190, failed: 10 } })
  })

  test('a later step that always fails opens it before all agents have begun', async () => {
    const { record, log } = await play(
      `${BREAKER}\nagents: 200\nflow: [{ type: http, name: list, path: /items }, { type: http, name: buy, path: /buy }]`,
      { respond: ({ path }) => ({ status: path === '/buy' ? 500 : 200 }) },
    )
    expect(record.stopped).toBe(STOPPED)
    // 11 agents are tried, then 22 more, then 44 more while the first 11 learn that the second step fails.
    expect(log.filter(({ path }) => path === '/items').length).toBeLessThanOrEqual(77)
    expect(log.filter(({ path }) => path === '/buy').length).toBeLessThanOrEqual(77)
  })

  test('the iterations under way may end; those that have sent nothing have not begun', async () => {
    const { record, log } = await play(
      `${BREAKER}\nagents: { fast: { count: 100, flow: one }, slow: { count: 100, flow: two } }
flows:
  one: [{ type: http, name: one, path: /one }]
  two: [{ type: http, name: two, path: /two }, { type: pause, name: think, for: 1s }, { type: http, name: three, path: /three }]`,
      // Interleaved by their order of asking: the first group asks first.
      { respond: ({ path }, position) => ({ status: path === '/one' && position >= 20 ? 500 : 200, latencyMs: 10 }) },
    )
    expect(record.cells.map(({ group, state }) => [group, state])).toEqual([
      ['fast', 'failed'],
      ['slow', 'skipped'],
    ])
    const [, slow] = record.cells
    const asked = log.filter(({ path }) => path === '/two').length
    expect(slow?.iterations).toMatchObject({ begun: asked, ok: asked, aborted: 0 })
    expect(log.filter(({ path }) => path === '/three')).toHaveLength(asked)
  })

  test('a cell that was done before it opened keeps its verdict', async () => {
    const { record } = await play(
      `${BREAKER}\nagents: { quick: { count: 10, flow: one }, late: { count: 90, flow: two } }
flows:
  one: [{ type: http, name: one, path: /one }]
  two: [{ type: pause, name: think, for: 1s }, { type: http, name: two, path: /two }]`,
      { respond: ({ path }) => ({ status: path === '/two' ? 500 : 200 }) },
    )
    expect(record.cells.map(({ state }) => state)).toEqual(['passed', 'failed'])
  })

  test('a service that dies in the middle of a long workload gets few requests from then on', async () => {
    const dead = 10_000
    const { record, log } = await play(
      `${BREAKER}\nagents: { a: { count: 100, workload: { duration: 60s } } }
flow: [{ type: http, name: list, path: /items }, { type: pause, name: think, for: 1s }]`,
      { respond: ({ at }) => ({ status: at >= dead ? 500 : 200 }) },
    )
    expect(record.breaker?.opened).toMatchObject({ failed: 6, agents: 100 })
    expect(log.filter(({ at }) => at >= dead).length).toBeLessThan(120)
  })

  test('fewer agents than min_agents never open it, and a threshold still judges them', async () => {
    const { record } = await play(`${BREAKER}\nagents: 10\n${FLOW}`, { respond: () => ({ status: 500 }) })
    expect(record.stopped).toBeUndefined()
    expect(record.cells[0]).toMatchObject({ state: 'failed', iterations: { begun: 10 } })
  })
})
