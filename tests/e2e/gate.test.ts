// What a user sees of a gate: which tests pass and fail, the error with the line of the YAML, the exit code.
import { afterAll, describe, expect, test } from 'vitest'
import { failures, runTree } from '../support/e2e.ts'
import { removeCopies } from '../support/run-fixture.ts'

afterAll(removeCopies)

describe('a scenario whose load and thresholds hold', () => {
  test('is green, and the service received exactly what the summary says', async () => {
    const run = await runTree('passing')
    expect(run.code).toBe(0)
    expect(run.tree).toMatchInlineSnapshot(`
      "✓ passing > cycle 1 > shoppers
      ✓ passing > cycle 1 > browsers
      ✓ passing > cycle 2 > shoppers
      ✓ passing > cycle 2 > browsers
      ✓ passing > thresholds > success_rate >= 99%
      ✓ passing > thresholds > p95 < 5s"
    `)
    expect(run.received).toEqual({
      'GET /products': 20,
      'POST /carts': 10,
      'POST /carts/:id/items': 10,
      'POST /orders': 10,
    })
    expect(run.stdout).toContain('50 requests')
  })
})

describe('a threshold that is breached', () => {
  test('fails its own test at its line, and the exit code is 2', async () => {
    const run = await runTree('breached', { shop: { slowCheckoutMs: 600 } })
    expect(run.code).toBe(2)
    expect(run.tree).toMatchInlineSnapshot(`
      "✓ breached > cycle 1 > agents
      ✓ breached > cycle 2 > agents
      × breached > thresholds > p95{step:checkout} < 400ms
      ✓ breached > thresholds > success_rate >= 99%"
    `)
    expect(failures(run)).toMatchInlineSnapshot(`
      " FAIL  |scenarios| breached.scenario.yaml:18 > breached > thresholds > p95{step:checkout} < 400ms
      ThresholdError: p95{step:checkout} was <time>, must be < 400 ms (+<distance>) over 20 samples; 95 % interval from <time>, upwards open: 20 samples cannot bound it
      seed   1
      again  TURBULENCE_SEED=1 npx vitest run breached.scenario.yaml
       ❯ breached.scenario.yaml:18:5
           16|     expect: { status_code: 201 }
           17| thresholds:
           18|   - p95{step:checkout} < 400ms
             |     ^
           19|   - success_rate >= 99%
           20|"
    `)
  })
})

describe('a cell that fails', () => {
  test('names its causes, an example with secrets masked, the seed and the command', async () => {
    const run = await runTree('failing-cell', { env: { SHOP_TOKEN: 'very-secret-value' } })
    expect(run.code).toBe(1)
    expect(run.tree).toMatchInlineSnapshot(`
      "× failing-cell > cycle 1 > shoppers
      × failing-cell > cycle 2 > shoppers"
    `)
    expect(failures(run).split('FAIL')[1]).toMatchInlineSnapshot(`
      "  |scenarios| failing-cell.scenario.yaml:9 > failing-cell > cycle 1 > shoppers
      CellError: success_rate in cycle 1 > shoppers was 0 %, must be >= 95 % (-95 points) over 3 iterations
      3 ×  cart (failing-cell.scenario.yaml:12)  status_code: 201, expected 418
      example: agent shoppers-1, iteration 1: status_code: 201, expected 418
        curl http://127.0.0.1:<port>/carts -H 'content-type: application/json' -H 'Authorization: Bearer ***' --data-raw '{"note":"hello","pin":"***"}'
        status 201
        body   {"id":"c2"}
      seed   1
      again  TURBULENCE_SEED=1 npx vitest run failing-cell.scenario.yaml
       ❯ failing-cell.scenario.yaml:9:3
            7| simulation: { cycles: 2, seed: 1 }
            8| agents:
            9|   shoppers: { count: 3, flow: buy }
             |   ^
           10| flows:
           11|   buy:
       "
    `)
    expect(run.stdout + run.stderr + run.junit).not.toContain('very-secret-value')
  })
})

describe('a threshold without data', () => {
  test('fails: nothing is not zero', async () => {
    const run = await runTree('no-data', { args: ['run', '--bail=1'] })
    // Nothing but a threshold, although Vitest calls the run cancelled.
    expect(run.code).toBe(2)
    expect(run.tree).toMatchInlineSnapshot(`
      "✓ no-data > cycle 1 > agents
      × no-data > thresholds > p95{step:never} < 1s"
    `)
    expect(failures(run)).toMatchInlineSnapshot(`
      " FAIL  |scenarios| no-data.scenario.yaml:12 > no-data > thresholds > p95{step:never} < 1s
      ThresholdError: p95{step:never} has no data, must be < 1 s: nothing that it selects was attempted
      seed   <seed>
      again  TURBULENCE_SEED=<seed> npx vitest run no-data.scenario.yaml
       ❯ no-data.scenario.yaml:12:5
           10|   - { type: http, name: never, service: shop, method: GET, path: /coup
           11| thresholds:
           12|   - p95{step:never} < 1s
             |     ^
           13|"
    `)
  })
})

describe('a threshold with too few samples', () => {
  test('is inconclusive, and says how many it needs', async () => {
    const run = await runTree('inconclusive')
    expect(run.code).toBe(2)
    expect(run.tree).toMatchInlineSnapshot(`
      "✓ inconclusive > cycle 1 > agents
      × inconclusive > thresholds > p99 < 5s"
    `)
    expect(failures(run)).toMatchInlineSnapshot(`
      " FAIL  |scenarios| inconclusive.scenario.yaml:11 > inconclusive > thresholds > p99 < 5s
      ThresholdError: p99 was <time>, must be < 5 s (-<distance>) over 10 samples: too few to decide, 90 more samples needed (100 in all); 95 % interval from <time>, upwards open: 10 samples cannot bound it
      seed   <seed>
      again  TURBULENCE_SEED=<seed> npx vitest run inconclusive.scenario.yaml
       ❯ inconclusive.scenario.yaml:11:5
            9|   - { type: http, name: products, service: shop, method: GET, path: /p
           10| thresholds:
           11|   - p99 < 5s
             |     ^
           12|"
    `)
  })
})
