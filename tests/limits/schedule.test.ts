import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Schedule } from '../../src/limits/schedule.ts'

const times = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 30 })

test('one that was restored admits when the other one would have, on another clock', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 1, max: 20 }),
      times,
      times,
      (rate, burst, a, b) => {
        const first = new Schedule({ ratePerSecond: rate, burst })
        let now = 0
        for (const gap of a) {
          now += gap
          if (first.admits(now)) first.take(now)
        }
        const second = new Schedule({ ratePerSecond: rate, burst })
        const offset = 4096
        second.restore(now + offset, first.leadAt(now))
        for (const gap of b) {
          // Off by a half, so that the last bit of a sum decides nothing.
          now += gap + 0.5
          expect(second.admits(now + offset)).toBe(first.admits(now))
          if (!first.admits(now)) continue
          first.take(now)
          second.take(now + offset)
        }
      },
    ),
  )
})

test('one that nobody has used has no lead', () => {
  const schedule = new Schedule({ ratePerSecond: 10, burst: 1 })
  expect(schedule.leadAt(5)).toBeUndefined()
  schedule.restore(5, undefined)
  expect(schedule.admits(5)).toBe(true)
})
