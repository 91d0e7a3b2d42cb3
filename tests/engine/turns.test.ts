// Agents that do something again and again: each for itself, and all of them are waited for.
import { expect, test } from 'vitest'
import { virtualClock } from '../../src/clock.ts'
import { runTurns, settle } from '../../src/engine/turns.ts'
import type { TurnsOf } from '../../src/engine/turns.ts'

const clock = virtualClock()

/** What each agent did, by name; agent `n` takes n ms for a turn. */
function log(more: Partial<TurnsOf<number>> = {}): { readonly done: string[]; readonly turns: TurnsOf<number> } {
  const done: string[] = []
  const take = async (agent: number, nth: number): Promise<void> => {
    await clock.sleep(agent)
    done.push(`${agent}.${nth}`)
  }
  return { done, turns: { clock, hasNext: (_, nth) => nth <= 2, take, rest: () => undefined, ...more } }
}

test('each goes on as soon as it is done, and all are waited for', async () => {
  const { done, turns } = log()
  await runTurns([1, 5], turns)
  expect(done).toEqual(['1.1', '1.2', '5.1', '5.2'])
})

test('nobody is done at once', async () => {
  await expect(runTurns([], log().turns)).resolves.toBeUndefined()
  await expect(settle([])).resolves.toBeUndefined()
})

test('a turn is told how long it took, and the next one begins when it has rested', async () => {
  const rests: number[] = []
  const { done, turns } = log({
    rest: (_, nth, tookMs) => {
      rests.push(tookMs)
      return nth === 1 ? clock.sleep(20) : undefined
    },
  })
  const began = clock.now()
  await runTurns([3], turns)
  expect(rests).toEqual([3, 3])
  expect(clock.now() - began).toBe(26)
  expect(done).toHaveLength(2)
})

test.each([
  ['rejects', async () => Promise.reject(new Error('wrong'))],
  [
    'throws',
    () => {
      throw new Error('wrong')
    },
  ],
])('one that %s is told after the others have ended', async (_, fail: () => Promise<void>) => {
  const { done, turns } = log()
  const take: typeof turns.take = (agent, nth) => (agent === 1 ? fail() : turns.take(agent, nth))
  await expect(runTurns([1, 2], { ...turns, take })).rejects.toThrow('wrong')
  expect(done).toEqual(['2.1', '2.2'])
})

test('work that rejects is told after all of it has ended', async () => {
  let hasEnded = false
  const slow = clock.sleep(5).then(() => void (hasEnded = true))
  await expect(settle([Promise.reject(new Error('wrong')), slow])).rejects.toThrow('wrong')
  expect(hasEnded).toBe(true)
})
