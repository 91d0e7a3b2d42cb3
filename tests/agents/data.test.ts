// Which row an agent has: by who it is and which iteration this is, never by who came first.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dataSchema, rowsFor } from '../../src/agents/data.ts'
import type { DataSource, Rows, Table } from '../../src/agents/data.ts'
import { Seed } from '../../src/random.ts'

const table = (count: number): Table => ({
  columns: ['n'],
  rows: Array.from({ length: count }, (_, n) => ({ n })),
})
const random = (): ReturnType<Seed['stream']> => new Seed(1).stream('data')
const rows = (given: Partial<DataSource>, count: number, agents: number): Rows =>
  rowsFor({ file: 'x.csv', order: 'sequential', atEnd: 'wrap', ...given }, table(count), agents, random)
const all = (of: Rows, agents: number, times: number): unknown[] =>
  Array.from({ length: agents * times }, (_, at) => of.row(at % agents, Math.floor(at / agents), random)?.['n'])

describe('rows in their order', () => {
  test('go to the agents one after the other, iteration by iteration', () => {
    const of = rows({}, 10, 3)
    expect([0, 1, 2].map((agent) => of.row(agent, 0, random)?.['n'])).toEqual([0, 1, 2])
    expect([0, 1, 2].map((agent) => of.row(agent, 1, random)?.['n'])).toEqual([3, 4, 5])
  })

  test('begin again, stop, or are used up', () => {
    expect(rows({}, 3, 2).row(1, 1, random)).toEqual({ n: 0 })
    expect(rows({ atEnd: 'stop' }, 3, 2).row(1, 1, random)).toBeUndefined()
    expect(rows({ atEnd: 'error' }, 3, 2).row(0, 1, random)).toEqual({ n: 2 })
  })

  test('are each used once before any is used twice', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 5 }), (agents, times) => {
        const used = all(rows({ atEnd: 'stop' }, agents * times, agents), agents, times)
        expect(new Set(used).size).toBe(agents * times)
      }),
    )
  })
})

describe('shuffled rows', () => {
  test('are all there, each once, in an order that the seed fixes', () => {
    const used = all(rows({ order: 'shuffled' }, 50, 5), 5, 10)
    expect(used.toSorted((a, b) => Number(a) - Number(b))).toEqual(table(50).rows.map(({ n }) => n))
    expect(used).not.toEqual(table(50).rows.map(({ n }) => n))
    expect(all(rows({ order: 'shuffled' }, 50, 5), 5, 10)).toEqual(used)
  })
})

test('random rows come from the stream of the agent in its iteration', () => {
  const of = rows({ order: 'random' }, 1000, 1)
  expect(of.row(0, 0, random)).toEqual(of.row(0, 99, random))
  expect(of.row(0, 0, () => new Seed(2).stream('other'))).not.toEqual(of.row(0, 0, random))
})

describe('what a file says', () => {
  test('is short or long', () => {
    expect(dataSchema.parse('./a.csv')).toEqual({ file: './a.csv', order: 'sequential', atEnd: 'wrap' })
    expect(dataSchema.parse({ file: 'a.csv', order: 'shuffled', at_end: 'stop' })).toMatchObject({ atEnd: 'stop' })
  })

  test('is refused when random rows are to end', () => {
    expect(dataSchema.safeParse({ file: 'a.csv', order: 'random', at_end: 'stop' }).success).toBe(false)
  })
})
