import { expect, test } from 'vitest'
import { duration } from '../../src/actions/fields.ts'
import { parseRate } from '../../src/units.ts'
import { arrivalsOf, workloadSchema } from '../../src/workloads/index.ts'

const schema = workloadSchema(duration)
const problems = (given: unknown): string[] => schema.safeParse(given).error?.issues.map(({ message }) => message) ?? []

test.each([
  ['50/s', 50],
  ['0.5/s', 0.5],
  ['300/m', 5],
  ['1800/h', 0.5],
  [' 50 / s ', 50],
])('%j is a rate', (text, perSecond) => {
  expect(parseRate(text)).toBe(perSecond)
  expect(schema.parse({ rate: text, duration: '1m' })).toEqual({
    kind: 'rate',
    ratePerSecond: perSecond,
    durationMs: 60_000,
  })
})

test.each(['50', '/s', '-1/s', '50/d', '50 rps', '1e3/s', ''])('%j is none', (text) => {
  expect(parseRate(text)).toBeUndefined()
})

test('the number of arrivals is rate × duration, rounded down', () => {
  const arrivals = (ratePerSecond: number, durationMs: number): number =>
    arrivalsOf({ kind: 'rate', ratePerSecond, durationMs })
  expect([arrivals(50, 30_000), arrivals(0.1, 30_000), arrivals(1 / 3, 10_000)]).toEqual([1500, 3, 3])
})

test('what cannot be a workload says what can', () => {
  expect(problems({ rate: 50, duration: '30s' })).toEqual([
    '50 has no unit.\nWrite 50/s for so many per second; known: /s, /m, /h.',
  ])
  expect(problems({ rate: 'fast', duration: '30s' })[0]).toMatch(/^"fast" is not a rate\./)
  expect(problems({ rate: '1/h', duration: '30s' })[0]).toMatch(/^At this rate not one iteration is due within 30 s\./)
  expect(problems({ rate: '0/s', duration: '30s' })[0]).toMatch(/^At this rate not one/)
  for (const given of [
    { rate: '5/s' },
    { iterations: 1, rate: '5/s' },
    { iterations: 1, duration: '1s', rate: '5/s' },
    {},
  ])
    expect(problems(given)[0]).toMatch(/^A workload has iterations, or duration, or rate and duration\./)
})
