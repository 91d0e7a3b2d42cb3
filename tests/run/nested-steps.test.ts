// Steps inside steps, and steps that poll, decide and call, in whole runs on simulated time: they are
// steps of the flow for counts, thresholds, causes, max_steps and chance.
import { describe, expect, test } from 'vitest'
import type { CallFunction } from '../../src/actions/call.ts'
import { play } from '../support/a-plan.ts'
import type { Played } from '../support/a-plan.ts'

const kinds = ({ record }: Played): string[] =>
  record.thresholds.map(({ name, kind, message }) => (kind === 'pass' ? name : message))
const paths = ({ log }: Played): string[] => log.map(({ path }) => path)

describe('steps inside steps', () => {
  const NESTED = `
flow:
  - type: repeat
    name: rounds
    times: 3
    steps:
      - type: branch
        name: way
        condition: iteration > 0
        if_true: [{ type: http, name: inner, path: "/{{random_int(1, 1000000)}}", tags: { area: deep } }]
        if_false: [{ type: http, name: never, path: /never }]
  - { type: http, name: last, path: /last }
`

  test('have slots, labels and tags of their own', async () => {
    const played = await play(`${NESTED}
agents: 2
thresholds:
  - requests{step:inner} == 6
  - requests{area:deep} == 6
  - latency.count{step:inner} == 6
  - { that: "requests{step:never} == 0", on_no_data: skip }
  - requests == 8
`)
    expect(kinds(played).filter((_, at) => at !== 3)).toEqual([
      'requests{step:inner}',
      'requests{area:deep}',
      'count{step:inner}',
      'requests',
    ])
    expect(played.record.steps.map(({ step, attempts }) => [step, attempts])).toEqual([
      ['inner', 6],
      ['never', 0],
      ['last', 2],
    ])
    expect(played.plan.requestsPerCycle).toBe(8)
  })

  test('chance is another one in each round, and the same in each run', async () => {
    const [once, again] = [await play(NESTED), await play(NESTED)]
    expect(new Set(paths(once)).size).toBe(4)
    expect(paths(again)).toEqual(paths(once))
  })

  test('a failure inside ends the iteration, and is told once, at its line', async () => {
    const played = await play(NESTED, { respond: ({ path }) => ({ status: path === '/last' ? 200 : 500 }) })
    expect(played.log.length).toBe(1)
    const [cell] = played.record.cells
    expect(cell?.causes.map(({ step, count, place }) => [step, count, place?.line])).toEqual([['inner', 1, 10]])
  })

  test('with stop_when the rest of all levels goes on', async () => {
    const played = await play(`${NESTED}\nstop_when: { any_action_fails: false }`, {
      respond: ({ path }) => ({ status: path === '/last' ? 200 : 500 }),
    })
    expect(played.log.length).toBe(4)
    expect(played.record.cells[0]?.iterations).toMatchObject({ begun: 1, failed: 1 })
    expect(played.record.cells[0]?.causes.map(({ count }) => count)).toEqual([3])
  })

  test('count for max_steps, as those around them do', async () => {
    // repeat, then branch and inner three times, then last.
    expect((await play(`${NESTED}\nmax_steps: 8`)).record.cells[0]?.state).toBe('passed')
    const short = await play(`${NESTED}\nmax_steps: 7`)
    expect(short.log.length).toBe(3)
    expect(short.record.cells[0]?.causes[0]).toMatchObject({ step: 'last', reason: 'max_steps' })
    const inside = await play(`${NESTED}\nmax_steps: 3`)
    expect(inside.record.cells[0]?.causes[0]).toMatchObject({ step: 'way', reason: 'max_steps' })
  })

  test('work in setup and teardown too', async () => {
    const inner = (name: string): string =>
      `[{ type: repeat, name: ${name}, times: 2, steps: [{ type: http, name: in ${name}, path: /${name}, extract: { ${name}: $.id } }] }]`
    const played = await play(
      `setup: ${inner('made')}\nflow: [{ type: http, name: use, path: "/{{setup.made}}" }]\nteardown: ${inner('gone')}`,
      { respond: () => ({ body: { id: 7 } }) },
    )
    expect(paths(played)).toEqual(['/made', '/made', '/7', '/gone', '/gone'])
  })

  test('a stop inside a loop ends it at once', async () => {
    const played = await play(
      `simulation: { max_duration: 1s, graceful_stop: 0s }
flow: [{ type: repeat, name: again, times: 100000, steps: [{ type: pause, name: think, for: 400ms }] }]
max_steps: 100000`,
    )
    expect(played.record.cells[0]?.iterations).toMatchObject({ begun: 1, aborted: 1 })
    expect(played.record.durationMs).toBe(1000)
  })
})

describe('wait', () => {
  const WAIT = `
flow:
  - { type: http, name: begin, path: /begin }
  - { type: wait, name: done, path: /job, interval_seconds: 1, timeout_seconds: 5, expect: { jsonpath: $.n, gte: 3 } }
`
  const third = (): { respond: (request: { path: string }) => object } => {
    let asked = 0
    return { respond: ({ path }) => (path === '/job' ? { body: { n: ++asked }, latencyMs: 100 } : { latencyMs: 10 }) }
  }

  test('its polls are requests, and their times stand under its own name only', async () => {
    const played = await play(
      `${WAIT}
thresholds:
  - requests{step:done} == 3
  - requests == 4
  - errors == 0
  - check_rate == 100%
  - latency.count == 1
  - max <= 11ms
  - latency.count{service:api} == 1
  - latency.count{method:GET} == 1
  - latency.count{step:done} == 3
  - min{step:done} >= 99ms
  - ttfb.count == 1
  - ttfb.count{step:done} == 3
  - latency.count{status:2xx} == 1
  - latency.count{status:2xx,step:done} == 3
`,
      third(),
    )
    expect(played.record.thresholds.filter(({ kind }) => kind !== 'pass').map(({ message }) => message)).toEqual([])
    expect(played.log.map(({ at }) => at)).toEqual([0, 10, 1110, 2210])
    expect(played.record.steps.map(({ step, attempts, ok }) => [step, attempts, ok])).toEqual([
      ['begin', 1, 1],
      ['done', 3, 3],
    ])
  })

  test('one whose time is over fails once, with one request that failed', async () => {
    const played = await play(
      `${WAIT}
thresholds:
  - errors == 1
  - errors{outcome:failed} == 1
  - requests{step:done} == 5
`,
      { respond: ({ path }) => (path === '/job' ? { body: { n: 1 }, latencyMs: 100 } : {}) },
    )
    expect(kinds(played)).toEqual(['errors', 'errors{outcome:failed}', 'requests{step:done}'])
    expect(played.record.cells[0]?.causes[0]?.example).toMatchObject({
      message: 'not as expected within 5 s (5 polls); the last: $.n is 1, expected >= 3',
      status: 200,
      body: '{"n":1}',
    })
  })
})

describe('call', () => {
  const yaml = (thresholds: string): string => `
agents: { a: { count: 2 }, b: { count: 1 } }
simulation: { cycles: 2 }
flow:
  - { type: call, name: think, module: vite, export: think, sets: [n], metrics: { hits: counter, found: rate, thinking: trend, idle: counter } }
  - { type: http, name: look, path: "/{{n}}" }
  - { type: call, name: skipped, module: vite, export: think, condition: cycle > 5, metrics: { unseen: counter } }
thresholds: [${thresholds}]
`
  const think: CallFunction = ({ names, set, metrics }) => {
    const { index } = names['agent'] as { index: number }
    metrics.counter('hits', index)
    metrics.rate('found', index === 1)
    metrics.trend('thinking', index * 10)
    set('n', index)
  }
  const importModule = (): Promise<Record<string, unknown>> => Promise.resolve({ think })

  test('its own metrics are judged, by group, step and cycle', async () => {
    const played = await play(
      yaml(
        [
          'hits == 8',
          'hits{group:a} == 6',
          'hits{cycle:2} == 4',
          'hits{step:think} == 8',
          'found >= 66%',
          'found{group:b} == 100%',
          'thinking.max <= 21ms',
          'thinking.max{group:b} <= 11ms',
          'thinking.count == 6',
          'idle == 0',
          '{ that: hits >= 4, per: cycle }',
        ]
          .map((text) => (text.startsWith('{') ? text : `"${text}"`))
          .join(', '),
      ),
      { importModule },
    )
    expect(played.record.thresholds.filter(({ kind }) => kind !== 'pass').map(({ message }) => message)).toEqual([])
    expect(paths(played).toSorted()).toEqual(['/1', '/1', '/1', '/1', '/2', '/2'])
  })

  test('what was never called has no data', async () => {
    const played = await play(yaml('unseen == 0'), { importModule })
    expect(played.record.thresholds[0]?.kind).toBe('no-data')
  })

  test('a missing module or function is said before anything is sent', async () => {
    const gone = await play(yaml(''), { importModule: () => Promise.reject(new Error('Cannot find it.\nStack')) })
    expect(gone.log).toEqual([])
    expect(gone.error).toMatchObject({
      code: 'call-module',
      message: 'The module "vite" cannot be loaded: Cannot find it.',
      place: { line: 5 },
    })
    const wrong = await play(yaml(''), { importModule: () => Promise.resolve({ thing: () => 1, think: 3 }) })
    expect(wrong.error).toMatchObject({ message: '"vite" exports 3 as "think", not a function.' })
    const missing = await play(yaml(''), { importModule: () => Promise.resolve({ thing: () => 1 }) })
    expect(missing.error).toMatchObject({ hint: 'Did you mean "thing"? Functions: thing.' })
  })

  test('one that never ends is ended by its timeout, and by the end of the run', async () => {
    const never = { importModule: () => Promise.resolve({ think: () => new Promise(() => undefined) }) }
    const played = await play(yaml('').replace('export: think,', 'export: think, timeout: 2s,'), never)
    expect(played.record.cells[0]?.causes[0]?.reason).toBe('call think: not within 2 s')
    expect(played.record.durationMs).toBe(4000)
    const stopped = await play(yaml('').replace('cycles: 2', 'cycles: 1, max_duration: 1s, graceful_stop: 0s'), never)
    expect(stopped.record.cells[0]?.iterations).toMatchObject({ aborted: 2 })
    expect(stopped.record.durationMs).toBe(1000)
  })
})
