// Bad input is a feature: every mistake with its place and a way out, and never a crash.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { failures, runTree } from '../support/e2e.ts'
import { removeCopies, runFixture, withOptions } from '../support/run-fixture.ts'

afterAll(removeCopies)

describe('a wrong file', () => {
  test('shows all its mistakes at once, each as a failing test with its frame, and sends nothing', async () => {
    const run = await runTree('wrong-file')
    expect(run.code).toBe(1)
    expect(run.received).toEqual({})
    expect(run.tree).toMatchInlineSnapshot(`
      "× line 7: There is no key "cylces" here.
      × line 7: 10 has no unit.
      × line 9: There is no flow "byu".
      × line 10: "count" must be at least 1, not 0.
      × line 13: There is no service "shpo".
      × line 14: "POTS" is not an HTTP method.
      × line 15: There is no name "cart_di" here.
      × line 17: "latency.p95" is a time and needs a unit.
      × line 18: There is no step "lok"."
    `)
    expect(failures(run)).toMatchInlineSnapshot(`
      " FAIL  |scenarios| wrong-file.scenario.yaml:7 > line 7: There is no key "cylces" here.
      ScenarioError: There is no key "cylces" here.
      Did you mean "cycles"? Keys: cycles, seed, pace, time_scale, cycle_length, start, warmup, max_concurrent_agents, max_duration, graceful_stop.
       ❯ wrong-file.scenario.yaml:7:15
            5|   services:
            6|     shop: { base_url: '{{env.SHOP_URL}}' }
            7| simulation: { cylces: 2, max_duration: 10 }
             |               ^
            8| agents:
            9|   shoppers: { count: 3, flow: byu }
       FAIL  |scenarios| wrong-file.scenario.yaml:7 > line 7: 10 has no unit.
      ScenarioError: 10 has no unit.
      Write 10s for seconds or 10ms for milliseconds; known: us, ms, s, m, h.
       ❯ wrong-file.scenario.yaml:7:40
            5|   services:
            6|     shop: { base_url: '{{env.SHOP_URL}}' }
            7| simulation: { cylces: 2, max_duration: 10 }
             |                                        ^
            8| agents:
            9|   shoppers: { count: 3, flow: byu }
       FAIL  |scenarios| wrong-file.scenario.yaml:9 > line 9: There is no flow "byu".
      ScenarioError: There is no flow "byu".
      Did you mean "buy"? Flows: buy.
       ❯ wrong-file.scenario.yaml:9:31
            7| simulation: { cylces: 2, max_duration: 10 }
            8| agents:
            9|   shoppers: { count: 3, flow: byu }
             |                               ^
           10|   browsers: { count: 0, flow: buy }
           11| flows:
       FAIL  |scenarios| wrong-file.scenario.yaml:10 > line 10: "count" must be at least 1, not 0.
      ScenarioError: "count" must be at least 1, not 0.
       ❯ wrong-file.scenario.yaml:10:22
            8| agents:
            9|   shoppers: { count: 3, flow: byu }
           10|   browsers: { count: 0, flow: buy }
             |                      ^
           11| flows:
           12|   buy:
       FAIL  |scenarios| wrong-file.scenario.yaml:13 > line 13: There is no service "shpo".
      ScenarioError: There is no service "shpo".
      Did you mean "shop"? Services: shop.
       ❯ wrong-file.scenario.yaml:13:42
           11| flows:
           12|   buy:
           13|     - { type: http, name: cart, service: shpo, method: POST, path: /ca
             |                                          ^
           14|     - { type: http, name: pay, service: shop, method: POTS, path: /ord
           15|     - { type: http, name: look, service: shop, method: GET, path: '/ca
       FAIL  |scenarios| wrong-file.scenario.yaml:14 > line 14: "POTS" is not an HTTP method.
      ScenarioError: "POTS" is not an HTTP method.
      Did you mean "POST"? Known: GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS.
       ❯ wrong-file.scenario.yaml:14:55
           12|   buy:
           13|     - { type: http, name: cart, service: shpo, method: POST, path: /ca
           14|     - { type: http, name: pay, service: shop, method: POTS, path: /ord
             |                                                       ^
           15|     - { type: http, name: look, service: shop, method: GET, path: '/ca
           16| thresholds:
       FAIL  |scenarios| wrong-file.scenario.yaml:15 > line 15: There is no name "cart_di" here.
      ScenarioError: There is no name "cart_di" here.
      Names here: agent, correlation_id, cycle, data, entry, env, instance_id, iteration, last_response, memory, now, run_id, scenario, setup, uuid, variation.
       ❯ wrong-file.scenario.yaml:15:75
           13|     - { type: http, name: cart, service: shpo, method: POST, path: /ca
           14|     - { type: http, name: pay, service: shop, method: POTS, path: /ord
           15|     - { type: http, name: look, service: shop, method: GET, path: '/ca
             |                                                                           ^
           16| thresholds:
           17|   - p95 < 300
       FAIL  |scenarios| wrong-file.scenario.yaml:17 > line 17: "latency.p95" is a time and needs a unit.
      ScenarioError: "latency.p95" is a time and needs a unit.
      Units: us, ms, s, m, h; e.g. 300ms.
       ❯ wrong-file.scenario.yaml:17:11
           15|     - { type: http, name: look, service: shop, method: GET, path: '/ca
           16| thresholds:
           17|   - p95 < 300
             |           ^
           18|   - p95{step:lok} < 1s
           19|
       FAIL  |scenarios| wrong-file.scenario.yaml:18 > line 18: There is no step "lok".
      ScenarioError: There is no step "lok".
      Did you mean "look"? Known steps: cart, pay, look.
       ❯ wrong-file.scenario.yaml:18:14
           16| thresholds:
           17|   - p95 < 300
           18|   - p95{step:lok} < 1s
             |              ^
           19|"
    `)
    expect(run.junit).toContain('<error message="There is no key &quot;cylces&quot; here." type="ExecutionError">')
  })

  test.each([
    ['an empty one', '', 'empty'],
    ['one that is no YAML', 'id: [unclosed\n', 'YAML'],
    ['one that is a list', '- a\n- b\n', 'mapping'],
  ])('%s is one failing test, not a crash', async (_name, text, says) => {
    const run = await runTree('passing', {
      arrange: (folder) => writeFileSync(join(folder, 'passing.scenario.yaml'), text),
    })
    expect(run.code).toBe(1)
    expect(run.tree.split('\n').every((line) => line.startsWith('×'))).toBe(true)
    expect(run.stderr).toContain(says)
    expect(run.stderr).not.toMatch(/dist\/|node_modules/)
  })

  test.each([
    [{}, 1],
    [{ TURBULENCE: 'off' }, 0],
  ])('fails the run also when -t leaves all of it out: with %j it exits with %i', async (env, code) => {
    const run = await runFixture('wrong-file', { args: ['run', '-t', 'cycle 1'], env, shop: false })
    expect(run.code).toBe(code)
    const said =
      'Error: wrong-file.scenario.yaml was not run, because of 9 mistakes. line 7: There is no key "cylces" here.'
    expect(run.stderr.includes(said)).toBe(code === 1)
  })
})

test('an environment variable that is not set fails the run also when -t leaves out the test that says so', async () => {
  const run = await runTree('env-missing', { args: ['run', '-t', 'cycle 1'] })
  expect(run.code).toBe(1)
  expect(run.received).toEqual({})
  expect(run.stderr).toContain(
    'Error: env-missing.scenario.yaml was not run, because of a mistake. line 6: The environment variable NOT_SET is not set.',
  )
  expect(run.file('test-results/TEST-turbulence-junit.xml')).toContain('failures="0" errors="1" skipped="1"')
})

test('an environment variable that is not set fails a test at the line that needs it', async () => {
  const run = await runTree('env-missing')
  expect(run.code).toBe(1)
  expect(run.received).toEqual({})
  expect(run.tree).toMatchInlineSnapshot(`
    "× env-missing > line 6: The environment variable NOT_SET is not set.
    ↓ env-missing > cycle 1 > agents"
  `)
  expect(failures(run)).toMatchInlineSnapshot(`
    " FAIL  |scenarios| env-missing.scenario.yaml:1 > env-missing > line 6: The environment variable NOT_SET is not set.
    ScenarioError: The environment variable NOT_SET is not set.
    Set it, or give a default: {{env.NOT_SET | default: …}}
     ❯ env-missing.scenario.yaml:6:24
          4|   name: shop
          5|   services:
          6|     shop: { base_url: '{{env.NOT_SET}}' }
           |                        ^
          7| agents: 3
          8| flow:"
  `)
})

test('a port nobody listens on fails the cell and names the cause', async () => {
  const run = await runTree('dead-service', { shop: false })
  expect(run.code).toBe(1)
  expect(failures(run)).toMatchInlineSnapshot(`
    " FAIL  |scenarios| dead-service.scenario.yaml:7 > dead-service > cycle 1 > agents
    CellError: success_rate in cycle 1 > agents was 0 %, must be >= 95 % (-95 points) over 3 iterations
    3 ×  products (dead-service.scenario.yaml:9)  connection: ECONNREFUSED
    example: agent agents-1, iteration 1: connection refused by 127.0.0.1:9
      curl http://127.0.0.1:9/products
    seed   <seed>
    again  TURBULENCE_SEED=<seed> npx vitest run dead-service.scenario.yaml
     ❯ dead-service.scenario.yaml:7:1
          5|   services:
          6|     shop: { base_url: http://127.0.0.1:9 }
          7| agents: 3
           | ^
          8| flow:
          9|   - { type: http, name: products, service: shop, method: GET, path: /p"
  `)
})

test('an answer that is not JSON where JSON is extracted fails the cell and shows how it begins', async () => {
  const run = await runTree('not-json')
  expect(run.code).toBe(1)
  expect(failures(run)).toMatchInlineSnapshot(`
    " FAIL  |scenarios| not-json.scenario.yaml:7 > not-json > cycle 1 > agents
    CellError: success_rate in cycle 1 > agents was 0 %, must be >= 95 % (-95 points) over 3 iterations
    3 ×  health (not-json.scenario.yaml:9)  extract status: the body is not JSON (text/plain; charset=utf-8)
    example: agent agents-1, iteration 1: extract status: the body is not JSON (status 200, text/plain; charset=utf-8): it begins with "ok "
      curl http://127.0.0.1:<port>/health.txt
      status 200
      body   ok
    seed   <seed>
    again  TURBULENCE_SEED=<seed> npx vitest run not-json.scenario.yaml
     ❯ not-json.scenario.yaml:7:1
          5|   services:
          6|     shop: { base_url: '{{env.SHOP_URL}}' }
          7| agents: 3
           | ^
          8| flow:
          9|   - { type: http, name: health, service: shop, method: GET, path: /hea"
  `)
})

test('a seed that is no number is an error that says what a seed is', async () => {
  const run = await runTree('passing', { env: { TURBULENCE_SEED: 'abc' } })
  expect(run.code).toBe(1)
  expect(run.received).toEqual({})
  expect(run.stderr).toContain('TURBULENCE_SEED is "abc"')
  expect(run.file('test-results/TEST-turbulence-junit.xml')).toContain(
    '<skipped message="not run: mistakes were found before anything was sent">',
  )
})

test('a profile that does not exist is a failing test', async () => {
  const run = await runTree('passing', { env: { TURBULENCE_PROFILE: 'nowhere' } })
  expect(run.code).toBe(1)
  expect(run.received).toEqual({})
  expect(run.stderr).toContain('nowhere')
})

test('an unknown option of the plugin is an error with the nearest known one', async () => {
  const run = await runFixture('passing', {
    arrange: withOptions(`{ runDir: 'x' } as never`),
  })
  expect(run.code).toBe(1)
  expect(run.stderr).toContain('turbulence() has no option "runDir"')
})

describe('a results folder that cannot be written', () => {
  test('a file in its place: the load runs, the verdicts are shown, what is lost is said, exit 1', async () => {
    const run = await runTree('passing', {
      arrange: (folder) => {
        writeFileSync(join(folder, 'test-results'), '')
        writeFileSync(join(folder, '.turbulence'), '')
      },
    })
    expect(run.code).toBe(1)
    expect(run.received['POST /orders']).toBe(10)
    expect(run.stdout).toContain('No record of this run is kept')
    expect(run.stdout + run.stderr).toMatch(/JUnit.*could not be written/)
  })

  test('only the records: the run goes on, says once what is not kept, and ends with 1', async () => {
    const run = await runTree('passing', { arrange: (folder) => writeFileSync(join(folder, '.turbulence'), '') })
    expect(run.code).toBe(1)
    expect(run.received['POST /orders']).toBe(10)
    expect(run.stdout.match(/No record of this run is kept/g)).toHaveLength(1)
    expect(run.junit).toContain('turbulence.passing')
  })

  test.skipIf(process.getuid?.() === 0)('a read-only folder (as root nothing is read-only)', async () => {
    const run = await runTree('passing', {
      arrange: (folder) => {
        mkdirSync(join(folder, '.turbulence'))
        chmodSync(join(folder, '.turbulence'), 0o500)
      },
    })
    expect(run.code).toBe(1)
  })
})
