// From a scenario and an environment to a Plan: what is in it, what can still be wrong, how large it is.
import { describe, expect, test } from 'vitest'
import type { Plan } from '../../src/run.ts'
import { aPlan, planProblems, play } from '../support/a-plan.ts'

const LOOK = 'flow: [{ type: http, name: look, path: / }]'
const sut = (url: string): string => `sut: { services: { api: { base_url: "${url}" } } }`

const EVERYTHING = `
description: Everything that a plan can hold.
simulation: { cycles: 2, max_concurrent_agents: 3, max_duration: 10m, graceful_stop: 5s }
limits: { rate_limit_rps: 200, burst: 4 }
cookies: iteration
agents:
  shoppers:
    count: 4
    flow: buy
    vars: { tier: gold, list: [1, null, { deep: true }] }
    workload: { iterations: 2 }
    thresholds: ["success_rate >= 50%", { that: "p95{step:order} < 1s", on_no_data: skip, on_inconclusive: skip }]
  browsers: { count: 2, flow: browse, workload: { duration: 300ms } }
flows:
  buy:
    - { type: http, name: list, path: /products, query: { page: 1, q: null }, extract: { id: { path: $.id, default: 7 } }, tags: { area: shop } }
    - { type: assert, name: right, expect: { status_code: 2xx, header: { name: x-kind, exists: false } } }
    - { type: set, name: note, scope: agent, vars: { last: "{{id}}", nothing: null } }
    - { type: pause, name: think, for: { min: 5ms, max: 20ms } }
    - { type: http, name: order, method: POST, path: /orders, json: { id: "{{id}}", tier: "{{agent.vars.tier}}" }, condition: "int(id) > 0" }
  browse: [{ type: http, name: look, path: "/{{uuid}}", headers: { Authorization: "Bearer {{env.TOKEN}}" } }]
setup: [{ type: http, name: make, path: /make, extract: { made: { header: x-made, default: none } } }]
teardown: [{ type: http, name: remove, path: "/{{setup.made}}" }]
assertions: [{ name: final, expect: { max_latency: 5s } }]
stop_when: { any_action_fails: false }
thresholds: ["success_rate >= 50%", "requests{area:shop} > 0", { that: "p99 < 5s", min_samples: 1, per: cycle }]`

describe('a Plan', () => {
  test.each([
    ['copied', (plan: Plan) => structuredClone(plan)],
    ['written and read as JSON', (plan: Plan) => JSON.parse(JSON.stringify(plan)) as Plan],
  ])('%s runs as the original does', async (_, copyOf) => {
    const plan = aPlan(EVERYTHING, { env: { TOKEN: 'hunter2-hunter2' } })
    const copy = copyOf(plan)
    expect(copy).toEqual(plan)
    const respond = (_request: object, position: number): object => ({
      status: position % 9 === 5 ? 500 : 200,
      latencyMs: 3 + (position % 7),
    })
    const first = await play(plan, { respond })
    const second = await play(copy, { respond })
    expect(second.log).toEqual(first.log)
    expect(second.record).toEqual(first.record)
    expect(first.log.length).toBeGreaterThan(40)
  })

  test('holds only those variables of the environment that the scenario names', () => {
    const env = { TOKEN: 'a', API: 'http://shop.test', HOME: '/root', PATH: '/bin' }
    expect(aPlan(EVERYTHING, { env }).env).toEqual({ TOKEN: 'a', API: 'http://shop.test' })
  })

  test('gives every group × step a slot of its own, final assertions included', () => {
    const { slots, groups } = aPlan(EVERYTHING, { env: { TOKEN: 'a' } })
    expect(slots.map(({ index, group, step }) => `${index} ${group} ${step}`)).toEqual([
      '0 shoppers list',
      '1 shoppers right',
      '2 shoppers note',
      '3 shoppers think',
      '4 shoppers order',
      '5 shoppers final',
      '6 browsers look',
      '7 browsers final',
    ])
    expect(groups.map((group) => group.slots)).toEqual([
      [0, 1, 2, 3, 4, 5],
      [6, 7],
    ])
    expect(slots[0]).toMatchObject({ type: 'http', service: 'api', method: 'GET', tags: { area: 'shop' } })
    expect(slots[1]).not.toHaveProperty('service')
  })

  test('groups that share a flow have slots of their own', async () => {
    const { record } = await play(
      `${LOOK}\nagents: { a: { count: 2 }, b: { count: 3 } }\nthresholds: ["requests{group:b} == 3"]`,
    )
    expect(record.thresholds[0]?.kind).toBe('pass')
  })

  test('knows how many requests a cycle sends, unless a duration decides', () => {
    const groups = (more: string): Plan =>
      aPlan(`
agents: { a: { count: 10, flow: two, workload: { iterations: 3 } }, b: { count: 5, flow: one${more} } }
flows:
  one: [{ type: http, name: x, path: / }]
  two: [{ type: http, name: x, path: / }, { type: pause, name: p, for: 1s }, { type: http, name: y, path: / }]`)
    expect(groups('').requestsPerCycle).toBe(65)
    expect(groups(', workload: { duration: 1s }')).not.toHaveProperty('requestsPerCycle')
  })

  test('takes as many connections as agents may act at once, a thousand at most', () => {
    const connections = (more: string): number | undefined => aPlan(`${LOOK}\n${more}`).services['api']?.connections
    expect(connections('agents: 7')).toBe(7)
    expect(connections('agents: 70\nsimulation: { max_concurrent_agents: 9 }')).toBe(9)
    expect(connections('agents: 100000')).toBe(1000)
    expect(connections('sut: { services: { api: { base_url: "http://shop.test", connections: 3 } } }')).toBe(3)
  })

  test('holds rules, not draws: its size does not depend on agents and cycles', () => {
    const sized = (count: number, cycles: number): number =>
      objectsIn(
        aPlan(
          `${LOOK}\nagents: { a: { count: ${count}, workload: { iterations: 9 } } }\nsimulation: { cycles: ${cycles} }`,
        ),
      )
    expect(sized(100_000, 48)).toBe(sized(1, 1))
    expect(sized(1, 1)).toBeLessThan(80)
  })
})

function objectsIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Object.values(value).reduce((sum: number, item) => sum + objectsIn(item), 0)
}

describe('the environment', () => {
  test('every variable that is missing and has no default is a problem at its place', () => {
    const problems = planProblems(
      `flow:
  - { type: http, name: look, path: "/{{env.FIRST}}/{{env.SECOND | default: x}}" }
  - { type: http, name: again, path: "/{{env.THIRD}}" }`,
    )
    expect(problems.map(({ code, message, path, place }) => [code, message, path, place.line])).toEqual([
      ['env-missing', 'The environment variable FIRST is not set.', 'flow[0].path', 2],
      ['env-missing', 'The environment variable THIRD is not set.', 'flow[1].path', 3],
    ])
  })

  test('an empty variable is set', () => {
    expect(planProblems('flow: [{ type: http, name: look, path: "/{{env.EMPTY}}" }]', { EMPTY: '' })).toEqual([])
  })

  test('what every object has is no variable', () => {
    const problems = planProblems('flow: [{ type: http, name: look, path: "/{{env.valueOf}}" }]')
    expect(problems.map(({ message }) => message)).toEqual(['The environment variable valueOf is not set.'])
  })
})

describe('a base_url', () => {
  const messages = (url: string, env: Record<string, string> = {}): string[] =>
    planProblems(`${LOOK}\n${sut(url)}`, env).map(({ code, message }) => `${code}: ${message}`)

  test('may have a path, and loses the slash at its end', async () => {
    expect(aPlan(`${LOOK}\n${sut('http://shop.test:8080/api/')}`).services['api']?.baseUrl).toBe(
      'http://shop.test:8080/api',
    )
    const { log } = await play(`${LOOK.replace('path: /', 'path: /x?y=1')}\n${sut('http://shop.test/api/')}`)
    expect(log.map(({ path }) => path)).toEqual(['/api/x?y=1'])
  })

  test.each([
    ['127.0.0.1:3000', 'base-url: "127.0.0.1:3000" is not a URL.'],
    ['localhost:3000', 'base-url: "localhost:" is not a protocol that can be used.'],
    ['ftp://shop.test', 'base-url: "ftp:" is not a protocol that can be used.'],
    ['http://shop.test?a=1', 'base-url: A base_url has no query or fragment ("http://shop.test?a=1").'],
    ['http://shop.test/#top', 'base-url: A base_url has no query or fragment ("http://shop.test/#top").'],
    ['http://me:secret@shop.test', 'base-url: A base_url holds no user name or password.'],
    ['', 'base-url: "" is not a URL.'],
  ])('%j from the environment is refused', (url, message) => {
    expect(messages('{{env.URL}}', { URL: url })).toEqual([message])
  })

  test('whose template fails is a problem, not a crash', () => {
    expect(messages('http://127.0.0.1:{{env.PORT | int}}', { PORT: 'abc' })).toEqual([
      expect.stringMatching(/^base-url: .*env\.PORT \| int/),
    ])
  })

  test('is told without the secrets in it', () => {
    const told = messages('http://shop.test/?key={{env.API_TOKEN}}', { API_TOKEN: 'hunter2-hunter2' })
    expect(told).toHaveLength(1)
    expect(told[0]).not.toContain('hunter2')
  })

  test('of every service is looked at, at once', () => {
    const both = planProblems(
      `flow: [{ type: http, name: a, service: one, path: / }, { type: http, name: b, service: two, path: / }]
sut: { services: { one: { base_url: "{{env.A}}" }, two: { base_url: "{{env.B}}" } } }`,
      { A: 'x', B: 'y' },
    )
    expect(both.map(({ path }) => path)).toEqual(['sut.services.one.base_url', 'sut.services.two.base_url'])
  })
})
