import { expect, test } from 'vitest'
import { Seed } from '../../src/random.ts'
import { isRunOf, runId } from '../../src/store/run-id.ts'

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

test('a run is known by its name as one of its scenario, and not of one whose name begins like that', () => {
  for (const id of ['shop', 'a b.c', '日本', 'x'.repeat(300)])
    expect(isRunOf(runId(id, TIME, { int: (min) => min }), id), id).toBe(true)
  const run = runId('shop-admin', TIME, { int: (min) => min })
  expect(['shop-admin', 'shop', 'shop-admi', 'admin'].map((id) => isRunOf(run, id))).toEqual([
    true,
    false,
    false,
    false,
  ])
})
