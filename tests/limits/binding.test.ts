import { describe, expect, it } from 'vitest'
import { virtualClock } from '../../src/clock.ts'
import type { Clock } from '../../src/clock.ts'
import { rateLimiter } from '../../src/limits/rate-limit.ts'

/** A clock whose alarms all come so late. */
function lateClock(lateMs: number): Clock {
  const clock = virtualClock()
  return { ...clock, at: (due, run) => clock.at(Math.max(due, clock.now()) + lateMs, run) }
}

describe('a rate limit that binds', () => {
  it('lets through what it allows while somebody waits', async () => {
    const limiter = rateLimiter({ all: { ratePerSecond: 50, burst: 1 }, clock: virtualClock() })
    await Promise.all(Array.from({ length: 101 }, () => limiter.acquire()))
    expect(limiter.binding).toEqual({ ms: 2000, admitted: 100 })
  })

  it('does not count the time in which nobody waits', async () => {
    const clock = virtualClock()
    const limiter = rateLimiter({ all: { ratePerSecond: 50, burst: 1 }, clock })
    for (let round = 0; round < 3; round++) {
      await Promise.all([limiter.acquire(), limiter.acquire()])
      await clock.sleep(1000)
    }
    expect(limiter.binding).toEqual({ ms: 60, admitted: 3 })
  })

  it('falls behind when it is woken too late', async () => {
    const limiter = rateLimiter({ all: { ratePerSecond: 50, burst: 1 }, clock: lateClock(20) })
    await Promise.all(Array.from({ length: 101 }, () => limiter.acquire()))
    const { ms, admitted } = limiter.binding
    expect((admitted * 1000) / ms).toBeLessThan(30)
  })

  it('stops counting when the last one that waits gives up', async () => {
    const clock = virtualClock()
    const limiter = rateLimiter({ all: { ratePerSecond: 1, burst: 1 }, clock })
    const gone = new AbortController()
    void limiter.acquire()
    const waiting = limiter.acquire(gone.signal)
    await clock.sleep(100)
    gone.abort()
    await waiting
    await clock.sleep(5000)
    expect(limiter.binding).toEqual({ ms: 100, admitted: 0 })
  })
})
