// `--fail-on` of Turbulence: direction and unit were both doubtful.
import { expect, test } from 'vitest'
import { thresholdOf } from '../../../src/scenario/old/fail-on.ts'
import { parseCondition } from '../../../src/metrics/grammar.ts'

test.each([
  ['pass_rate>=99.5', 'thresholds: ["success_rate >= 99.5%"]'],
  ['pass_rate>0.99', 'thresholds: ["success_rate > 99%"]; a share has its unit now, 0.99 was a guess'],
  ['p95_latency_ms<500', 'thresholds: ["p95 < 500ms"]'],
  [
    'p99_latency_ms > 500',
    'thresholds: ["p99 > 500ms"] (it had to hold, whatever the help said: meant is perhaps p99 <= 500ms)',
  ],
  [
    'pass_rate<99',
    'thresholds: ["success_rate < 99%"] (it had to hold, whatever the help said: meant is perhaps success_rate >= 99%)',
  ],
  ['error_count<=3', 'thresholds: ["errors <= 3"]'],
  ['fail_count<1', 'thresholds: ["success_rate == 100%"]'],
  ['nonsense', 'thresholds: in the scenario'],
])('%s', (old, now) => {
  expect(thresholdOf(old)).toBe(now)
  for (const [, condition = ''] of now.matchAll(/"([^"]*)"/g))
    expect(parseCondition(condition)).toHaveProperty('condition')
})
