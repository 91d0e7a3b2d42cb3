import { expect, test } from 'vitest'
import { virtualClock } from '../../src/clock.ts'
import { SimulatedTime } from '../../src/engine/simulated-time.ts'

const START = Date.UTC(2024, 0, 15, 8)
const HOUR = 3_600_000

function started(scale = 48): { time: SimulatedTime; passes(ms: number): Promise<void>; shows(): string } {
  const clock = virtualClock()
  const time = new SimulatedTime({ pace: 'asap', scale, cycleMs: HOUR, startMs: START }, clock)
  return { time, passes: (ms) => clock.sleep(ms), shows: () => new Date(time.now()).toISOString().slice(11, 19) }
}

test('stands at the start until the first cycle, then runs time_scale times as fast', async () => {
  const { time, passes, shows } = started()
  await passes(10_000)
  expect(shows()).toBe('08:00:00')
  time.beginCycle(1)
  await passes(37_500)
  expect(shows()).toBe('08:30:00')
})

test('begins a cycle at its hour, however short the last one was', async () => {
  const { time, passes, shows } = started()
  time.beginCycle(1)
  await passes(1000)
  time.endCycle()
  await passes(5000)
  expect(shows()).toBe('08:00:48')
  time.beginCycle(2)
  expect(shows()).toBe('09:00:00')
  time.endCycle()
  time.beginCycle(5)
  expect(shows()).toBe('12:00:00')
})

test('never goes back: a cycle that took longer than its hour hands over where it ended', async () => {
  const { time, passes, shows } = started()
  time.beginCycle(1)
  await passes(100_000)
  time.endCycle()
  expect(shows()).toBe('09:20:00')
  time.beginCycle(2)
  expect(shows()).toBe('09:20:00')
  await passes(10_000)
  time.endCycle()
  time.beginCycle(3)
  expect(shows()).toBe('10:00:00')
})
