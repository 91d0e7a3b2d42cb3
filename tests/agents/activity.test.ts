import { describe, expect, test } from 'vitest'
import { activitySchema, chanceAt, drawActing } from '../../src/agents/activity.ts'
import { Seed } from '../../src/random.ts'

const FRIDAY = Date.UTC(2024, 0, 19)
const at = (hour: number, day = 0): number => FRIDAY + (day * 24 + hour) * 3_600_000
const parsed = (given: object): ReturnType<typeof activitySchema.parse> => activitySchema.parse(given)
const complaints = (given: object): string[] =>
  activitySchema.safeParse(given).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? []

describe('the chance to act', () => {
  test.each([
    ['always, without a word', {}, at(3), 1],
    ['frequency', { frequency: 0.4 }, at(3), 0.4],
    ['frequency × hour × weekday', { frequency: 0.5, hours: { '09-17': 0.8 }, weekday: 0.5 }, at(17.99), 0.2],
    ['Saturday', { weekend: 0.6 }, at(12, 1), 0.6],
    ['Sunday', { weekend: 0.6 }, at(12, 2), 0.6],
    ['Monday', { weekend: 0.6, weekday: 0.9 }, at(12, 3), 0.9],
    ['the first hour of a range', { hours: { '09-17': 1 } }, at(9), 1],
    ['the hour after a range', { hours: { '09-17': 1 } }, at(18), 0],
    ['an hour that is not named', { hours: { '09-17': 1, default: 0.1 } }, at(8.99), 0.1],
    ['before midnight', { hours: { '22-05': 0.7 } }, at(23), 0.7],
    ['after midnight', { hours: { '22-05': 0.7 } }, at(5.5), 0.7],
    ['past a range over midnight', { hours: { '22-05': 0.7 } }, at(6), 0],
    ['one hour', { hours: { 12: 0.3 } }, at(12.5), 0.3],
    ['one digit', { hours: { '8-9': 0.3 } }, at(8), 0.3],
  ])('%s', (_, given, epochMs, chance) => {
    expect(chanceAt(parsed(given), epochMs)).toBeCloseTo(chance, 12)
  })
})

describe('what is no activity', () => {
  test.each([
    [{ hours: { '25-30': 1 } }, /^hours\.25-30: "25-30" are no hours of a day\.\nHours are 0 to 23/],
    [{ hours: { '18-24': 1 } }, /^hours\.18-24: "18-24" are no hours of a day\.\nWrite "18-23"/],
    [{ hours: { noon: 1 } }, /^hours\.noon: "noon" are no hours/],
    [{ hours: { '09-17': 1, '17-20': 1 } }, /^hours\.17-20: The hours "17-20" and "09-17" overlap: both have 17:00\./],
    [{ hours: { '22-05': 1, '4': 1 } }, /overlap: both have 04:00/],
    [{ frequency: 1.5 }, /^frequency: /],
    [{ hours: { 3: 2 } }, /^hours\.3: /],
    [{ weekend: -1 }, /^weekend: /],
    [{ hour: { 3: 1 } }, /hour/],
  ])('%j', (given, complaint) => {
    expect(complaints(given)).toEqual([expect.stringMatching(complaint)])
  })
})

describe('who acts', () => {
  const draw = (seed: number, more: object = {}): number[] => {
    const acting: number[] = []
    const count = drawActing(new Seed(seed), { group: 'a', cycle: 1, agents: 372, chance: 0.4, ...more }, (index) =>
      acting.push(index),
    )
    expect(count).toBe(acting.length)
    return acting
  }

  test('is the same for the same seed, whoever else there is', () => {
    expect(draw(1)).toEqual(draw(1))
    expect(draw(1, { agents: 100 })).toEqual(draw(1).filter((index) => index < 100))
  })

  test('differs between seeds, cycles and groups', () => {
    expect(draw(2)).not.toEqual(draw(1))
    expect(draw(1, { cycle: 2 })).not.toEqual(draw(1))
    expect(draw(1, { group: 'b' })).not.toEqual(draw(1))
  })

  test('those with a lower chance are among those with a higher one', () => {
    const many = new Set(draw(1, { chance: 0.6 }))
    expect(draw(1, { chance: 0.3 }).filter((index) => !many.has(index))).toEqual([])
  })

  test('is all of them, or nobody, without a draw', () => {
    expect(draw(1, { chance: 1, agents: 5 })).toEqual([0, 1, 2, 3, 4])
    expect(draw(1, { chance: 0 })).toEqual([])
  })

  test('is as many as the chance says', () => {
    const counts = Array.from({ length: 200 }, (_, cycle) => draw(1, { cycle }).length)
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (counts.length - 1)
    // Binomial(372, 0.4): 148.8 ± 9.4; over 200 cycles the mean is known to ±0.7, the deviation to ±0.5.
    expect(Math.abs(mean - 148.8)).toBeLessThan(3)
    expect(Math.abs(Math.sqrt(variance) - 9.45)).toBeLessThan(2.5)
  })
})
