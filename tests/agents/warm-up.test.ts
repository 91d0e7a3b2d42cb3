import { describe, expect, test } from 'vitest'
import { isExcluded, presentIn, warmUpSchema } from '../../src/agents/warm-up.ts'

const warmUp = (given: object): ReturnType<typeof warmUpSchema.parse> => warmUpSchema.parse(given)
const numbers = (count: number, given: object, cycles: number): number[] =>
  Array.from({ length: cycles }, (_, index) => presentIn(count, warmUp(given), index + 1))

describe('how many are there', () => {
  test('as in the plan of the 372 agents', () => {
    expect(numbers(372, { cycles: 10, steps: [0.1, 0.25, 0.5, 0.75, 1] }, 12)).toEqual([
      37, 37, 93, 93, 186, 186, 279, 279, 372, 372, 372, 372,
    ])
    expect(numbers(372, { cycles: 10 }, 12)).toEqual(numbers(372, { cycles: 10, steps: [0.1, 0.25, 0.5, 0.75, 1] }, 12))
  })

  test.each([
    ['fewer cycles than steps', 100, { cycles: 2, steps: [0.25, 0.5, 1] }, [25, 50, 100]],
    ['as many', 100, { cycles: 3, steps: [0.25, 0.5, 1] }, [25, 50, 100, 100]],
    ['more cycles than steps', 100, { cycles: 4, steps: [0.25, 0.5, 1] }, [25, 25, 50, 100, 100]],
    ['at least one', 3, { cycles: 1, steps: [0.1] }, [1, 3]],
    ['rounded down', 7, { cycles: 1, steps: [0.5] }, [3, 7]],
    ['whatever binary fractions make of it', 100, { cycles: 1, steps: [0.29] }, [29, 100]],
  ])('%s', (_, count, given, expected) => {
    expect(numbers(count, given, expected.length)).toEqual(expected)
  })

  test('all of them without a warm-up', () => {
    expect(presentIn(5, undefined, 1)).toBe(5)
  })
})

test('its cycles are excluded unless it says otherwise', () => {
  const cycles = [1, 2, 3]
  expect(cycles.map((cycle) => isExcluded(warmUp({ cycles: 2 }), cycle))).toEqual([true, true, false])
  expect(cycles.map((cycle) => isExcluded(warmUp({ cycles: 2, exclude: false }), cycle))).toEqual([false, false, false])
  expect(isExcluded(undefined, 1)).toBe(false)
})

test.each([
  [{ cycles: 2, steps: [1, 0.5] }, /The steps of a warm-up rise, but 0\.5 comes after 1\./],
  [{ cycles: 2, steps: [] }, /./],
  [{ cycles: 2, steps: [0] }, /./],
  [{ cycles: 2, steps: [1.5] }, /./],
  [{ cycles: 0 }, /./],
  [{}, /./],
])('%j is no warm-up', (given, complaint) => {
  expect(warmUpSchema.safeParse(given).error?.issues[0]?.message ?? '').toMatch(complaint)
})
