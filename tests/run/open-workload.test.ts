// Open workloads in whole runs: what is due begins when it is due, or is dropped; and waiting behind a
// service that stands still is in `response_time`, as arithmetic over the due moments says.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { play } from '../support/a-plan.ts'
import { runYaml } from '../support/run-yaml.ts'

const FLOW = 'flow: [{ type: http, name: list, path: /items }]'
const group = (count: number, workload: string, more = ''): string =>
  `agents: { a: { count: ${count}, workload: { ${workload} }${more} } }\n${FLOW}`

describe('arrivals', () => {
  test('begin at start + i / rate, on the agent that has been idle longest', async () => {
    const { log, record, plan } = await play(
      `agents: { a: { count: 3, workload: { rate: 4/s, duration: 2s } } }
flow: [{ type: http, name: list, path: "/{{agent.index}}/{{iteration}}" }]`,
      { respond: () => ({ latencyMs: 10 }) },
    )
    expect(log.map(({ at, path }) => `${at} ${path}`)).toEqual([
      '0 /1/1',
      '250 /2/1',
      '500 /3/1',
      '750 /1/2',
      '1000 /2/2',
      '1250 /3/2',
      '1500 /1/3',
      '1750 /2/3',
    ])
    expect(plan.requestsPerCycle).toBe(8)
    expect(record.cells[0]).toMatchObject({
      state: 'passed',
      iterations: { begun: 8, ok: 8, dropped: 0 },
      durationMs: 2000,
    })
    expect(record.rps).toBe(4)
  })

  test('5,000/s all begin on time', async () => {
    const { log, record } = await play(group(100, 'rate: 5000/s, duration: 1s'), {
      respond: () => ({ latencyMs: 10.05 }),
    })
    expect(record.cells[0]?.iterations).toMatchObject({ begun: 5000, dropped: 0 })
    expect(Math.max(...log.map(({ at }, i) => Math.abs(at - i / 5)))).toBeLessThan(1e-6)
  })

  test('what nobody is free for is dropped, never queued', async () => {
    // Due every 100 ms; each of the two agents is busy for 250 ms.
    const { log, record } = await play(group(2, 'rate: 10/s, duration: 3s'), { respond: () => ({ latencyMs: 250 }) })
    expect(log.slice(0, 5).map(({ at }) => at)).toEqual([0, 100, 300, 400, 600])
    expect(record.cells[0]?.iterations).toMatchObject({ begun: 20, dropped: 10 })
    expect(record.cells[0]).toMatchObject({
      state: 'failed',
      message:
        '10 of 30 arrivals (33.3 %) in cycle 1 > a were dropped, at most 1 % may be: no agent was free when they ' +
        'were due. Give the group more agents than 2, or judge it by a threshold: dropped < 100',
    })
    expect(record.notices).toEqual(['10 of 30 arrivals of "a" were dropped: no agent was free.'])
  })

  test('the slow start of a circuit breaker costs them nothing once the service has answered', async () => {
    const slow = (breaker: string): ReturnType<typeof play> =>
      play(
        `simulation: { cycles: 2 }\n${breaker}\n${group(600, 'rate: 500/s, duration: 30s')}
thresholds: [response_time.p99 < 501ms, "response_time.max{cycle:2} < 501ms", dropped == 0]`,
        { respond: () => ({ latencyMs: 500 }) },
      )
    for (const { record, log } of await Promise.all([slow(''), slow('circuit_breaker: {}')])) {
      expect(record.cells.map(({ state }) => state)).toEqual(['passed', 'passed'])
      expect(record.thresholds.map(({ kind }) => kind)).toEqual(['pass', 'pass', 'pass'])
      expect(log).toHaveLength(30_000)
    }
  })

  describe('beside a group whose first answers take long', () => {
    const mixed = `simulation: { cycles: 2 }
circuit_breaker: {}
agents:
  pollers: { count: 100, flow: [{ type: http, name: poll, path: /poll, timeout: 60s }] }
  open: { count: 60, flow: [{ type: http, name: get, path: /get }], workload: { rate: 50/s, duration: 30s } }
thresholds: ["response_time.max{group:open} < 51ms", "dropped{group:open} == 0"]`

    test('they do not wait for these', async () => {
      const { record } = await play(mixed, { respond: ({ path }) => ({ latencyMs: path === '/poll' ? 20_000 : 50 }) })
      expect(record.cells.map(({ state }) => state)).toEqual(['passed', 'passed', 'passed', 'passed'])
      expect(record.thresholds.map(({ kind }) => kind)).toEqual(['pass', 'pass'])
    })

    test('a dead service gets as many of each as it takes', async () => {
      const { log } = await play(mixed, { respond: () => ({ status: 500, latencyMs: 2000 }) })
      expect(log.filter(({ path }) => path === '/poll')).toHaveLength(6)
      expect(log.length).toBeLessThanOrEqual(12)
    })
  })

  test('a dead service gets as many as it takes, whatever the rate', async () => {
    const { log } = await play(`circuit_breaker: {}\n${group(600, 'rate: 2000/s, duration: 30s')}`, {
      respond: () => ({ status: 500, latencyMs: 500 }),
    })
    expect(log).toHaveLength(20)
  })

  test('that the circuit breaker held agents back is said: the service is not slow', async () => {
    const slow = (breaker: string, count: number): ReturnType<typeof play> =>
      play(`${breaker}\n${group(count, 'rate: 100/s, duration: 10s')}`, { respond: () => ({ latencyMs: 1000 }) })
    const [without, held, enough, few] = await Promise.all([
      slow('', 120),
      slow('circuit_breaker: {}', 120),
      slow('circuit_breaker: {}', 200),
      slow('circuit_breaker: { min_agents: 200 }', 80),
    ])
    expect(without.record.cells[0]).toMatchObject({ state: 'passed', iterations: { dropped: 0 } })
    expect(held.record.cells[0]?.message).toMatch(
      /no agent was free when they were due, (\d+) times because the circuit breaker's slow start had held some of them back\. Give the/,
    )
    expect(enough.record.cells[0]).toMatchObject({ state: 'passed', iterations: { begun: 1000, dropped: 0 } })
    expect(few.record.cells[0]?.message).not.toContain('slow start')
  })

  test('a place that is not free is as good as no agent', async () => {
    const scenario = `simulation: { max_concurrent_agents: 2 }\n${group(50, 'rate: 10/s, duration: 3s')}`
    const { record } = await play(scenario, { respond: () => ({ latencyMs: 250 }) })
    expect(record.cells[0]?.iterations).toMatchObject({ begun: 20, dropped: 10 })
    expect(record.cells[0]?.message).toContain('raise max_concurrent_agents above 2')
  })

  test.each([
    ['of the group', group(2, 'rate: 10/s, duration: 3s', ', thresholds: [dropped < 11]'), ''],
    ['of the run', group(2, 'rate: 10/s, duration: 3s'), 'thresholds: [dropped < 11]'],
  ])('a threshold %s that names dropped has the say', async (_, scenario, thresholds) => {
    const { record } = await play(`${scenario}\n${thresholds}`, { respond: () => ({ latencyMs: 250 }) })
    expect(record.cells[0]?.state).toBe('passed')
    const strict = `${scenario}\n${thresholds}`.replace('< 11', '< 10')
    const { record: missed } = await play(strict, { respond: () => ({ latencyMs: 250 }) })
    const said = [...missed.thresholds, ...missed.cells.flatMap(({ verdicts }) => verdicts)]
    expect(said.filter(({ kind }) => kind === 'fail').map(({ name }) => name)).toEqual(['dropped'])
  })

  test('one in a hundred may be dropped', async () => {
    // Of 200, two come while the only agent is busy.
    const { record } = await play(group(1, 'rate: 10/s, duration: 20s'), {
      respond: (_, position) => ({ latencyMs: position === 50 ? 250 : 10 }),
    })
    expect(record.cells[0]).toMatchObject({ state: 'passed', iterations: { begun: 198, dropped: 2 } })
  })

  test('a stop ends them at once', async () => {
    const { record } = await play(
      `simulation: { max_duration: 90s, graceful_stop: 1s }\n${group(1, 'rate: 1/m, duration: 1h')}`,
    )
    expect(record.cells[0]).toMatchObject({
      state: 'skipped',
      iterations: { begun: 2, dropped: 0 },
      durationMs: 90_000,
    })
  })

  test('those that do not end within the graceful stop are cut off', async () => {
    const { record } = await play(
      `sut: { services: { api: { base_url: "http://shop.test", timeout_seconds: 60 } } }
simulation: { graceful_stop: 3s }\n${group(20, 'rate: 10/s, duration: 2s')}`,
      { respond: (_, position) => ({ latencyMs: position === 10 ? 30_000 : 10 }) },
    )
    expect(record.cells[0]).toMatchObject({ iterations: { begun: 20, ok: 19, aborted: 1 }, durationMs: 5000 })
    expect(record.notices).toEqual([
      '1 of 20 iterations of "a" was cut off 3 s (graceful_stop) after the duration of the workload, and has failed. ' +
        'Give a longer graceful_stop, or a shorter flow.',
    ])
  })

  test.each(['rate: 3/s, duration: 1s', 'duration: 1s'])(
    'a cell of { %s } that fails by it says so, as no step of it has failed',
    async (workload) => {
      const thinking = FLOW.replace(']', ', { type: pause, name: think, for: 20s }]')
      const scenario = `simulation: { graceful_stop: 200ms }\n${group(3, workload).replace(FLOW, thinking)}`
      const { record } = await play(scenario)
      expect(record.cells[0]).toMatchObject({
        state: 'failed',
        causes: [],
        message: expect.stringMatching(
          /^success_rate .* over 3 iterations; 3 of 3 iterations were cut off 200 ms \(graceful_stop\) after the duration of the workload$/,
        ) as unknown,
      })
      const stopped = await play(scenario.replace('graceful_stop', 'max_duration: 500ms, graceful_stop'))
      expect(stopped.record.cells[0]?.message ?? '').not.toContain('graceful_stop')
      expect(stopped.record.notices.join()).not.toContain('graceful_stop')
    },
  )

  test('they go on in every cycle, and beside closed groups', async () => {
    const { record } = await play(`simulation: { cycles: 2 }
agents:
  open: { count: 5, workload: { rate: 10/s, duration: 1s } }
  closed: { count: 5, workload: { iterations: 3 } }
${FLOW}`)
    expect(record.cells.map(({ group: name, iterations }) => [name, iterations.begun])).toEqual([
      ['open', 10],
      ['closed', 15],
      ['open', 10],
      ['closed', 15],
    ])
  })
})

describe('a service with one connection that stands still for 2 s of 20', () => {
  const RATE = 50
  const SERVICE_MS = 10
  const FROM_MS = 5000
  const UNTIL_MS = 7000

  /** Each request in turn: due, sent when the one before is answered, answered 10 ms later or after the stop. */
  function arithmetic(): { latency: number[]; response: number[] } {
    let free = 0
    const answers = Array.from({ length: RATE * 20 }, (_, i) => {
      const due = (i * 1000) / RATE
      const sent = Math.max(due, free)
      free = (sent >= FROM_MS && sent < UNTIL_MS ? UNTIL_MS : sent) + SERVICE_MS
      return { latency: free - sent, response: free - due }
    })
    return { latency: answers.map(({ latency }) => latency), response: answers.map(({ response }) => response) }
  }

  const percentile = (values: readonly number[], p: number): number =>
    values.toSorted((a, b) => a - b)[Math.ceil((values.length * p) / 100) - 1] ?? Number.NaN

  test('shows it in response_time, while latency shows what the service saw', async () => {
    const { latency, response } = arithmetic()
    const within = (metric: string, ms: number): string[] => [
      `${metric} <= ${ms * 1.0011}ms`,
      `${metric} >= ${ms * 0.9989}ms`,
    ]
    const thresholds = [50, 85, 90, 95, 99, 99.9].flatMap((p) => [
      ...within(`response_time.p(${p})`, percentile(response, p)),
      ...within(`latency.p(${p})`, percentile(latency, p)),
    ])
    expect([percentile(latency, 99), percentile(response, 85) > 100, percentile(response, 95) > 1000]).toEqual([
      10,
      true,
      true,
    ])
    const { record } = await play(
      `sut: { services: { api: { base_url: "http://shop.test", timeout_seconds: 30, connections: 1 } } }
${group(200, `rate: ${RATE}/s, duration: 20s`)}\nthresholds: [${thresholds.join(', ')}]`,
      {
        connections: 1,
        respond: ({ at }) => ({ latencyMs: (at >= FROM_MS && at < UNTIL_MS ? UNTIL_MS - at : 0) + SERVICE_MS }),
      },
    )
    expect(record.thresholds.map(({ kind, message }) => (kind === 'pass' ? kind : message))).toEqual(
      thresholds.map(() => 'pass'),
    )
    expect(record.cells[0]?.iterations).toMatchObject({ begun: 1000, dropped: 0 })
  })

  test('with too few agents drops what comes while all of them wait', async () => {
    const { record, log } = await play(
      `sut: { services: { api: { base_url: "http://shop.test", timeout_seconds: 30 } } }
${group(20, `rate: ${RATE}/s, duration: 20s`)}`,
      { respond: ({ at }) => ({ latencyMs: (at >= FROM_MS && at < UNTIL_MS ? UNTIL_MS - at : 0) + SERVICE_MS }) },
    )
    // Due every 20 ms from 5,000 on: 20 agents take the first 20, the other 80 before 7,000 and the one at 7,000 find nobody.
    const lost = 81
    expect(log).toHaveLength(1000 - lost)
    expect(record.cells[0]).toMatchObject({ state: 'failed', iterations: { begun: 1000 - lost, dropped: lost } })
  })
})

describe('the moment a request is due', () => {
  test('is that of the arrival for the first request, whatever it waits for, and later for what follows', async () => {
    const { record } = await play(
      `limits: { rate_limit_rps: 10, burst: 1 }
agents: { a: { count: 50, workload: { rate: 20/s, duration: 1s } } }
flow: [{ type: http, name: list, path: /items }]
thresholds: [response_time.max >= 959ms, response_time.max < 961.5ms, max < 10.1ms]`,
    )
    // 20 are due within 950 ms; at 10/s the last goes out at 1,900 ms, 950 ms after it was due.
    expect(record.thresholds.map(({ kind, message }) => (kind === 'pass' ? kind : message))).toEqual([
      'pass',
      'pass',
      'pass',
    ])
  })

  test('is later by the think time before it', async () => {
    const { record } = await play(
      `agents: { a: { count: 50, workload: { rate: 20/s, duration: 1s } } }
flow: [{ type: pause, name: think, for: 200ms }, { type: http, name: list, path: /items }]
thresholds: [response_time.max < 10.1ms]`,
    )
    expect(record.thresholds[0]?.kind).toBe('pass')
  })
})

test('over real sockets', async () => {
  let received = 0
  const server = createServer((_, response) => {
    received++
    response.end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const record = await runYaml(
    `sut: { services: { api: { base_url: "http://127.0.0.1:${port}" } } }\n${group(50, 'rate: 200/s, duration: 500ms')}`,
  )
  server.closeAllConnections()
  server.close()
  const { begun, dropped, ok } = record.cells[0]?.iterations ?? { begun: 0, dropped: 0, ok: 0 }
  expect([begun + dropped, begun - ok, received - begun]).toEqual([100, 0, 0])
})
