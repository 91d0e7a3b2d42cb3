// A run as programs use it: what it writes, what it reports while it goes on, and what happens when
// something breaks that is not the service.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startShop, type RunningShop } from '../../fixtures/shop/server.mjs'
import { virtualClock, wallClock } from '../../src/clock.ts'
import { Collector } from '../../src/metrics/collector.ts'
import { judgeThresholds } from '../../src/run/judge.ts'
import { openRun, readRun, run } from '../../src/run.ts'
import type { CellRecord, Tick, Transport } from '../../src/run.ts'
import { HOST, aPlan, allCycles, play, scriptedService } from '../support/a-plan.ts'

const LOOK = 'flow: [{ type: http, name: look, path: / }]'

const runsDir = mkdtempSync(join(tmpdir(), 'turbulence-runs-'))
afterAll(() => rmSync(runsDir, { recursive: true, force: true }))

describe('the folder of a run', () => {
  const SECRET = `
sut: { services: { api: { base_url: "http://shop.test", headers: { Authorization: "Bearer {{env.TOKEN}}" } } } }
flow: [{ type: http, name: look, path: "/{{env.PLACE}}" }]
agents: 3
simulation: { cycles: 2 }
thresholds:
  - p95 < 1s
  - { that: "max{step:look} < 100ms", per: cycle }
  - p50{outcome:ok} < 11ms
  - success_rate >= 99%
  - requests{status:500} == 2
  - rps > 1000/s`
  const respond = (_: object, position: number): object => ({
    status: position === 4 ? 500 : 200,
    latencyMs: 8 + position,
  })

  test('holds no value of the environment', async () => {
    const { record, plan } = await play(SECRET, {
      runsDir,
      respond,
      env: { TOKEN: 'hunter2-hunter2', PLACE: 'atlantis' },
    })
    expect(record.folder).toBe(join(runsDir, plan.runId))
    const manifest = readFileSync(join(runsDir, plan.runId, 'manifest.json'), 'utf8')
    expect(manifest).not.toMatch(/hunter2|atlantis/)
    expect(JSON.parse(manifest)).toMatchObject({ env: ['PLACE', 'TOKEN'], seed: 1, plan: { cycles: 2 } })
    // The example of a cause shows the request, but never a secret.
    expect(readFileSync(join(runsDir, plan.runId, 'summary.json'), 'utf8')).not.toContain('hunter2')
  })

  test('restores to the same record and the same verdicts', async () => {
    const { record, plan } = await play(SECRET, { runsDir, respond, env: { TOKEN: 'hunter2-hunter2', PLACE: 'x' } })
    const stored = readRun(join(runsDir, plan.runId))
    expect(stored.record).toEqual(record)
    if (stored.summary === undefined) throw new Error('no summary')
    const again = judgeThresholds(plan, Collector.restore(stored.summary), { aborted: false })
    expect(again).toEqual(record.thresholds)
    expect(again.map(({ kind }) => kind)).toEqual(['inconclusive', 'pass', 'inconclusive', 'fail', 'fail', 'fail'])
  })

  test('is written for a run that was stopped, too', async () => {
    const { plan } = await play(LOOK, { runsDir, during: (one) => one.stop('cancelled', 0) })
    expect(readRun(join(runsDir, plan.runId)).record).toMatchObject({ stopped: 'cancelled' })
  })

  test('is not made without a place for it', async () => {
    const { record, plan } = await play(LOOK)
    expect(record).not.toHaveProperty('folder')
    expect(existsSync(join(runsDir, plan.runId))).toBe(false)
  })
})

describe('while it runs', () => {
  test('there is a tick every second, and one word at the end of each cycle', async () => {
    const ticks: Tick[] = []
    const cycles: [Tick, readonly CellRecord[]][] = []
    await play(`${LOOK}\nagents: { a: { count: 2, workload: { iterations: 5 } } }\nsimulation: { cycles: 2 }`, {
      respond: () => ({ latencyMs: 500 }),
      onTick: (tick) => ticks.push(tick),
      onCycle: (tick, cells) => cycles.push([tick, cells]),
    })
    expect(ticks.map(({ cycle, elapsedMs }) => [cycle, elapsedMs])).toEqual([
      [1, 1000],
      [1, 2000],
      [2, 1000],
      [2, 2000],
    ])
    expect(ticks[0]).toMatchObject({ agentsActive: 2, requestsExpected: 10, cycles: 2 })
    expect(cycles.map(([tick, cells]) => [tick.requests, cells.map(({ state }) => state)])).toEqual([
      [10, ['passed']],
      [10, ['passed']],
    ])
  })

  test('a cell is known when its group is done, before the cycle is', async () => {
    const plan = aPlan(`
agents: { quick: { count: 1, flow: q }, slow: { count: 1, flow: s } }
flows: { q: [{ type: http, name: q, path: /q }], s: [{ type: http, name: s, path: /s }] }`)
    const clock = virtualClock()
    const { transport } = scriptedService(clock, ({ path }) => ({ latencyMs: path === '/s' ? 900 : 10 }))
    const opened = openRun(plan, { clock, transport, host: HOST, rerun: '' })
    await opened.begin()
    opened.startCycle(1)
    expect(await opened.cell(1, 'quick')).toMatchObject({ state: 'passed', durationMs: 10 })
    expect(clock.now()).toBe(10)
    expect(await opened.cell(1, 'slow')).toMatchObject({ state: 'passed', durationMs: 900 })
    await opened.end()
  })

  test('groups that were filtered out are skipped, and thresholds that nobody asked for are not judged', async () => {
    const plan = aPlan(
      `${LOOK}\nagents: { a: { count: 1 }, b: { count: 1 } }\nsimulation: { cycles: 2 }\nthresholds: [requests > 0]`,
    )
    const clock = virtualClock()
    const { transport, log } = scriptedService(clock)
    const opened = openRun(plan, { clock, transport, host: HOST, rerun: '' })
    await opened.begin()
    opened.startCycle(2, new Set(['b']))
    const record = await opened.end()
    expect(log).toHaveLength(1)
    expect(record.cells.map(({ cycle, group, state, reason }) => [cycle, group, reason ?? state])).toEqual([
      [1, 'a', 'not run: filtered out'],
      [1, 'b', 'not run: filtered out'],
      [2, 'a', 'not run: filtered out'],
      [2, 'b', 'passed'],
    ])
    expect(record.thresholds).toMatchObject([{ skip: true, message: 'requests was not judged: filtered out' }])
  })
})

describe('an error of our own', () => {
  /** A transport that breaks its promise never to reject, at one request. */
  function brokenAt(position: number): {
    transport: Transport
    clock: ReturnType<typeof virtualClock>
    sent: () => number
  } {
    const clock = virtualClock()
    const { transport } = scriptedService(clock)
    let sent = 0
    return {
      clock,
      sent: () => sent,
      transport: {
        close: () => transport.close(),
        channel: () => {
          const channel = transport.channel()
          return {
            abort: () => channel.abort(),
            send: (service, wire) =>
              ++sent === position ? Promise.reject(new TypeError('boom')) : channel.send(service, wire),
          }
        },
      },
    }
  }

  test('ends the run and its cells, reaches whoever waits for them, and is in the record', async () => {
    const plan = aPlan(
      `${LOOK}
agents: { a: { count: 5, workload: { iterations: 9 } }, b: { count: 2, workload: { iterations: 9 } } }
simulation: { cycles: 2 }
teardown: [{ type: http, name: tidy up, path: /teardown }]
thresholds: [success_rate >= 1%]`,
    )
    const { transport, clock, sent } = brokenAt(10)
    const opened = openRun(plan, { transport, clock, host: HOST, rerun: '' })
    await opened.begin()
    opened.startCycle(1)
    await expect(opened.cell(1, 'a')).rejects.toThrow('boom')
    await expect(opened.cycleDone()).rejects.toThrow('boom')
    const record = await opened.end()
    expect(record.stopped).toBe('internal error: TypeError: boom')
    expect(record.cells.map(({ state }) => state)).toEqual([
      'failed',
      expect.not.stringMatching('passed'),
      'skipped',
      'skipped',
    ])
    expect(record.cells[0]?.message).toBe('internal error: TypeError: boom')
    expect(record.thresholds[0]?.kind).not.toBe('pass')
    // Seven at first, seven more of which the third broke; then only teardown.
    expect(sent()).toBeLessThanOrEqual(15)
  })

  test('is thrown by run(), after everything was closed', async () => {
    const { transport, clock } = brokenAt(1)
    let closed = 0
    const close = (): Promise<void> => {
      closed++
      return transport.close()
    }
    const options = { transport: { channel: () => transport.channel(), close }, clock, host: HOST, rerun: '' }
    await expect(run(aPlan(LOOK), options)).rejects.toThrow('boom')
    expect(closed).toBe(1)
  })
})

describe('against the shop', () => {
  let shop: RunningShop
  beforeAll(async () => {
    shop = await startShop({ latency: { min: 1, median: 3, p99: 10 } })
  })
  afterAll(() => shop.close())

  test('the record counts what the shop received, and never more agents at once than allowed', async () => {
    shop.log.reset()
    const plan = aPlan(
      `simulation: { cycles: 2, max_concurrent_agents: 4 }
agents: { shoppers: { count: 9, flow: buy, workload: { iterations: 2 } }, browsers: { count: 6, flow: browse } }
flows:
  browse: [{ type: http, name: products, path: /products }]
  buy:
    - { type: http, name: open cart, method: POST, path: /carts, extract: { cart_id: $.id } }
    - { type: http, name: look, path: "/carts/{{cart_id}}", expect: { jsonpath: $.id, equals: "{{cart_id}}" } }
    - { type: http, name: remove, method: DELETE, path: "/carts/{{cart_id}}" }
thresholds: ["requests == 120", "success_rate == 100%"]`,
      { env: { API: shop.url } },
    )
    const opened = openRun(plan, { host: HOST, rerun: '' })
    await allCycles(opened)
    const record = await opened.end()
    expect(record.thresholds.map(({ kind, message }) => (kind === 'pass' ? kind : message))).toEqual(['pass', 'pass'])
    expect(record.cells.map(({ requests }) => requests)).toEqual([{ ok: 54 }, { ok: 6 }, { ok: 54 }, { ok: 6 }])
    expect(shop.log.total).toBe(120)
    expect(shop.log.mostAtOnce).toBeLessThanOrEqual(4)
    expect(shop.log.counts).toMatchObject({
      'POST /carts 201': 36,
      'DELETE /carts/:id 204': 36,
      'GET /products 200': 12,
    })
  })
})

test('a fast teardown is not waited for: the end comes with its last answer', async () => {
  const { record } = await play(`${LOOK}\nteardown: [{ type: http, name: tidy up, path: /teardown }]`)
  expect(record.durationMs).toBe(20)
})

test('a run that has ended keeps no process alive', async () => {
  const alive = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
  const plan = aPlan(`
agents: { a: { count: 2, workload: { duration: 20ms } } }
simulation: { max_duration: 10m }
${LOOK}
teardown: [{ type: http, name: tidy up, path: /teardown }]`)
  const { transport } = scriptedService(wallClock, () => ({ latencyMs: 1 }))
  const before = alive()
  await run(plan, { transport, clock: wallClock, host: HOST, rerun: '' })
  expect(alive()).toBeLessThanOrEqual(before)
})
