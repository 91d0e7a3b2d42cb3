// When an open workload wakes up; what it then starts and drops is in tests of whole runs.
import { expect, test } from 'vitest'
import { virtualClock } from '../../src/clock.ts'
import type { Clock } from '../../src/clock.ts'
import { runArrivals } from '../../src/engine/arrivals.ts'

async function graces(ratePerSecond: number): Promise<{ started: number; graces: readonly number[] }> {
  const clock = virtualClock()
  const asked: number[] = []
  const watched: Clock = {
    ...clock,
    at(due, run, graceMs = 0) {
      asked.push(graceMs)
      return clock.at(due, run, graceMs)
    },
  }
  let started = 0
  await runArrivals({
    clock: watched,
    workload: { kind: 'rate', ratePerSecond, durationMs: 1000 },
    agents: ['a', 'b'],
    stop: new AbortController().signal,
    hasPlace: () => true,
    start: () => Promise.resolve(void started++),
    drop: () => undefined,
  })
  // The last one is the end of the time.
  return { started, graces: [...new Set(asked.slice(0, -1))] }
}

test('arrivals that are far apart begin as exactly as the clock can', async () => {
  expect(await graces(50)).toEqual({ started: 50, graces: [0] })
})

test('arrivals that are close together leave the processor alone between them', async () => {
  expect(await graces(500)).toEqual({ started: 500, graces: [2] })
})
