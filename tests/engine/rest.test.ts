// The event loop turns when much was done: once for all who wait, and again after the first of them did much.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { virtualClock } from '../../src/clock.ts'
import { rested, spend } from '../../src/effort.ts'
import { Rest } from '../../src/engine/rest.ts'

// Tests share a worker, and others may have done much before.
beforeEach(rested)
afterEach(rested)

test('whoever did little goes on at once', async () => {
  const rest = new Rest({ ...virtualClock(), turn: () => Promise.reject(new Error('nobody is tired')) })
  await expect(rest.take()).resolves.toBeUndefined()
})

test('of many who wait, only as many go on in one turn as the loop can bear', async () => {
  const clock = virtualClock()
  let turns = 0
  const rest = new Rest({ ...clock, turn: () => (turns++, clock.turn()) })
  spend(300_000)
  const work = async (): Promise<void> => {
    await rest.take()
    spend(150_000)
  }
  await Promise.all(Array.from({ length: 10 }, work))
  expect(turns).toBe(5)
})
