import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RollingWindow } from '../../src/limits/failure-window.ts'

const SHARE = { failurePercent: 5, minAgents: 20 }
const ended = (window: RollingWindow, ...oks: readonly boolean[]): void => oks.forEach((ok) => window.ended({}, ok))
const many = (count: number, ok: boolean): boolean[] => Array<boolean>(count).fill(ok)

describe('a rolling window', () => {
  test('takes its share of the last so many that finished', () => {
    const window = new RollingWindow(SHARE, 100)
    ended(window, ...many(5, false), ...many(95, true))
    expect([window.failed, window.agents, window.isOver]).toEqual([5, 100, false])
    ended(window, ...many(3, true))
    expect([window.failed, window.agents]).toEqual([2, 100])
    ended(window, ...many(3, false))
    expect([window.failed, window.isOver]).toEqual([3, false])
  })

  test('is over with one more than its share, and says nothing of fewer than min_agents', () => {
    const window = new RollingWindow(SHARE, 100)
    ended(window, ...many(19, false))
    expect(window.isOver).toBe(false)
    ended(window, true)
    expect([window.failed, window.agents, window.isOver]).toEqual([19, 20, true])
  })

  test('does not begin anew with a cycle', () => {
    const window = new RollingWindow(SHARE, 100)
    ended(window, ...many(30, true), false)
    window.beginCycle()
    expect([window.failed, window.agents]).toEqual([1, 31])
  })

  test('counts like a list of all ends, and knows how many failures it is away', () => {
    const property = fc.property(
      fc.array(fc.boolean(), { maxLength: 60 }),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 0, max: 99 }),
      (oks, most, minAgents, failurePercent) => {
        const share = { failurePercent, minAgents }
        const isOver = (all: readonly boolean[]): boolean => {
          const last = all.slice(-most)
          return last.length >= minAgents && last.filter((ok) => !ok).length * 100 > failurePercent * last.length
        }
        const window = new RollingWindow(share, most)
        ended(window, ...oks)
        expect(window.ends).toEqual(oks.slice(-most).map((ok) => !ok))
        expect(window.isOver).toBe(isOver(oks))
        const other = new RollingWindow(share, most)
        other.restore(window.ends)
        expect([other.failed, other.agents, other.missing]).toEqual([window.failed, window.agents, window.missing])
        const needed = Array.from({ length: 2 * most }, (_, index) => index + 1).find((more) =>
          isOver([...oks, ...many(more, false)]),
        )
        expect(window.missing).toBe(needed ?? Number.POSITIVE_INFINITY)
      },
    )
    fc.assert(property, { numRuns: 500 })
  })
})
