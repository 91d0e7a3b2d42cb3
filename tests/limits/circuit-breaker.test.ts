import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { breakerSchema } from '../../src/limits/breaker-schema.ts'
import { CircuitBreaker } from '../../src/limits/circuit-breaker.ts'
import { Seed } from '../../src/random.ts'

const FIVE = breakerSchema.parse({})
const agents = (count: number): object[] => Array.from({ length: count }, (_, index) => ({ index }))

function closed(planned: number, others = 0, rules = FIVE): CircuitBreaker {
  const breaker = new CircuitBreaker(rules)
  breaker.beginCycle(planned, others)
  return breaker
}

describe('a breaker over agents with a fixed number of iterations', () => {
  test('opens with the first failure above its share of all that were to act', () => {
    const breaker = closed(200)
    const opened = agents(200).findIndex((agent) => breaker.ended(agent, false, true) === 'opened')
    expect(opened).toBe(10)
    expect([breaker.failed, breaker.agents, breaker.isOpen]).toEqual([11, 200, true])
  })

  test('says only once that it opened, and stays open', () => {
    const breaker = closed(20)
    expect(agents(20).filter((agent) => breaker.ended(agent, false, true) === 'opened')).toHaveLength(1)
    breaker.beginCycle(20)
    expect(breaker.isOpen).toBe(true)
  })

  test('stays closed at exactly its share', () => {
    const breaker = closed(200)
    agents(200).forEach((agent, index) => breaker.ended(agent, index >= 10, true))
    expect([breaker.failed, breaker.isOpen]).toEqual([10, false])
  })

  test('counts an agent once, however many of its iterations failed', () => {
    const breaker = closed(20)
    const [agent = {}] = agents(1)
    for (let i = 0; i < 100; i++) breaker.ended(agent, false, true)
    expect([breaker.failed, breaker.isOpen]).toEqual([1, false])
  })

  test('never opens among fewer agents than min_agents, though all fail', () => {
    const breaker = closed(19)
    expect(breaker.missing).toBe(Number.POSITIVE_INFINITY)
    expect(agents(19).some((agent) => breaker.ended(agent, false, true) === 'opened')).toBe(false)
  })

  test('forgets the failures of the cycle before', () => {
    const breaker = closed(40)
    for (const agent of agents(2)) breaker.ended(agent, false, true)
    breaker.beginCycle(40)
    expect([breaker.failed, breaker.missing]).toEqual([0, 3])
  })

  test('with 0 % opens at the first failure', () => {
    const breaker = closed(50, 0, { ...FIVE, failurePercent: 0 })
    expect(breaker.missing).toBe(1)
    expect(breaker.ended({}, true, true)).toBeUndefined()
    expect(breaker.ended({}, false, true)).toBe('opened')
  })
})

describe('a breaker over agents of duration and rate workloads', () => {
  test('takes its share of those that have finished an iteration, at least min_agents', () => {
    const breaker = closed(0, 200)
    const opened = agents(200).findIndex((agent) => breaker.ended(agent, false, false) === 'opened')
    expect(opened).toBe(19)
    expect(breaker.agents).toBe(20)
  })

  test('counts planned agents from the start and the others as they finish', () => {
    const breaker = closed(30, 100)
    for (const agent of agents(70)) breaker.ended(agent, true, false)
    expect([breaker.agents, breaker.isOpen]).toEqual([100, false])
    const failing = agents(6)
    expect(failing.map((agent) => breaker.ended(agent, false, true))).toEqual([...Array(5).fill(undefined), 'opened'])
  })
})

test('says how many failures in a row it is away from opening', () => {
  const cycle = fc.record({
    count: fc.integer({ min: 1, max: 300 }),
    isPlanned: fc.boolean(),
    percent: fc.integer({ min: 0, max: 99 }),
    minAgents: fc.integer({ min: 1, max: 40 }),
    before: fc.array(fc.boolean(), { maxLength: 100 }),
  })
  fc.assert(
    fc.property(cycle, ({ count, isPlanned, percent, minAgents, before }) => {
      const breaker = closed(isPlanned ? count : 0, isPlanned ? 0 : count, {
        ...FIVE,
        failurePercent: percent,
        minAgents,
      })
      const all = agents(count)
      const some = all.slice(0, before.length)
      if (some.some((agent, index) => breaker.ended(agent, before[index] ?? true, isPlanned) === 'opened')) return
      const { missing } = breaker
      const opened = all.slice(some.length).findIndex((agent) => breaker.ended(agent, false, isPlanned) === 'opened')
      expect(missing).toBeGreaterThanOrEqual(1)
      if (opened >= 0) expect(missing).toBe(opened + 1)
    }),
    { numRuns: 500 },
  )
})

test('opens in fewer than 3 % of 10,000 cycles of 150 agents of which 2 % fail', () => {
  const random = new Seed(1).stream('failures')
  const group = agents(150)
  let opened = 0
  for (let cycle = 0; cycle < 10_000; cycle++) {
    const breaker = closed(group.length)
    for (const agent of group) breaker.ended(agent, random.next() >= 0.02, true)
    if (breaker.isOpen) opened++
  }
  // At least 8 of 150 at 2 %: 1.1 % of the cycles.
  expect(opened / 10_000).toBeLessThan(0.03)
  expect(opened / 10_000).toBeGreaterThan(0.003)
})
