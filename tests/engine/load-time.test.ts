// Time that stands still: what was due in so long is due in so long when it moves again.
import { expect, test } from 'vitest'
import { virtualClock } from '../../src/clock.ts'
import { LoadTime } from '../../src/engine/load-time.ts'

/** Stands still from 40 to 100. */
function halted(): { clock: ReturnType<typeof virtualClock>; time: LoadTime } {
  const clock = virtualClock(1000)
  const time = new LoadTime(clock)
  clock.at(40, () => time.stop())
  clock.at(100, () => time.goOn())
  return { clock, time }
}

test('stands still while it is stopped, and goes on where it stood', async () => {
  const { clock, time } = halted()
  const seen: [number, number][] = []
  for (const at of [10, 40, 70, 100, 130]) clock.at(at, () => seen.push([at, time.now()]))
  await clock.sleep(200)
  expect(seen).toEqual([
    [10, 10],
    [40, 40],
    [70, 40],
    [100, 40],
    [130, 70],
  ])
  expect([time.epoch(), time.onClock(70)]).toEqual([1200, 130])
})

test('what is due later is later by as much, in its order, and nothing is due meanwhile', async () => {
  const { clock, time } = halted()
  const fired: [string, number][] = []
  const fire = (name: string) => (): void => void fired.push([name, clock.now()])
  time.at(30, fire('before'))
  time.at(50, fire('at'))
  time.after(60, fire('after'))
  void time.sleep(70).then(fire('sleep'))
  clock.at(50, () => void time.at(45, fire('arranged meanwhile')))
  await clock.sleep(300)
  expect(fired).toEqual([
    ['before', 30],
    ['arranged meanwhile', 105],
    ['at', 110],
    ['after', 120],
    ['sleep', 130],
  ])
})

test('what was cancelled never comes, and a signal ends a sleep at once', async () => {
  const { clock, time } = halted()
  const fired: string[] = []
  const cancel = time.at(50, () => fired.push('cancelled'))
  clock.at(60, cancel)
  const controller = new AbortController()
  clock.at(70, () => controller.abort())
  await time.sleep(1000, controller.signal)
  expect(clock.now()).toBe(70)
  await time.sleep(1000, controller.signal)
  expect(clock.now()).toBe(70)
  await clock.sleep(300)
  expect(fired).toEqual([])
})

test('stopping twice or going on unasked changes nothing', async () => {
  const { clock, time } = halted()
  clock.at(60, () => time.stop())
  clock.at(120, () => time.goOn())
  await clock.sleep(200)
  expect(time.now()).toBe(140)
})

test('what is due is not before its time, whatever the last digits of sums', async () => {
  const clock = virtualClock()
  const time = new LoadTime(clock)
  const early: number[] = []
  for (let nth = 1; nth <= 200; nth++) {
    time.stop()
    await clock.sleep(0.1 * nth)
    time.goOn()
    const due = time.now() + 100 / 3
    await new Promise<void>((resolve) => time.at(due, resolve))
    if (time.now() < due) early.push(nth)
  }
  expect(early).toEqual([])
})
