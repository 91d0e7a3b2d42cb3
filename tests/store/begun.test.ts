import * as nodeFs from 'node:fs'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Begun, runnerIn } from '../../src/store/begun.ts'
import type { BegunDisk } from '../../src/store/begun.ts'

let folder = ''
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'turbulence-begun-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const READ_ONLY: BegunDisk = {
  ...nodeFs,
  appendFileSync: () => {
    throw Object.assign(new Error('read-only'), { code: 'EROFS' })
  },
}

function note(begun: Begun, ...cycles: readonly number[]): void {
  for (const cycle of cycles) begun.cycle(cycle)
}

describe('what a run leaves behind', () => {
  test('says of each time that it went on which cycles began again, and not which should have', () => {
    const begun = new Begun(folder, nodeFs)
    note(begun, 1, 2, 3, 4)
    begun.resumed(2, 'first')
    note(begun, 3, 4, 5)
    // on_resume failed.
    begun.resumed(4, 'second')
    begun.resumed(4, 'third')
    note(begun, 5, 6)
    expect(begun.resumes()).toEqual([
      { at: 'first', afterCycle: 2, sentAgain: [3, 4] },
      { at: 'second', afterCycle: 4, sentAgain: [] },
      { at: 'third', afterCycle: 4, sentAgain: [5] },
    ])
  })

  test('is read up to a line that was cut off, and goes on after it', () => {
    const begun = new Begun(folder, nodeFs)
    note(begun, 1, 2)
    const path = join(folder, 'begun.jsonl')
    truncateSync(path, statSync(path).size - 5)
    begun.resumed(1, 'now')
    note(begun, 2)
    expect(begun.resumes()).toEqual([{ at: 'now', afterCycle: 1, sentAgain: [] }])
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('is known to the run itself where the disk takes nothing', () => {
    note(new Begun(folder, nodeFs), 1, 2)
    const begun = new Begun(folder, READ_ONLY)
    begun.resumed(1, 'now')
    note(begun, 2)
    expect(begun.resumes()).toEqual([{ at: 'now', afterCycle: 1, sentAgain: [2] }])
  })

  test('is missing where a checkpoint was taken from its folder, and that is known from then on', () => {
    const begun = new Begun(folder, nodeFs, { host: 'here', pid: 1 })
    begun.resumed(4, 'now')
    note(begun, 5)
    begun.resumed(4, 'then')
    note(begun, 5)
    expect(begun.resumes()).toEqual([
      { at: 'now', afterCycle: 4, sentAgain: [], hasNoTrace: true },
      { at: 'then', afterCycle: 4, sentAgain: [5] },
    ])
  })
})

describe('who runs it', () => {
  const [first, second] = [
    { host: 'here', pid: 1, since: '9' },
    { host: 'there', pid: 2 },
  ]

  test('is the last process that noted anything, until it says that it is done', () => {
    expect(runnerIn(folder)).toBeUndefined()
    note(new Begun(folder, nodeFs, first), 1, 2)
    expect(runnerIn(folder)).toEqual(first)
    const begun = new Begun(folder, nodeFs, second)
    begun.resumed(1, 'now')
    expect(runnerIn(folder)).toEqual(second)
    begun.ended()
    expect(runnerIn(folder)).toBeUndefined()
  })

  test('is not told of one that has noted nothing, nor by one that has nothing to say', () => {
    new Begun(folder, nodeFs, first).ended()
    expect(nodeFs.existsSync(join(folder, 'begun.jsonl'))).toBe(false)
    appendFileSync(join(folder, 'begun.jsonl'), '{"cycle":1}\n')
    expect(runnerIn(folder)).toBeUndefined()
    expect(readFileSync(join(folder, 'begun.jsonl'), 'utf8')).toBe('{"cycle":1}\n')
  })
})
