import { expect, test } from 'vitest'
import { expectedOfCells } from '../../src/plan/of-cells.ts'
import { aScenario, play } from '../support/a-plan.ts'

const SHOP = `simulation: { cycles: 4, warmup: { cycles: 1, steps: [0.1] } }
agents:
  shoppers: { count: 50, flow: buy, idle_flow: look, activity: { frequency: 0.4 } }
  admins: { count: 3, flow: look }
flows:
  buy: [{ type: http, name: cart, path: /carts }, { type: http, name: order, path: /orders }]
  look: [{ type: http, name: look, path: /products }]`
const both = ['shoppers', 'admins']

test('each cycle is counted by itself, and is what is sent in it', async () => {
  const { record } = await play(SHOP, { seed: 9 })
  const sent = (cycle: number): number =>
    record.cells.filter((cell) => cell.cycle === cycle).reduce((sum, { requests }) => sum + (requests['ok'] ?? 0), 0)
  const acting = (cycle: number): number =>
    record.cells.filter((cell) => cell.cycle === cycle).reduce((sum, { agents }) => sum + (agents?.acting ?? 3), 0)
  const counted = [1, 2, 3, 4].map((cycle) => expectedOfCells(aScenario(SHOP), 9, [{ cycle, groups: both }]))
  expect(counted).toEqual([1, 2, 3, 4].map((cycle) => ({ acting: acting(cycle), requests: sent(cycle) })))
  expect(new Set(counted.map(({ requests }) => requests)).size).toBeGreaterThan(2)
})

test('several cycles are added up, and of those who act it is the average', () => {
  const cells = [2, 4].map((cycle) => ({ cycle, groups: both }))
  const [second, fourth] = cells.map((cell) => expectedOfCells(aScenario(SHOP), 9, [cell]))
  const { acting, requests } = expectedOfCells(aScenario(SHOP), 9, cells)
  expect(acting).toBe(((second?.acting ?? 0) + (fourth?.acting ?? 0)) / 2)
  expect(requests).toBe((second?.requests ?? 0) + (fourth?.requests ?? 0))
})

test('where all act nothing is said of them, and a duration leaves the requests open', () => {
  const plain = aScenario('agents: { a: { count: 3 }, b: { count: 5 } }\nflow: [{ type: http, name: a, path: / }]')
  expect(expectedOfCells(plain, 1, [{ cycle: 1, groups: ['b'] }])).toEqual({ requests: 5 })
  const open = aScenario(
    'agents: { a: { count: 3, workload: { duration: 1s } } }\nflow: [{ type: http, name: a, path: / }]',
  )
  expect(expectedOfCells(open, 1, [{ cycle: 1, groups: ['a'] }])).toEqual({})
})
