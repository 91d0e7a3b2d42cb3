// `turbulence plan` as a user calls it: what would happen, as text and as JSON.
import { expect, test } from 'vitest'
import { called, turbulence } from '../../support/command-line.ts'

const SCENARIO = `id: shop
description: Shoppers and browsers.
sut:
  services:
    api: { base_url: "{{env.API | default: http://127.0.0.1:3000}}" }
    stock: { base_url: https://stock.example.com, connections: 5 }
simulation: { cycles: 3, max_duration: 1m }
limits: { rate_limit_rps: 50 }
agents:
  shoppers: { count: 40, flow: buy, workload: { iterations: 2 }, thresholds: ["p99{step:order} < 1s"] }
  browsers: { count: 20, flow: look }
flows:
  buy:
    - { type: http, name: cart, service: api, method: POST, path: /carts, extract: { id: $.id } }
    - { type: pause, name: think, for: 1s }
    - { type: http, name: coupon, service: api, path: "/coupons/{{id}}", condition: cycle > 1 }
    - { type: http, name: order, service: api, method: POST, path: "/orders/{{id}}" }
  look:
    - { type: repeat, name: pages, times: 3, steps: [{ type: http, name: page, service: stock, path: /items }] }
thresholds:
  - success_rate >= 99%
  - p99.9{step:coupon} < 1s
  - p95{outcome:timeout} < 5s
`
const files = { 'shop.scenario.yaml': SCENARIO }

test('says what would be sent, to whom, for how long, and what it can decide', () => {
  expect(turbulence(['plan', 'shop.scenario.yaml'], { files })).toMatchInlineSnapshot(`
    {
      "code": 0,
      "err": "",
      "out": "shop  shop.scenario.yaml
      Shoppers and browsers.

      hosts     http://127.0.0.1:3000
                https://stock.example.com  not this machine: the load goes over the network
      agents    60 (shoppers 40, 2 iterations each; browsers 20, 1 iteration each) × 3 cycles
      requests  660 to 900, 220 to 300 in each cycle
      duration  at least 13.1 s at 50/s
      seed      drawn anew for each run
      stops     after 1m 00s at the latest

      step      type    request              service  in an iteration  requests in a cycle
      shoppers
        cart    http    POST /carts          api                    1                   80
        think   pause   –                    –                      1                    –
        coupon  http    GET /coupons/{{id}}  api              up to 1             up to 80  if cycle > 1
        order   http    POST /orders/{{id}}  api                    1                   80
      browsers
        pages   repeat  –                    –                      1                    –  3 times
          page  http    GET /items           stock                  3                   60

      service  base URL                   connections  requests in a cycle
      api      http://127.0.0.1:3000               60           160 to 240
      stock    https://stock.example.com            5                   60

      threshold                  judged                               samples  needed
      success_rate >= 99%        over the run                             300       1  enough
      p99.9{step:coupon} < 1s    over the run                       up to 240   1,000  too few
      p95{outcome:timeout} < 5s  over the run                               –      20  known when it runs
      p99{step:order} < 1s       in each cycle, shoppers                   80     100  too few
      success_rate >= 95%        in each cycle, browsers (default)         20       1  enough

    shop.scenario.yaml:6:24  hint  "stock" has 5 connections for 20 agents at once.  few-connections
      The others wait for one, which counts as wait_connection, not as latency.
    shop.scenario.yaml:10:79  warning  "p99{step:order}" needs 100 samples; this plan makes at most 80.  too-few-samples
      Plan more of them, or judge a lower percentile.
    shop.scenario.yaml:22:5  warning  "p99.9{step:coupon}" needs 1,000 samples; this plan makes at most 240.  too-few-samples
      Plan more of them, or judge a lower percentile.

    Nothing was sent.",
    }
  `)
})

test('--json says the same to programs', () => {
  const said = turbulence(['plan', 'shop.scenario.yaml', '--json'], { files })
  expect(said).toMatchObject({ code: 0, err: '' })
  expect(JSON.parse(said.out)).toMatchInlineSnapshot(`
    {
      "cycles": 3,
      "duration": {
        "because": "rate limit",
        "ratePerSecond": 50,
        "shortestMs": 13125,
      },
      "groups": [
        {
          "acting": {
            "expected": 40,
            "least": 40,
            "most": 40,
          },
          "agents": 40,
          "flow": "buy",
          "idleFlow": null,
          "idleSteps": [],
          "iterationsPerCycle": {
            "expected": 80,
            "least": 80,
            "most": 80,
          },
          "name": "shoppers",
          "steps": [
            {
              "depth": 0,
              "name": "cart",
              "perIteration": {
                "expected": 1,
                "least": 1,
                "most": 1,
              },
              "request": "POST /carts",
              "requestsPerCycle": {
                "expected": 80,
                "least": 80,
                "most": 80,
              },
              "service": "api",
              "type": "http",
              "when": null,
            },
            {
              "depth": 0,
              "name": "think",
              "perIteration": {
                "expected": 1,
                "least": 1,
                "most": 1,
              },
              "request": null,
              "requestsPerCycle": {
                "expected": 0,
                "least": 0,
                "most": 0,
              },
              "service": null,
              "type": "pause",
              "when": null,
            },
            {
              "depth": 0,
              "name": "coupon",
              "perIteration": {
                "expected": 1,
                "least": 0,
                "most": 1,
              },
              "request": "GET /coupons/{{id}}",
              "requestsPerCycle": {
                "expected": 80,
                "least": 0,
                "most": 80,
              },
              "service": "api",
              "type": "http",
              "when": "if cycle > 1",
            },
            {
              "depth": 0,
              "name": "order",
              "perIteration": {
                "expected": 1,
                "least": 1,
                "most": 1,
              },
              "request": "POST /orders/{{id}}",
              "requestsPerCycle": {
                "expected": 80,
                "least": 80,
                "most": 80,
              },
              "service": "api",
              "type": "http",
              "when": null,
            },
          ],
          "workload": {
            "iterations": 2,
            "kind": "iterations",
          },
        },
        {
          "acting": {
            "expected": 20,
            "least": 20,
            "most": 20,
          },
          "agents": 20,
          "flow": "look",
          "idleFlow": null,
          "idleSteps": [],
          "iterationsPerCycle": {
            "expected": 20,
            "least": 20,
            "most": 20,
          },
          "name": "browsers",
          "steps": [
            {
              "depth": 0,
              "name": "pages",
              "perIteration": {
                "expected": 1,
                "least": 1,
                "most": 1,
              },
              "request": null,
              "requestsPerCycle": {
                "expected": 0,
                "least": 0,
                "most": 0,
              },
              "service": null,
              "type": "repeat",
              "when": "3 times",
            },
            {
              "depth": 1,
              "name": "page",
              "perIteration": {
                "expected": 3,
                "least": 3,
                "most": 3,
              },
              "request": "GET /items",
              "requestsPerCycle": {
                "expected": 60,
                "least": 60,
                "most": 60,
              },
              "service": "stock",
              "type": "http",
              "when": null,
            },
          ],
          "workload": {
            "iterations": 1,
            "kind": "iterations",
          },
        },
      ],
      "hasPressure": false,
      "limits": {
        "burst": 1.25,
        "failurePercent": null,
        "maxConcurrentAgents": null,
        "maxDurationMs": 60000,
        "ratePerSecond": 50,
      },
      "mock": null,
      "overrides": [],
      "profile": null,
      "requests": {
        "expected": 900,
        "least": 660,
        "most": 900,
      },
      "requestsPerCycle": {
        "expected": 300,
        "least": 220,
        "most": 300,
      },
      "scenario": {
        "description": "Shoppers and browsers.",
        "file": "shop.scenario.yaml",
        "id": "shop",
        "sut": null,
      },
      "seed": null,
      "services": [
        {
          "baseUrl": "http://127.0.0.1:3000",
          "connections": 60,
          "isLocal": true,
          "name": "api",
          "requestsPerCycle": {
            "expected": 240,
            "least": 160,
            "most": 240,
          },
        },
        {
          "baseUrl": "https://stock.example.com",
          "connections": 5,
          "isLocal": false,
          "name": "stock",
          "requestsPerCycle": {
            "expected": 60,
            "least": 60,
            "most": 60,
          },
        },
      ],
      "thresholds": [
        {
          "expression": "success_rate >= 99%",
          "group": null,
          "isDefault": false,
          "isEnough": true,
          "name": "success_rate >= 99%",
          "needed": 1,
          "samples": {
            "expected": 300,
            "least": 300,
            "most": 300,
          },
          "scope": "run",
        },
        {
          "expression": "p99.9{step:coupon} < 1s",
          "group": null,
          "isDefault": false,
          "isEnough": false,
          "name": "p99.9{step:coupon} < 1s",
          "needed": 1000,
          "samples": {
            "expected": 240,
            "least": 0,
            "most": 240,
          },
          "scope": "run",
        },
        {
          "expression": "p95{outcome:timeout} < 5s",
          "group": null,
          "isDefault": false,
          "isEnough": null,
          "name": "p95{outcome:timeout} < 5s",
          "needed": 20,
          "samples": null,
          "scope": "run",
        },
        {
          "expression": "p99{step:order} < 1s",
          "group": "shoppers",
          "isDefault": false,
          "isEnough": false,
          "name": "p99{step:order} < 1s",
          "needed": 100,
          "samples": {
            "expected": 80,
            "least": 80,
            "most": 80,
          },
          "scope": "cycle",
        },
        {
          "expression": "success_rate >= 95%",
          "group": "browsers",
          "isDefault": true,
          "isEnough": true,
          "name": "success_rate >= 95%",
          "needed": 1,
          "samples": {
            "expected": 20,
            "least": 20,
            "most": 20,
          },
          "scope": "cycle",
        },
      ],
      "time": {
        "cycleMs": 3600000,
        "intervalMs": null,
        "pace": "asap",
        "scale": 1,
        "start": "2024-01-01T00:00:00.000Z",
      },
      "version": 1,
      "warmUp": null,
      "warnings": [
        {
          "code": "few-connections",
          "column": 24,
          "file": "shop.scenario.yaml",
          "hint": "The others wait for one, which counts as wait_connection, not as latency.",
          "line": 6,
          "message": ""stock" has 5 connections for 20 agents at once.",
          "path": "services.stock.connections",
          "severity": "hint",
        },
        {
          "code": "too-few-samples",
          "column": 79,
          "file": "shop.scenario.yaml",
          "hint": "Plan more of them, or judge a lower percentile.",
          "line": 10,
          "message": ""p99{step:order}" needs 100 samples; this plan makes at most 80.",
          "path": "agents.shoppers.thresholds[0]",
          "severity": "warning",
        },
        {
          "code": "too-few-samples",
          "column": 5,
          "file": "shop.scenario.yaml",
          "hint": "Plan more of them, or judge a lower percentile.",
          "line": 22,
          "message": ""p99.9{step:coupon}" needs 1,000 samples; this plan makes at most 240.",
          "path": "thresholds[1]",
          "severity": "warning",
        },
      ],
    }
  `)
})

test('the environment shows: overrides, seed and values', async () => {
  const env = { TURBULENCE_SEED: '7', TURBULENCE_CYCLES: '1', API: 'http://api.test/v1' }
  const { out } = await called(['plan', 'shop.scenario.yaml'], { files, env })
  expect(out).toContain('× 1 cycle')
  expect(out).toContain('seed      7')
  expect(out).toContain('changed   TURBULENCE_SEED=7  TURBULENCE_CYCLES=1')
  expect(out).toContain('http://api.test/v1')
})

test('where a duration decides, nothing is guessed', async () => {
  const open = SCENARIO.replace('workload: { iterations: 2 }', 'workload: { duration: 5s }')
  const { out } = await called(['plan', 'shop.scenario.yaml'], { files: { 'shop.scenario.yaml': open } })
  expect(out).toContain('requests  as many as fit: a duration decides')
  expect(out).toMatch(/p99\{step:order\} < 1s +in each cycle, shoppers +– +100 +known when it runs/)
})

test('a file that cannot run is told like by lint, and exits with 1', () => {
  const wrong = { 'shop.scenario.yaml': SCENARIO.replace('flow: look', 'flow: lok') }
  expect(turbulence(['plan', 'shop.scenario.yaml'], { files: wrong })).toMatchInlineSnapshot(`
    {
      "code": 1,
      "err": "shop.scenario.yaml:11:32  error  There is no flow "lok".  unknown-flow
      Did you mean "look"? Flows: buy, look.

      11 |   browsers: { count: 20, flow: lok }
         |                                ^",
      "out": "",
    }
  `)
  const said = turbulence(['plan', 'shop.scenario.yaml', '--json'], { files: wrong })
  expect(said).toMatchObject({ code: 1, err: '' })
  expect(JSON.parse(said.out)).toMatchObject({ version: 1, problems: [{ code: 'unknown-flow', line: 11 }] })
})

test('says where a step stands, what it sends, and what decides about it', async () => {
  const nested = `id: nested
sut: { name: the shop, services: { shop: { base_url: "http://127.0.0.1:3000" } } }
agents: 30
circuit_breaker: { failure_threshold_percent: 5 }
flow:
  - { type: wait, name: up, path: /health, timeout_seconds: 5 }
  - type: branch
    name: which
    condition: agent.index % 2 == 0
    if_true: [{ type: http, name: even, path: "/even/{{agent.id}}" }]
    if_false:
      - type: repeat
        name: thrice
        times: 3
        condition: has(body.more)
        steps: [{ type: http, name: odd, method: POST, path: /odd }]
`
  const { out } = await called(['plan', 'nested.scenario.yaml'], { files: { 'nested.scenario.yaml': nested } })
  expect(out).toContain('  system    the shop')
  expect(out).toContain('  breaker   opens when more than 5 % of the agents have failed')
  expect(out).toContain('in each cycle, agents (default)')
  const steps = out.slice(out.indexOf('  step '), out.indexOf('\n\n  service'))
  expect(steps.replaceAll(/ +$/gm, '')).toMatchInlineSnapshot(`
    "  step        type    request                 service  in an iteration  requests in a cycle
      agents
        up        wait    GET /health             shop                   1             about 30  until it is as expected, 5 s at most
        which     branch  –                       –                      1                    –  if agent.index % 2 == 0
          even    http    GET /even/{{agent.id}}  shop             up to 1             up to 30  then
          thrice  repeat  –                       –                up to 1                    –  else, if has(body.more), 3 times
            odd   http    POST /odd               shop             up to 3             up to 90"
  `)
})

test('a paced run says when its cycles begin, and at which speed unless it is that of the clock', async () => {
  const paced = (scale: string): string =>
    SCENARIO.replace('cycles: 3, max_duration: 1m', `cycles: 3, pace: realtime, cycle_length: 1h, ${scale}`)
  const paceOf = async (scale: string): Promise<string | undefined> => {
    const { out } = await called(['plan', 'shop.scenario.yaml'], { files: { 'shop.scenario.yaml': paced(scale) } })
    return /^ {2}pace +(.*)$/m.exec(out)?.[1]
  }
  expect(await paceOf('time_scale: 48')).toBe('a cycle every 1m 15s, at 48 times the speed')
  expect(await paceOf('time_scale: 1')).toBe('a cycle every 1h 00m')
})

test('simulated time is said to be UTC, whatever offset the file gives', async () => {
  const simulation = 'cycles: 3, pace: realtime, start: 2024-03-08T23:00:00-05:00'
  const paced = SCENARIO.replace('cycles: 3, max_duration: 1m', simulation)
  const { out } = await called(['plan', 'shop.scenario.yaml'], { files: { 'shop.scenario.yaml': paced } })
  expect(out).toContain('  time      cycle 1 is Sat 2024-03-09 04:00 UTC, each 1h 00m long\n')
})
