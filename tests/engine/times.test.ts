// Which time is the service's and which is ours, to the microsecond, on a virtual clock.
import { describe, expect, test } from 'vitest'
import { virtualClock } from '../../src/clock.ts'
import { Engine } from '../../src/engine/engine.ts'
import type { Response } from '../../src/engine/memory.ts'
import type { Sample } from '../../src/sample.ts'
import { aPlan, scriptedService } from '../support/a-plan.ts'
import { anObserver } from '../support/an-observer.ts'

/** All samples of cycle 1. */
async function samplesOf(
  yaml: string,
  { answer = {}, connections }: { answer?: Partial<Response>; connections?: number } = {},
): Promise<Sample[]> {
  const clock = virtualClock()
  const plan = aPlan(yaml)
  const samples: Sample[] = []
  const engine = new Engine({
    plan,
    clock,
    transport: scriptedService(clock, () => ({ latencyMs: 12.5, ttfbMs: 4, ...answer }), connections).transport,
    observer: anObserver({ sample: (sample) => samples.push(sample) }),
  })
  await Promise.all(engine.startCycle(1, plan.groups).values())
  return samples
}

const LOOK = '{ type: http, name: look, path: / }'

describe('a request of 12.5 ms', () => {
  test('alone: all of its time is service time', async () => {
    const [sample] = await samplesOf(`flow: [${LOOK}]`)
    expect(sample).toMatchObject({
      outcome: 'ok',
      latencyUs: 12_500,
      ttfbUs: 4000,
      responseTimeUs: 12_500,
      waitRateLimitUs: undefined,
      waitConnectionUs: 0,
      waitRetryUs: undefined,
    })
  })

  test('under a rate limit: the wait is response time, and no service time', async () => {
    const samples = await samplesOf(`flow: [${LOOK}]\nagents: 4\nlimits: { rate_limit_rps: 10, burst: 1 }`)
    expect(samples.map(({ latencyUs }) => latencyUs)).toEqual([12_500, 12_500, 12_500, 12_500])
    expect(samples.map(({ waitRateLimitUs }) => waitRateLimitUs)).toEqual([0, 100_000, 200_000, 300_000])
    expect(samples.map(({ responseTimeUs }) => responseTimeUs)).toEqual([12_500, 112_500, 212_500, 312_500])
  })

  test('with one connection for three: the wait is response time, and no service time', async () => {
    const samples = await samplesOf(`flow: [${LOOK}]\nagents: 3`, { connections: 1 })
    expect(samples.map(({ latencyUs }) => latencyUs)).toEqual([12_500, 12_500, 12_500])
    expect(samples.map(({ waitConnectionUs }) => waitConnectionUs)).toEqual([0, 12_500, 25_000])
    expect(samples.map(({ responseTimeUs }) => responseTimeUs)).toEqual([12_500, 25_000, 37_500])
  })

  test('after a pause: the pause is nobody’s time', async () => {
    const samples = await samplesOf(
      `flow: [${LOOK}, { type: pause, name: think, for: 3s }, { type: http, name: again, path: / }]`,
    )
    expect(samples.map(({ responseTimeUs }) => responseTimeUs)).toEqual([12_500, 12_500])
    expect(samples.map(({ latencyUs }) => latencyUs)).toEqual([12_500, 12_500])
  })

  test('while others hold all places: waiting for a place is nobody’s time', async () => {
    const samples = await samplesOf(`flow: [${LOOK}]\nagents: 3\nsimulation: { max_concurrent_agents: 1 }`)
    expect(samples.map(({ responseTimeUs }) => responseTimeUs)).toEqual([12_500, 12_500, 12_500])
  })
})

describe('a request without a whole answer', () => {
  test('that timed out has the time waited as its service time', async () => {
    const [sample] = await samplesOf(`flow: [${LOOK}]`, { answer: { latencyMs: Infinity, ttfbMs: Infinity } })
    expect(sample).toMatchObject({ outcome: 'timeout', status: 0, latencyUs: 1_000_000, ttfbUs: undefined })
    expect(sample).toMatchObject({ responseTimeUs: 1_000_000 })
  })

  test('that was cut off for its size has the time up to there', async () => {
    const [sample] = await samplesOf(
      `sut: { services: { api: { base_url: "http://shop.test", max_body: 10b } } }\nflow: [${LOOK}]`,
      { answer: { body: 'x'.repeat(11) } },
    )
    expect(sample).toMatchObject({ outcome: 'too_large', status: 200, latencyUs: 12_500, ttfbUs: 4000 })
  })

  test.each(['reset', 'protocol', 'connection', 'dns', 'tls'] as const)('%s has no service time', async (outcome) => {
    const [sample] = await samplesOf(`flow: [${LOOK}]`, { answer: { status: 0, error: { outcome } } })
    expect(sample).toMatchObject({ outcome, latencyUs: undefined, ttfbUs: undefined, responseTimeUs: undefined })
  })

  test.each(['connection', 'dns', 'tls'] as const)('%s never had a connection to wait for', async (outcome) => {
    const [sample] = await samplesOf(`flow: [${LOOK}]`, { answer: { status: 0, error: { outcome } } })
    expect(sample).toMatchObject({ waitConnectionUs: undefined })
  })
})
