import { describe, expect, test } from 'vitest'
import { virtualClock, wallClock } from '../src/clock.ts'
import type { Clock } from '../src/clock.ts'

const moment = (clock: Clock, due: number): Promise<number> =>
  new Promise((resolve) => clock.at(due, () => resolve(clock.now())))

describe.each([
  ['wall', (): Clock => wallClock],
  ['virtual', (): Clock => virtualClock()],
])('the %s clock', (_, make) => {
  test('is never early, whatever fraction of a millisecond is asked for', async () => {
    const clock = make()
    for (const ms of [0, 0.3, 1, 1.9, 2.2, 3.7, 5.999]) {
      const due = clock.now() + ms
      const after = new Promise<number>((resolve) => clock.after(ms, () => resolve(clock.now())))
      const slept = clock.sleep(ms).then(() => clock.now())
      for (const at of await Promise.all([after, slept, moment(clock, due)])) expect(at).toBeGreaterThanOrEqual(due)
    }
  })

  test('never calls back before the call that asked for it has returned', async () => {
    const clock = make()
    let returned = false
    const seen: boolean[] = []
    const called = new Promise<void>((resolve) => {
      clock.at(clock.now() - 5, () => {
        seen.push(returned)
        clock.after(0, () => {
          seen.push(returned)
          resolve()
        })
      })
    })
    returned = true
    await called
    expect(seen).toEqual([true, true])
  })

  test('does not call what was cancelled, and cancelling twice or too late does nothing', async () => {
    const clock = make()
    let called = 0
    const count = (): void => void called++
    const now = clock.now()
    const cancels = [clock.at(now, count), clock.at(now + 1, count), clock.at(now + 4, count), clock.after(2, count)]
    for (const cancel of cancels) cancel()
    for (const cancel of cancels) cancel()
    const late = clock.at(now, count)
    await clock.sleep(8)
    late()
    expect(called).toBe(1)
  })

  test('a sleep ends early when its signal aborts, and never rejects', async () => {
    const clock = make()
    const waking = new AbortController()
    const before = clock.now()
    const sleeping = clock.sleep(60_000, waking.signal)
    clock.after(1, () => waking.abort())
    await sleeping
    await clock.sleep(60_000, waking.signal)
    expect(clock.now() - before).toBeLessThan(60_000)
  })

  test('a turn lets everything that is due now run first', async () => {
    const clock = make()
    const order: string[] = []
    clock.at(clock.now(), () => order.push('due'))
    await clock.turn()
    order.push('turn')
    expect(order).toEqual(['due', 'turn'])
  })
})

describe('simulated time', () => {
  test('begins at 0, on the date it is given', () => {
    const clock = virtualClock(Date.UTC(2024, 0, 15))
    expect(clock.now()).toBe(0)
    expect(new Date(clock.epoch()).toISOString()).toBe('2024-01-15T00:00:00.000Z')
  })

  test('jumps to each due moment, equal ones in the order of the calls', async () => {
    const clock = virtualClock()
    const seen: [string, number][] = []
    const note = (name: string, due: number): void => void clock.at(due, () => seen.push([name, clock.now()]))
    note('late', 1e9)
    note('b', 5)
    note('a', 1)
    note('c', 5)
    note('past', -3)
    await clock.sleep(1e9)
    expect(seen).toEqual([
      ['past', 0],
      ['a', 1],
      ['b', 5],
      ['c', 5],
      ['late', 1e9],
    ])
  })

  test('keeps the order of thousands of moments, many of them cancelled', async () => {
    const clock = virtualClock()
    const seen: number[] = []
    const cancels: (() => void)[] = []
    for (let i = 0; i < 6_000; i++) {
      const due = (i * 7919) % 6_000
      const cancel = clock.at(due, () => seen.push(due))
      if (due % 5 > 0) cancels.push(cancel)
    }
    for (const cancel of cancels) cancel()
    await clock.sleep(6_000)
    expect(seen).toEqual(Array.from({ length: 1_200 }, (_, i) => i * 5))
  })

  test('stands still while promises go on, however long the chain', async () => {
    const clock = virtualClock()
    clock.at(1, () => {})
    for (let i = 0; i < 1_000; i++) await Promise.resolve()
    for (let i = 0; i < 10; i++) await clock.turn()
    expect(clock.now()).toBe(0)
  })

  test('is not moved by what was cancelled, nor by what never comes', async () => {
    const clock = virtualClock()
    clock.after(30_000, () => {})()
    clock.at(Number.POSITIVE_INFINITY, () => {})
    await clock.sleep(10)
    for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve))
    expect(clock.now()).toBe(10)
  })

  test('runs two sleepers in lockstep', async () => {
    const clock = virtualClock()
    const steps: string[] = []
    const walk = async (name: string, ms: number): Promise<void> => {
      for (let i = 0; i < 3; i++) {
        await clock.sleep(ms)
        steps.push(`${name}${clock.now()}`)
      }
    }
    await Promise.all([walk('a', 10), walk('b', 15)])
    expect(steps).toEqual(['a10', 'b15', 'a20', 'b30', 'a30', 'b45'])
  })
})
