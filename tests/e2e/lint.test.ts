// What lint finds, as Vitest shows it: warnings once per run, hints not at all, and the run goes on.
import { afterAll, expect, test } from 'vitest'
import { removeCopies, runFixture } from '../support/run-fixture.ts'

afterAll(removeCopies)

test('a warning is printed once, though there are several tests', async () => {
  const { stdout, stderr } = await runFixture('inconclusive')
  const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.includes('this plan makes at most'))
  expect(lines).toEqual([
    '! inconclusive.scenario.yaml:11 "p99" needs 100 samples; this plan makes at most 10. Plan more of them, or judge a lower percentile.',
  ])
}, 60_000)

test('a hint is not printed', async () => {
  const { stdout, stderr } = await runFixture('not-json')
  expect(`${stdout}\n${stderr}`).not.toContain('Nobody uses')
}, 60_000)
