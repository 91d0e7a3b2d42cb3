import { hostname } from 'node:os'
import { describe, expect, test } from 'vitest'
import { runnerOf, stillRunning } from '../../../src/adapters/vitest/runner.ts'
import type { Checkpoint, Runner } from '../../../src/run.ts'

const of = (runner?: Runner): string | undefined => {
  const checkpoint = { runId: 'shop-1', ...(runner !== undefined && { runner }) }
  return stillRunning(checkpoint as Checkpoint)?.message
}

describe('a run that somebody wants to go on with', () => {
  const parent = runnerOf(process.ppid)

  test('is refused while the process that runs it is there', () => {
    expect(of(parent)).toBe(
      `The run shop-1 is still running, in process ${process.ppid}: no other process can go on with it.`,
    )
  })

  test.each<[string, Runner | undefined]>([
    ['nobody is known to run', undefined],
    ['this process itself ran', runnerOf()],
    ['a process ran that is no more', { ...parent, pid: 2 ** 30 }],
    ['a process ran before one with the same number', { ...parent, since: '1' }],
    ['another machine ran, of which nothing is known', { ...parent, host: `not-${hostname()}` }],
  ])('is not refused when %s', (_, runner) => {
    expect(of(runner)).toBeUndefined()
  })
})
