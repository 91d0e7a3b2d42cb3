// A run that somebody pauses: what the service receives meanwhile, and that no number blames the pause on it.
import { describe, expect, test } from 'vitest'
import type { Clock } from '../../src/clock.ts'
import { junitSuite, plain, summaryLines } from '../../src/report/index.ts'
import type { Tick } from '../../src/report/index.ts'
import { Seed } from '../../src/random.ts'
import type { Run, RunRecord } from '../../src/run.ts'
import { aPlan, play } from '../support/a-plan.ts'
import { memoryCheckpoints, stateIn } from '../support/checkpoints.ts'
import { scriptedProbe } from '../support/scripted-probe.ts'

const FLOW = 'flow: [{ type: http, name: list, path: /items }]'

/** Pauses at `from` and goes on at `to`, in milliseconds. */
function pausing(from: number, to: number, said: string[] = []): (run: Run, clock: Clock) => void {
  return ({ steering }, clock) => {
    clock.at(from, () => said.push(steering.pause()))
    clock.at(to, () => said.push(steering.goOn()))
  }
}

describe('iterations', () => {
  test('under way come to their end, no other begins, and all of them are run', async () => {
    const said: string[] = []
    const { log, record } = await play(
      `agents: { a: { count: 2, workload: { iterations: 3 } } }
flow: [{ type: http, name: one, path: /one }, { type: pause, name: think, for: 90ms }, { type: http, name: two, path: /two }]`,
      { during: pausing(150, 60_000, said) },
    )
    // One iteration takes 110 ms.
    expect(log.map(({ at, path }) => `${at} ${path}`)).toEqual(
      [0, 100, 110, 210, 60_000, 60_100].flatMap((at, nth) =>
        Array(2).fill(`${at} ${nth % 2 === 0 ? '/one' : '/two'}`),
      ),
    )
    expect(said).toEqual([
      'Paused in cycle 1: no iteration begins, those under way come to their end.',
      'The run goes on, after 59.9 s.',
    ])
    expect(record.cells[0]).toMatchObject({ state: 'passed', iterations: { begun: 6, ok: 6 } })
  })

  test('that wait for a place wait on, and those of idle agents too', async () => {
    const { log } = await play(
      `simulation: { max_concurrent_agents: 1 }
agents: { a: { count: 4, flow: buy, idle_flow: look, activity: { frequency: 0.5 } } }
flows:
  buy: [{ type: http, name: buy, path: /buy }]
  look: [{ type: http, name: look, path: /look }]`,
      { seed: 3, during: pausing(15, 5000) },
    )
    expect(new Set(log.map(({ path }) => path))).toEqual(new Set(['/buy', '/look']))
    expect(log.map(({ at }) => at)).toEqual([0, 10, 5000, 5010])
  })

  test('of a duration have the time that was left', async () => {
    const { log, record } = await play(`agents: { a: { count: 1, workload: { duration: 100ms } } }\n${FLOW}`, {
      during: pausing(45, 1000),
    })
    // The one that was under way at 45 ended at 50.
    expect(log.map(({ at }) => at)).toEqual([0, 10, 20, 30, 40, 1000, 1010, 1020, 1030, 1040, 1050])
    expect(record.cells[0]).toMatchObject({ state: 'passed', pausedMs: 955, durationMs: 110 })
  })
})

describe('an iteration that has sent nothing', () => {
  const LIMITED = (more = ''): string => `limits: { rate_limit_rps: 50 }
agents: { shoppers: { count: 100, data: ./users.csv } }
flow: [{ type: http, name: list, path: "/{{data.id}}/{{random_int(1, 1000000)}}" }, { type: http, name: more, path: /more }]
${more}`
  const files = { 'users.csv': `id\n${Array.from({ length: 300 }, (_, row) => row).join('\n')}\n` }

  test('has not begun: it waits for the end of the pause, and no time has the pause in it', async () => {
    const { log, record } = await play(
      LIMITED(`thresholds: [iterations == 100, { that: response_time.max <= 4s, min_samples: 1 },
  { that: wait_rate_limit.max <= 4s, min_samples: 1 }, { that: iteration_duration.max <= 4.1s, min_samples: 1 }]`),
      { files, during: pausing(505, 60_000) },
    )
    const began = log.filter(({ at, path }) => at <= 505 && path !== '/more').length
    expect(began).toBeGreaterThan(10)
    // Who has sent something comes to its end.
    expect(log.filter(({ at, path }) => at < 60_000 && path === '/more')).toHaveLength(began)
    expect(log.filter(({ at, path }) => at < 60_000 && path !== '/more')).toHaveLength(began)
    expect(log).toHaveLength(200)
    expect(record.thresholds.map(({ kind }) => kind)).toEqual(Array(4).fill('pass'))
    expect(record.cells[0]).toMatchObject({ state: 'passed', iterations: { begun: 100, ok: 100, aborted: 0 } })
  })

  test('draws the same when it begins again, and has the same row', async () => {
    const paths = async (during: (run: Run, clock: Clock) => void): Promise<string[]> =>
      (await play(LIMITED(), { files, during })).log.map(({ path }) => path).sort()
    const [plain, paused] = [await paths(() => undefined), await paths(pausing(505, 60_000))]
    expect(paused).toEqual(plain)
    const timed = LIMITED().replace('count: 100,', 'count: 100, workload: { duration: 1s },')
    /** Of each agent, by the row that it has in its first iteration. */
    const first = async (during: (run: Run, clock: Clock) => void): Promise<(string | undefined)[]> => {
      const { log } = await play(timed, { files, during })
      return Array.from({ length: 40 }, (_, row) => log.find(({ path }) => path.startsWith(`/${row}/`))?.path)
    }
    expect(await first(pausing(105, 60_000))).toEqual(await first(() => undefined))
  })

  test('of an open load is due later by as much', async () => {
    const { log, record } = await play(
      `limits: { rate_limit_rps: 10 }
agents: { a: { count: 20, workload: { rate: 20/s, duration: 1s } } }
${FLOW}
thresholds: [dropped == 0, { that: response_time.max < 1.2s, min_samples: 1 }]`,
      { during: pausing(520, 60_000) },
    )
    expect(log.filter(({ at }) => at > 520 && at < 60_000)).toEqual([])
    expect(log).toHaveLength(20)
    expect(record.thresholds.map(({ kind }) => kind)).toEqual(['pass', 'pass'])
  })

  test('goes on where it has done what lasts', async () => {
    const flow = (first: string): string => `limits: { rate_limit_rps: 10 }
agents: { a: { count: 10 } }
flow:
  - ${first}
  - { type: http, name: list, path: "/${first.includes('agent') ? '{{memory.visits}}' : ''}" }`
    const sent = async (first: string): Promise<number> => {
      const { log, record } = await play(flow(first), { during: pausing(150, 60_000) })
      expect(log).toHaveLength(10)
      expect(new Set(log.map(({ path }) => path)).size).toBe(1)
      expect(record.cells[0]).toMatchObject({ state: 'passed', iterations: { begun: 10 } })
      return log.filter(({ at }) => at < 60_000).length
    }
    const visits = '{ type: set, name: count, scope: agent, vars: { visits: "{{memory.visits | default: 0 | int}}x" } }'
    expect(await sent(visits)).toBe(10)
    expect(await sent('{ type: set, name: note, vars: { a: 1 } }')).toBe(2)
    expect(await sent('{ type: pause, name: think, for: 10ms }')).toBe(2)
  })

  test('waits with the slow start of the circuit breaker, which lets it begin again', async () => {
    const { log, record } = await play(
      `limits: { rate_limit_rps: 50 }
circuit_breaker: { failure_threshold_percent: 5 }
agents: { a: { count: 100, flow: buy, idle_flow: look, activity: { frequency: 0.5 } } }
flows:
  buy: [{ type: http, name: buy, path: /buy }]
  look: [{ type: http, name: look, path: /look }]`,
      { during: pausing(12, 60_000) },
    )
    expect(log.filter(({ at }) => at > 12 && at < 60_000)).toEqual([])
    expect(log).toHaveLength(100)
    expect(record.cells[0]?.state).toBe('passed')
  })
})

test('arrivals are due later by as much: none is dropped, none is caught up with, none is late', async () => {
  const { log, record } = await play(
    `agents: { a: { count: 5, workload: { rate: 10/s, duration: 1s } } }
${FLOW}
thresholds: [dropped == 0, { that: response_time.max < 11ms, min_samples: 1 }, { that: rps >= 9.9/s, min_samples: 1 }]`,
    { during: pausing(250, 10_000) },
  )
  expect(log.map(({ at }) => at)).toEqual([0, 100, 200, ...[300, 400, 500, 600, 700, 800, 900].map((at) => at + 9750)])
  expect(record.thresholds.map(({ kind }) => kind)).toEqual(['pass', 'pass', 'pass'])
  expect(record.cells[0]).toMatchObject({ durationMs: 1000, pausedMs: 9750, iterations: { dropped: 0 } })
})

describe('cycles', () => {
  const REALTIME = 'pace: realtime, time_scale: 48, cycle_length: 1h, start: 2024-01-15T08:00:00Z'

  test('in step with simulated time are all later by as much, that time stands still, and none counts as late', async () => {
    const { log, record } = await play(
      `simulation: { cycles: 3, ${REALTIME} }\nflow: [{ type: http, name: list, path: "/{{now}}" }]`,
      { during: pausing(75_000 + 5, 100_000 + 5) },
    )
    expect(log.map(({ at, path }) => `${at} ${path}`)).toEqual([
      '0 /2024-01-15T08:00:00.000Z',
      '75000 /2024-01-15T09:00:00.000Z',
      '175000 /2024-01-15T10:00:00.000Z',
    ])
    expect(record.notices).toEqual([
      'Paused once, for 25 s: the time in which nothing ran is in no rate and no duration.',
    ])
  })

  test('do not begin while it is paused between two of them, and people see that', async () => {
    const said: string[] = []
    const ticks: Tick[] = []
    const { log, record } = await play(`simulation: { cycles: 2, ${REALTIME} }\n${FLOW}`, {
      during: pausing(50_000, 90_000, said),
      onTick: (tick) => ticks.push(tick),
    })
    expect(log.map(({ at }) => at)).toEqual([0, 115_000])
    expect(said[0]).toBe('Paused: cycle 2 does not begin.')
    expect(ticks.filter(({ pausedMs }) => pausedMs !== undefined).at(-1)).toMatchObject({ nextCycleMs: 25_000 })
    expect(record.paused).toEqual({ times: 1, ms: 40_000 })
    expect(record.cells.map(({ pausedMs }) => pausedMs)).toEqual([undefined, undefined])
  })

  test('that begin as soon as they can wait for the end of a pause', async () => {
    const ticks: Tick[] = []
    const { log } = await play(`simulation: { cycles: 2 }\n${FLOW}`, {
      during: pausing(5, 3500),
      onTick: (tick) => ticks.push(tick),
    })
    expect(log.map(({ at }) => at)).toEqual([0, 3500])
    expect(ticks.map(({ pausedMs, cycle }) => [cycle, pausedMs])).toEqual([
      [1, 0],
      [1, 1005],
      [1, 2005],
      [1, 3005],
    ])
  })
})

describe('a rate per second', () => {
  const SHOP = (threshold: string): string =>
    `agents: { a: { count: 1, workload: { duration: 1s } } }\n${FLOW}\nthresholds: [${threshold}]`

  test('is over the time in which something ran, and says that there was a pause', async () => {
    const { record } = await play(SHOP('rps >= 99/s'), { during: pausing(500, 60_000) })
    expect(record.rps).toBeCloseTo(100, 0)
    expect(record.thresholds[0]).toMatchObject({ kind: 'pass', pausedMs: 59_500 })
    expect(record.thresholds[0]?.message).toContain(
      '; the run was paused for 59.5 s meanwhile, and the rate is of the time in which something ran',
    )
    const text = summaryLines(record, { paint: plain }).join('\n')
    expect(text).toMatch(/✓ rps .*paused for 59\.5 s/)
    expect(text).toContain('! Paused once, for 59.5 s: the time in which nothing ran is in no rate and no duration.')
    const suite = junitSuite(record, { root: '/' })
    expect(suite.properties).toMatchObject({ 'turbulence.paused_ms': '59500', 'turbulence.paused.times': '1' })
    expect(suite.cases[0]?.properties['turbulence.paused_ms']).toBe('59500')
    expect(suite.cases[0]?.output).toContain('paused      for 59.5 s')
  })

  test('that is too low is not decided by a run that was paused; one that is too high is', async () => {
    const low = await play(SHOP('rps >= 200/s'), { during: pausing(500, 60_000) })
    expect(low.record.thresholds[0]).toMatchObject({ kind: 'inconclusive', skip: false })
    expect(low.record.thresholds[0]?.message).toMatch(/in which something ran: run it again without a pause$/)
    const high = await play(SHOP('rps <= 50/s'), { during: pausing(500, 60_000) })
    expect(high.record.thresholds[0]?.kind).toBe('fail')
    const unpaused = await play(SHOP('rps >= 200/s'))
    expect(unpaused.record.thresholds[0]).toMatchObject({ kind: 'fail' })
    expect(unpaused.record.paused).toBeUndefined()
  })

  test('of other cycles is not in doubt', async () => {
    const { record } = await play(
      `simulation: { cycles: 2 }\n${SHOP('"rps{cycle:1} >= 200/s", "rps{cycle:2} >= 200/s"')}`,
      { during: pausing(1500, 60_000) },
    )
    expect(record.thresholds.map(({ kind }) => kind)).toEqual(['fail', 'inconclusive'])
  })
})

test('the load generator is watched while something runs, not in between', async () => {
  const probe = scriptedProbe()
  await play(
    `simulation: { cycles: 2, pace: realtime, time_scale: 3600, cycle_length: 1h }
agents: { a: { count: 1, workload: { duration: 100ms } } }\n${FLOW}`,
    {
      loopProbe: probe,
      during: (run, clock) => {
        pausing(45, 400)(run, clock)
        pausing(700, 800)(run, clock)
      },
    },
  )
  expect(probe.calls.filter((call) => call !== 'read')).toEqual(['begin', 'hold', 'goOn', 'end', 'begin', 'end'])
})

test('max_duration does not count it, and a stop ends it', async () => {
  const yaml = `simulation: { max_duration: 1s, graceful_stop: 0s }
agents: { a: { count: 1, workload: { duration: 10s } } }\n${FLOW}`
  const { record, log } = await play(yaml, { during: pausing(500, 60_000) })
  expect(record.stopped).toBe('max_duration of 1 s was reached')
  expect(log.at(-1)?.at).toBeGreaterThan(60_400)
  const stopped = await play(yaml, {
    during: (run, clock) => {
      clock.at(500, () => run.steering.pause())
      clock.at(60_000, () => run.stop('interrupted by SIGINT', 3000))
    },
  })
  expect(stopped.record.stopped).toBe('interrupted by SIGINT')
  expect(stopped.log.at(-1)?.at).toBeLessThan(510)
  expect(stopped.record.paused).toEqual({ times: 1, ms: 59_500 })
})

test('what is asked twice, or too late, is answered', async () => {
  const said: string[] = []
  await play(`${FLOW}\nteardown: [{ type: http, name: bye, path: /bye }]`, {
    respond: ({ path }) => ({ latencyMs: path === '/bye' ? 100 : 10 }),
    during: ({ steering }, clock) => {
      clock.at(2, () => said.push(steering.goOn(), steering.pause(), steering.pause()))
      clock.at(20, () => said.push(steering.goOn()))
      clock.at(50, () => said.push(steering.pause()))
    },
  })
  expect(said).toEqual([
    'The run is not paused.',
    'Paused in cycle 1: no iteration begins, those under way come to their end.',
    'The run is paused already.',
    'The run is not paused.',
    'There is nothing to pause: no more cycles begin.',
  ])
})

test('a run that goes on after a checkpoint says what it was paused before', async () => {
  const yaml = `simulation: { cycles: 4 }\ncheckpoint: { every_cycles: 1 }\n${FLOW}\nthresholds: [rps >= 5000/s]`
  const plan = aPlan(yaml)
  const checkpoints = memoryCheckpoints()
  await play(plan, { checkpoints, during: pausing(12, 5000) })
  const rest = await play(plan, { resume: stateIn(checkpoints.texts.get(3)), checkpoints: memoryCheckpoints() })
  expect(rest.record.paused).toEqual({ times: 1, ms: 4988 })
  expect(rest.record.durationMs).toBe(40)
  expect(rest.record.thresholds[0]).toMatchObject({ kind: 'inconclusive', pausedMs: 8 })
})

test('whenever and however often it is paused, the same is sent, none of it twice, and nothing is dropped', async () => {
  const yaml = `simulation: { cycles: 3, max_concurrent_agents: 60, pace: realtime, time_scale: 3600, cycle_length: 1h }
limits: { rate_limit_rps: 200 }
circuit_breaker: { failure_threshold_percent: 50 }
agents:
  limited: { count: 40, flow: visit, idle_flow: look, activity: { frequency: 0.6 }, workload: { iterations: 2 } }
  open: { count: 30, flow: look, workload: { rate: 30/s, duration: 1s } }
  counting: { count: 10, flow: count }
flows:
  visit:
    - { type: pause, name: think, for: { min: 1ms, max: 30ms } }
    - { type: http, name: visit, path: "/visit/{{agent.index}}/{{cycle}}/{{iteration}}/{{random_int(1, 1000)}}" }
    - { type: http, name: again, path: "/again/{{agent.index}}/{{cycle}}/{{iteration}}" }
  look: [{ type: http, name: look, path: "/look" }]
  count:
    - { type: set, name: note, scope: agent, vars: { n: "{{cycle}}" } }
    - { type: http, name: count, path: "/count/{{memory.n}}" }
thresholds: [errors == 0, dropped == 0]`
  const { log: all, record: whole } = await play(yaml)
  const wanted = all.map(({ path }) => path).sort()
  const chance = new Seed(7).stream('when')
  for (let nth = 0; nth < 12; nth++) {
    // By fractions of a millisecond, so that sums of times differ from each other in their last digits.
    const times = Array.from({ length: 6 }, () => chance.next() * 4000).sort((a, b) => a - b)
    const { log, record } = await play(yaml, {
      during: ({ steering }, clock) => {
        for (const [at, ms] of times.entries())
          clock.at(ms, () => void (at % 2 === 0 ? steering.pause() : steering.goOn()))
      },
    })
    const when = times.join(', ')
    expect(log.map(({ path }) => path).sort(), when).toEqual(wanted)
    expect(
      record.thresholds.map(({ kind }) => kind),
      when,
    ).toEqual(['pass', 'pass'])
    const told = ({ cells }: RunRecord): unknown => cells.map(({ state, iterations }) => [state, iterations])
    expect(told(record), when).toEqual(told(whole))
  }
})
