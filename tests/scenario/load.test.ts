import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadScenario } from '../../src/scenario/load.ts'
import type { Loaded, LoadOptions } from '../../src/scenario/load.ts'
import type { Scenario } from '../../src/scenario/scenario.ts'

const SUT = `
default_headers: { X-Run: "{{run_id}}", x-kind: default }
services:
  api:
    base_url: "{{env.API_URL | default: http://127.0.0.1:3000}}"
    headers: { X-Kind: service, Authorization: "Bearer {{env.TOKEN}}" }
    timeout_seconds: 2.5
    max_body: 1mb
profiles:
  local: {}
  staging:
    default_headers: { x-run: staged }
    services: { api: { base_url: "https://staging.example.com", connections: 8, headers: { x-kind: staged } } }
default_profile: local
`

/** Loads these files, the scenario being `/project/a.scenario.yaml`. */
function load(scenario: string, options: LoadOptions = {}, sut = SUT): Loaded {
  const files: Record<string, string> = { '/project/a.scenario.yaml': scenario, '/project/shop.sut.yaml': sut }
  return loadScenario('/project/a.scenario.yaml', {
    ...options,
    readFile: (path) => {
      const text = files[path]
      if (text === undefined) throw Object.assign(new Error(`no such file ${path}`), { code: 'ENOENT' })
      return text
    },
  })
}

function loaded(scenario: string, options: LoadOptions = {}, sut = SUT): Scenario {
  const result = load(scenario, options, sut)
  expect(result.problems).toEqual([])
  if (result.scenario === undefined) throw new Error('there is no scenario')
  return result.scenario
}

const FLOW = 'flow:\n  - { type: http, name: list, path: /items }\n'
const SHORT = `id: short\nsut: ./shop.sut.yaml\n${FLOW}`

describe('the short forms', () => {
  test('a file with a flow only is one group of one agent, one iteration, one cycle', () => {
    const scenario = loaded(SHORT)
    expect(scenario).toMatchObject({
      version: 1,
      id: 'short',
      file: '/project/a.scenario.yaml',
      files: ['/project/shop.sut.yaml'],
      simulation: {
        cycles: 1,
        time: { pace: 'asap', scale: 1, cycleMs: 3_600_000, startMs: Date.UTC(2024, 0, 1) },
        gracefulStopMs: 30_000,
      },
      limits: {},
      cookies: 'run',
      stopWhen: { anyActionFails: true, anyAssertionFails: true },
      maxSteps: 100,
      thresholds: [],
      warnings: [],
    })
    expect(scenario.sha256).toMatch(/^[\da-f]{64}$/)
    expect(scenario.groups).toMatchObject([
      { name: 'agents', count: 1, flow: 'flow', vars: {}, workload: { kind: 'iterations', iterations: 1 } },
    ])
    expect(scenario.groups[0]?.thresholds.map(({ threshold }) => threshold.expression)).toEqual(['success_rate >= 95%'])
  })

  test('a number of agents is one group of that many', () => {
    expect(loaded(`agents: 100\n${SHORT}`).groups).toMatchObject([{ name: 'agents', count: 100 }])
  })

  test('the only service is the service of a step that names none', () => {
    expect(loaded(SHORT).flows['flow']?.[0]).toMatchObject({
      step: { type: 'http', service: 'api', method: 'GET' },
      path: 'flow[0]',
      place: { file: '/project/a.scenario.yaml', line: 4, column: 5 },
    })
  })

  test('the only flow is the flow of a group that names none', () => {
    const scenario = loaded(
      `id: a\nsut: ./shop.sut.yaml\nagents: { a: { count: 2 } }\nflows:\n  buy:\n    - { type: pause, name: p, for: 1s }\n`,
    )
    expect(scenario.groups).toMatchObject([{ name: 'a', flow: 'buy' }])
  })

  test('steps written into a group are a flow with the name of the group', () => {
    const scenario = loaded(
      'id: a\nsut: ./shop.sut.yaml\nagents:\n  a: { flow: [{ type: pause, name: p, for: 1s }] }\n  b: { flow: [{ type: pause, name: q, for: 2s }] }\n',
    )
    expect(scenario.groups.map(({ flow }) => flow)).toEqual(['a', 'b'])
    expect(scenario.flows['b']?.[0]).toMatchObject({ path: 'agents.b.flow[0]', step: { name: 'q', for: 2000 } })
  })

  test('an assertion is an assert step that need not say so', () => {
    const scenario = loaded(`${SHORT}assertions:\n  - { name: fine, expect: { status_code: 2xx } }\n`)
    expect(scenario.assertions).toMatchObject([{ path: 'assertions[0]', step: { type: 'assert', name: 'fine' } }])
  })
})

test('all keys arrive', () => {
  const scenario = loaded(`id: full
description: All of it.
sut: ./shop.sut.yaml
simulation: { cycles: 3, seed: 42, pace: asap, max_concurrent_agents: 5, max_duration: 10m, graceful_stop: 5s }
limits: { rate_limit_rps: 50, burst: 5 }
cookies: iteration
agents:
  shoppers: { count: 10, flow: buy, vars: { tier: gold }, workload: { duration: 30s }, thresholds: [p95 < 1s] }
flows:
  buy:
    - { type: pause, name: think, for: { min: 1s, max: 2s }, tags: { area: idle } }
stop_when: { any_action_fails: false }
max_steps: 7
thresholds:
  - "success_rate{group:shoppers} >= 99%"
`)
  expect(scenario).toMatchObject({
    description: 'All of it.',
    simulation: { cycles: 3, seed: 42, maxConcurrentAgents: 5, maxDurationMs: 600_000, gracefulStopMs: 5000 },
    limits: { rateLimitRps: 50, burst: 5 },
    cookies: 'iteration',
    stopWhen: { anyActionFails: false, anyAssertionFails: true },
    maxSteps: 7,
    groups: [{ count: 10, vars: { tier: 'gold' }, workload: { kind: 'duration', durationMs: 30_000 } }],
  })
  expect(scenario.thresholds).toMatchObject([{ place: { line: 15, column: 5 } }])
})

describe('the system under test', () => {
  test('headers merge without regard to case, the service above the defaults', () => {
    const { services } = loaded(SHORT)
    expect(services['api']).toMatchObject({
      baseUrl: '{{env.API_URL | default: http://127.0.0.1:3000}}',
      timeoutMs: 2500,
      maxBodyBytes: 1024 ** 2,
      place: { file: '/project/shop.sut.yaml', line: 5, column: 15 },
    })
    expect(services['api']?.headers).toEqual({
      'X-Run': '{{run_id}}',
      'X-Kind': 'service',
      Authorization: 'Bearer {{env.TOKEN}}',
    })
  })

  test('a profile overrides single fields and merges headers', () => {
    const { services, profile } = loaded(`profile: staging\n${SHORT}`)
    expect(profile).toBe('staging')
    expect(services['api']).toMatchObject({ baseUrl: 'https://staging.example.com', timeoutMs: 2500, connections: 8 })
    expect(services['api']?.headers).toEqual({
      'x-run': 'staged',
      'x-kind': 'staged',
      Authorization: 'Bearer {{env.TOKEN}}',
    })
  })

  test('the profile from outside wins over the file, the file over the default', () => {
    expect(loaded(SHORT).profile).toBe('local')
    expect(loaded(`profile: local\n${SHORT}`, { profile: 'staging' }).profile).toBe('staging')
    expect(load(SHORT, { profile: 'prod' }).problems).toMatchObject([{ code: 'unknown-profile' }])
  })

  test('it may come from outside, as a mapping or a path; the file wins', () => {
    const bare = `id: bare\n${FLOW}`
    expect(loaded(bare, { sut: { services: { pay: { base_url: 'http://127.0.0.1:1' } } } }).services).toHaveProperty(
      'pay',
    )
    expect(loaded(bare, { sut: 'shop.sut.yaml', root: '/project' }).services).toHaveProperty('api')
    expect(loaded(SHORT, { sut: { services: {} } }).services).toHaveProperty('api')
  })

  test('environment variables are listed with their places, those of the chosen profile only', () => {
    const flow =
      'flow:\n  - { type: http, name: list, path: "/{{env.PATH_OF | default: x}}", condition: env.CI == "1" }\n'
    const names = (profile: string): unknown =>
      loaded(`id: a\nsut: ./shop.sut.yaml\n${flow}`, { profile }).environment.map(
        ({ name, hasDefault, path, place }) => [name, hasDefault, path, `${place.file}:${place.line}:${place.column}`],
      )
    expect(names('local')).toEqual([
      ['PATH_OF', true, 'flow[0].path', '/project/a.scenario.yaml:4:39'],
      ['CI', false, 'flow[0].condition', '/project/a.scenario.yaml:4:81'],
      ['API_URL', true, 'services.api.base_url', '/project/shop.sut.yaml:5:16'],
      ['TOKEN', false, 'services.api.headers.Authorization', '/project/shop.sut.yaml:6:56'],
    ])
    expect(names('staging')).not.toContainEqual(expect.arrayContaining(['API_URL']))
  })
})

describe('what is not wrong', () => {
  test('a name that only a default makes good', () => {
    const flow =
      'flow:\n  - { type: set, name: s, vars: { n: 1 }, scope: agent }\n  - { type: http, name: l, path: "/{{memory.n | default: 0}}" }\n'
    expect(load(`id: a\nsut: ./shop.sut.yaml\n${flow}`).problems).toEqual([])
  })

  test('a flow that nobody uses is a warning', () => {
    const file = `${SHORT}flows:\n  spare:\n    - { type: pause, name: p, for: 1s }\n`
    expect(loaded(file).warnings).toMatchObject([{ code: 'unused-flow', severity: 'warning', path: 'flows.spare' }])
  })

  test('aliases and merge keys', () => {
    const file = `id: a\nsut: ./shop.sut.yaml\nflow:\n  - &list { type: http, name: list, path: /items }\n  - { <<: *list, name: more }\n`
    expect(loaded(file).flows['flow']).toMatchObject([
      { step: { name: 'list' } },
      { step: { name: 'more', path: '/items' } },
    ])
  })

  test('a text in UTF-16, as some shells write it, is told as such', () => {
    const text = Buffer.from(`\uFEFF${SHORT}`, 'utf16le').toString('utf8')
    const { problems } = load(text)
    expect(problems.map(({ code, message, hint }) => [code, message, hint])).toEqual([
      ['yaml', 'The file is not a text in UTF-8: it has NUL characters.', 'Save it as UTF-8; it may be in UTF-16.'],
    ])
    expect(load(text.replaceAll('\0', '')).problems).not.toEqual(problems)
  })

  test('line ends of Windows and a byte order mark', () => {
    const { problems } = load(`\uFEFF${SHORT.replaceAll('\n', '\r\n')}agnts: 3\r\n`)
    expect(problems).toMatchObject([{ code: 'unknown-key', place: { line: 5, column: 1 } }])
  })
})

test('a file that cannot be read is one problem', () => {
  expect(loadScenario('/nowhere/a.scenario.yaml').problems).toMatchObject([
    {
      code: 'file',
      place: { line: 1 },
      message: 'The file cannot be read: there is no such file, or it is a link that leads to none.',
    },
  ])
})

describe('for any input loading never throws', () => {
  const VALID = `id: valid
sut: { services: { api: { base_url: "http://127.0.0.1:1", headers: { X-A: "{{agent.id}}" } } }, profiles: { p: {} } }
agents:
  a: { count: 2, flow: buy, vars: { tier: gold }, workload: { iterations: 1 }, thresholds: [success_rate >= 95%] }
flows:
  buy:
    - { type: http, name: cart, method: POST, path: /carts, json: { n: "{{ cycle | int }}" }, extract: { id: $.id } }
    - { type: assert, name: ok, expect: { context_path: id, exists: true }, condition: cycle > 1 }
    - { type: set, name: keep, vars: { seen: "{{id}}" }, scope: agent }
    - { type: pause, name: think, for: { min: 1ms, max: 2ms } }
thresholds: [{ that: p95 < 1s, name: tail }]
`

  test('the valid file is valid', () => {
    expect(loaded(VALID).flows['buy']).toHaveLength(4)
  })

  test('characters inserted, removed and repeated', () => {
    const junk = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ':',
      ' ',
      '\n',
      '-',
      '"',
      "'",
      '&a ',
      '*a ',
      '{{',
      '}}',
      '|',
      '#',
      '\t',
      '!',
      '0',
      'x',
      '<<: ',
    )
    const edit = fc.record({ at: fc.nat(VALID.length), drop: fc.nat(12), put: junk })
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        const text = edits.reduce(
          (before, { at, drop, put }) => before.slice(0, at) + put + before.slice(at + drop),
          VALID,
        )
        const { scenario, problems } = load(text)
        expect(scenario === undefined).toBe(problems.length > 0)
        expect(problems.every(({ place }) => place.line >= 1 && place.column >= 1)).toBe(true)
      }),
      { numRuns: 150 },
    )
  })

  test('any value in place of any part', { timeout: 30_000 }, () => {
    const keys = [
      'id',
      'sut',
      'agents',
      'flow',
      'flows',
      'setup',
      'thresholds',
      'simulation',
      'limits',
      'assertions',
      'cookies',
      'profile',
    ]
    const steps = fc.array(
      fc.record(
        {
          type: fc.constantFrom('http', 'set', 'assert', 'pause', 'x'),
          name: fc.jsonValue(),
          vars: fc.jsonValue(),
          path: fc.jsonValue(),
          expect: fc.jsonValue(),
          extract: fc.jsonValue(),
          condition: fc.jsonValue(),
        },
        { requiredKeys: [] },
      ),
      { maxLength: 3 },
    )
    const part = fc.oneof(fc.jsonValue(), steps, fc.dictionary(fc.string(), steps))
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), part), (file) => {
        const { scenario, problems } = load(JSON.stringify({ id: 'a', ...file }))
        expect(scenario === undefined).toBe(problems.length > 0)
      }),
      { numRuns: 150 },
    )
  })
})
