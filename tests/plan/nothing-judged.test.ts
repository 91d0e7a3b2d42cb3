import { expect, test } from 'vitest'
import { nothingJudged } from '../../src/plan/nothing-judged.ts'
import { aScenario } from '../support/a-plan.ts'

const said = (simulation: string, ...groups: string[]): string | undefined => {
  const agents = groups.map((more, at) => `g${at}: { count: 20, ${more} }`).join(', ')
  const scenario = aScenario(`simulation: { ${simulation} }
agents: { ${agents} }
flow: [{ type: http, name: list, path: /items }]`)
  const problem = nothingJudged(scenario)
  return problem && `${problem.place.line} ${problem.path}: ${problem.message}`
}

const ALL = 'workload: { iterations: 1 }'
const MORNING = 'activity: { hours: { 08: 1, default: 0 } }'
const START = 'start: 2024-01-15T08:00:00Z, cycle_length: 1h'

test('a warm-up that takes all cycles leaves nothing to judge', () => {
  const message = 'nothing is judged, and the run would pass whatever the service did.'
  expect(said('cycles: 2, warmup: { cycles: 2 }', ALL)).toBe(
    `1 simulation.warmup: The warm-up takes all 2 cycles: ${message}`,
  )
  expect(said('cycles: 1, warmup: { cycles: 3 }', ALL)).toContain('The warm-up takes the only cycle')
  expect(said('cycles: 3, warmup: { cycles: 2 }', ALL)).toBeUndefined()
  expect(said('cycles: 2, warmup: { cycles: 2, exclude: false }', ALL)).toBeUndefined()
})

test('nor do groups of which none has anything to do in what is judged', () => {
  const nobody = 'the run would pass whatever the service did.'
  const night = 'activity: { hours: { 03: 1, default: 0 } }'
  expect(said(`cycles: 3, ${START}, warmup: { cycles: 1 }`, MORNING, night)).toBe(
    `2 agents: No agent has anything to do in the cycles that are judged: ${nobody}`,
  )
  expect(said(`cycles: 3, ${START}`, night)).toContain('in all 3 cycles')
  expect(said(`cycles: 3, ${START}`, MORNING, night)).toBeUndefined()
  expect(said(`cycles: 3, ${START}, warmup: { cycles: 1 }`, MORNING, ALL)).toBeUndefined()
})

test('a rate of which so small a part arrives that it comes to nothing is nothing', () => {
  const rate = 'workload: { rate: 1/s, duration: 2s }'
  expect(said(`cycles: 1, seed: 1, ${START}`, `activity: { frequency: 0.1 }, ${rate}`)).toContain('the only cycle')
  expect(said('cycles: 1', rate)).toBeUndefined()
})

test('what only chance leaves out is no mistake of the file', () => {
  expect(said('cycles: 1', 'activity: { frequency: 0.0001 }')).toBeUndefined()
})
