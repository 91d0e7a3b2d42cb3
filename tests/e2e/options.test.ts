// Vitest's own options are for unit tests: whatever a user sets, the load stays what the file says, and
// so do the verdicts.
import { afterAll, expect, test, vi } from 'vitest'
import { runTree } from '../support/e2e.ts'
import { removeCopies } from '../support/run-fixture.ts'
import type { FixtureOptions } from '../support/run-fixture.ts'

afterAll(removeCopies)
vi.setConfig({ testTimeout: 60_000 })

/** Every cell lasts longer than a test may. */
const shop: FixtureOptions['shop'] = { latency: { min: 60, median: 70, p99: 90 } }

test.each([
  ['--retry=2 --testTimeout=50 --hookTimeout=50 --sequence.shuffle --sequence.concurrent'],
  ['--no-isolate --maxConcurrency=1 --maxWorkers=1'],
  ['--pool=threads --bail=1'],
  ['--pool=vmThreads'],
])('%s changes nothing', async (options) => {
  const run = await runTree('filters', { shop, args: ['run', ...options.split(' ')] })
  expect(run.code).toBe(0)
  expect(run.received).toEqual({ 'POST /carts': 4, 'GET /products': 8 })
  expect(run.tree).toMatchInlineSnapshot(`
    "✓ filters > cycle 1 > shoppers
    ✓ filters > cycle 1 > browsers
    ✓ filters > cycle 1 > returning
    ✓ filters > cycle 2 > shoppers
    ✓ filters > cycle 2 > browsers
    ✓ filters > cycle 2 > returning
    ✓ filters > thresholds > success_rate >= 99%
    ✓ filters > thresholds > errors == 0"
  `)
})

test('a cell that fails fails once, and sends its load once, with --retry', async () => {
  const run = await runTree('failing-cell', { args: ['run', '--retry=2', '--sequence.shuffle'] })
  expect(run.code).toBe(1)
  expect(run.received).toEqual({ 'POST /carts': 6 })
  expect(run.tree).toMatchInlineSnapshot(`
    "× failing-cell > cycle 1 > shoppers
    × failing-cell > cycle 2 > shoppers"
  `)
})

test('--shard divides by file: each is run by one shard', async () => {
  const shards = [
    await runTree('watch', { args: ['run', '--shard=1/2'] }),
    await runTree('watch', { args: ['run', '--shard=2/2'] }),
  ]
  expect(shards.map(({ code }) => code)).toEqual([0, 0])
  expect(shards.flatMap(({ tree }) => tree.split('\n')).toSorted()).toMatchInlineSnapshot(`
    [
      "✓ inline > cycle 1 > agents",
      "✓ separate > cycle 1 > agents",
      "✓ separate > thresholds > errors == 0",
      "✓ takes the discount off",
    ]
  `)
  expect(Object.assign({}, ...shards.map(({ received }) => received))).toEqual({ 'GET /products': 3, 'POST /carts': 2 })
})
