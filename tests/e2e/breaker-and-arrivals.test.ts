// What a user sees when the circuit breaker opens, and when an open workload could not be served.
import { afterAll, describe, expect, test } from 'vitest'
import { failures, runTree } from '../support/e2e.ts'
import { removeCopies } from '../support/run-fixture.ts'

afterAll(removeCopies)

describe('a service that only answers wrongly, under a circuit breaker', () => {
  test('gets few requests; the cell fails with numbers, the rest is skipped, nothing passes', async () => {
    const run = await runTree('breaker')
    expect(run.code).toBe(1)
    // 13 of 240 agents are more than 5 %.
    expect(run.received).toEqual({ 'GET (unknown)': 13 })
    expect(run.tree).toMatchInlineSnapshot(`
      "× breaker > cycle 1 > shoppers
      ↓ breaker > cycle 1 > browsers
      ↓ breaker > cycle 2 > shoppers
      ↓ breaker > cycle 2 > browsers
      × breaker > thresholds > success_rate >= 99%
      × breaker > thresholds > errors < 1000"
    `)
    expect(failures(run).split('FAIL')[1]).toMatchInlineSnapshot(`
      "  |scenarios| breaker.scenario.yaml:10 > breaker > cycle 1 > shoppers
      CellError: the circuit breaker opened: 13 of 240 agents had failed, more than 5 % (and 1 threshold of the cell did not hold)
      13 ×  coupon (breaker.scenario.yaml:14)  status_code: 404, expected 2xx
      example: agent shoppers-1, iteration 1: status_code: 404, expected 2xx
        curl http://127.0.0.1:<port>/nowhere
        status 404
        body   {"error":"not_found","message":"there is nothing at /nowhere"}
      seed   1
      again  TURBULENCE_SEED=1 npx vitest run breaker.scenario.yaml
       ❯ breaker.scenario.yaml:10:3
            8| circuit_breaker: { failure_threshold_percent: 5 }
            9| agents:
           10|   shoppers: { count: 200, flow: buy }
             |   ^
           11|   browsers: { count: 40, flow: browse }
           12| flows:
       "
    `)
    expect(run.stdout).toContain('! Stopped early: the circuit breaker opened in cycle 1: 13 of 240 agents had failed')
    expect(run.junit).toContain('<property name="turbulence.breaker" value="open"/>')
    expect(run.junit).toContain('<property name="turbulence.breaker.failed" value="13"/>')
  })
})

describe('an open workload that finds nobody free', () => {
  test('fails the cell with numbers and a way out, unless a threshold names dropped', async () => {
    const run = await runTree('open-dropped')
    expect(run.code).toBe(1)
    expect(run.tree).toMatchInlineSnapshot(`
      "× open-dropped > cycle 1 > few
      ✓ open-dropped > cycle 1 > judged"
    `)
    expect(run.stderr).toMatch(
      /CellError: \d+ of 20 arrivals \([\d.]+ %\) in cycle 1 > few were dropped, at most 1 % may be: no agent was free when they were due\. Give the group more agents than 2, or judge it by a threshold: dropped < 100\n/,
    )
    expect(run.stdout).toMatch(/! \d+ of 20 arrivals of "few" were dropped/)
    expect(run.junit).toMatch(/<property name="turbulence.iterations.dropped" value="\d+"\/>/)
  })
})
