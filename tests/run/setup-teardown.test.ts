// What happens once before the first cycle and once at the end: seen by every agent, by no metric.
import { describe, expect, test } from 'vitest'
import { TurbulenceError } from '../../src/errors.ts'
import { play } from '../support/a-plan.ts'
import type { Played } from '../support/a-plan.ts'

const sent = ({ log }: Played): string[] => log.map(({ method, path }) => `${method} ${path}`)

const SHARED = `
simulation: { cycles: 2 }
agents: 2
setup:
  - { type: http, name: make, method: POST, path: /carts, extract: { cart_id: $.id } }
  - { type: set, name: note, vars: { tier: gold } }
flow: [{ type: http, name: look, path: "/carts/{{setup.cart_id}}?tier={{setup.tier}}" }]
teardown: [{ type: http, name: remove, method: DELETE, path: "/carts/{{setup.cart_id}}" }]
thresholds: [requests == 4, errors == 0, check_rate > 0%, iterations == 4]`

const withCart = ({ method }: { method: string }): object => (method === 'POST' ? { body: { id: 'c7' } } : {})

describe('setup and teardown', () => {
  test('what setup extracts and sets reaches every agent, in every cycle', async () => {
    const played = await play(SHARED, { respond: withCart })
    const looked = Array.from({ length: 4 }, () => 'GET /carts/c7?tier=gold')
    expect(sent(played)).toEqual(['POST /carts', ...looked, 'DELETE /carts/c7'])
  })

  test('are in no metric', async () => {
    const { record } = await play(SHARED, { respond: withCart })
    expect(record.thresholds.map(({ name, value }) => [name, value])).toEqual([
      ['requests', 4],
      ['errors', 0],
      ['check_rate', undefined],
      ['iterations', 4],
    ])
    expect(record.steps.map(({ step, attempts }) => [step, attempts])).toEqual([['look', 4]])
    expect(record.cells.map(({ requests }) => requests)).toEqual([{ ok: 2 }, { ok: 2 }])
  })

  test('go through the rate limit', async () => {
    const { log } = await play(`${SHARED}\nlimits: { rate_limit_rps: 1, burst: 1 }`, { respond: withCart })
    expect(log.map(({ at }) => at)).toEqual([0, 1000, 2000, 3000, 4000, 5000])
  })

  test('have other random numbers than each other, the same in every run', async () => {
    const random = `
setup: [{ type: http, name: make, path: "/{{uuid}}" }]
flow: [{ type: set, name: nothing, vars: { x: 1 } }]
teardown: [{ type: http, name: make, path: "/{{uuid}}" }]`
    const [first, second] = sent(await play(random))
    expect(first).not.toBe(second)
    expect(sent(await play(random))).toEqual([first, second])
  })
})

describe('a setup that fails', () => {
  const broken = (played: { path: string }): object => (played.path === '/carts' ? { status: 503 } : {})

  test('is thrown with its cause and its place, and nothing else is sent', async () => {
    const played = await play(SHARED, { respond: broken })
    expect(sent(played)).toEqual(['POST /carts'])
    expect(played.error).toBeInstanceOf(TurbulenceError)
    expect(played.error).toMatchObject({
      code: 'setup',
      message: 'setup failed at step "make": status_code: 503, expected 2xx',
      place: { line: 5 },
    })
  })

  test('leaves a record that says so everywhere', async () => {
    const { record } = await play(SHARED, { respond: broken })
    expect(record.stopped).toBe('setup failed')
    expect(record.cells.map(({ state, reason }) => [state, reason])).toEqual([
      ['skipped', 'setup failed'],
      ['skipped', 'setup failed'],
    ])
    expect(record.thresholds.map(({ kind, skip }) => [kind, skip])).toEqual(Array(4).fill(['no-data', false]))
  })

  test('stops at its first failure, whatever stop_when says', async () => {
    const played = await play(
      `${SHARED.replace('setup:', 'setup:\n  - { type: http, name: first, path: /first }')}
stop_when: { any_action_fails: false }`,
      { respond: ({ path }) => (path === '/first' ? { status: 500 } : { body: { id: 1 } }) },
    )
    expect(sent(played)).toEqual(['GET /first'])
    expect(played.error).toMatchObject({ code: 'setup' })
  })

  test('keeps secrets out of what it throws', async () => {
    const played = await play(
      `setup: [{ type: http, name: make, path: /, expect: { body_contains: "{{env.TOKEN}}" } }]
flow: [{ type: http, name: look, path: / }]`,
      { env: { TOKEN: 'hunter2-hunter2' } },
    )
    expect(played.error).toMatchObject({ message: expect.stringContaining('***') as unknown })
    expect(JSON.stringify([String(played.error), played.record])).not.toContain('hunter2')
  })
})

describe('teardown', () => {
  const TEARDOWN = 'teardown: [{ type: http, name: remove, method: DELETE, path: /all }]'
  const LOOK = 'flow: [{ type: http, name: look, path: / }]'

  test('runs after a stop at once', async () => {
    const played = await play(`${LOOK}\n${TEARDOWN}`, {
      respond: ({ method }) => ({ latencyMs: method === 'GET' ? 900 : 10 }),
      during: (run, clock) => void clock.at(100, () => run.stop('enough', 0)),
    })
    expect(sent(played)).toEqual(['GET /', 'DELETE /all'])
    expect(played.record.notices).toEqual([])
  })

  test('runs after an abort_on_fail', async () => {
    const played = await play(
      `${LOOK}\n${TEARDOWN}\nsimulation: { cycles: 2 }\nthresholds: [{ that: errors == 0, abort_on_fail: true }]`,
      { respond: ({ method }) => ({ status: method === 'GET' ? 500 : 200 }) },
    )
    expect(sent(played)).toEqual(['GET /', 'DELETE /all'])
  })

  test('that fails is a notice and nothing else', async () => {
    const { record } = await play(`${LOOK}\n${TEARDOWN}\nthresholds: [errors == 0]`, {
      respond: ({ method }) => ({ status: method === 'GET' ? 200 : 500 }),
    })
    expect(record.notices).toEqual(['teardown failed at step "remove": status_code: 500, expected 2xx'])
    expect(record.cells[0]?.state).toBe('passed')
    expect(record.thresholds[0]?.kind).toBe('pass')
    expect(record.stopped).toBeUndefined()
  })

  test('is cut off when it takes too long, and that is a notice', async () => {
    const { record } = await play(`${LOOK}\nteardown: [{ type: pause, name: rest, for: 1h }]`)
    expect(record.notices).toEqual(['teardown was cut off: it did not end within 30 s'])
    expect(record.durationMs).toBe(30_010)
  })

  test('has its time also where iterations are to stop at once', async () => {
    const played = await play(`${LOOK}\n${TEARDOWN}\nsimulation: { graceful_stop: 0s }`)
    expect(sent(played)).toEqual(['GET /', 'DELETE /all'])
    expect(played.record.notices).toEqual([])
  })

  test('does not run twice when the end is asked for twice', async () => {
    let again: Promise<unknown> | undefined
    const played = await play(`${LOOK}\n${TEARDOWN}`, {
      during: (run, clock) =>
        void clock.at(12, () => {
          again = run.end()
        }),
    })
    expect(await again).toBe(played.record)
    expect(sent(played)).toEqual(['GET /', 'DELETE /all'])
  })
})
