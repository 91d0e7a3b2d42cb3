// What a user sees of a service that limits: who waits gets through, who may not wait fails with the reason.
import { afterAll, expect, test } from 'vitest'
import { failures, runTree } from '../support/e2e.ts'
import { removeCopies } from '../support/run-fixture.ts'

afterAll(removeCopies)

test('the patient get through, the hasty fail with both times, and nothing is an error', async () => {
  const run = await runTree('rate-limited', { shop: { limitPerSecond: 10 } })
  expect(run.code).toBe(1)
  expect(run.tree).toMatchInlineSnapshot(`
    "✓ rate-limited > cycle 1 > patient
    × rate-limited > cycle 1 > hasty
    ✓ rate-limited > thresholds > errors == 0
    ✓ rate-limited > thresholds > rate_limited > 0
    ✓ rate-limited > thresholds > success_rate{group:patient} >= 100%"
  `)
  const text = failures(run)
  expect(text).toMatch(/^CellError: success_rate in cycle 1 > hasty was /m)
  expect(text).toMatch(
    /^\d+ × {2}products \(rate-limited\.scenario\.yaml:16\) {2}rate_limited: 429 with Retry-After too long, max_wait is <time>$/m,
  )
  expect(text).toMatch(/429 with Retry-After of <time>, max_wait is <time>: not waited for$/m)
  expect(text).toMatch(/^ +status 429$/m)
  const received = run.received['GET /products'] ?? 0
  // 30 agents; of the 20 or more that were refused, the patient came again.
  expect(received).toBeGreaterThan(30)
  expect(run.junit).toContain(`<property name="turbulence.samples" value="${received}"/>`)
})
