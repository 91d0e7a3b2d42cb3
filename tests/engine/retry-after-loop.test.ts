// Answers that say when to come again: waited for, sent again, counted apart. On simulated time with
// exact numbers, over real sockets against what the service received, and against the shop's own limit.
import { describe, expect, test } from 'vitest'
import { startShop } from '../../fixtures/shop/server.mjs'
import type { Response } from '../../src/engine/memory.ts'
import { retryAfter, startFaultServer } from '../support/fault-server.ts'
import { runYaml, simulate } from '../support/run-yaml.ts'

interface File {
  readonly url?: string
  /** Lines of the service, and of the one step. */
  readonly service?: string
  readonly step?: string
  readonly more?: string
}

const file = ({ url = 'http://127.0.0.1:1', service = '', step = '', more = '' }: File): string => `
id: limited
sut: { services: { api: { base_url: "${url}"${service && `, ${service}`} } } }
flow:
  - { type: http, name: list, path: /items${step && `, ${step}`} }
${more}`

/** One answer after the other, the last one again and again; each takes 10 ms. */
function script(...answers: readonly (Partial<Response> | string)[]): () => Response {
  let turn = 0
  return () => {
    const answer = answers[Math.min(turn++, answers.length - 1)] ?? {}
    if (typeof answer !== 'string') return { status: 200, latencyMs: 10, ...answer }
    return { status: 429, latencyMs: 10, headers: { 'retry-after': answer } }
  }
}

describe('on simulated time', () => {
  test('each attempt is a sample of its own, and the waits are told to the microsecond', async () => {
    const { runCycle, samples, iterations, clock } = simulate(file({}), script('2', '0.5', {}))
    await runCycle()
    const common = { slot: 0, cycle: 1, agent: 0, iteration: 1, waitRateLimitUs: undefined, waitConnectionUs: 0 }
    const times = { latencyUs: 10_000, ttfbUs: 10_000 }
    const limited = { ...common, ...times, status: 429, outcome: 'rate_limited', responseTimeUs: undefined }
    expect(samples).toEqual([
      { ...limited, attempt: 1, waitRetryUs: undefined },
      { ...limited, attempt: 2, waitRetryUs: 2_000_000 },
      {
        ...common,
        ...times,
        attempt: 3,
        status: 200,
        outcome: 'ok',
        responseTimeUs: 2_530_000,
        waitRetryUs: 500_000,
      },
    ])
    expect(iterations).toMatchObject([{ ok: true, aborted: false, durationUs: 2_530_000 }])
    expect(clock.now()).toBe(2_530)
  })

  test('the third such answer is the last, and the step fails with attempts and waits', async () => {
    const { runCycle, samples, failures, iterations } = simulate(file({}), script('1', '2', '3'))
    await runCycle()
    expect(samples.map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
      [1, 'rate_limited'],
      [2, 'rate_limited'],
      [3, 'rate_limited'],
    ])
    expect(samples[2]).toMatchObject({ responseTimeUs: 3_030_000, waitRetryUs: 2_000_000 })
    expect(failures.map(({ failure, sent }) => [failure.message, sent?.answer?.status])).toEqual([
      ['429 with Retry-After after 3 attempts, having waited 1 s and 2 s (max_attempts is 3)', 429],
    ])
    expect(iterations).toMatchObject([{ ok: false, aborted: false }])
  })

  test.each([
    ['1', { attempts: 2, outcome: 'ok' }],
    ['30', { attempts: 2, outcome: 'ok' }],
    ['31', { attempts: 1, outcome: 'rate_limited' }],
    ['0', { attempts: 2, outcome: 'ok' }],
    ['soon', { attempts: 1, outcome: 'failed' }],
    ['Sat, 21 Nov 2026 08:00:07 GMT', { attempts: 2, outcome: 'ok', waitUs: 6_990_000 }],
    ['Sat, 21 Nov 2026 07:00:00 GMT', { attempts: 2, outcome: 'ok', waitUs: 0 }],
  ])('Retry-After: %s', async (value, { attempts, outcome, ...more }) => {
    const start = Date.UTC(2026, 10, 21, 8)
    const { runCycle, samples } = simulate(file({}), script(value, {}), start)
    await runCycle()
    expect(samples).toHaveLength(attempts)
    expect(samples.at(-1)?.outcome).toBe(outcome)
    if ('waitUs' in more) expect(samples[1]?.waitRetryUs).toBe(more.waitUs)
  })

  test.each<[string, File, number, string]>([
    ['on a service', { service: 'retry_after: { max_attempts: 2 }' }, 2, 'rate_limited'],
    ['on a step', { step: 'retry_after: { max_attempts: 5 }' }, 5, 'rate_limited'],
    [
      'on a step, which wins',
      { service: 'retry_after: { max_attempts: 2, max_wait: 5s }', step: 'retry_after: { max_attempts: 4 }' },
      4,
      'rate_limited',
    ],
    [
      'on both, field by field',
      { service: 'retry_after: { max_wait: 500ms }', step: 'retry_after: { max_attempts: 4 }' },
      1,
      'rate_limited',
    ],
    ['off on a service', { service: 'retry_after: false' }, 1, 'failed'],
    ['off on a step', { step: 'retry_after: false' }, 1, 'failed'],
    [
      'off on a service, on again on a step',
      { service: 'retry_after: false', step: 'retry_after: {}' },
      3,
      'rate_limited',
    ],
    ['and a status that the step expects', { step: 'expect: { status_code: 429 }' }, 1, 'ok'],
    ['and a class of statuses that the step expects', { step: 'expect: { status_code: [200, 4xx] }' }, 1, 'ok'],
    ['and another status that the step expects', { step: 'expect: { status_code: 503 }' }, 3, 'rate_limited'],
    ['and an expectation of something else', { step: 'expect: { body_contains: x }' }, 3, 'rate_limited'],
  ])('retry_after %s', async (_, given, attempts, outcome) => {
    const { runCycle, samples } = simulate(file(given), script('1'))
    await runCycle()
    expect(samples).toHaveLength(attempts)
    expect(samples.at(-1)?.outcome).toBe(outcome)
  })

  test('a profile changes single fields', async () => {
    const yaml = `
id: limited
profile: patient
sut:
  services: { api: { base_url: "http://127.0.0.1:1", retry_after: { max_attempts: 2, max_wait: 1s } } }
  profiles: { patient: { services: { api: { retry_after: { max_wait: 5s } } } } }
flow:
  - { type: http, name: list, path: /items }
`
    const { runCycle, samples } = simulate(yaml, script('4'))
    await runCycle()
    expect(samples.map(({ waitRetryUs }) => waitRetryUs)).toEqual([undefined, 4_000_000])
  })

  test('a 503 without the header is an answer like any other', async () => {
    const { runCycle, samples, failures } = simulate(file({}), script({ status: 503 }))
    await runCycle()
    expect(samples).toMatchObject([{ status: 503, outcome: 'failed' }])
    expect(failures[0]?.failure.message).toBe('status_code: 503, expected 2xx')
  })

  test('other faults after a wait are told as what they are', async () => {
    const fault = { status: 0, error: { outcome: 'reset', code: 'ECONNRESET' } } as const
    const { runCycle, samples } = simulate(file({}), script('1', fault))
    await runCycle()
    expect(samples).toMatchObject([
      { attempt: 1, outcome: 'rate_limited' },
      { attempt: 2, outcome: 'reset', latencyUs: undefined, waitRetryUs: 1_000_000 },
    ])
  })

  test('every attempt passes the rate limit, and waits for it apart', async () => {
    const more = 'agents: 2\nlimits: { rate_limit_rps: 1, burst: 1 }'
    const { runCycle, samples } = simulate(file({ more }), script('1', '1', {}))
    await runCycle()
    // Due at 0 and 0; sent at 0, 1, 2, 3 s: the limit's spacing holds whoever comes.
    const told = samples.map(({ agent, attempt, outcome, waitRateLimitUs, waitRetryUs }) => [
      agent,
      attempt,
      outcome,
      waitRateLimitUs,
      waitRetryUs,
    ])
    expect(told).toEqual([
      [0, 1, 'rate_limited', 0, undefined],
      [1, 1, 'rate_limited', 1_000_000, undefined],
      [0, 2, 'ok', 990_000, 1_000_000],
      [1, 2, 'ok', 990_000, 1_000_000],
    ])
  })

  test('a hundred attempts of each of twenty agents are a loop, and end', async () => {
    const given = { step: 'retry_after: { max_attempts: 100 }', more: 'agents: { a: { count: 20 } }' }
    const { runCycle, samples } = simulate(file(given), script('0'))
    await runCycle()
    expect(samples).toHaveLength(2_000)
    expect(Math.max(...samples.map(({ attempt }) => attempt))).toBe(100)
  })
})

describe('a stop while an agent waits', () => {
  const stopped = async (graceMs: number, atMs: number) => {
    const run = simulate(file({}), script('10'))
    run.clock.at(atMs, () => run.engine.stop('enough', graceMs))
    await run.runCycle()
    return { attempts: run.samples.length, endedAt: run.clock.now(), iterations: run.iterations, run }
  }

  test('ends the wait at once, and nothing more is sent', async () => {
    const { attempts, endedAt, iterations, run } = await stopped(0, 4_000)
    expect({ attempts, endedAt }).toEqual({ attempts: 1, endedAt: 4_000 })
    expect(iterations).toMatchObject([{ ok: false, aborted: true }])
    expect(run.failures).toEqual([])
  })

  test('with a grace, ends it when that is over', async () => {
    expect(await stopped(3_000, 4_000)).toMatchObject({ attempts: 1, endedAt: 7_000 })
    expect(await stopped(9_000, 4_000)).toMatchObject({ attempts: 2, endedAt: 13_000 })
  })
})

describe('over real sockets', () => {
  test('the service receives every attempt, and the numbers keep them apart', async () => {
    await using server = await startFaultServer({
      '/items': [retryAfter(429, '0'), retryAfter(503, '0'), { body: { id: 1 } }],
    })
    const thresholds = `
thresholds:
  - errors == 0
  - rate_limited == 2
  - requests == 3
  - request_success_rate >= 100%
  - rate_limited{attempt:3} == 0
  - latency.count == 1
  - wait_retry.count == 2
`
    const record = await runYaml(file({ url: server.url, more: thresholds }))
    expect(server.log.map(({ status }) => status)).toEqual([429, 503, 200])
    expect(record.cells).toMatchObject([{ state: 'passed', requests: { ok: 1, rate_limited: 2 }, causes: [] }])
    expect(record.thresholds.map(({ kind, message }) => (kind === 'pass' ? kind : message))).toEqual(
      Array.from({ length: 7 }, () => 'pass'),
    )
    expect(record.steps).toMatchObject([{ attempts: 3, ok: 1 }])
  })

  test('a cookie that came with the refusal is sent with the next attempt', async () => {
    const refusal = { status: 429, headers: { 'retry-after': '0', 'set-cookie': 'queue=7' } }
    await using server = await startFaultServer({ '/items': [refusal, { body: 'ok' }] })
    await runYaml(file({ url: server.url }))
    expect(server.log.map(({ headers }) => headers.cookie)).toEqual([undefined, 'queue=7'])
  })

  test('a failing cell names attempts, waits and the way the service put it', async () => {
    await using server = await startFaultServer({ '/items': retryAfter(429, '0') })
    const record = await runYaml(file({ url: server.url, more: 'agents: 4' }))
    expect(server.log).toHaveLength(12)
    expect(record.cells).toMatchObject([
      {
        state: 'failed',
        requests: { rate_limited: 12 },
        causes: [
          {
            outcome: 'rate_limited',
            count: 4,
            reason: 'rate_limited: 429 with Retry-After, max_attempts is 3',
            example: { status: 429, body: '{"error":"slow down"}' },
          },
        ],
      },
    ])
    expect(record.cells[0]?.causes[0]?.example?.message).toMatch(
      /^429 with Retry-After after 3 attempts, having waited/,
    )
  })
})

describe('against the shop’s own limit', () => {
  test('all get what they want in the end, and the shop counts what we count', async () => {
    const shop = await startShop({ limitPerSecond: 20 })
    try {
      const more = 'agents: 30\nthresholds:\n  - errors == 0'
      const record = await runYaml(file({ url: shop.url, more }).replace('/items', '/products'))
      const limited = shop.log.entries.filter(({ status }) => status === 429).length
      expect(limited).toBeGreaterThan(0)
      expect(record.cells).toMatchObject([{ state: 'passed', requests: { ok: 30, rate_limited: limited } }])
      expect(shop.log.total).toBe(30 + limited)
    } finally {
      await shop.close()
    }
  })
})
