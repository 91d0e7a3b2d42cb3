// Who acts, who idles and who warms up, in whole runs on simulated time: what the service received and what
// the record says of it.
import { describe, expect, test } from 'vitest'
import { junitSuite, markdownSummary, plain, summaryLines } from '../../src/report/index.ts'
import type { Tick } from '../../src/report/index.ts'
import { aPlan, aScenario, play } from '../support/a-plan.ts'
import { describePlan } from '../../src/run.ts'

const FLOWS = `flows:
  buy: [{ type: http, name: buy, path: "/buy/{{agent.index}}" }]
  look: [{ type: http, name: look, path: "/look/{{agent.index}}" }]`

describe('activity', () => {
  const SHOP = (more = ''): string => `simulation: { cycles: 6, seed: 5 }
agents:
  shoppers: { count: 100, flow: buy, idle_flow: look, activity: { frequency: 0.4 }${more} }
${FLOWS}`

  test('every agent either acts or idles, in every cycle, and only iterations are counted', async () => {
    const { log, record } = await play(SHOP())
    expect(log).toHaveLength(600)
    for (const { agents, iterations, requests, state } of record.cells) {
      const { acting = 0, idle = 0 } = agents ?? {}
      expect(acting + idle).toBe(100)
      expect(Math.abs(acting - 40)).toBeLessThan(25)
      expect([iterations.begun, requests['ok'], state]).toEqual([acting, 100, 'passed'])
    }
    const acting = record.cells.map(({ agents }) => agents?.acting)
    expect(new Set(acting).size).toBeGreaterThan(1)
    expect(log.filter(({ path }) => path.startsWith('/buy')).length).toBe(
      acting.reduce((sum: number, count = 0) => sum + count, 0),
    )
  })

  test('the same agents act for the same seed, whatever the services answer', async () => {
    const buyers = async (status: number): Promise<string[]> => {
      const { log } = await play(SHOP(), { respond: () => ({ status }) })
      return log.map(({ path }) => path).filter((path) => path.startsWith('/buy'))
    }
    expect(await buyers(500)).toEqual(await buyers(200))
  })

  test('the plan has counted those who will act', async () => {
    const { record, log } = await play(SHOP(), { seed: 5 })
    const plan = aPlan(SHOP(), { seed: 5 })
    const { groups, requests, requestsPerCycle } = describePlan(plan, aScenario(SHOP()), true)
    const acting = record.cells.map(({ agents }) => agents?.acting ?? 0)
    expect(groups[0]?.acting).toEqual({
      expected: acting.reduce((sum, count) => sum + count, 0) / 6,
      least: Math.min(...acting),
      most: Math.max(...acting),
    })
    expect(requests).toEqual({ expected: 600, least: 600, most: 600 })
    // Who acts does not idle, so it is never more or less in a cycle.
    expect(requestsPerCycle).toEqual({ expected: 100, least: 100, most: 100 })
    expect((plan.requestsPerCycle ?? 0) * plan.cycles).toBe(log.length)
  })

  test('failures of the idle flow are errors and causes, and fail no iteration', async () => {
    const { record } = await play(`${SHOP()}\nthresholds: [success_rate == 100%, errors == 0]`, {
      respond: ({ path }) => ({ status: path.startsWith('/look') ? 500 : 200 }),
    })
    expect(record.thresholds.map(({ kind }) => kind)).toEqual(['pass', 'fail'])
    expect(record.cells[0]).toMatchObject({ state: 'passed', causes: [{ step: 'look' }] })
  })

  test('hours and days are those of the simulated begin of the cycle', async () => {
    // Friday 20:00, then every six hours.
    const { record } = await play(`simulation: { cycles: 6, cycle_length: 6h, start: 2024-01-19T20:00:00Z }
agents: { a: { count: 10, flow: buy, activity: { hours: { "20-21": 1, "08-09": 1 }, weekend: 0 } } }
${FLOWS.replace(/\n.*look.*$/, '')}`)
    expect(record.cells.map(({ state, reason }) => reason ?? state)).toEqual([
      'passed',
      ...Array<string>(5).fill('no agent was due: none was active in this cycle'),
    ])
  })

  test('where only a part of a group acts, that part of an open load arrives', async () => {
    const { record } = await play(`simulation: { cycles: 2, warmup: { cycles: 1, steps: [0.25] } }
agents: { a: { count: 100, flow: buy, workload: { rate: 40/s, duration: 10s } } }
${FLOWS.replace(/\n.*look.*$/, '')}`)
    expect(record.cells.map(({ iterations: { begun, dropped } }) => [begun, dropped])).toEqual([
      [100, 0],
      [400, 0],
    ])
  })
})

describe('a cell in which nothing is due', () => {
  const OPEN = (rate: string): string => `simulation: { cycles: 2, start: 2024-01-15T00:00:00Z }
agents: { a: { count: 100, flow: buy, workload: { rate: ${rate}, duration: 10s }, activity: { hours: { "00": 1, "01": 0.05 } } } }
${FLOWS.replace(/\n.*look.*$/, '')}`

  test('because the part of the rate comes to nothing is skipped with that reason, and one arrival is judged', async () => {
    const { record } = await play(OPEN('1/s'))
    expect(record.cells.map(({ state, reason }) => [state, reason])).toEqual([
      ['passed', undefined],
      ['skipped', 'no iteration was due: 5 of 100 agents act, and that part of 1/s is less than one in 10 s'],
    ])
    expect(record.cells[1]?.agents).toEqual({ acting: 5, idle: 95 })
    const { record: failing } = await play(OPEN('2/s'), { respond: () => ({ status: 500 }) })
    expect(failing.cells.map(({ state }) => state)).toEqual(['failed', 'failed'])
  })

  test('because nobody is active says so, and keeps what the idle ones sent, whatever rows are left', async () => {
    const { record } = await play(
      `simulation: { cycles: 2, start: 2024-01-15T00:00:00Z }
agents:
  a: { count: 3, flow: buy, idle_flow: look, data: { file: d.csv, at_end: stop }, activity: { hours: { "01": 1 } } }
${FLOWS}`,
      { files: { 'd.csv': 'n\n1\n2\n3\n4\n5\n6\n' } },
    )
    expect(record.cells.map(({ state, reason, requests }) => [reason ?? state, requests])).toEqual([
      ['no agent was due: none was active in this cycle', { ok: 3 }],
      ['passed', { ok: 3 }],
    ])
    expect(junitSuite(record, { root: '/' }).properties['turbulence.samples']).toBe('6')
  })
})

describe('a warm-up', () => {
  const WARM = (more = ''): string => `simulation: { cycles: 4, warmup: { cycles: 2, steps: [0.25, 0.5]${more} } }
agents: { shoppers: { count: 8, flow: buy } }
${FLOWS.replace(/\n.*look.*$/, '')}
thresholds: [success_rate == 100%, errors == 0, { that: p95 < 1s, min_samples: 16 }, requests == 16]`
  const failsFirst = ({ at }: { at: number }): { status: number } => ({ status: at < 20 ? 500 : 200 })

  test('takes the same agents first, and the others later', async () => {
    const { log } = await play(WARM())
    const of = (cycle: number): string[] => log.filter(({ at }) => at === (cycle - 1) * 10).map(({ path }) => path)
    expect(of(1)).toEqual(['/buy/1', '/buy/2'])
    expect(of(2)).toEqual(['/buy/1', '/buy/2', '/buy/3', '/buy/4'])
    expect(of(3)).toHaveLength(8)
  })

  test('is reported and not judged: neither its cells nor its samples', async () => {
    const { record } = await play(WARM(), { respond: failsFirst })
    expect(record.thresholds.map(({ kind }) => kind)).toEqual(['pass', 'pass', 'pass', 'pass'])
    expect(
      record.cells.map(({ state, isWarmUp = false, iterations: { failed } }) => [state, isWarmUp, failed]),
    ).toEqual([
      ['passed', true, 2],
      ['passed', true, 4],
      ['passed', false, 0],
      ['passed', false, 0],
    ])
    expect(record.cells[0]?.verdicts).toEqual([])
    expect(record.steps[0]).toMatchObject({ attempts: 16, ok: 16 })
    expect(summaryLines(record, { paint: plain })[1]).toBe(
      '  4 tests, one per cycle and group: 4 passed   (2 in the warm-up, not judged)',
    )
    expect(markdownSummary([record])).toContain(
      '4 tests, one per cycle and group: 4 passed. 2 that passed are in the warm-up, and not judged.',
    )
  })

  test('is marked in JUnit, each of its cells and how many cycles it had', async () => {
    const { record } = await play(WARM(), { respond: failsFirst })
    const { properties, cases } = junitSuite(record, { root: '/' })
    expect(properties['turbulence.warmUp.cycles']).toBe('2')
    const cells = cases.slice(0, 4)
    expect(cells.map((one) => one.properties['turbulence.warmUp'])).toEqual(['true', 'true', undefined, undefined])
    expect(cells.map(({ output }) => output.includes('(warm-up, not judged)'))).toEqual([true, true, false, false])
    const numbers = ['samples', 'iterations', 'successRate']
    expect(numbers.map((name) => properties[`turbulence.${name}`])).toEqual(['16', '16', '1.0000'])
    const judged = await play(WARM(', exclude: false'), { respond: failsFirst })
    const suite = junitSuite(judged.record, { root: '/' })
    expect(numbers.map((name) => suite.properties[`turbulence.${name}`])).toEqual(['22', '22', '0.7273'])
    const all = [suite, ...suite.cases].flatMap((one) => Object.keys(one.properties))
    expect(all.filter((name) => name.includes('warmUp'))).toEqual([])
  })

  test('is judged like every cycle with exclude: false', async () => {
    const { record } = await play(WARM(', exclude: false'), { respond: failsFirst })
    expect(record.cells.map(({ state }) => state)).toEqual(['failed', 'failed', 'passed', 'passed'])
    expect(record.thresholds.map(({ kind }) => kind)).toEqual(['fail', 'fail', 'pass', 'fail'])
  })

  test('wants as much of an open load as arrives in the cycle, for whoever watches', async () => {
    const ticks: Tick[] = []
    await play(
      `simulation: { cycles: 2, warmup: { cycles: 1, steps: [0.25] } }
agents: { a: { count: 100, flow: buy, workload: { rate: 40/s, duration: 10s } } }
${FLOWS.replace(/\n.*look.*$/, '')}`,
      { onTick: (tick) => ticks.push(tick) },
    )
    const shown = ticks.map(({ cycle, rpsWanted, rpsAchieved }) => [cycle, rpsWanted, rpsAchieved])
    expect([shown[4], shown[14]]).toEqual([
      [1, 10, 10],
      [2, 40, 40],
    ])
  })

  test('is not over before its workload is, for whoever watches, however quick the other groups are', async () => {
    const ticks: Tick[] = []
    await play(
      `agents:
  quick: { count: 90, flow: buy }
  steady: { count: 5, flow: buy, workload: { rate: 2/s, duration: 5s } }
${FLOWS.replace(/\n.*look.*$/, '')}`,
      { onTick: (tick) => ticks.push(tick) },
    )
    expect(ticks.map(({ leftMs }) => leftMs)).toEqual([4000, 3000, 2000, 1000, 0])
  })

  test('abort_on_fail sees nothing of it', async () => {
    const yaml = WARM().replace('success_rate == 100%', '{ that: success_rate == 100%, abort_on_fail: true }')
    const { record } = await play(yaml, { respond: failsFirst })
    expect(record.stopped).toBeUndefined()
  })

  test('one that was cut short is skipped like every cell', async () => {
    const { record } = await play(WARM(), { during: (run, clock) => clock.after(5, () => run.stop('enough', 0)) })
    expect(record.cells[0]).toMatchObject({ state: 'skipped', reason: 'cut short: enough' })
  })

  test('the breaker takes its share of those who are there', async () => {
    const { record } = await play(
      `simulation: { cycles: 2, warmup: { cycles: 1, steps: [0.1] } }
circuit_breaker: { failure_threshold_percent: 5, min_agents: 20 }
agents: { shoppers: { count: 372, flow: buy } }
${FLOWS.replace(/\n.*look.*$/, '')}`,
      { respond: () => ({ status: 500 }) },
    )
    expect(record.breaker?.opened).toMatchObject({ cycle: 1, failed: 2, agents: 37 })
  })
})

test('a threshold on a cycle of the warm-up has no data', async () => {
  const { record } = await play(`simulation: { cycles: 2, warmup: { cycles: 1 } }
agents: 30
flow: [{ type: http, name: list, path: /items }]
thresholds: ['errors{cycle:1} == 0', 'errors{cycle:2} == 0']`)
  expect(record.thresholds.map(({ kind }) => kind)).toEqual(['no-data', 'pass'])
})
