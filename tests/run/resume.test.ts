// A run that is cut at any boundary between cycles and goes on in another process sends what the rest of an
// uninterrupted run sends, and comes to the same verdicts and numbers.
import { describe, expect, test } from 'vitest'
import type { Plan, RunRecord } from '../../src/run.ts'
import { aPlan, play } from '../support/a-plan.ts'
import type { Received, Script } from '../support/a-plan.ts'
import { SATURATED, scriptedProbe } from '../support/scripted-probe.ts'
import { memoryCheckpoints, stateIn } from '../support/checkpoints.ts'

const CYCLES = 5
/** Memory, cookies, data positions of all workloads, setup's values, failures, a limit, warm-up and activity. */
const SCENARIO = `simulation: { cycles: ${CYCLES}, cycle_length: 1m, time_scale: 3600, warmup: { cycles: 1, steps: [0.5], exclude: true } }
limits: { rate_limit_rps: 200, burst: 3 }
checkpoint: { every_cycles: 1, keep: 5 }
setup:
  - { type: http, name: login, method: POST, path: /admin, extract: { token: $.token } }
teardown:
  - { type: http, name: logout, method: POST, path: /logout, headers: { authorization: "{{setup.token}}" } }
agents:
  shoppers:
    count: 6
    flow: buy
    data: { file: ./users.csv, order: shuffled }
    activity: { frequency: 0.7, hours: { default: 1 } }
    idle_flow: look
  browsers: { count: 3, flow: look, workload: { duration: 60ms }, data: ./users.csv }
  arriving: { count: 4, flow: look, workload: { rate: 50/s, duration: 80ms }, on_failure: tidy, data: ./users.csv, thresholds: [success_rate >= 20%] }
variation: { parameters: { quantity: { type: choice, values: [1, 2, 3, 4, 5] } } }
flows:
  buy:
    - { type: http, name: visit, path: "/visit/{{data.email}}", headers: { x-visits: "{{memory.visits | default: 0 | int}}", x-token: "{{setup.token}}" }, extract: { visits: $.visits } }
    - { type: set, name: keep, scope: agent, vars: { visits: "{{visits}}", last: { at: "{{now}}", bought: ["{{variation.quantity}}"] } } }
    - { type: http, name: order, method: POST, path: /orders, json: { visits: "{{memory.visits}}", last: "{{memory.last}}", id: "{{uuid}}" } }
  look:
    - { type: http, name: look, path: "/look/{{data.email}}" }
  tidy:
    - { type: http, name: tidy, method: DELETE, path: "/tidy/{{agent.id}}" }
thresholds:
  - p95{step:order} < 1s
  - p99{outcome:ok} < 1s
  - success_rate >= 90%
  - requests{step:visit} > 10
  - rps < 10000/s
`
const USERS = `email\n${Array.from({ length: 40 }, (_, n) => `user-${n}@example.com`).join('\n')}\n`

/** A shop that counts visits by cookie, and refuses some that arrive. */
function shop(): Script {
  let sessions = 0
  return ({ path, headers }) => {
    if (path === '/admin') return { body: { token: 'of the admin' } }
    const known = headers['cookie']?.match(/visits=(\d+)/)?.[1]
    if (path.startsWith('/visit')) {
      const visits = Number(known ?? 0) + 1
      const session = headers['cookie']?.match(/session=([^;]+)/)?.[1] ?? `s${++sessions}`
      return { headers: { 'set-cookie': [`visits=${visits}; Path=/`, `session=${session}`] }, body: { visits } }
    }
    if (path.startsWith('/tidy')) return { status: 500 }
    return path.startsWith('/look') && path.includes('user-1') ? { status: 503 } : {}
  }
}

const plan = (more = ''): Plan => aPlan(SCENARIO + more, { seed: 11, files: { 'users.csv': USERS } })

/** What of a request must be the same; sessions are numbered anew by each service. */
function sent(log: readonly Received[]): string[] {
  return log
    .filter(({ path }) => path !== '/admin')
    .map(({ method, path, headers, body }) => {
      const { cookie = '', 'x-visits': visits, 'x-token': token } = headers
      return [method, path, visits, token, cookie.replace(/session=\w+/, 'session'), body].join(' ')
    })
    .sort()
}

/** What must be the same of a whole run and of one in two pieces: all that was counted and judged. */
function told(record: RunRecord): unknown {
  const { cells, thresholds, steps } = record
  return {
    cells: cells.map(({ cycle, group, state, message, reason, iterations, requests, latency, verdicts, causes }) => ({
      cycle,
      group,
      state,
      message,
      reason,
      iterations,
      requests,
      latency,
      verdicts: verdicts.map(({ kind, message: said }) => [kind, said]),
      causes: causes.map(({ step, reason: why, count }) => [step, why, count]),
    })),
    thresholds: thresholds.map(({ kind, message }) => [kind, message]),
    steps,
    health: record.health,
    notices: record.notices.filter((notice) => !notice.startsWith('Resumed')),
  }
}

async function uninterrupted(): Promise<{ record: RunRecord; texts: ReadonlyMap<number, string>; log: Received[] }> {
  const checkpoints = memoryCheckpoints()
  const { record, log } = await play(plan(), { respond: shop(), checkpoints, loopProbe: scriptedProbe(SATURATED) })
  expect(checkpoints.isRemoved).toBe(true)
  return { record, texts: checkpoints.texts, log: [...log] }
}

describe('a run that goes on after a checkpoint', async () => {
  const whole = await uninterrupted()

  test('is a run that tells something', () => {
    const { record } = whole
    expect(record.thresholds.map(({ kind }) => kind)).toEqual(['inconclusive', 'inconclusive', 'fail', 'pass', 'pass'])
    expect(new Set(record.cells.map(({ state }) => state))).toContain('passed')
    expect(whole.log.filter(({ headers }) => Number(headers['x-visits']) > 1).length).toBeGreaterThan(5)
    expect([...whole.texts.keys()]).toEqual([1, 2, 3, 4, 5])
  })

  test.each([1, 2, 3, 4, 5])('after cycle %i comes to what an uninterrupted one came to', async (cycle) => {
    const resume = stateIn(whole.texts.get(cycle))
    const checkpoints = memoryCheckpoints()
    const rest = await play(plan(), { respond: shop(), resume, checkpoints, loopProbe: scriptedProbe(SATURATED) })
    expect(told(rest.record)).toEqual(told(whole.record))
    expect(rest.record.cells.map(({ isRestored = false }) => isRestored)).toEqual(
      rest.record.cells.map((cell) => cell.cycle <= cycle),
    )
    expect(checkpoints.begunCycles).toEqual([1, 2, 3, 4, 5].slice(cycle))
  })

  test.each([1, 2, 3, 4, 5])('after cycle %i sends what was left, and no setup', async (cycle) => {
    const resume = stateIn(whole.texts.get(cycle))
    const rest = await play(plan(), { respond: shop(), resume, checkpoints: memoryCheckpoints() })
    expect(rest.log.some(({ path }) => path === '/admin')).toBe(false)
    expect([...(await firstCycles(cycle)), ...sent(rest.log)].sort()).toEqual(sent(whole.log))
  })
})

/** What an uninterrupted run sends in its first cycles. */
async function firstCycles(cycles: number): Promise<string[]> {
  const whole = plan()
  const { log } = await play({ ...whole, cycles, teardown: [] }, { respond: shop() })
  return sent(log)
}

const BREAKER = `simulation: { cycles: 7, max_concurrent_agents: 1, cycle_length: 60ms, pace: realtime }
checkpoint: { every_cycles: 1 }
circuit_breaker:
  failure_threshold_percent: 15
  min_agents: 6
  window: rolling
  rolling_agents: 12
  auto_reset: true
  probe_agents: 2
agents: { shoppers: { count: 6, thresholds: [success_rate >= 80%] } }
flow: [{ type: http, name: look, path: "/{{cycle}}/{{agent.index}}" }]
thresholds: [success_rate >= 90%]`

describe('a breaker that opens because of the cycle before, rests, probes and closes', async () => {
  // One agent fails in two cycles, and the second cycle takes too long for its pace.
  const respond: Script = ({ path }) => ({
    status: /^\/[34]\/2$/.test(path) ? 500 : 200,
    latencyMs: path === '/2/1' ? 90 : 5,
  })
  const checkpoints = memoryCheckpoints()
  const whole = await play(BREAKER, { respond, checkpoints })

  test('is seen in one piece', () => {
    const { cells, breaker, notices } = whole.record
    expect(cells.map(({ state }) => state).join(' ')).toBe('passed passed passed failed skipped passed passed')
    expect(breaker?.events.map(({ phase, cycle }) => `${phase} ${cycle}`)).toEqual([
      'open 4',
      'half-open 6',
      'closed 6',
    ])
    expect(notices.join()).toContain('began')
    expect([...checkpoints.texts.keys()]).toEqual([1, 2, 3, 4, 6, 7])
  })

  test.each([1, 2, 3, 4, 6, 7])('goes on after cycle %i as it would have', async (cycle) => {
    const resume = stateIn(checkpoints.texts.get(cycle))
    const rest = await play(BREAKER, { respond, resume, checkpoints: memoryCheckpoints() })
    const cyclesOf = (log: readonly Received[]): string[] => log.map(({ path }) => path)
    expect(cyclesOf(rest.log)).toEqual(cyclesOf(whole.log).filter((path) => Number(path.split('/')[1]) > cycle))
    // Cycle 3 was late in one piece; for a run that goes on with it, it is the first.
    const ofPace = cycle === 2 ? { notices: [] } : {}
    const seen = ({ record }: typeof whole): unknown => [told({ ...record, ...ofPace }), record.breaker]
    expect(seen(rest)).toEqual(seen(whole))
  })
})

test('a service that has proven sound before a checkpoint has done so after it', async () => {
  const open = `simulation: { cycles: 2 }
circuit_breaker: {}
checkpoint: { every_cycles: 1 }
agents: { a: { count: 300, workload: { rate: 200/s, duration: 5s } } }
flow: [{ type: http, name: look, path: "/{{cycle}}" }]
thresholds: ["wait_rate_limit.max{cycle:2} < 0.001ms"]`
  const respond: Script = () => ({ latencyMs: 500 })
  const checkpoints = memoryCheckpoints()
  const whole = await play(open, { respond, checkpoints })
  expect(whole.record.thresholds.map(({ kind }) => kind)).toEqual(['pass'])
  const rest = await play(open, {
    respond,
    resume: stateIn(checkpoints.texts.get(1)),
    checkpoints: memoryCheckpoints(),
  })
  expect(told(rest.record)).toEqual(told(whole.record))
})
