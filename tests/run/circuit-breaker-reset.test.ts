// What opening does besides ending the run: it rests and probes, or somebody is asked. And the window that
// rolls. Whole runs on simulated time.
import { describe, expect, test } from 'vitest'
import { junitSuite, plain, summaryLines } from '../../src/report/index.ts'
import type { Tick } from '../../src/report/index.ts'
import { play } from '../support/a-plan.ts'
import type { Script } from '../support/a-plan.ts'

const FLOW = 'flow: [{ type: http, name: list, path: "/{{cycle}}" }]'
const down = (...cycles: number[]): Script => {
  return ({ path }) => ({ status: cycles.includes(Number(path.slice(1))) ? 500 : 200 })
}
const OPENED = 'the circuit breaker opened: 11 of 200 agents had failed, more than 5 %'
const REST = 'the circuit breaker is at rest: it opened in cycle 2'

describe('auto_reset', () => {
  const SHOP = (more = ''): string => `simulation: { cycles: 5 }
circuit_breaker: { auto_reset: true${more} }
agents: 200
thresholds: [success_rate >= 50%, errors == 0]
${FLOW}`

  test('skips a cycle, probes with five agents, closes and goes on with all', async () => {
    const { record, log } = await play(SHOP(), { respond: down(2) })
    expect(record.cells.map(({ state, message, reason }) => message ?? reason ?? state)).toEqual([
      'passed',
      `${OPENED} (and 1 threshold of the cell did not hold)`,
      REST,
      'passed',
      'passed',
    ])
    const of = (cycle: number): number => log.filter(({ path }) => path === `/${cycle}`).length
    expect([1, 2, 3, 4, 5].map(of)).toEqual([200, 11, 0, 200, 200])
    // Five at once, and the others when all of those have been answered.
    const begin = log.find(({ path }) => path === '/4')?.at ?? 0
    expect(log.filter(({ path, at }) => path === '/4' && at < begin + 10)).toHaveLength(5)
    expect(record.stopped).toBeUndefined()
    expect(record.breaker).toMatchObject({ phase: 'closed', opened: { cycle: 2, failed: 11, agents: 200 } })
    expect(record.breaker?.events.map(({ phase, cycle }) => [phase, cycle])).toEqual([
      ['open', 2],
      ['half-open', 4],
      ['closed', 4],
    ])
  })

  test('opens again when a probe fails, with no more than that sent', async () => {
    const { record, log } = await play(SHOP(', cooldown_cycles: 0, probe_agents: 3'), { respond: down(2, 3) })
    const of = (cycle: number): number => log.filter(({ path }) => path === `/${cycle}`).length
    expect([1, 2, 3, 4, 5].map(of)).toEqual([200, 11, 3, 200, 200])
    expect(record.cells[2]?.message).toContain('the circuit breaker opened again: an agent of 3 that probed has failed')
    expect(record.breaker?.events.map(({ phase, cycle }) => `${phase} ${cycle}`)).toEqual([
      'open 2',
      'half-open 3',
      'open 3',
      'half-open 4',
      'closed 4',
    ])
  })

  test('what was cut out is missing: no threshold of the run passes on the rest', async () => {
    const { record } = await play(SHOP(), { respond: down(2) })
    expect(record.thresholds.map(({ kind }) => kind)).toEqual(['not-evaluated', 'fail'])
  })

  test('other groups of the cycle are cut short, and idle agents do not probe', async () => {
    const { record, log } = await play(
      `simulation: { cycles: 4, seed: 3 }
circuit_breaker: { auto_reset: true }
agents:
  a: { count: 150, flow: buy }
  b: { count: 150, flow: buy, idle_flow: look, activity: { frequency: 0.3 } }
flows:
  buy: [{ type: http, name: buy, path: "/{{cycle}}" }, { type: pause, name: think, for: 1s }]
  look: [{ type: http, name: look, path: "/look/{{cycle}}" }]`,
      { respond: down(2) },
    )
    expect(record.cells.map(({ group, state }) => `${group} ${state}`)).toEqual([
      'a passed',
      'b passed',
      'a failed',
      'b skipped',
      'a skipped',
      'b skipped',
      'a passed',
      'b passed',
    ])
    expect(record.cells[3]?.reason).toContain('cut short: the circuit breaker opened in cycle 2')
    const begin = log.find(({ path }) => path === '/4')?.at ?? 0
    const early = log.filter(({ path, at }) => path.endsWith('/4') && at < begin + 1000)
    expect(early.map(({ path }) => path)).toEqual(Array(5).fill('/4'))
    expect(log.some(({ path }) => path === '/look/4')).toBe(true)
  })

  test('that opens again counts those that probe, not the window that rolls', async () => {
    const { record } = await play(SHOP(', window: rolling'), { respond: down(2, 4) })
    expect(summaryLines(record, { paint: plain }).join('\n')).toContain(
      'opened in cycle 2 (6 of 100 agents had failed), half-open in cycle 4, opened in cycle 4 (1 of 5 agents had failed)',
    )
  })

  test('is not told by agents that send nothing, nor is a slow start', async () => {
    const { record, log } = await play(
      `simulation: { cycles: 3 }
circuit_breaker: { auto_reset: true, cooldown_cycles: 0 }
agents:
  quiet: { count: 50, flow: look }
  shoppers: { count: 50, flow: buy }
flows:
  look: [{ type: http, name: look, path: /look, condition: agent.index > 50 }]
  buy: [{ type: http, name: buy, path: "/{{cycle}}" }]`,
      { respond: down(1, 2) },
    )
    const of = (cycle: number): number => log.filter(({ path }) => path === `/${cycle}`).length
    expect([1, 2, 3].map(of)).toEqual([6, 5, 50])
    expect(record.breaker?.events.map(({ phase, cycle }) => `${phase} ${cycle}`)).toEqual([
      'open 1',
      'half-open 2',
      'open 2',
      'half-open 3',
      'closed 3',
    ])
  })

  test('where agents are cut off while they probe, others take their places', async () => {
    const { record, log } = await play(
      `simulation: { cycles: 2, graceful_stop: 1s, max_duration: 1h }
circuit_breaker: { auto_reset: true, cooldown_cycles: 0 }
agents:
  slow: { count: 5, flow: wait, workload: { duration: 1s } }
  quick: { count: 50, flow: buy }
flows:
  wait: [{ type: http, name: begin, path: /wait }, { type: pause, name: think, for: 100s }]
  buy: [{ type: http, name: buy, path: "/{{cycle}}" }]`,
      { respond: down(1) },
    )
    expect(log.filter(({ path }) => path === '/2')).toHaveLength(50)
    expect(record.stopped).toBeUndefined()
    expect(record.breaker?.events.map(({ phase }) => phase)).toEqual(['open', 'half-open', 'closed'])
  })

  test('idle agents do not wait for probes that nobody makes, and take no place from those who do', async () => {
    const shop = (a: string, b = '', more = ''): string => `simulation: { cycles: 3, max_duration: 1h${more} }
circuit_breaker: { auto_reset: true, cooldown_cycles: 0 }
agents:
  a: { count: 100, flow: buy, idle_flow: look, activity: { ${a} } }
${b}
flows:
  buy: [{ type: http, name: buy, path: "/{{cycle}}" }]
  look: [{ type: http, name: look, path: "/look/{{cycle}}" }]`
    // At midnight all of them act, at one o'clock none, at two all of them again.
    const night = await play(shop('frequency: 1, hours: { "01-01": 0, default: 1 }'), { respond: down(1) })
    expect(night.record.cells.map(({ state }) => state)).toEqual(['failed', 'skipped', 'passed'])
    expect(night.log.filter(({ path }) => path === '/look/2')).toEqual([])
    expect(night.record.breaker?.events.map(({ phase, cycle }) => `${phase} ${cycle}`)).toEqual([
      'open 1',
      'half-open 2',
      'closed 3',
    ])
    const crowded = await play(
      shop('frequency: 0.03', '  b: { count: 50, flow: buy }', ', max_concurrent_agents: 10'),
      {
        respond: down(1),
      },
    )
    expect(crowded.record.cells.slice(2).map(({ state }) => state)).toEqual(Array(4).fill('passed'))
    expect(crowded.record.stopped).toBeUndefined()
  })

  test('where fewer arrive than were to probe, those close it', async () => {
    const { record } = await play(
      `simulation: { cycles: 2 }
circuit_breaker: { auto_reset: true, cooldown_cycles: 0, min_agents: 1 }
agents: { a: { count: 30, workload: { rate: 1/s, duration: 3s } } }
${FLOW}`,
      { respond: down(1) },
    )
    expect(record.breaker?.events.map(({ phase, cycle }) => `${phase} ${cycle}`)).toEqual([
      'open 1',
      'half-open 2',
      'closed 2',
    ])
    expect(record.cells[1]).toMatchObject({ state: 'passed', iterations: { ok: 3 } })
  })

  test('its states are in the summary and in JUnit', async () => {
    const { record } = await play(SHOP(), { respond: down(2) })
    expect(summaryLines(record, { paint: plain }).join('\n')).toContain(
      'Circuit breaker: opened in cycle 2 (11 of 200 agents had failed), half-open in cycle 4, closed in cycle 4',
    )
    const { properties } = junitSuite(record, { root: '/' })
    expect([properties['turbulence.breaker'], properties['turbulence.breaker.events']]).toEqual([
      'closed',
      'open in cycle 2, half-open in cycle 4, closed in cycle 4',
    ])
  })
})

describe('on_open: pause', () => {
  const SHOP = `simulation: { cycles: 2 }
circuit_breaker: { on_open: pause }
agents: { shoppers: { count: 200, thresholds: [success_rate >= 50%] } }
thresholds: [success_rate >= 50%]
${FLOW}`
  /** The first so many answers are bad. */
  const firstAreBad: Script = (_, position) => ({ status: position < 11 ? 500 : 200 })

  let answer: (answer: 'go on' | 'abort') => void = () => undefined

  test('holds everybody back until somebody lets it go on, as if nothing had failed', async () => {
    const asked: string[] = []
    const ticks: Tick[] = []
    let goOn = (): void => undefined
    const { record, log } = await play(SHOP, {
      respond: firstAreBad,
      askWhenOpen: (reason) => {
        asked.push(reason)
        return new Promise((resolve) => (goOn = () => resolve('go on')))
      },
      during: (_, clock) => clock.after(60_000, () => goOn()),
      onTick: (tick) => ticks.push(tick),
    })
    expect(asked).toEqual(['the circuit breaker opened in cycle 1: 11 of 200 agents had failed, more than 5 %'])
    expect(log.filter(({ at }) => at < 60_000)).toHaveLength(11)
    expect(log).toHaveLength(400)
    expect(ticks[10]?.breaker).toEqual({ phase: 'paused', failed: 11, agents: 200 })
    expect(record.cells.map(({ state, message }) => message ?? state)).toEqual([`${OPENED}`, 'passed'])
    expect(record.thresholds.map(({ kind }) => kind)).toEqual(['pass'])
    expect(record.breaker?.events.map(({ phase }) => phase)).toEqual(['open', 'paused', 'closed'])
    expect(record.stopped).toBeUndefined()
  })

  test('the time by which load is due stands still while somebody is asked, and that is said', async () => {
    const { record, log } = await play(
      `circuit_breaker: { on_open: pause, min_agents: 5, window: rolling, rolling_agents: 5 }
agents: { a: { count: 20, workload: { rate: 10/s, duration: 2s }, thresholds: [success_rate >= 50%] } }
flow: [{ type: http, name: list, path: /items }]
thresholds: [dropped == 0, { that: rps >= 9/s, min_samples: 1 }]`,
      {
        respond: ({ at }) => ({ status: at < 1000 ? 500 : 200 }),
        askWhenOpen: () => new Promise((resolve) => (answer = resolve)),
        during: (_, clock) => clock.after(60_000, () => answer('go on')),
      },
    )
    expect(log.filter(({ at }) => at > 500 && at < 60_000)).toEqual([])
    expect(log).toHaveLength(20)
    expect(record.thresholds.map(({ kind }) => kind)).toEqual(['pass', 'pass'])
    expect(record.paused).toEqual({ times: 1, ms: 60_000 - 410 })
    expect(record.cells[0]).toMatchObject({ durationMs: 2000, pausedMs: 60_000 - 410 })
  })

  test('every cell in which it opened fails, also when it opens again in another', async () => {
    const { record } = await play(
      `circuit_breaker: { on_open: pause, min_agents: 5 }
agents:
  early: { count: 100, flow: early, thresholds: [success_rate >= 50%] }
  late: { count: 100, flow: late, thresholds: [success_rate >= 50%] }
flows:
  early: [{ type: http, name: early, path: /early }, { type: pause, name: think, for: 10s }]
  late: [{ type: pause, name: think, for: 5s }, { type: http, name: late, path: /late }]`,
      {
        respond: ({ path }, position) => ({
          status: position < 11 || (path === '/late' && position < 111) ? 500 : 200,
        }),
        askWhenOpen: () => Promise.resolve('go on'),
      },
    )
    expect(record.breaker?.events.filter(({ phase }) => phase === 'open').map(({ group }) => group)).toEqual([
      'early',
      'late',
    ])
    expect(record.cells.map(({ state, message }) => message ?? state)).toEqual([OPENED, OPENED])
  })

  test('a run that was paused by key stays so when it goes on', async () => {
    const { log, record } = await play(SHOP, {
      respond: (_, position) => ({ status: position < 11 ? 500 : 200, latencyMs: position === 10 ? 200 : 10 }),
      askWhenOpen: () => new Promise((resolve) => (answer = resolve)),
      during: ({ steering }, clock) => {
        clock.at(100, () => steering.pause())
        clock.at(60_000, () => answer('go on'))
        clock.at(90_000, () => steering.goOn())
      },
    })
    expect(log.filter(({ at }) => at < 90_000)).toHaveLength(11)
    expect(log).toHaveLength(400)
    expect(record.paused).toEqual({ times: 1, ms: 89_900 })
  })

  test('ends the run when somebody says so, with what that sends', async () => {
    const { record, log } = await play(SHOP, {
      respond: firstAreBad,
      askWhenOpen: () => Promise.resolve('abort'),
    })
    expect(log).toHaveLength(11)
    expect(record.stopped).toBe('the circuit breaker opened in cycle 1: 11 of 200 agents had failed, more than 5 %')
    expect(record.breaker?.phase).toBe('open')
  })

  test('aborts where there is nobody to ask', async () => {
    const { record, log } = await play(SHOP, { respond: firstAreBad })
    expect(log).toHaveLength(11)
    expect(record.cells.map(({ state }) => state)).toEqual(['failed', 'skipped'])
    expect(record.stopped).toContain('the circuit breaker opened in cycle 1')
  })

  test('a signal while it is paused ends the run', async () => {
    const { record, log } = await play(SHOP, {
      respond: firstAreBad,
      askWhenOpen: () => new Promise(() => undefined),
      during: (run, clock) => clock.after(60_000, () => run.stop('interrupted by SIGINT', 3000)),
    })
    expect(log).toHaveLength(11)
    expect(record.stopped).toBe('interrupted by SIGINT')
    expect(record.cells[1]).toMatchObject({ state: 'skipped', reason: 'interrupted by SIGINT' })
  })
})

describe('window: rolling', () => {
  const SHOP = (window: string): string => `simulation: { cycles: 10 }
circuit_breaker: { window: ${window} }
agents: { a: { count: 60, thresholds: [success_rate >= 90%] } }
${FLOW}`
  /** The last three of sixty fail in each cycle: exactly 5 %. */
  const creeping: Script = (_, position) => ({ status: position % 60 > 56 ? 500 : 200 })

  test('sees over the end of a cycle what single cycles do not', async () => {
    const [each, rolling] = await Promise.all([
      play(SHOP('per_cycle'), { respond: creeping }),
      play(SHOP('rolling'), { respond: creeping }),
    ])
    expect(each.record.stopped).toBeUndefined()
    expect(rolling.record.stopped).toBe(
      'the circuit breaker opened in cycle 2: 6 of the last 100 agents had failed, more than 5 %',
    )
  })

  test('a dead service gets as many requests as it takes', async () => {
    const { record, log } = await play(SHOP('rolling'), { respond: () => ({ status: 500 }) })
    expect(log).toHaveLength(20)
    expect(record.breaker?.opened).toMatchObject({ failed: 20, agents: 20 })
  })
})
