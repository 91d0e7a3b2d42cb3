import { expect, test } from 'vitest'
import { Told } from '../../../src/adapters/vitest/told.ts'
import type { Plan } from '../../../src/run.ts'
import { aCell } from '../../support/a-record.ts'

const begin = (file: string): Parameters<Told['hear']>[0] => ({
  kind: 'begin',
  plan: { scenario: { id: 'a', file, sha256: '' } } as Plan,
})
const cycle = (number: number): Parameters<Told['hear']>[0] => ({
  kind: 'cycle',
  tick: {} as never,
  cells: [aCell({ cycle: number })],
})

test('cells belong to the run that began last', () => {
  const told = new Told()
  for (const message of [cycle(9), begin('/a.yaml'), cycle(1), cycle(2), begin('/b.yaml'), cycle(3)]) told.hear(message)
  const cyclesOf = (file: string): number[] | undefined => told.run(file)?.cells.map((cell) => cell.cycle)
  expect(cyclesOf('/a.yaml')).toEqual([1, 2])
  expect(cyclesOf('/b.yaml')).toEqual([3])
  expect(cyclesOf('/c.yaml')).toBeUndefined()
})

test('a file that runs again starts anew, and one whose record came is forgotten', () => {
  const told = new Told()
  for (const message of [begin('/a.yaml'), cycle(1), begin('/a.yaml')]) told.hear(message)
  expect(told.run('/a.yaml')?.cells).toEqual([])
  told.forget('/a.yaml')
  expect(told.run('/a.yaml')).toBeUndefined()
})

test('of a run that goes on, the cells of its checkpoint are known from the start', () => {
  const told = new Told()
  const restored = { after: 1, file: '', cells: [aCell({ cycle: 1, isRestored: true })] }
  for (const message of [{ ...begin('/a.yaml'), restored }, cycle(2)]) told.hear(message as Parameters<Told['hear']>[0])
  expect(told.run('/a.yaml')?.cells.map((cell) => [cell.cycle, cell.isRestored])).toEqual([
    [1, true],
    [2, undefined],
  ])
})

test('slashes of Windows make no difference', () => {
  const told = new Told()
  told.hear(begin('C:\\repo\\a.yaml'))
  expect(told.run('C:/repo/a.yaml')).toBeDefined()
})
