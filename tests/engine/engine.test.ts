// How the load of a plan is spread over time: groups, cycles, workloads, and how many agents act at once.
import { describe, expect, test } from 'vitest'
import { mostAtOnce, play } from '../support/a-plan.ts'
import type { Received } from '../support/a-plan.ts'

const LOOK = 'flow: [{ type: http, name: look, path: "/look/{{agent.id}}/{{cycle}}/{{iteration}}" }]'
const paths = (log: readonly Received[]): string[] => log.map(({ path }) => path)

describe('cycles and groups', () => {
  const TWO_GROUPS = `
simulation: { cycles: 2 }
agents: { slow: { count: 1, flow: wait }, quick: { count: 2, flow: look } }
flows:
  wait: [{ type: http, name: wait, path: "/slow/{{cycle}}" }]
  look: [{ type: http, name: look, path: "/quick/{{cycle}}" }]`

  test('the groups of a cycle run side by side, and the next cycle begins when all of them are done', async () => {
    const { record, log } = await play(TWO_GROUPS, {
      respond: ({ path }) => ({ latencyMs: path.startsWith('/slow') ? 500 : 10 }),
    })
    expect(log.map(({ at, path }) => `${at} ${path}`)).toEqual([
      '0 /slow/1',
      '0 /quick/1',
      '0 /quick/1',
      '500 /slow/2',
      '500 /quick/2',
      '500 /quick/2',
    ])
    expect(record.cells.map(({ cycle, group, state, durationMs }) => [cycle, group, state, durationMs])).toEqual([
      [1, 'slow', 'passed', 500],
      [1, 'quick', 'passed', 10],
      [2, 'slow', 'passed', 500],
      [2, 'quick', 'passed', 10],
    ])
  })

  test('a cell counts only what its own group did in its own cycle', async () => {
    const { record } = await play(TWO_GROUPS, {
      respond: ({ path }) => (path === '/quick/2' ? { status: 500 } : {}),
    })
    expect(record.cells.map(({ requests }) => requests)).toEqual([{ ok: 1 }, { ok: 2 }, { ok: 1 }, { failed: 2 }])
    expect(record.cells.map(({ state }) => state)).toEqual(['passed', 'passed', 'passed', 'failed'])
  })
})

describe('max_concurrent_agents', () => {
  test('is never exceeded, and all agents get their turn', async () => {
    const { record, log } = await play(
      `${LOOK}
simulation: { max_concurrent_agents: 3 }
agents: { a: { count: 7 }, b: { count: 4, workload: { iterations: 2 } } }`,
      { respond: (_, position) => ({ latencyMs: 5 + ((position * 7) % 11) }) },
    )
    expect(mostAtOnce(log)).toBe(3)
    expect(new Set(paths(log)).size).toBe(15)
    expect(record.cells.map(({ iterations }) => iterations.ok)).toEqual([7, 8])
  })

  test('holds a place for a whole iteration, its pauses too', async () => {
    const { log } = await play(
      `simulation: { max_concurrent_agents: 1 }
agents: 3
flow: [{ type: http, name: look, path: / }, { type: pause, name: think, for: 1s }]`,
    )
    expect(log.map(({ at }) => at)).toEqual([0, 1010, 2020])
  })

  test('as many places as agents hold nobody back', async () => {
    const { log } = await play(`${LOOK}\nsimulation: { max_concurrent_agents: 5 }\nagents: 5`)
    expect(mostAtOnce(log)).toBe(5)
  })
})

describe('workload: iterations', () => {
  test('each agent runs as many, one after the other', async () => {
    const { record, log } = await play(`${LOOK}\nagents: { a: { count: 2, workload: { iterations: 3 } } }`)
    expect(paths(log)).toEqual([1, 2, 3].flatMap((n) => [`/look/a-1/1/${n}`, `/look/a-2/1/${n}`]))
    expect(record.cells[0]?.iterations).toEqual({ begun: 6, ok: 6, failed: 0, aborted: 0, dropped: 0 })
  })
})

describe('workload: duration', () => {
  const FOR_A_SECOND = `${LOOK}\nagents: { a: { count: 2, workload: { duration: 1s } } }`

  test('no iteration begins after it, and one that runs may end', async () => {
    const { record, log } = await play(FOR_A_SECOND, { respond: () => ({ latencyMs: 300 }) })
    expect(log.map(({ at }) => at)).toEqual([0, 0, 300, 300, 600, 600, 900, 900])
    expect(record.cells[0]).toMatchObject({ state: 'passed', durationMs: 1200, iterations: { begun: 8, ok: 8 } })
  })

  test('what is not done within graceful_stop is cut: aborted, begun and failed', async () => {
    const { record } = await play(`${FOR_A_SECOND}\nsimulation: { graceful_stop: 50ms }`, {
      respond: () => ({ latencyMs: 300 }),
    })
    expect(record.cells[0]).toMatchObject({
      durationMs: 1050,
      requests: { ok: 6, aborted: 2 },
      iterations: { begun: 8, ok: 6, failed: 2, aborted: 2 },
    })
  })

  test('a cut in one cycle cuts nothing in the next', async () => {
    const { record } = await play(`${FOR_A_SECOND}\nsimulation: { cycles: 2, graceful_stop: 0s }`, {
      respond: () => ({ latencyMs: 400 }),
    })
    expect(record.cells.map(({ requests }) => requests)).toEqual([
      { ok: 4, aborted: 2 },
      { ok: 4, aborted: 2 },
    ])
  })

  test('those who queue for a place when the time is over do not begin', async () => {
    const { log } = await play(
      `${LOOK}\nsimulation: { max_concurrent_agents: 1 }\nagents: { a: { count: 9, workload: { duration: 1s } } }`,
      { respond: () => ({ latencyMs: 400 }) },
    )
    expect(log.map(({ at }) => at)).toEqual([0, 400, 800])
  })

  test('a flow that sends nothing and takes no time ends all the same', async () => {
    const { record, log } = await play(
      'flow: [{ type: set, name: note, vars: { x: 1 } }]\nagents: { a: { count: 3, workload: { duration: 20ms } } }',
    )
    expect(log).toEqual([])
    expect(record.cells[0]).toMatchObject({ state: 'passed', durationMs: 20 })
    expect(record.cells[0]?.iterations.begun).toBeGreaterThan(3)
  })

  test('a service that answers in no time at all does not hold the clock', async () => {
    const { record } = await play(`${LOOK}\nagents: { a: { count: 1, workload: { duration: 20ms } } }`, {
      respond: () => ({ latencyMs: 0 }),
    })
    expect(record.cells[0]?.requests['ok']).toBe(20)
  })
})
