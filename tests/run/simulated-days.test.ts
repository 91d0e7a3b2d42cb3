// Whole simulated days, with the numbers of the plan that the preset scale-372 comes from: 372 agents of which
// about 150 act in an hour, six requests each, 50 requests a second, an hour in 75 s, a breaker at 5 % of
// those that act. The real plan, engine, limiter and breaker, on simulated time.
import { describe, expect, test } from 'vitest'
import { aPlan, aScenario, play } from '../support/a-plan.ts'
import { describePlan } from '../../src/run.ts'
import { shopInMemory } from '../../fixtures/shop/memory.mjs'
import type { Script } from '../support/a-plan.ts'

const SHOPPERS = (activity: string): string => `agents:
  shoppers:
    count: 372
    flow: buy
    idle_flow: browse
    activity: ${activity}
flows:
  buy:
    - { type: http, name: browse, path: /products }
    - { type: http, name: cart, method: POST, path: /carts, extract: { cart: $.id } }
    - { type: http, name: add, method: POST, path: "/carts/{{cart}}/items", json: { product_id: p1, quantity: 1 } }
    - { type: http, name: coupons, path: /coupons }
    - { type: http, name: view, path: "/carts/{{cart}}" }
    - { type: http, name: checkout, method: POST, path: /orders, json: { cart_id: "{{cart}}" } }
  browse:
    - { type: set, name: nothing, vars: { looked: true } }`
const DAY = (simulation: string, more = ''): string => `simulation: { cycles: 48, ${simulation} }
limits: { rate_limit_rps: 50 }
circuit_breaker: { failure_threshold_percent: 5 }
${more}`
const PACE = 'pace: realtime, time_scale: 48, cycle_length: 1h, start: 2024-01-15T00:00:00Z'
const FLAT = SHOPPERS('{ frequency: 0.4 }')

function shop(): Script {
  const answer = shopInMemory()
  return ({ method, path, headers, body = '' }) => {
    const { status, body: json } = answer({ method, path, headers, body })
    return { status, body: json, latencyMs: 20 }
  }
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0) / numbers.length
const deviation = (numbers: readonly number[]): number => Math.sqrt(mean(numbers.map((n) => (n - mean(numbers)) ** 2)))

describe('372 agents × 48 cycles at 0.4', () => {
  test('come to the numbers of the plan', { timeout: 60_000 }, async () => {
    const { record, log } = await play(`${DAY(PACE)}\n${FLAT}\nthresholds: [success_rate >= 99%, p95 < 100ms]`, {
      respond: shop(),
      seed: 372,
    })
    expect(record.cells.map(({ state }) => state)).toEqual(Array(48).fill('passed'))
    expect(record.thresholds.map(({ kind }) => kind)).toEqual(['pass', 'pass'])

    const acting = record.cells.map(({ agents }) => agents?.acting ?? 0)
    // Binomial(372, 0.4): 148.8 on average, ±9.4.
    expect(Math.abs(mean(acting) - 148.8)).toBeLessThan(4)
    expect(Math.abs(deviation(acting) - 9.45)).toBeLessThan(4)
    const requests = record.cells.map(({ requests: { ok = 0 } }) => ok)
    expect(requests).toEqual(acting.map((count) => count * 6))
    expect(Math.abs(mean(requests) - 900)).toBeLessThan(30)
    // 900 requests at 50 a second.
    const lengths = record.cells.map(({ durationMs }) => durationMs / 1000)
    expect(Math.abs(mean(lengths) - 18)).toBeLessThan(1)
    // An hour in 75 s: the last one begins after 47 of them, and 57 s of each are left.
    const begins = [...new Set(log.map(({ at }) => Math.floor(at / 75_000)))]
    expect(begins).toEqual(Array.from({ length: 48 }, (_, index) => index))
    expect(Math.min(...lengths.map((length) => 75 - length))).toBeGreaterThan(50)
    expect(record.durationMs / 1000).toBeCloseTo(47 * 75 + (lengths[47] ?? 0), 0)
    // About 7,200 visits in an hour of real time.
    const visits = record.cells.reduce((sum, { iterations: { begun } }) => sum + begun, 0)
    expect(Math.abs(visits - 7200)).toBeLessThan(250)
    // Never more than the limit allows, whatever the window.
    for (let first = 0; first + 51 < log.length; first += 37)
      expect((log[first + 51]?.at ?? 0) - (log[first]?.at ?? 0)).toBeGreaterThanOrEqual(999)
  })

  test('are what the plan has said before', () => {
    const yaml = `${DAY(PACE)}\n${FLAT}`
    const { groups, requests, time, duration } = describePlan(aPlan(yaml, { seed: 372 }), aScenario(yaml), true)
    const acting = groups[0]?.acting
    expect(Math.abs((acting?.expected ?? 0) - 148.8)).toBeLessThan(4)
    expect([acting?.least, acting?.most]).toEqual([expect.any(Number), expect.any(Number)])
    expect(requests?.expected).toBe(requests?.most)
    expect(time.intervalMs).toBe(75_000)
    expect(Math.round(duration.shortestMs / 60_000)).toBe(59)
  })
})

test('a day with its hours, an evening and a weekend: who acts follows the clock of the simulation', async () => {
  const activity = '{ frequency: 0.4, hours: { "09-17": 1.0, "18-22": 0.7, default: 0.1 }, weekend: 0.5 }'
  // Friday and Saturday.
  const yaml = `simulation: { cycles: 48, start: 2024-01-19T00:00:00Z }\n${SHOPPERS(activity)}`
  const { record } = await play(yaml, { respond: shop(), seed: 2 })
  const acting = record.cells.map(({ agents }) => agents?.acting ?? 0)
  const expected = acting.map((_, cycle) => {
    const hour = cycle % 24
    const factor = hour >= 9 && hour <= 17 ? 1 : hour >= 18 && hour <= 22 ? 0.7 : 0.1
    return 372 * 0.4 * factor * (cycle < 24 ? 1 : 0.5)
  })
  // Four and a half standard deviations of each; a wrong hour or day would be far out.
  for (const [cycle, count] of acting.entries())
    expect(Math.abs(count - (expected[cycle] ?? 0))).toBeLessThan(4.5 * Math.sqrt(expected[cycle] ?? 0))
})

test('a warm-up in ten cycles, as the plan has it, with the breaker at 5 % of those who act', async () => {
  const warm = 'warmup: { cycles: 10, steps: [0.1, 0.25, 0.5, 0.75, 1.0] }'
  const yaml = DAY(`${PACE}, ${warm}`).replace('cycles: 48', 'cycles: 11')
  const { record } = await play(`${yaml}\n${SHOPPERS('{ frequency: 1 }')}`, { respond: shop() })
  expect(record.cells.map(({ agents }) => agents?.acting).slice(0, 11)).toEqual([
    37, 37, 93, 93, 186, 186, 279, 279, 372, 372, 372,
  ])
  expect(record.cells.filter(({ isWarmUp }) => isWarmUp === true)).toHaveLength(10)

  const healthy = shop()
  const bad = await play(`${DAY(PACE)}\n${FLAT}`, {
    respond: (request, position) => (position >= 5000 ? { status: 500 } : healthy(request, position)),
  })
  const { failed = 0, agents = 0 } = bad.record.breaker?.opened ?? {}
  expect(Math.abs(agents - 149)).toBeLessThan(45)
  expect(failed).toBe(Math.floor(agents * 0.05) + 1)
})
