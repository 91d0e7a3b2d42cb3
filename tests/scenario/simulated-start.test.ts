import { expect, test } from 'vitest'
import { start } from '../../src/scenario/simulated-start.ts'

test.each([
  ['2024-01-15', '2024-01-15T00:00:00.000Z'],
  ['2024-01-15T08:00', '2024-01-15T08:00:00.000Z'],
  ['2024-01-15T08:00:30Z', '2024-01-15T08:00:30.000Z'],
  ['2024-01-15 08:00:30.250', '2024-01-15T08:00:30.250Z'],
  ['2024-01-15T08:00:00+02:00', '2024-01-15T06:00:00.000Z'],
  ['2024-02-29', '2024-02-29T00:00:00.000Z'],
])('%s', (text, moment) => {
  expect(new Date(start.parse(text)).toISOString()).toBe(moment)
})

test.each(['tomorrow', '2024-02-30', '2024-13-01', '15.01.2024', '2024-01-15T25:00', '', 2024, null])(
  '%j is not a date',
  (given) => {
    const [issue] = start.safeParse(given).error?.issues ?? []
    expect(issue?.message).toMatch(/ is not a date\.\nWrite 2024-01-15, or with a time 2024-01-15T08:00:00Z/)
  },
)
