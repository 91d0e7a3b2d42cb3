import { describe, expect, it } from 'vitest'
import { checkLabels, checkSamples, neededSamples } from '../../src/metrics/check.ts'
import type { KnownLabels, ThresholdFinding } from '../../src/metrics/check.ts'
import { aThreshold } from '../support/a-threshold.ts'

const known: KnownLabels = {
  groups: ['shoppers', 'browsers'],
  steps: ['order', 'place order'],
  services: ['api'],
  methods: ['GET', 'POST'],
  tags: { area: ['payment'] },
  cycles: 6,
}

const said = ({ severity, message, hint = '' }: ThresholdFinding): string => `${severity}: ${message} ${hint}`
const findings = (input: unknown): string[] => checkLabels(aThreshold(input), known).map(said)

describe('checkLabels', () => {
  it.each([
    'p95{step:order,group:shoppers,service:api,method:get} < 300ms',
    'p95{step:"place order"} < 300ms',
    'errors{area:payment,outcome:timeout} == 0',
    'errors <= 0',
    'success_rate >= 99%',
    'success_rate == 100%',
    'errors != 3',
    'success_rate != 0%',
    'rps >= 45/s',
    'rps <= 100/s',
    'requests{status:404} < 3',
    'count > 100',
    'p95{cycle:6} < 1h',
  ])('finds nothing wrong with %s', (text) => {
    expect(findings(text)).toEqual([])
  })

  it.each([
    [
      'p95{step:oder} < 3ms',
      /^error: There is no step "oder"\. Did you mean "order"\? Known steps: order, place order/,
    ],
    ['success_rate{group:shopper} > 9%', /^error: There is no group "shopper"\. Did you mean "shoppers"/],
    ['p95{service:db} < 3ms', /^error: There is no service "db"\. Known services: api/],
    ['p95{method:PUT} < 3ms', /^error: There is no method "PUT"/],
    ['p95{stpe:order} < 3ms', /^error: There is no label or tag "stpe"\. Did you mean "step"\?.* area/],
    ['p95{toString:order} < 3ms', /^error: There is no label or tag "toString"/],
    ['p95{area:paiment} < 3ms', /^error: No step has the tag area "paiment"\. Did you mean "payment"/],
    ['p95{cycle:7} < 3ms', /^error: There is no cycle 7\. Cycles: 1 to 6/],
    ['errors{outcome:ok} == 0', /^error: "errors" never counts "ok"/],
    ['p95{outcome:rate_limited} < 3ms', /^error: "latency" never counts "rate_limited"/],
    ['errors >= 0', /^error: "errors >= 0" always holds\. It is never below zero/],
    ['p95 >= 0ms', /^error: .* always holds/],
    ['success_rate <= 100%', /^error: .* always holds/],
    ['p95 < 2h', /^error: .* always holds.* one hour/],
    ['errors < 0', /^error: "errors < 0" can never hold/],
    ['success_rate > 100%', /^error: .* can never hold/],
    ['success_rate >= 101%', /^error: .* can never hold/],
    ['p95 > 500ms', /^warning: "p95 > 500ms" must hold, so it fails when "p95" is low\. Did you mean "<"/],
    ['success_rate <= 1%', /^warning: .* fails when "success_rate" is high\. Did you mean ">="/],
    ['errors != 0', /^warning: .* at its best\. Did you mean "=="/],
    ['success_rate != 100%', /^warning: .* at its best/],
    ['errors > 3', /^warning: .* fails when "errors" is low/],
  ])('says of %s what is wrong with it', (text, expected) => {
    expect(findings(text)).toEqual([expect.stringMatching(expected)])
  })

  it('points at the word it is about', () => {
    const text = 'p95{step:oder} < 3ms'
    const [finding] = checkLabels(aThreshold(text), known)
    expect(text.slice(finding?.offset, (finding?.offset ?? 0) + (finding?.length ?? 0))).toBe('oder')
  })
})

describe('checkSamples', () => {
  const samples = (input: unknown, planned?: number): string | undefined => {
    const finding = checkSamples(aThreshold(input), planned)
    return finding === undefined ? undefined : said(finding)
  }

  it('warns of what the plan cannot decide, and only of that', () => {
    expect(samples('p99.9 < 1s', 999)).toBe(
      'warning: "p99.9" needs 1,000 samples; this plan makes at most 999. Plan more of them, or judge a lower percentile.',
    )
    expect(samples('p99.9 < 1s', 1000)).toBeUndefined()
    expect(samples('avg < 1s', 1)).toBeUndefined()
    expect(samples({ that: 'p99.9 < 1s', min_samples: 50 }, 50)).toBeUndefined()
    expect(samples({ that: 'success_rate > 9%', min_samples: 50 }, 49)).toBe(
      'warning: "success_rate" needs 50 samples; this plan makes at most 49. Plan more of them, or ask for fewer: min_samples.',
    )
  })

  it('says nothing where it is not known how many there will be', () => {
    expect(samples('p99.9 < 1s')).toBeUndefined()
  })
})

describe('neededSamples', () => {
  it.each([
    ['p50 < 1s', 20],
    ['med < 1s', 20],
    ['p95 < 1s', 20],
    ['p99 < 1s', 100],
    ['p99.9 < 1s', 1000],
    ['p(99.99) < 1s', 10_000],
    ['p(97.5) < 1s', 40],
    ['avg < 1s', 1],
    ['success_rate > 9%', 1],
  ])('for %s is %i', (text, needed) => {
    expect(neededSamples(aThreshold(text))).toBe(needed)
  })
})
