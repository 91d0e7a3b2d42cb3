// How a request is sent: retries, redirects, timeouts, limits of services and bodies, in whole runs on
// simulated time, where every moment is exact.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { play } from '../support/a-plan.ts'
import type { Played, Script } from '../support/a-plan.ts'

const at = ({ log }: Played): number[] => log.map((request) => Math.round(request.at * 1000) / 1000)
const lines = ({ log }: Played): string[] => log.map(({ method, path }) => `${method} ${path}`)
const outcomes = ({ record }: Played): object => record.cells[0]?.requests ?? {}
const reason = ({ record }: Played): string | undefined => record.cells[0]?.causes[0]?.example?.message
const step = (keys: string): string => `flow: [{ type: http, name: a, path: /a, ${keys} }]`
const down: Script = () => ({ status: 503, latencyMs: 0 })

describe('retry', () => {
  test('waits the same time before each attempt, and tells of the last', async () => {
    const played = await play(step('retry: { max_attempts: 3, delay_ms: 250 }'), { respond: down })
    expect(at(played)).toEqual([0, 250, 500])
    expect(outcomes(played)).toEqual({ failed: 3 })
    expect(reason(played)).toBe('status_code: 503, expected 2xx; it was the last of 3 attempts')
  })

  test('or twice as long each time, up to a bound', async () => {
    const keys = 'retry: { max_attempts: 6, backoff: exponential, base_delay_ms: 100, max_delay_ms: 500 }'
    expect(at(await play(step(keys), { respond: down }))).toEqual([0, 100, 300, 700, 1200, 1700])
  })

  test('ends with the first attempt that is as expected', async () => {
    const played = await play(
      `${step('retry: {}')}\nthresholds: ["requests{attempt:2} == 1", "errors == 1", "wait_retry.min >= 1s"]`,
      {
        respond: (_, position) => ({ status: position === 0 ? 502 : 200, latencyMs: 0 }),
      },
    )
    expect(at(played)).toEqual([0, 1000])
    expect(outcomes(played)).toEqual({ failed: 1, ok: 1 })
    expect(played.record.cells[0]?.state).toBe('passed')
    expect(played.record.thresholds.map(({ kind }) => kind)).toEqual(['pass', 'pass', 'pass'])
  })

  test.each([
    ['on_timeout: false', { latencyMs: 5000 }, 1],
    ['on_timeout: true', { latencyMs: 5000 }, 3],
    ['on_connection_error: false', { error: { outcome: 'connection' as const } }, 1],
    ['on_connection_error: true', { error: { outcome: 'reset' as const } }, 3],
    ['on_status: [429]', { status: 503 }, 1],
    ['on_status: [5xx]', { status: 503 }, 3],
    ['on_status: []', { status: 503 }, 1],
    ['{}', { error: { outcome: 'tls' as const } }, 1],
  ])('%s: %j is asked %d times', async (rule, response, times) => {
    const keys = rule === '{}' ? rule : `{ ${rule}, delay_ms: 1 }`
    const played = await play(step(`retry: ${keys}`), { respond: () => response })
    expect(played.log.length).toBe(times)
  })

  test('a status that the step expects is no reason to try again', async () => {
    const played = await play(step('retry: {}, expect: { status_code: [200, 503] }'), { respond: down })
    expect(played.log.length).toBe(1)
    expect(played.record.cells[0]?.state).toBe('passed')
  })

  test('an answer with Retry-After is waited for as it says; attempts are counted together', async () => {
    const played = await play(step('retry: { max_attempts: 4, delay_ms: 100 }, retry_after: { max_attempts: 3 }'), {
      respond: (_, position) => ({
        status: 503,
        latencyMs: 0,
        ...(position === 1 && { headers: { 'retry-after': '2' } }),
      }),
    })
    expect(at(played)).toEqual([0, 100, 2100, 2200])
    expect(outcomes(played)).toEqual({ failed: 3, rate_limited: 1 })
  })

  test('jitter draws each wait from a stream of its own: the same in every run, within its bounds', async () => {
    const shares = fc.constantFrom('true', '0.25', '0.5')
    await fc.assert(
      fc.asyncProperty(shares, fc.nat(1000), async (jitter, seed) => {
        const keys = `retry: { max_attempts: 4, delay_ms: 100, jitter: ${jitter} }`
        const runs = [await play(`agents: 2\n${step(keys)}`, { respond: down, seed })]
        runs.push(await play(`agents: 2\n${step(keys)}`, { respond: down, seed }))
        expect(runs[1]?.log.map((one) => one.at)).toEqual(runs[0]?.log.map((one) => one.at))
        const least = 100 * (1 - (jitter === 'true' ? 1 : Number(jitter)))
        const waits = runs[0]?.record.durationMs ?? 0
        expect(waits).toBeGreaterThanOrEqual(least * 3)
        expect(waits).toBeLessThanOrEqual(300)
      }),
      { numRuns: 10 },
    )
  })

  test('a stop ends the waiting', async () => {
    const played = await play(
      `simulation: { max_duration: 1s, graceful_stop: 0s }\n${step('retry: { delay_ms: 60000 }')}`,
      {
        respond: down,
      },
    )
    expect(played.record.durationMs).toBe(1000)
    expect(played.record.cells[0]?.iterations).toMatchObject({ aborted: 1 })
  })
})

describe('redirects', () => {
  const route =
    (routes: Record<string, [status: number, to: string]>): Script =>
    ({ path }) => {
      const [status, location] = routes[path] ?? [200, undefined]
      return { status, latencyMs: 5, ...(location !== undefined && { headers: { location } }) }
    }

  test('are followed, each hop a request with a sample of its own', async () => {
    const played = await play(
      `${step('redirects: 5')}\nthresholds: ["requests == 3", "requests{status:302} == 1", "requests{attempt:1} == 3", "errors == 0", "response_time.max >= 15ms"]`,
      { respond: route({ '/a': [301, 'b?x=1'], '/b?x=1': [302, '/c'] }) },
    )
    expect(lines(played)).toEqual(['GET /a', 'GET /b?x=1', 'GET /c'])
    expect(played.record.thresholds.filter(({ kind }) => kind !== 'pass').map(({ message }) => message)).toEqual([])
  })

  test.each([
    ['POST', 301, 'GET'],
    ['POST', 302, 'GET'],
    ['POST', 303, 'GET'],
    ['PUT', 302, 'PUT'],
    ['PUT', 303, 'GET'],
    ['POST', 307, 'POST'],
    ['POST', 308, 'POST'],
  ])('a %s that is answered %d goes on as %s', async (method, status, next) => {
    const played = await play(step(`method: ${method}, json: { x: 1 }, redirects: 1`), {
      respond: route({ '/a': [status, '/b'] }),
    })
    const [, second] = played.log
    expect(second?.method).toBe(next)
    expect(second?.body).toBe(next === 'GET' ? undefined : '{"x":1}')
    expect(Object.hasOwn(second?.headers ?? {}, 'content-type')).toBe(next !== 'GET')
  })

  test('beyond so many the step fails', async () => {
    const played = await play(step('redirects: 2'), { respond: () => ({ status: 302, headers: { location: '/a' } }) })
    expect(played.log.length).toBe(3)
    expect(reason(played)).toBe('redirects: more than 2; the next would lead to "/a"')
  })

  test('a status that the step expects is not followed, nor one without an address', async () => {
    const respond = route({ '/a': [302, '/b'] })
    expect((await play(step('redirects: 3, expect: { status_code: 302 }'), { respond })).log.length).toBe(1)
    const nowhere = await play(step('redirects: 3'), { respond: () => ({ status: 302 }) })
    expect(nowhere.log.length).toBe(1)
    expect(reason(nowhere)).toContain('status_code: 302, expected 2xx')
  })

  const TWO = `
sut:
  services:
    shop: { base_url: http://shop.test/base, headers: { Authorization: secret, X-Api-Key: secret, X-Kept: "1" } }
    cdn: { base_url: http://cdn.test }
flow: [{ type: http, service: shop, name: a, path: /a, redirects: 3 }]
`

  test('to another service of the SUT leave behind what is for one host', async () => {
    const played = await play(TWO, { respond: route({ '/base/a': [302, 'http://cdn.test/x?y=1'] }) })
    expect(played.log.map(({ service, path }) => `${service} ${path}`)).toEqual(['shop /base/a', 'cdn /x?y=1'])
    expect(played.log[0]?.headers).toMatchObject({ authorization: 'secret' })
    expect(played.log[1]?.headers).toEqual({ 'x-kept': '1' })
  })

  test('to anywhere else fail, without a request', async () => {
    const played = await play(TWO, { respond: route({ '/base/a': [302, 'https://elsewhere.test/'] }) })
    expect(played.log.length).toBe(1)
    expect(reason(played)).toBe('redirects: "https://elsewhere.test/" is no service of the SUT')
    const odd = await play(TWO, { respond: route({ '/base/a': [302, 'http://['] }) })
    expect(reason(odd)).toBe('redirects: "http://[" is no address')
  })

  test('a hop may be tried again, as the step says', async () => {
    let asked = 0
    const played = await play(step('redirects: 1, retry: { delay_ms: 10 }'), {
      respond: ({ path }) =>
        path === '/a' ? { status: 302, headers: { location: '/b' } } : { status: ++asked < 3 ? 503 : 200 },
    })
    expect(lines(played)).toEqual(['GET /a', 'GET /b', 'GET /b', 'GET /b'])
    expect(played.record.cells[0]?.state).toBe('passed')
  })
})

describe('timeout', () => {
  test("of a step stands for the service's, whether shorter or longer", async () => {
    const slow: Script = () => ({ latencyMs: 700 })
    const short = await play(step('timeout: 300ms'), { respond: slow })
    expect(outcomes(short)).toEqual({ timeout: 1 })
    expect(reason(short)).toBe('no answer from shop.test within 300 ms')
    expect(short.record.durationMs).toBe(300)
    expect(outcomes(await play(step(''), { respond: () => ({ latencyMs: 1500 }) }))).toEqual({ timeout: 1 })
    expect(outcomes(await play(step('timeout: 2s'), { respond: () => ({ latencyMs: 1500 }) }))).toEqual({ ok: 1 })
  })
})

describe('limits of services', () => {
  const SUT = `
sut:
  services:
    slow: { base_url: http://slow.test, rate_limit_rps: 2, burst: 1 }
    fast: { base_url: http://fast.test }
agents: 4
`

  test('hold back that service alone', async () => {
    const played = await play(
      `${SUT}\nflow: [{ type: http, service: fast, name: f, path: /f }, { type: http, service: slow, name: s, path: /s }]\nthresholds: ["wait_rate_limit.max{step:s} <= 1501ms", "wait_rate_limit.max{step:f} <= 1us"]`,
      { respond: () => ({ latencyMs: 0 }) },
    )
    const of = (service: string): number[] => played.log.filter((one) => one.service === service).map((one) => one.at)
    expect(of('fast')).toEqual([0, 0, 0, 0])
    expect(of('slow')).toEqual([0, 500, 1000, 1500])
    expect(played.record.thresholds.filter(({ kind }) => kind !== 'pass').map(({ message }) => message)).toEqual([])
  })

  test("stand besides the run's", async () => {
    const played = await play(
      `${SUT}\nlimits: { rate_limit_rps: 1, burst: 1 }\nflow: [{ type: http, service: slow, name: s, path: /s }]`,
      {
        respond: () => ({ latencyMs: 0 }),
      },
    )
    expect(at(played)).toEqual([0, 1000, 2000, 3000])
  })
})

describe('bodies', () => {
  test('form: encoded as browsers do it', async () => {
    const { log } = await play(
      step('method: POST, form: { a: "{{agent.id}} & co", b: [1, true], c: null, "d e": "ü" }'),
    )
    expect(log[0]?.body).toBe('a=agents-1+%26+co&b=1&b=true&d+e=%C3%BC')
    expect(log[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded')
  })

  test('multipart: a boundary that is the same in every run, and another for every request', async () => {
    const yaml = `agents: 2\n${step('method: POST, multipart: { who: "{{agent.id}}", n: [1, 2] }')}`
    const [once, again] = [await play(yaml), await play(yaml)]
    expect(again.log).toEqual(once.log)
    const types = once.log.map(({ headers }) => headers['content-type'] ?? '')
    expect(new Set(types).size).toBe(2)
    const boundary = types[0]?.split('boundary=')[1] ?? ''
    expect(boundary).toMatch(/^turbulence-[0-9a-f]{32}$/)
    const part = (name: string, value: string): string =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
    expect(once.log[0]?.body).toBe(`${part('who', 'agents-1')}${part('n', '1')}${part('n', '2')}--${boundary}--\r\n`)
  })

  test('a base path stands in front of every path', async () => {
    const yaml = `sut: { services: { api: { base_url: "http://shop.test/v1/" } } }\n${step('query: { x: 1 }')}`
    expect(lines(await play(yaml))).toEqual(['GET /v1/a?x=1'])
  })
})
