import { expect, test } from 'vitest'
import { boundHeap } from '../../../src/adapters/vitest/heap.ts'
import { aPlan } from '../../support/a-plan.ts'

const plan = (agents: string): ReturnType<typeof aPlan> =>
  aPlan(`
id: many
sut: { services: { api: { base_url: 'http://127.0.0.1:1' } } }
agents: ${agents}
flow: [{ type: http, name: home, path: / }]
`)

test.each([
  ['{ shoppers: { count: 999 } }', []],
  ['{ shoppers: { count: 600 }, readers: { count: 400 } }', ['--heap-growing-percent=100']],
])('the heap of %s grows as %j says', (agents, flags) => {
  const set: string[] = []
  boundHeap(plan(agents), (flag) => void set.push(flag))
  expect(set).toEqual(flags)
})
