// When cycles begin, in whole runs on simulated time: what the service received when, and what is told of
// cycles that took too long.
import { describe, expect, test } from 'vitest'
import type { Clock } from '../../src/clock.ts'
import { virtualClock } from '../../src/clock.ts'
import { liveLines, plain } from '../../src/report/index.ts'
import type { Tick } from '../../src/report/index.ts'
import { openRun } from '../../src/run.ts'
import type { Run } from '../../src/run.ts'
import { aPlan, HOST, play, scriptedService } from '../support/a-plan.ts'

const FLOW = 'flow: [{ type: http, name: list, path: "/items?at={{now}}" }]'
const REALTIME = 'pace: realtime, time_scale: 48, cycle_length: 1h, start: 2024-01-15T08:00:00Z'

async function begins(simulation: string): Promise<{ at: number[]; notices: readonly string[] }> {
  const { log, record } = await play(`simulation: { ${simulation} }\nagents: 1\n${FLOW}`)
  return { at: log.map(({ at }) => at), notices: record.notices }
}

describe('in real time', () => {
  test('a one-hour cycle at time scale 48 takes 75 s', async () => {
    const { at, notices } = await begins(`cycles: 4, ${REALTIME}`)
    expect(at).toEqual([0, 75_000, 150_000, 225_000])
    expect(notices).toEqual([])
  })

  test('nothing waits after the last cycle', async () => {
    const { record } = await play(`simulation: { cycles: 2, ${REALTIME} }\n${FLOW}`)
    expect(record.durationMs).toBe(75_010)
  })

  test('a cycle that overran is told, the next begins at once, and those after it when they always were', async () => {
    const { log, record } = await play(`simulation: { cycles: 5, ${REALTIME} }
flow:
  - { type: http, name: list, path: /items }
  - { type: pause, name: dawdle, for: 100s, condition: cycle == 2 }`)
    expect(log.map(({ at }) => at)).toEqual([0, 75_000, 175_010, 225_000, 300_000])
    expect(record.notices).toEqual([
      'Cycle 3 began 25 s late: the one before took longer than 1m 15s (cycle_length / time_scale). ' +
        'Use fewer agents, a higher rate limit or a smaller time_scale.',
    ])
  })

  test('a late wake-up is not blamed on the cycle before, and told only where it is a part of one', async () => {
    const noticesOf = async (lateMs: number): Promise<readonly string[]> => {
      const clock = virtualClock()
      const late: Clock = { ...clock, at: (due, ...more) => clock.at(due + (due < 75_000 ? 0 : lateMs), ...more) }
      const { transport } = scriptedService(clock)
      const plan = aPlan(`simulation: { cycles: 2, ${REALTIME} }\n${FLOW}`)
      const run = openRun(plan, { clock: late, transport, host: HOST, rerun: '' })
      await run.begin()
      for (const cycle of [1, 2]) {
        await run.untilDue(cycle)
        run.startCycle(cycle)
        await run.cycleDone()
      }
      return (await run.end()).notices
    }
    expect(await noticesOf(65)).toEqual([])
    expect(await noticesOf(8000)).toEqual([
      'Cycle 2 began 8 s late, though the one before had ended in time: the load generator, or its machine, stood still.',
    ])
  })

  test('the first cycle that is run waits for none', async () => {
    const clock = virtualClock()
    const { transport, log } = scriptedService(clock)
    const plan = aPlan(`simulation: { cycles: 9, ${REALTIME} }\n${FLOW}`)
    const run = openRun(plan, { clock, transport, host: HOST, rerun: '' })
    await run.begin()
    for (const cycle of [5, 7]) {
      await run.untilDue(cycle)
      run.startCycle(cycle)
      await run.cycleDone()
    }
    await run.end()
    expect(log.map(({ at, path }) => [at, path])).toEqual([
      [0, '/items?at=2024-01-15T12:00:00.000Z'],
      [150_000, '/items?at=2024-01-15T14:00:00.000Z'],
    ])
  })
})

test('as soon as possible, whatever the simulated time', async () => {
  const { at } = await begins('cycles: 3, time_scale: 48, cycle_length: 1h')
  expect(at).toEqual([0, 10, 20])
})

test('while nothing runs, whoever watches sees when the next cycle begins', async () => {
  const ticks: Tick[] = []
  await play(`simulation: { cycles: 2, ${REALTIME} }\n${FLOW}`, { onTick: (tick) => ticks.push(tick) })
  expect(ticks).toHaveLength(74)
  expect(ticks[4]).toMatchObject({ cycle: 1, nextCycleMs: 69_990, requests: 1 })
  expect(liveLines(ticks[4]!, { columns: 80, paint: plain }).at(-1)).toMatch(/^ {2}time +cycle 2 begins in 1m 10s$/)
})

test('a stop ends the waiting', async () => {
  const { record } = await play(`simulation: { cycles: 3, ${REALTIME} }\n${FLOW}`, {
    during: (run, clock) => clock.after(5000, () => run.stop('enough', 0)),
  })
  expect(record.durationMs).toBeLessThan(6000)
  expect(record.cells.map(({ state, reason }) => reason ?? state)).toEqual(['passed', 'enough', 'enough'])
})

test('{{now}} is simulated, and moves on within a cycle', async () => {
  const { log } = await play(`simulation: { cycles: 2, ${REALTIME} }
flow:
  - { type: http, name: first, path: "/items?at={{now}}" }
  - { type: pause, name: think, for: 10m, simulated: true }
  - { type: http, name: second, path: "/items?at={{now}}" }`)
  const seen = log.map(({ at, path }) => [at, path.replace('/items?at=', '')])
  expect(seen).toEqual([
    [0, '2024-01-15T08:00:00.000Z'],
    [12_510, '2024-01-15T08:10:00.480Z'],
    [75_000, '2024-01-15T09:00:00.000Z'],
    [87_510, '2024-01-15T09:10:00.480Z'],
  ])
})

describe('of a run in which only some cycles are run', () => {
  async function parted(during: (run: Run, clock: Clock) => void = () => undefined): Promise<Tick[]> {
    const clock = virtualClock()
    const ticks: Tick[] = []
    const { transport } = scriptedService(clock, () => ({ latencyMs: 20_000 }))
    const plan = aPlan(`simulation: { cycles: 48, ${REALTIME} }\nsut: ${SUT}\n${FLOW}`)
    const part = [5, 7]
    const run = openRun(plan, { clock, transport, host: HOST, rerun: '', part, onTick: (tick) => ticks.push(tick) })
    during(run, clock)
    await run.begin()
    for (const cycle of part) {
      await run.untilDue(cycle)
      run.startCycle(cycle)
      await run.cycleDone()
    }
    await run.end()
    return ticks
  }
  const SUT = '{ services: { api: { base_url: "http://shop.test", timeout_seconds: 60 } } }'

  test('the next one is that which will be run', async () => {
    const between = (await parted()).filter(({ nextCycleMs }) => nextCycleMs !== undefined)
    expect(between[0]).toMatchObject({ cycle: 5, nextCycle: 7, nextCycleMs: 129_000 })
    expect(liveLines(between[0]!, { columns: 80, paint: plain }).at(-1)).toMatch(/^ {2}time +cycle 7 begins in 2m 09s$/)
  })

  test('whoever steers it is told of those, and after the last one nothing is left to end', async () => {
    const said: string[] = []
    await parted((run, clock) => {
      const { steering } = run
      clock.at(50_000, () => said.push(steering.pause(), steering.goOn()))
      clock.at(160_000, () => said.push(steering.finish('the key q')))
    })
    expect(said).toEqual([
      'Paused: cycle 7 does not begin.',
      'The run goes on, after 0 ms.',
      'The run ends after cycle 7, which is the last.',
    ])
  })
})
