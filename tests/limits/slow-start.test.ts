import { describe, expect, test } from 'vitest'
import { virtualClock } from '../../src/clock.ts'
import { breakerSchema } from '../../src/limits/breaker-schema.ts'
import { CircuitBreaker } from '../../src/limits/circuit-breaker.ts'
import { NOT_ADMITTED } from '../../src/limits/rate-limit.ts'
import { SlowStart } from '../../src/limits/slow-start.ts'

const NEVER = new AbortController().signal

/** Agents that ask in this order, and who has been let through. */
function start(count: number) {
  const clock = virtualClock()
  const breaker = new CircuitBreaker(breakerSchema.parse({}))
  breaker.beginCycle(count)
  const slowStart = new SlowStart(breaker, clock)
  slowStart.beginCycle()
  const agents = Array.from({ length: count }, (_, index) => ({ index }))
  const waited: (number | undefined)[] = []
  const stops = agents.map(() => new AbortController())
  const asked = agents.map(
    async (agent) => (waited[agent.index] = await slowStart.enter(agent, stops[agent.index]?.signal ?? NEVER)),
  )
  const end = (agent: object, ok: boolean): void => {
    breaker.ended(agent, ok, true)
    slowStart.ended(agent, ok ? 'ok' : 'failed')
  }
  const through = async () => {
    for (let i = 0; i < 5; i++) await Promise.resolve()
    return agents.filter(({ index }) => (waited[index] ?? NOT_ADMITTED) !== NOT_ADMITTED)
  }
  return { clock, breaker, slowStart, agents, waited, stops, asked, end, through }
}

describe('a service that never answers as expected', () => {
  test('gets as many first requests as it takes to open the breaker, and the others are turned away', async () => {
    const { breaker, through, end, asked } = start(200)
    const tried = await through()
    expect(tried).toHaveLength(11)
    for (const agent of tried) end(agent, false)
    expect(breaker.isOpen).toBe(true)
    const answers = await Promise.all(asked)
    expect(answers.filter((waitedMs) => waitedMs === NOT_ADMITTED)).toHaveLength(189)
  })

  test('gets no more while an answer is outstanding, also from agents that begin again', async () => {
    const { slowStart, through, end } = start(200)
    const [first = {}] = await through()
    end(first, false)
    void slowStart.enter(first, NEVER)
    expect(await through()).toHaveLength(11)
  })
})

describe('a service that answers as expected', () => {
  test('is asked by twice as many with every round trip', async () => {
    const { slowStart, through } = start(200)
    const rounds: number[] = []
    for (let round = 0; round < 5; round++) {
      const agents = await through()
      rounds.push(agents.length)
      for (const agent of agents) slowStart.answered(agent)
    }
    expect(rounds).toEqual([11, 33, 77, 165, 200])
  })

  test('lets an agent that was answered through at once, and one that failed again only as a trial', async () => {
    const { slowStart, through, end } = start(200)
    const [one = {}, other = {}] = await through()
    slowStart.answered(one)
    expect(slowStart.enter(one, NEVER)).toBe(0)
    end(one, false)
    expect(slowStart.enter(one, NEVER)).toBeInstanceOf(Promise)
    slowStart.answered(other)
    end(other, true)
    expect(slowStart.enter(other, NEVER)).toBe(0)
  })

  test('gives the milliseconds that an agent waited', async () => {
    const { clock, slowStart, waited, through } = start(200)
    const agents = await through()
    await clock.sleep(30)
    for (const agent of agents) slowStart.answered(agent)
    await through()
    expect([waited[0], waited[10], waited[11], waited[32], waited[33]]).toEqual([0, 0, 30, 30, undefined])
  })
})

test('an agent that was cut off makes room for another', async () => {
  const { slowStart, through } = start(200)
  const [first = {}] = await through()
  slowStart.ended(first, 'aborted')
  expect(await through()).toHaveLength(12)
})

test('with too few agents for the breaker nobody waits', async () => {
  expect(await start(19).through()).toHaveLength(19)
})

test('an aborted signal ends the waiting', async () => {
  const { asked, waited, stops } = start(50)
  for (const stop of stops) stop.abort()
  await Promise.all(asked)
  expect(waited.filter((ms) => ms === NOT_ADMITTED)).toHaveLength(47)
})
