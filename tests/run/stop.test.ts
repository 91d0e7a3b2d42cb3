// How a run ends before its plan does: what may still end, what is cut, what is skipped, what is judged.
import { describe, expect, test } from 'vitest'
import type { RunRecord } from '../../src/run.ts'
import { play } from '../support/a-plan.ts'
import type { PlayOptions } from '../support/a-plan.ts'

const LOOK = 'flow: [{ type: http, name: look, path: "/{{cycle}}" }]'
const stopAt =
  (ms: number, graceMs: number, reason = 'enough'): NonNullable<PlayOptions['during']> =>
  (run, clock) =>
    void clock.at(ms, () => run.stop(reason, graceMs))

const states = ({ cells }: RunRecord): string[] => cells.map(({ state, reason }) => reason ?? state)
const kinds = ({ thresholds }: RunRecord): string[] => thresholds.map(({ kind }) => kind)

describe('max_duration', () => {
  const LONG = `${LOOK}
agents: { a: { count: 2, workload: { iterations: 3 } } }
simulation: { cycles: 3, max_duration: 1s, graceful_stop: 500ms }
thresholds: [success_rate >= 90%, requests < 4]`

  test('lets running iterations end, begins no others, and skips later cells with the reason', async () => {
    const { record, log } = await play(LONG, { respond: () => ({ latencyMs: 300 }) })
    expect(log.map(({ at, path }) => `${at} ${path}`)).toEqual(
      [0, 300, 600, 900].flatMap((at) => [`${at} ${at < 900 ? '/1' : '/2'}`, `${at} ${at < 900 ? '/1' : '/2'}`]),
    )
    const reason = 'max_duration of 1 s was reached'
    expect(record.stopped).toBe(reason)
    expect(states(record)).toEqual(['passed', `cut short: ${reason}`, reason])
    expect(record.cells[1]).toMatchObject({ state: 'skipped', iterations: { begun: 2, ok: 2, aborted: 0 } })
    expect(record.durationMs).toBe(1200)
  })

  test('leaves run thresholds not evaluated, or failed', async () => {
    const { record } = await play(LONG, { respond: () => ({ latencyMs: 300 }) })
    expect(kinds(record)).toEqual(['not-evaluated', 'fail'])
    expect(record.thresholds.map(({ skip }) => skip)).toEqual([false, false])
  })

  test('cuts what is not done within graceful_stop', async () => {
    const { record } = await play(LONG, { respond: () => ({ latencyMs: 700 }) })
    expect(record.cells[0]).toMatchObject({ requests: { ok: 4 }, iterations: { begun: 4, ok: 4 } })
    const slower = await play(LONG, { respond: () => ({ latencyMs: 900 }) })
    expect(slower.record.cells[0]).toMatchObject({
      state: 'failed',
      requests: { ok: 2, aborted: 2 },
      iterations: { begun: 4, ok: 2, failed: 2, aborted: 2 },
    })
    expect(slower.record.cells[0]?.message).toMatch(/^success_rate in cycle 1 > a was 50 %.*; cut short: max_duration/)
    expect(slower.record.durationMs).toBe(1500)
  })

  test('changes nothing for a run that is done in time', async () => {
    const { record } = await play(LONG, { respond: () => ({ latencyMs: 50 }) })
    expect(record.stopped).toBeUndefined()
    expect(states(record)).toEqual(['passed', 'passed', 'passed'])
    expect(kinds(record)).toEqual(['pass', 'fail'])
  })

  test('is not reached by a teardown that takes longer', async () => {
    const { record } = await play(
      `${LOOK}
simulation: { max_duration: 1s }
teardown: [{ type: pause, name: rest, for: 3s }]
thresholds: [success_rate >= 90%]`,
    )
    expect(record).toMatchObject({ durationMs: 3010 })
    expect(record.stopped).toBeUndefined()
    expect(kinds(record)).toEqual(['pass'])
  })
})

describe('stop', () => {
  test('at once, during a request: it ends as aborted, and its iteration with it', async () => {
    const { record, log } = await play(`${LOOK}\nagents: 3\nsimulation: { cycles: 2 }`, {
      respond: () => ({ latencyMs: 500 }),
      during: stopAt(100, 0),
    })
    expect(log).toHaveLength(3)
    expect(record.cells[0]).toMatchObject({
      state: 'failed',
      durationMs: 100,
      requests: { aborted: 3 },
      iterations: { begun: 3, failed: 3, aborted: 3 },
      causes: [],
    })
    expect(record.cells[1]).toMatchObject({ state: 'skipped', reason: 'enough', iterations: { begun: 0 } })
  })

  test.each([
    ['before the last step', `[{ type: pause, name: think, for: 10s }, { type: http, name: look, path: / }]`],
    ['at the end of the flow', `[{ type: http, name: look, path: / }, { type: pause, name: think, for: 10s }]`],
  ])('at once, during a pause %s: the iteration is aborted', async (_, flow) => {
    const { record } = await play(`flow: ${flow}`, { during: stopAt(100, 0) })
    expect(record.cells[0]).toMatchObject({ durationMs: 100, iterations: { begun: 1, ok: 0, failed: 1, aborted: 1 } })
  })

  test('at once, while waiting for the rate limit: what was not sent is no sample', async () => {
    const { record, log } = await play(`${LOOK}\nagents: 5\nlimits: { rate_limit_rps: 1, burst: 1 }`, {
      during: stopAt(1500, 0),
    })
    expect(log.map(({ at }) => at)).toEqual([0, 1000])
    expect(record.cells[0]).toMatchObject({ requests: { ok: 2 }, iterations: { begun: 5, ok: 2, aborted: 3 } })
  })

  test('at once, while waiting for a connection: it was a request, and is a sample', async () => {
    const { record, log } = await play(`${LOOK}\nagents: 3`, {
      connections: 1,
      respond: () => ({ latencyMs: 500 }),
      during: stopAt(100, 0),
    })
    expect(log).toHaveLength(1)
    expect(record.cells[0]).toMatchObject({ requests: { aborted: 3 }, iterations: { begun: 3, aborted: 3 } })
  })

  test('at once, while others queue for a place: those never began', async () => {
    const { record } = await play(`${LOOK}\nagents: 5\nsimulation: { max_concurrent_agents: 2 }`, {
      respond: () => ({ latencyMs: 500 }),
      during: stopAt(100, 0),
    })
    expect(record.cells[0]?.iterations).toMatchObject({ begun: 2, aborted: 2 })
  })

  test('before the first cycle: nothing is sent, and every cell says why', async () => {
    const { record, log } = await play(
      `${LOOK}
simulation: { cycles: 2 }
setup: [{ type: http, name: prepare, path: /setup }]
teardown: [{ type: http, name: tidy up, path: /teardown }]
thresholds: [success_rate >= 90%]`,
      { during: (run) => run.stop('cancelled', 0) },
    )
    expect(log).toEqual([])
    expect(states(record)).toEqual(['cancelled', 'cancelled'])
    expect(kinds(record)).toEqual(['no-data'])
  })

  test('during setup: setup is cut, no cycle begins, and what it made is torn down', async () => {
    const { record, log, error } = await play(
      `${LOOK}
setup: [{ type: http, name: prepare, path: /setup }, { type: pause, name: rest, for: 5s }]
teardown: [{ type: http, name: tidy up, path: /teardown }]`,
      { during: stopAt(100, 0) },
    )
    expect(error).toBeUndefined()
    expect(log.map(({ path }) => path)).toEqual(['/setup', '/teardown'])
    expect(states(record)).toEqual(['enough'])
  })

  test('twice: the first reason stays, and the shorter grace counts', async () => {
    const { record } = await play(LOOK, {
      respond: () => ({ latencyMs: 900 }),
      during: (run, clock) => {
        clock.at(100, () => run.stop('first', 5000))
        clock.at(200, () => run.stop('second', 0))
      },
    })
    expect(record).toMatchObject({ stopped: 'first', durationMs: 200 })
  })

  test('between two cycles skips the second', async () => {
    let stop: () => void = () => undefined
    const { record, log } = await play(`${LOOK}\nsimulation: { cycles: 2 }`, {
      during: (run) => (stop = () => run.stop('enough', 0)),
      onCycle: () => stop(),
    })
    expect(log.map(({ path }) => path)).toEqual(['/1'])
    expect(states(record)).toEqual(['passed', 'enough'])
  })

  test('after the last cycle there is nothing to stop', async () => {
    const { record } = await play(
      `${LOOK}\nteardown: [{ type: pause, name: rest, for: 1s }]\nthresholds: [requests > 0]`,
      {
        during: stopAt(500, 0),
      },
    )
    expect(record.stopped).toBeUndefined()
    expect(kinds(record)).toEqual(['pass'])
  })
})

describe('abort_on_fail', () => {
  const MANY = `${LOOK}
agents: { a: { count: 1, workload: { iterations: 100 } } }
simulation: { cycles: 2 }`

  test('ends the run soon after its threshold has failed', async () => {
    const { record, log } = await play(
      `${MANY}\nthresholds: [{ that: errors < 3, abort_on_fail: true }, requests > 10]`,
      {
        respond: () => ({ status: 500, latencyMs: 400 }),
      },
    )
    expect(log.length).toBeLessThan(10)
    expect(record.stopped).toMatch(/^abort_on_fail: errors was 4, must be < 3/)
    expect(record.cells.map(({ state }) => state)).toEqual(['failed', 'skipped'])
    expect(kinds(record)).toEqual(['fail', 'fail'])
  })

  test('on a threshold of a group ends the run, too', async () => {
    const { record, log } = await play(
      `${LOOK}
simulation: { cycles: 2 }
agents:
  a: { count: 1, workload: { iterations: 100 }, thresholds: [{ that: success_rate >= 90%, min_samples: 5, abort_on_fail: true }] }
  b: { count: 1 }`,
      { respond: () => ({ status: 500, latencyMs: 400 }) },
    )
    expect(log.length).toBeLessThan(20)
    expect(record.stopped).toMatch(/^abort_on_fail: success_rate was 0 %/)
    expect(record.cells.map(({ state }) => state)).toEqual(['failed', 'failed', 'skipped', 'skipped'])
  })

  test('does not end a run whose counter may still get there', async () => {
    const { record } = await play(
      `${MANY}
thresholds:
  - { that: requests >= 200, abort_on_fail: true }
  - { that: iterations == 200, abort_on_fail: true }
  - { that: latency.count > 150, abort_on_fail: true }
  - { that: requests != 3, abort_on_fail: true }`,
      { respond: () => ({ latencyMs: 330 }) },
    )
    expect(record.stopped).toBeUndefined()
    expect(kinds(record)).toEqual(['pass', 'pass', 'pass', 'pass'])
  })

  test('ends a run whose counter can no longer get back', async () => {
    const { record } = await play(`${MANY}\nthresholds: [{ that: errors == 0, abort_on_fail: true }]`, {
      respond: () => ({ status: 500, latencyMs: 400 }),
    })
    expect(record.stopped).toMatch(/^abort_on_fail: errors was/)
  })

  test('in the last cycle cuts nothing that is done', async () => {
    const { record } = await play(
      `${LOOK}\nthresholds: [{ that: requests == 2, abort_on_fail: true }, success_rate >= 50%]`,
    )
    expect(record.stopped).toBeUndefined()
    expect(kinds(record)).toEqual(['fail', 'pass'])
  })
})
