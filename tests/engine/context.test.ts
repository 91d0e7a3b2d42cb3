// What belongs to one agent: cookies, memory, random choices; and that none of it depends on the others.
import { describe, expect, test } from 'vitest'
import { play } from '../support/a-plan.ts'
import type { Played, PlayOptions, Received } from '../support/a-plan.ts'

/** The `cookie` header of each request, by path. */
const cookies = ({ log }: Played): string[] => log.map(({ path, headers }) => `${path} ${headers['cookie'] ?? '–'}`)

describe('cookies', () => {
  const TWICE = (more = ''): string => `
simulation: { cycles: 2 }
agents: { a: { count: 2, workload: { iterations: 2 } } }
flow: [{ type: http, name: look, path: "/{{agent.id}}/{{cycle}}/{{iteration}}" }]
${more}`
  // Each answer sets a cookie that names its own request.
  const respond: NonNullable<PlayOptions['respond']> = ({ path }) => ({
    headers: { 'set-cookie': `at=${path.replaceAll('/', '_')}; Path=/` },
  })
  const of = (agent: string, played: Played): string[] => cookies(played).filter((line) => line.startsWith(`/${agent}`))

  test('run: an agent keeps its own over all cycles, and nobody else’s', async () => {
    const played = await play(TWICE(), { respond })
    expect(of('a-1', played)).toEqual([
      '/a-1/1/1 –',
      '/a-1/1/2 at=_a-1_1_1',
      '/a-1/2/1 at=_a-1_1_2',
      '/a-1/2/2 at=_a-1_2_1',
    ])
    expect(of('a-2', played)[3]).toBe('/a-2/2/2 at=_a-2_2_1')
  })

  test('iteration: each iteration begins without', async () => {
    const played = await play(
      TWICE('cookies: iteration').replace(' }]', ' }, { type: http, name: again, path: "/{{agent.id}}/again" }]'),
      { respond },
    )
    expect(of('a-1', played)).toEqual([
      '/a-1/1/1 –',
      '/a-1/again at=_a-1_1_1',
      '/a-1/1/2 –',
      '/a-1/again at=_a-1_1_2',
      '/a-1/2/1 –',
      '/a-1/again at=_a-1_2_1',
      '/a-1/2/2 –',
      '/a-1/again at=_a-1_2_2',
    ])
  })

  test('false: nobody keeps any', async () => {
    expect(cookies(await play(TWICE('cookies: false'), { respond })).every((line) => line.endsWith('–'))).toBe(true)
  })

  test('several at once are kept, and one that is not for this host is left out', async () => {
    const played = await play('flow: [{ type: http, name: a, path: /a }, { type: http, name: b, path: /b }]', {
      respond: () => ({ headers: { 'set-cookie': ['x=1', 'y=2; Path=/', 'z=3; Domain=other.test', '; broken'] } }),
    })
    expect(cookies(played)).toEqual(['/a –', '/b x=1; y=2'])
  })

  test('a cookie header of the step stays, with the agent’s behind it', async () => {
    const played = await play(
      'flow: [{ type: http, name: a, path: /a }, { type: http, name: b, path: /b, headers: { Cookie: mine=1 } }]',
      { respond: () => ({ headers: { 'set-cookie': 'x=1' } }) },
    )
    expect(cookies(played)).toEqual(['/a –', '/b mine=1; x=1'])
  })
})

describe('memory', () => {
  test('is kept over iterations and cycles, and belongs to one agent', async () => {
    const { log } = await play(`
simulation: { cycles: 2 }
agents: { a: { count: 2, workload: { iterations: 2 } } }
flow:
  - { type: http, name: look, path: "/{{agent.id}}/{{memory.seen | default: 0}}" }
  - { type: set, name: note, scope: agent, vars: { seen: "{{cycle}}-{{iteration}}" } }`)
    const paths = log.map(({ path }) => path)
    expect(paths.filter((path) => path.startsWith('/a-1'))).toEqual(['/a-1/0', '/a-1/1-1', '/a-1/1-2', '/a-1/2-1'])
    expect(paths.filter((path) => path.startsWith('/a-2'))).toEqual(['/a-2/0', '/a-2/1-1', '/a-2/1-2', '/a-2/2-1'])
  })

  test('variables end with their iteration', async () => {
    const { log } = await play(`
agents: { a: { count: 1, workload: { iterations: 2 } } }
flow:
  - { type: http, name: look, path: "/{{x | default: none}}" }
  - { type: set, name: note, vars: { x: 1 } }
  - { type: http, name: again, path: "/{{x}}" }`)
    expect(log.map(({ path }) => path)).toEqual(['/none', '/1', '/none', '/1'])
  })
})

describe('one seed', () => {
  const GROUPS = [
    'shoppers: { count: 12, flow: buy, workload: { iterations: 2 } }',
    'browsers: { count: 7, flow: browse, vars: { tier: gold } }',
  ]
  const CHANCE = (groups: readonly string[], more = ''): string => `
sut:
  default_headers: { X-Run-ID: "{{run_id}}", X-Correlation-ID: "{{correlation_id}}" }
  services: { api: { base_url: "http://shop.test", headers: { X-Draw: "{{random_int(1, 1000000)}}" } } }
simulation: { cycles: 2${more.startsWith(',') ? more : ''} }
agents: { ${groups.join(', ')} }
flows:
  buy:
    - { type: http, name: pick, path: "/{{random_choice('a', 'b', 'c')}}", query: { n: "{{random_int(1, 1000000)}}" } }
    - { type: pause, name: think, for: { min: 1ms, max: 90ms } }
    - { type: http, name: order, method: POST, path: /orders, json: { key: "{{uuid}}", agent: "{{agent.id}}" } }
  browse: [{ type: http, name: look, path: "/{{agent.vars.tier}}/{{uuid}}" }]
${more.startsWith(',') ? '' : more}`

  /** What was sent, by iteration (each has its own correlation id), and within it in order. */
  async function sentBy(yaml: string, seed: number, delay = 0): Promise<string[]> {
    const { log } = await play(yaml, { seed, respond: (_, position) => ({ latencyMs: 5 + ((position * delay) % 17) }) })
    const text = ({ method, path, headers, body }: Received): string => {
      const { 'x-run-id': runId, ...rest } = headers
      expect(runId).toMatch(/^test-/)
      return JSON.stringify([rest['x-correlation-id'], method, path, rest, body])
    }
    const key = ({ headers }: Received): string => headers['x-correlation-id'] ?? ''
    return log.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0)).map(text)
  }

  test('sends the same requests whatever the concurrency, the speed and the rate limit', async () => {
    const first = await sentBy(CHANCE(GROUPS), 42)
    expect(first).toHaveLength(2 * (12 * 2 * 2 + 7))
    expect(await sentBy(CHANCE(GROUPS), 42)).toEqual(first)
    expect(await sentBy(CHANCE(GROUPS, ', max_concurrent_agents: 1'), 42)).toEqual(first)
    expect(await sentBy(CHANCE(GROUPS, ', max_concurrent_agents: 50'), 42, 7)).toEqual(first)
    expect(await sentBy(CHANCE(GROUPS, 'limits: { rate_limit_rps: 40 }'), 42, 3)).toEqual(first)
  })

  test('sends the same requests when the groups stand in another order', async () => {
    expect(await sentBy(CHANCE(GROUPS.toReversed()), 42)).toEqual(await sentBy(CHANCE(GROUPS), 42))
  })

  test('and another one sends others', async () => {
    const [one, other] = [await sentBy(CHANCE(GROUPS), 42), await sentBy(CHANCE(GROUPS), 43)]
    expect(one.filter((requests) => other.includes(requests))).toEqual([])
  })

  test('makes pauses of the same length', async () => {
    const pauses = async (seed: number): Promise<number[]> => {
      const { log } = await play(CHANCE(['shoppers: { count: 1, flow: buy }']), {
        seed,
      })
      return log.map(({ at }) => at)
    }
    expect(await pauses(1)).toEqual(await pauses(1))
    expect(await pauses(2)).not.toEqual(await pauses(1))
  })
})
