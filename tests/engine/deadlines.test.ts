import { expect, test } from 'vitest'
import { virtualClock } from '../../src/clock.ts'
import type { Clock } from '../../src/clock.ts'
import { Deadlines } from '../../src/engine/deadlines.ts'
import { Entry } from '../../src/limits/queue.ts'

function begin(deadlines: Deadlines, clock: Clock, expired: [string, number][], name: string): Entry<never> {
  const entry = new Entry({ startedAt: clock.now(), expire: () => void expired.push([name, clock.now()]) })
  deadlines.add(entry)
  return entry as Entry<never>
}

test('each ends when its own time is over, and those that were removed never do', async () => {
  const clock = virtualClock()
  const deadlines = new Deadlines(clock, 100)
  const expired: [string, number][] = []
  begin(deadlines, clock, expired, 'a')
  await clock.sleep(30)
  const b = begin(deadlines, clock, expired, 'b')
  await clock.sleep(30)
  begin(deadlines, clock, expired, 'c')
  deadlines.remove(b)
  deadlines.remove(b)
  await clock.sleep(500)
  begin(deadlines, clock, expired, 'd')
  await clock.sleep(500)
  expect(expired).toEqual([
    ['a', 100],
    ['c', 160],
    ['d', 660],
  ])
})

test('needs one timer per timeout, not one per request', async () => {
  let timers = 0
  const clock = virtualClock()
  const after: Clock['after'] = (ms, run) => {
    timers++
    return clock.after(ms, run)
  }
  const deadlines = new Deadlines({ ...clock, after }, 1_000)
  const expired: [string, number][] = []
  for (let i = 0; i < 500; i++) {
    const entry = begin(deadlines, clock, expired, `${i}`)
    await clock.sleep(10)
    deadlines.remove(entry)
  }
  expect(expired).toEqual([])
  expect(timers).toBeLessThanOrEqual(12)
})

test('one that expires may begin another', async () => {
  const clock = virtualClock()
  const deadlines = new Deadlines(clock, 10)
  const moments: number[] = []
  const entry: Entry<{ startedAt: number; expire(): void }> = new Entry({
    startedAt: 0,
    expire: () => {
      moments.push(clock.now())
      entry.value.startedAt = clock.now()
      if (moments.length < 3) deadlines.add(entry)
    },
  })
  deadlines.add(entry)
  await clock.sleep(100)
  expect(moments).toEqual([10, 20, 30])
})
