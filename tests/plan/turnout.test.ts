import { describe, expect, test } from 'vitest'
import { cycleStart, isConstant, turnoutOf } from '../../src/plan/turnout.ts'
import type { Scenario } from '../../src/run.ts'
import { aScenario } from '../support/a-plan.ts'

const shop = (simulation: string, more = ''): Scenario =>
  aScenario(`simulation: { cycles: 4${simulation && `, ${simulation}`} }
agents: { a: { count: 100${more} } }
flow: [{ type: http, name: list, path: /items }]`)

function turnouts(scenario: Scenario): unknown[] {
  const [group] = scenario.groups
  if (group === undefined) throw new Error('there is a group')
  return [1, 2, 3, 4].map((cycle) => {
    const { acting, idle } = turnoutOf(scenario, group, cycle)
    return [acting.least, acting.most, idle.least, idle.most]
  })
}

const ACTIVE = ', activity: { frequency: 0.4 }'

describe('how many act', () => {
  test('is known where nothing is drawn', () => {
    expect(turnouts(shop('warmup: { cycles: 2, steps: [0.25, 0.5] }'))).toEqual([
      [25, 25, 0, 0],
      [50, 50, 0, 0],
      [100, 100, 0, 0],
      [100, 100, 0, 0],
    ])
    expect(turnouts(shop('start: 2024-01-15T22:00:00Z', ', activity: { hours: { "23": 1 } }'))).toEqual([
      [0, 0, 100, 100],
      [100, 100, 0, 0],
      [0, 0, 100, 100],
      [0, 0, 100, 100],
    ])
  })

  test('is counted where the seed is known', () => {
    const all = turnouts(shop('seed: 3', ACTIVE)) as [number, number, number, number][]
    for (const [least, most, idle] of all) {
      expect(least).toBe(most)
      expect(least + idle).toBe(100)
    }
    expect(turnouts(shop('seed: 3', ACTIVE))).toEqual(all)
    expect(turnouts(shop('seed: 4', ACTIVE))).not.toEqual(all)
  })

  test('is anything between none and all where it is not, or where counting takes too long', () => {
    expect(turnouts(shop('', ACTIVE))[0]).toEqual([0, 100, 0, 100])
    const many = aScenario(`simulation: { cycles: 9, seed: 3 }
agents: { a: { count: 1000000${ACTIVE} } }
flow: [{ type: http, name: list, path: /items }]`)
    expect(turnouts(many)[0]).toEqual([0, 1_000_000, 0, 1_000_000])
  })
})

test('only what never changes is constant', () => {
  const constant = (scenario: Scenario): boolean[] => scenario.groups.map((group) => isConstant(scenario, group))
  expect([shop(''), shop('', ACTIVE), shop('warmup: { cycles: 1 }')].flatMap(constant)).toEqual([true, false, false])
})

test('a cycle begins at its hour', () => {
  const { time } = shop('cycle_length: 30m, start: 2024-01-15T08:00:00Z').simulation
  expect(new Date(cycleStart(time, 4)).toISOString()).toBe('2024-01-15T09:30:00.000Z')
})
