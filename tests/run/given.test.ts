// What agents are given, in whole runs: rows of data files, values that vary, policies, and what is done
// after a failure.
import { describe, expect, test } from 'vitest'
import { loadScenario } from '../../src/run.ts'
import { aScenario, play } from '../support/a-plan.ts'
import type { Played } from '../support/a-plan.ts'

const users = (count: number): string =>
  `email,name\n${Array.from({ length: count }, (_, n) => `u${n + 1}@example.com,User ${n + 1}`).join('\n')}\n`
const paths = ({ log }: Played): string[] => log.map(({ path }) => path)

describe('rows of a data file', () => {
  const withData = (data: string, more = ''): string => `
agents: { a: { count: 3, workload: { iterations: 2 }, data: ${data} } }
simulation: { cycles: 2 }
flow: [{ type: http, name: log in, path: "/{{agent.index}}/{{cycle}}.{{iteration}}/{{data.email | default: none}}" }]
${more}`
  const run = (data: string, rows: number, more?: string): Promise<Played> =>
    play(withData(data, more), { files: { 'users.csv': users(rows) } })

  test('go by agent and iteration', async () => {
    expect(paths(await run('./users.csv', 12)).toSorted()).toEqual(
      [
        ['/1/1.1/u1@', '/1/1.2/u4@', '/1/2.1/u7@', '/1/2.2/u10@'],
        ['/2/1.1/u2@', '/2/1.2/u5@', '/2/2.1/u8@', '/2/2.2/u11@'],
        ['/3/1.1/u3@', '/3/1.2/u6@', '/3/2.1/u9@', '/3/2.2/u12@'],
      ].flatMap((agent) => agent.map((path) => `${path}example.com`)),
    )
  })

  test('are the same however many agents act at once, and whatever the service takes', async () => {
    const one = await run('{ file: users.csv, order: shuffled }', 7)
    const slow = await play(
      withData('{ file: users.csv, order: shuffled }').replace('cycles: 2', 'cycles: 2, max_concurrent_agents: 1'),
      {
        files: { 'users.csv': users(7) },
        respond: (_, position) => ({ latencyMs: (position * 37) % 100 }),
      },
    )
    expect(paths(slow).toSorted()).toEqual(paths(one).toSorted())
  })

  test('that are used up end what their agents do, and a cycle without anyone due is skipped', async () => {
    const { record, ...played } = await run('{ file: users.csv, at_end: stop }', 5)
    expect(paths({ record, ...played })).toHaveLength(5)
    expect(record.cells.map(({ state, reason }) => [state, reason])).toEqual([
      ['passed', undefined],
      ['skipped', 'no agent was due: the rows of users.csv are used up'],
    ])
  })

  test('that are used up fail their step, when nobody could know before', async () => {
    const played = await play(
      `
agents: { a: { count: 1, workload: { duration: 100ms }, data: { file: users.csv, at_end: error }, thresholds: [iterations > 0] } }
flow: [{ type: http, name: look, path: "/{{data.email}}" }]`,
      { files: { 'users.csv': users(3) } },
    )
    expect(paths(played)).toHaveLength(3)
    expect(played.record.cells[0]?.causes[0]?.reason).toBe('users.csv has no more rows (at_end: error)')
  })

  test('end an agent in a workload of a duration, and one that is open', async () => {
    for (const workload of ['{ duration: 1s }', '{ rate: 20/s, duration: 1s }']) {
      const played = await play(
        `agents: { a: { count: 2, workload: ${workload}, data: { file: users.csv, at_end: stop } } }
flow: [{ type: http, name: look, path: "/{{data.email}}" }]`,
        { files: { 'users.csv': users(5) } },
      )
      expect(paths(played).toSorted()).toEqual([1, 2, 3, 4, 5].map((n) => `/u${n}@example.com`))
    }
  })

  test('are files that the scenario names', () => {
    expect(aScenario(withData('./users.csv'), { files: { 'users.csv': users(1) } }).files).toEqual([
      '/project/users.csv',
    ])
  })

  test('lie inside the project', () => {
    const readFile = (): string =>
      `id: a\nsut: { services: { s: { base_url: "http://x.test" } } }\n${withData('../users.csv')}`
    const { problems } = loadScenario('/project/a.scenario.yaml', { root: '/project', readFile })
    expect(problems.map(({ code }) => code)).toContain('outside-root')
  })
})

describe('a variation', () => {
  const VARIED = `
agents: { a: { count: 5, workload: { iterations: 3 } } }
variation:
  parameters: { quantity: { type: range, min: 1, max: 1000000 } }
  toggles: [{ name: coupon, probability: 0.5 }]
  TIMING
flow:
  - { type: http, name: look, path: "/look/{{agent.index}}.{{iteration}}/{{variation.quantity}}/{{variation.coupon}}" }
  - { type: http, name: use coupon, path: /coupon, condition: variation.coupon }
  - { type: assert, name: looked, expect: { context_path: variation.quantity, gte: 1 } }`
  const plain = VARIED.replace('TIMING', '')

  test('is drawn for each agent and iteration, the same for the same seed', async () => {
    const first = paths(await play(plain))
    expect(paths(await play(plain))).toEqual(first)
    expect(paths(await play(plain, { seed: 2 }))).not.toEqual(first)
    expect(new Set(first.map((path) => path.split('/')[3])).size).toBeGreaterThan(12)
  })

  test('is the same however many agents act at once', async () => {
    const looks = (played: Played): string[] =>
      paths(played)
        .filter((path) => path !== '/coupon')
        .toSorted()
    const alone = `${plain}\nsimulation: { max_concurrent_agents: 1 }`
    expect(looks(await play(alone))).toEqual(looks(await play(plain)))
  })

  test('turns steps on and off', async () => {
    const all = paths(await play(plain))
    const on = all.filter((path) => path.endsWith('/true'))
    expect(on.length).toBeGreaterThan(0)
    expect(all.filter((path) => path === '/coupon')).toHaveLength(on.length)
  })

  test('makes iterations begin later, and waits before steps', async () => {
    const timed = VARIED.replace(
      'TIMING',
      'timing: { jitter_ms: { min: 100, max: 200 }, step_delay_ms: { min: 1000, max: 1000 } }',
    )
    const { log } = await play(timed.replace('iterations: 3', 'iterations: 1').replace('0.5', '1'))
    const looks = log.filter(({ path }) => path.startsWith('/look'))
    expect(new Set(looks.map(({ at }) => at)).size).toBe(5)
    for (const { at } of looks) {
      expect(at).toBeGreaterThanOrEqual(100)
      expect(at).toBeLessThan(200)
    }
    const coupons = log.filter(({ path }) => path === '/coupon').map(({ at }) => at)
    expect(coupons.toSorted((a, b) => a - b)).toEqual(looks.map(({ at }) => at + 1010).toSorted((a, b) => a - b))
  })
})

test('a policy decides for its group', async () => {
  const played = await play(`
agents:
  buyers: { count: 20, policy: { next: { buy: 1, leave: 0 } } }
  lookers: { count: 20, policy: { next: { buy: 0, leave: 3 } } }
flow: [{ type: decide, name: choose, decision: next }, { type: http, name: go, path: "/{{agent.group}}/{{next}}" }]`)
  expect(new Set(paths(played))).toEqual(new Set(['/buyers/buy', '/lookers/leave']))
})

describe('on_failure', () => {
  const FAILING = `
agents: { a: { count: 4, on_failure: clear, thresholds: [success_rate >= 50%] } }
limits: { rate_limit_rps: 100, burst: 1 }
pressure: { actions: { clear: { error_rate: 1 } } }
circuit_breaker: { failure_threshold_percent: 60, min_agents: 1 }
flows:
  buy:
    - { type: http, name: cart, path: "/cart/{{agent.index}}", extract: { cart_id: $.id } }
    - { type: http, name: pay, path: "/pay/{{cart_id}}" }
  clear: [{ type: http, name: clear, path: "/clear/{{cart_id}}" }]
thresholds: [requests == 8, "errors == 2", iterations == 4]`
  const respond = ({ path }: { path: string }): object => {
    if (path.startsWith('/pay')) return { status: Number(path.at(-1)) <= 2 ? 500 : 200 }
    return path.startsWith('/clear') ? { status: 500 } : { body: { id: Number(path.at(-1)) } }
  }
  const failing = FAILING.replace('on_failure: clear,', 'flow: buy, on_failure: clear,').replace(/\npressure.*/, '')

  test('runs after a failed iteration, with what that has set, under the limiter, and counts nowhere', async () => {
    const played = await play(failing, { respond })
    expect(
      paths(played)
        .filter((path) => path.startsWith('/clear'))
        .toSorted(),
    ).toEqual(['/clear/1', '/clear/2'])
    expect(played.record.thresholds.map(({ kind, value }) => [kind, value])).toEqual([
      ['pass', 8],
      ['pass', 2],
      ['pass', 4],
    ])
    expect(played.record.cells[0]).toMatchObject({ state: 'passed', iterations: { begun: 4, failed: 2 } })
    expect(played.record.cells[0]?.causes.map(({ step }) => step)).toEqual(['pay'])
    expect(played.record.breaker).not.toHaveProperty('opened')
    const times = played.log.map(({ at }) => at).toSorted((a, b) => a - b)
    for (const [index, at] of times.entries())
      if (index > 0) expect(at - (times[index - 1] ?? 0)).toBeGreaterThanOrEqual(10)
  })

  test('that fails itself is told, and fails nothing', async () => {
    const { record } = await play(failing, { respond })
    expect(record.notices.join('\n')).toContain('on_failure (2 steps) failed at step "clear": status_code: 500')
  })

  test('does not run after one that went well, or was cut off', async () => {
    expect(paths(await play(failing)).filter((path) => path.startsWith('/clear'))).toEqual([])
    const cut = await play(failing, { respond, during: (run, clock) => void clock.at(1, () => run.stop('enough', 0)) })
    expect(paths(cut).filter((path) => path.startsWith('/clear'))).toEqual([])
  })

  test('may be written into the group', async () => {
    const own = failing.replace(
      'on_failure: clear',
      'on_failure: [{ type: http, name: own, path: "/own/{{cart_id}}" }]',
    )
    const played = await play(own.replace(/\n {2}clear:.*/, ''), { respond })
    expect(paths(played).filter((path) => path.startsWith('/own'))).toHaveLength(2)
  })
})
