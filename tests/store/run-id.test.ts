import { expect, test } from 'vitest'
import { Seed } from '../../src/random.ts'
import { runId } from '../../src/store/run-id.ts'

const TIME = Date.UTC(2026, 7, 3, 4, 5, 6, 789)

test('names the scenario, the time in UTC, and four characters', () => {
  expect(runId('checkout', TIME, { int: (min) => min })).toBe('checkout-20260803-040506-0000')
  expect(runId('checkout', TIME, new Seed(1).stream('x'))).toMatch(/^checkout-20260803-040506-[0-9a-z]{4}$/)
})

test.each([
  ['../../etc/passwd', 'etc-passwd'],
  ['a b.c', 'a-b-c'],
  ['--help', 'help'],
  ['日本', 'run'],
  ['', 'run'],
  ['x'.repeat(300), 'x'.repeat(60)],
])('is a safe name for a folder: %s', (id, begin) => {
  expect(runId(id, TIME, { int: (min) => min })).toBe(`${begin}-20260803-040506-0000`)
})

test('runs of the same second differ', () => {
  const random = new Seed(7).stream('run-id')
  expect(new Set(Array.from({ length: 100 }, () => runId('a', TIME, random))).size).toBe(100)
})
