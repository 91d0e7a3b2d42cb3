// How often the breaker opens on a service that is merely a little bad: 150 agents, 2 % of answers are
// 500, limit 5 %. Whole runs over the scripted service; 1,000 cycles here, 10,000 where
// TURBULENCE_TEST_CYCLES says so (as CI does).
import { expect, test } from 'vitest'
import { virtualClock } from '../../src/clock.ts'
import { memoryTransport, openRun } from '../../src/run.ts'
import type { RunRecord } from '../../src/run.ts'
import { Seed } from '../../src/random.ts'
import { allCycles, aPlan, HOST } from '../support/a-plan.ts'

const CYCLES = Number(process.env['TURBULENCE_TEST_CYCLES'] ?? 1000)
const CYCLES_PER_RUN = 250

/** Cycles that ran, and whether the last of them opened the breaker. */
async function cyclesOf(seed: number): Promise<{ ran: number; opened: boolean }> {
  const clock = virtualClock()
  const chance = new Seed(seed).stream('a little bad')
  const respond = (): { status: number; latencyMs: number } => ({
    status: chance.next() < 0.02 ? 500 : 200,
    latencyMs: 10,
  })
  const plan = aPlan(`simulation: { cycles: ${CYCLES_PER_RUN} }
circuit_breaker: { failure_threshold_percent: 5 }
agents: { shoppers: { count: 150, thresholds: [success_rate >= 50%] } }
flow: [{ type: http, name: list, path: /items }]`)
  const run = openRun(plan, { clock, transport: memoryTransport({ clock, respond }), host: HOST, rerun: '' })
  await allCycles(run)
  const record: RunRecord = await run.end()
  const opened = record.breaker?.opened
  return { ran: opened?.cycle ?? CYCLES_PER_RUN, opened: opened !== undefined }
}

// Slow because it has to be many: about 2 ms a cycle.
test('opens in under 3 % of cycles, and not never', { timeout: 180_000 }, async () => {
  let cycles = 0
  let opened = 0
  for (let seed = 1; cycles < CYCLES; seed++) {
    const result = await cyclesOf(seed)
    cycles += result.ran
    if (result.opened) opened++
  }
  expect(opened / cycles).toBeLessThan(0.03)
  // Binomial(150, 2 %) above 7: 1.1 %. None at all in this many would mean that it cannot open.
  expect(opened).toBeGreaterThan(0)
})
