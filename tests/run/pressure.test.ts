// Pressure in whole runs: what it keeps from the service, what it puts into the numbers and under which
// label, and that turning it off leaves every request as it was, byte for byte.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { play } from '../support/a-plan.ts'
import type { Played, Received } from '../support/a-plan.ts'

const runsDir = mkdtempSync(join(tmpdir(), 'turbulence-pressure-'))
afterAll(() => rmSync(runsDir, { recursive: true, force: true }))

const FLOW = `
agents: { a: { count: 20, workload: { iterations: 5 }, thresholds: [success_rate >= 0.01%] } }
flow:
  - { type: http, name: look, path: "/look?id={{correlation_id}}&x={{random_int(1, 1000000)}}" }
  - { type: http, name: pay, method: POST, path: /pay, json: { n: "{{uuid}}" } }
`
const instances = ({ record }: Played): Record<string, unknown>[] =>
  readFileSync(join(record.folder ?? '', 'instances.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
const verdicts = ({ record }: Played): [string, unknown, string][] =>
  record.thresholds.map(({ name, value, kind }) => [name, value, kind])
const bytes = (log: readonly Received[]): string[] =>
  log.map(({ method, path, headers, body }) => JSON.stringify({ method, path, headers, body })).toSorted()

describe('TURBULENCE_PRESSURE=off', () => {
  test('leaves the same requests, byte for byte', async () => {
    const late = await play(`${FLOW}pressure: { global: { latency_ms: { min: 1, max: 90 } } }`)
    const off = await play(`${FLOW}pressure: { global: { latency_ms: { min: 1, max: 90 }, error_rate: 1 } }`, {
      overrides: { pressure: 'off' },
    })
    const none = await play(FLOW)
    expect(none.log).toHaveLength(200)
    expect(bytes(off.log)).toEqual(bytes(none.log))
    expect(bytes(late.log)).toEqual(bytes(none.log))
    expect(off.plan).not.toHaveProperty('pressure')
  })

  test('leaves those of an agent that was not struck as they were', async () => {
    const none = new Set(bytes((await play(FLOW)).log))
    const struck = await play(`${FLOW}pressure: { actions: { pay: { error_rate: 0.3 } } }`)
    expect(struck.log.length).toBeLessThan(200)
    expect(bytes(struck.log).filter((request) => !none.has(request))).toEqual([])
  })
})

describe('injected latency', () => {
  const LATE = `${FLOW}
pressure: { actions: { look: { latency_ms: { min: 500, max: 600 } } } }
thresholds: ["max{step:look} <= 11ms", "max{step:pay} <= 11ms", "min{step:look} >= 10ms", "response_time.min{step:look} >= 510ms"]`

  test('is waited before the request is sent, and is no service time', async () => {
    const played = await play(LATE, { runsDir })
    expect(verdicts(played).map(([, , kind]) => kind)).toEqual(['pass', 'pass', 'pass', 'pass'])
    expect(Math.min(...played.log.filter(({ path }) => path !== '/pay').map(({ at }) => at))).toBeGreaterThanOrEqual(
      500,
    )
    for (const { pressure } of instances(played)) expect(pressure).toEqual({ delayed_ms: expect.any(Number) })
  })

  test('is drawn for each attempt, the same for the same seed', async () => {
    const times = async (seed: number): Promise<number[]> => (await play(LATE, { seed })).log.map(({ at }) => at)
    expect(await times(1)).toEqual(await times(1))
    expect(await times(1)).not.toEqual(await times(2))
    expect(new Set(await times(1)).size).toBeGreaterThan(10)
  })

  test('does not use up the rate limit, and is no wait for it', async () => {
    const played = await play(`${FLOW}
limits: { rate_limit_rps: 1000, burst: 1000 }
pressure: { global: { latency_ms: { min: 500, max: 500 } } }
thresholds: [wait_rate_limit.max < 1ms]`)
    expect(verdicts(played)[0]?.[2]).toBe('pass')
  })
})

describe('injected failures', () => {
  const failing = (pressure: string, thresholds: string): Promise<Played> =>
    play(`${FLOW}pressure: { actions: { look: ${pressure} } }\nthresholds: ${thresholds}`, { runsDir })

  test('never reach the service, fail their step, and are labelled', async () => {
    const played = await failing(
      '{ error_rate: 1, error_status: 502 }',
      '["errors{injected:true} == 100", "errors{injected:false} == 0", "errors{step:look,status:502} == 100", success_rate == 0%]',
    )
    expect(played.log).toEqual([])
    expect(verdicts(played).map(([, , kind]) => kind)).toEqual(['pass', 'pass', 'pass', 'pass'])
    expect(played.record.cells[0]?.causes[0]).toMatchObject({
      step: 'look',
      reason: 'status_code: 502, expected 2xx (injected)',
      count: 100,
      example: { message: 'status_code: 502, expected 2xx (injected by pressure)' },
    })
    expect(instances(played)[0]).toMatchObject({ ok: false, pressure: { errors: 1 }, failure: { step: 'look' } })
  })

  test.each([
    ['{ reset_rate: 1 }', 'reset', 'resets'],
    ['{ latency_ms: { min: 900, max: 900 }, timeout_after_ms: 400 }', 'timeout', 'timeouts'],
  ])('%s: %s', async (pressure, outcome, counted) => {
    const played = await failing(pressure, `["errors{outcome:${outcome},injected:true} == 100"]`)
    expect(played.log).toEqual([])
    expect(verdicts(played)[0]?.[2]).toBe('pass')
    expect(instances(played)[0]).toMatchObject({ pressure: { [counted]: 1 }, failure: { outcome } })
  })

  test('have no latency, and leave that of the others alone', async () => {
    const played = await failing('{ error_rate: 0.5 }', '["max{step:look} <= 11ms", "latency.count{step:look} < 70"]')
    expect(verdicts(played).map(([, , kind]) => kind)).toEqual(['pass', 'pass'])
  })

  test('of which there happened to be none are 0, not no data', async () => {
    const played = await failing('{ error_rate: 0 }', '["errors{injected:true} <= 5"]')
    expect(verdicts(played)).toEqual([['errors{injected:true}', 0, 'pass']])
  })

  test('do not wait for the rate limit, nor take a place in it', async () => {
    const played = await play(`${FLOW}
limits: { rate_limit_rps: 1 }
pressure: { global: { error_rate: 1 } }`)
    expect(played.record.durationMs).toBeLessThan(1000)
  })

  test('are what the scenario expects, when it expects them', async () => {
    const played = await play(`
agents: 5
flow: [{ type: http, name: look, path: /, expect: { status_code: 503 } }]
pressure: { global: { error_rate: 1 } }`)
    expect(played.record.cells[0]?.state).toBe('passed')
  })

  test('are tried again by a step that retries, each attempt drawn anew', async () => {
    const played = await play(`
agents: 40
flow: [{ type: http, name: look, path: /, retry: { max_attempts: 6, on_status: [503], delay_ms: 1 } }]
pressure: { global: { error_rate: 0.3 } }
thresholds: ["requests{injected:false} == 40", "errors{injected:true} > 5"]`)
    expect(verdicts(played).map(([, , kind]) => kind)).toEqual(['pass', 'pass'])
    expect(played.log).toHaveLength(40)
    expect(played.record.cells[0]).toMatchObject({ state: 'passed', iterations: { ok: 40 } })
  })

  test('strike neither setup nor teardown', async () => {
    const step = '[{ type: http, name: NAME, path: /NAME }]'
    const played = await play(`${FLOW}setup: ${step.replaceAll('NAME', 'make')}
teardown: ${step.replaceAll('NAME', 'clean')}
pressure: { global: { error_rate: 1 } }`)
    expect(played.log.map(({ path }) => path)).toEqual(['/make', '/clean'])
  })
})

describe('timeout_after_ms', () => {
  test('is how long the client waits for a slow service; that is labelled and has no latency', async () => {
    const played = await play(
      `${FLOW}pressure: { global: { timeout_after_ms: 200 } }
thresholds: ["errors{outcome:timeout,injected:true} == 50", "max < 12ms"]`,
      { respond: (_, position) => ({ latencyMs: position % 4 === 0 ? 700 : 10 }) },
    )
    const timeouts = played.record.cells[0]?.requests['timeout'] ?? 0
    expect(timeouts).toBeGreaterThan(20)
    expect(verdicts(played)[1]?.[2]).toBe('pass')
    expect(verdicts(played)[0]?.[1]).toBe(timeouts)
  })
})

describe('a retry storm', () => {
  const STORM = `
agents: 10
flow: [{ type: http, name: pay, path: /pay, extract: { id: $.id } }, { type: http, name: see, path: "/see/{{id}}" }]
pressure: { actions: { pay: { retry_count: 2 } } }
thresholds: ["requests{step:pay,injected:repeat} == 20", "requests{step:pay,injected:false} == 10", "requests{step:pay,attempt:3} == 10", "requests{step:see} == 10"]`

  test('sends the request again, whatever it was answered, each attempt labelled', async () => {
    const played = await play(STORM, { runsDir, respond: (_, position) => ({ body: { id: position } }) })
    expect(verdicts(played).map(([name, , kind]) => [name, kind])).toEqual(
      played.plan.thresholds
        .map(({ threshold }) => [threshold.expression, 'pass'])
        .map(([name = '', kind]) => [name.replace(/ ==.*/, ''), kind]),
    )
    expect(instances(played)[0]).toMatchObject({ ok: true, pressure: { repeats: 2 } })
    // The client goes on with what it was answered last.
    const paid = played.log.map(({ path }, position) => [path, position] as const).filter(([path]) => path === '/pay')
    const seen = played.log.filter(({ path }) => path !== '/pay').map(({ path }) => Number(path.split('/').at(-1)))
    expect(paid).toHaveLength(30)
    for (const id of seen) expect(paid.slice(-10).map(([, position]) => position)).toContain(id)
  })
})
