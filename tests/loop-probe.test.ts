// Only lower bounds: how long this machine holds the event loop on its own is not known.
import { describe, expect, it } from 'vitest'
import { wallClock } from '../src/clock.ts'
import { loopProbe } from '../src/loop-probe.ts'
import type { LoopProbe, LoopReading } from '../src/loop-probe.ts'
import { hold, holdAgainAndAgain } from './support/busy-loop.ts'

async function during(work: (probe: LoopProbe) => Promise<void>): Promise<LoopReading> {
  const probe = loopProbe()
  probe.begin()
  await work(probe)
  return probe.end()
}

describe('loopProbe', () => {
  it('finds a loop that is always late', async () => {
    const { delayMs, utilisation } = await during(async () => {
      const stop = holdAgainAndAgain(20)
      await wallClock.sleep(300)
      stop()
    })
    expect(delayMs).toBeGreaterThanOrEqual(18)
    expect(utilisation).toBeGreaterThan(0.9)
  })

  it('finds one stall that took much of the time, though nearly all turns were short', async () => {
    const { delayMs, stallMs = delayMs } = await during(async () => {
      await wallClock.sleep(300)
      hold(150)
      await wallClock.sleep(300)
    })
    expect(stallMs).toBeGreaterThanOrEqual(140)
  })

  it('takes a loop that never came round for one long stall', async () => {
    const { delayMs } = await during(() => Promise.resolve(hold(30)))
    expect(delayMs).toBeGreaterThanOrEqual(28)
  })

  it('forgets what was before the cycle', async () => {
    const probe = loopProbe()
    probe.begin()
    const stop = holdAgainAndAgain(400)
    await wallClock.sleep(700)
    stop()
    const before = probe.end()
    await wallClock.turn()
    probe.begin()
    await wallClock.sleep(200)
    expect(before.delayMs).toBeGreaterThanOrEqual(390)
    expect(probe.end().delayMs).toBeLessThan(before.delayMs)
  })

  it('does not take the time in which it was held for time in which the loop kept up', async () => {
    const { delayMs, utilisation } = await during(async (probe) => {
      const stop = holdAgainAndAgain(20)
      await wallClock.sleep(300)
      stop()
      probe.hold()
      const held = probe.read()
      await wallClock.sleep(600)
      expect(probe.read()).toEqual(held)
      probe.goOn()
    })
    expect(delayMs).toBeGreaterThanOrEqual(18)
    expect(utilisation).toBeGreaterThan(0.8)
  })

  it('can be read while it goes on, and says nothing below zero', async () => {
    const { delayMs, utilisation } = await during(async (probe) => {
      await wallClock.sleep(50)
      expect(probe.read().delayMs).toBeGreaterThanOrEqual(0)
      await wallClock.sleep(50)
    })
    expect(delayMs).toBeGreaterThanOrEqual(0)
    expect(utilisation).toBeGreaterThanOrEqual(0)
    expect(utilisation).toBeLessThanOrEqual(1)
  })
})
