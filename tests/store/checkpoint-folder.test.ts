import * as nodeFs from 'node:fs'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import * as nodeFsPromises from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TurbulenceError } from '../../src/errors.ts'
import { checkpointFolder } from '../../src/store/checkpoint-folder.ts'
import type { CheckpointDisk } from '../../src/store/checkpoint-folder.ts'
import { checkpointText, DamagedError, readCheckpointText, readHead } from '../../src/store/checkpoint-text.ts'
import type { CheckpointHead, CheckpointPart } from '../../src/store/checkpoint-text.ts'
import { checkpointAt, latestCheckpoint } from '../../src/store/find-checkpoint.ts'

let runsDir = ''
beforeEach(() => void (runsDir = mkdtempSync(join(tmpdir(), 'turbulence-store-'))))
afterEach(() => rmSync(runsDir, { recursive: true, force: true }))

const headOf = (cycle: number, more: Partial<CheckpointHead> = {}): CheckpointHead => ({
  version: 1,
  runId: 'run',
  scenario: 'shop',
  seed: 1,
  planHash: '',
  cycle,
  cycles: 9,
  at: `2026-01-01T00:00:0${cycle}Z`,
  ...more,
})

async function* parts(...values: readonly unknown[]): AsyncGenerator<CheckpointPart> {
  for (const value of values) yield await Promise.resolve({ kind: 'value', json: JSON.stringify(value) })
}

async function textOf(head: CheckpointHead, ...values: readonly unknown[]): Promise<string> {
  let text = ''
  for await (const piece of checkpointText(head, parts(...values))) text += piece
  return text
}

const folderOf = (run: string): string => join(runsDir, run, 'checkpoints')
const save = (run: string, head: CheckpointHead, keep = 9): Promise<string | undefined> =>
  checkpointFolder(join(runsDir, run), { keep }).save(head, parts(head.cycle))

describe('the text of a checkpoint', () => {
  test('gives back what was put in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue(), { maxLength: 5 }), async (values) => {
        const read = readCheckpointText(await textOf(headOf(3), ...values))
        expect(read.head).toEqual(headOf(3))
        expect(read.parts.map(({ value }) => value)).toEqual(JSON.parse(JSON.stringify(values)))
      }),
    )
  })

  test('that is cut off or changed anywhere is damaged', async () => {
    const text = await textOf(headOf(1), 'a'.repeat(200), { b: 1 })
    for (let length = 0; length < text.length; length++)
      expect(() => readCheckpointText(text.slice(0, length)), String(length)).toThrow(DamagedError)
    for (let at = 0; at < text.length; at += 7) {
      const changed = text.slice(0, at) + (text[at] === 'x' ? 'y' : 'x') + text.slice(at + 1)
      expect(() => readCheckpointText(changed), String(at)).toThrow(DamagedError)
    }
  })

  test('says by its first line what it is of', async () => {
    expect(readHead((await textOf(headOf(4), 1)).slice(0, 300))).toEqual(headOf(4))
    expect(() => readHead('{"other":1}\n')).toThrow(DamagedError)
  })
})

describe('the folder of checkpoints', () => {
  test('keeps the last ones, and what is in it is for the owner alone', async () => {
    for (const cycle of [2, 4, 6, 8]) expect(await save('run', headOf(cycle), 2)).toBeUndefined()
    expect(readdirSync(folderOf('run')).sort()).toEqual(['cycle-000006.jsonl', 'cycle-000008.jsonl'])
    expect(statSync(join(folderOf('run'), 'cycle-000008.jsonl')).mode & 0o777).toBe(0o600)
    expect(statSync(folderOf('run')).mode & 0o777).toBe(0o700)
  })

  test('has a whole checkpoint or none, also when a half written one lies about', async () => {
    mkdirSync(folderOf('run'), { recursive: true })
    writeFileSync(join(folderOf('run'), 'cycle-000003.jsonl.tmp'), 'half', { mode: 0o644 })
    const full = (): never => {
      throw Object.assign(new Error('full'), { code: 'ENOSPC' })
    }
    const disk: CheckpointDisk = { ...nodeFs, ...nodeFsPromises, rename: full }
    const failed = checkpointFolder(join(runsDir, 'run'), { keep: 5, disk })
    expect(await failed.save(headOf(3), parts(1))).toBe('no space is left on the disk (ENOSPC)')
    expect(readdirSync(folderOf('run'))).toEqual([])
    expect(await save('run', headOf(3))).toBeUndefined()
    expect(statSync(join(folderOf('run'), 'cycle-000003.jsonl')).mode & 0o777).toBe(0o600)
  })

  test('forces a checkpoint to the disk before it gets its name', async () => {
    const done: string[] = []
    const open: CheckpointDisk['open'] = async (path, flags, mode) => {
      const file = await nodeFsPromises.open(path, flags, mode)
      const sync = file.sync.bind(file)
      file.sync = async () => {
        done.push(`sync ${flags}`)
        return sync()
      }
      return file
    }
    const rename: CheckpointDisk['rename'] = (from, to) => {
      done.push('rename')
      return nodeFsPromises.rename(from, to)
    }
    const disk: CheckpointDisk = { ...nodeFs, ...nodeFsPromises, open, rename }
    await checkpointFolder(join(runsDir, 'run'), { keep: 1, disk }).save(headOf(1), parts(1))
    expect(done).toEqual(['sync wx', 'rename', 'sync r'])
  })

  test('has none of later cycles once a run goes on after an earlier one, or the new ones would not be kept', async () => {
    for (const cycle of [2, 4, 6]) await save('run', headOf(cycle))
    const store = checkpointFolder(join(runsDir, 'run'), { keep: 2 })
    store.resumed(2, 'now')
    await store.save(headOf(3), parts(1))
    expect(readdirSync(folderOf('run')).sort()).toEqual(['begun.jsonl', 'cycle-000002.jsonl', 'cycle-000003.jsonl'])
    store.remove()
    expect([store.resumes(), readdirSync(join(runsDir, 'run'))]).toEqual([[], []])
  })
})

describe('the checkpoint to go on after', () => {
  test('is the one of this scenario that was written last, whatever its run is called', async () => {
    await save('shop-a', headOf(3, { at: '2026-01-02' }))
    await save('shop-b', headOf(9, { at: '2026-01-01' }))
    await save('other', headOf(9, { at: '2026-01-03', scenario: 'other' }))
    expect(latestCheckpoint(runsDir, 'shop').found?.file).toBe(join(folderOf('shop-a'), 'cycle-000003.jsonl'))
    expect(latestCheckpoint(runsDir, 'none')).toEqual({ warnings: [] })
    expect(latestCheckpoint(join(runsDir, 'nowhere'), 'shop')).toEqual({ warnings: [] })
  })

  test('is the one before when the last is damaged, with a warning', async () => {
    for (const cycle of [1, 2, 3]) await save('run', headOf(cycle))
    const last = join(folderOf('run'), 'cycle-000003.jsonl')
    truncateSync(last, statSync(last).size - 20)
    const { found, warnings } = latestCheckpoint(runsDir, 'shop')
    expect(found?.head.cycle).toBe(2)
    expect(warnings).toEqual([`The checkpoint ${last} cannot be used, its end is missing: the one before it is taken.`])
    expect(checkpointAt(last).found?.head.cycle).toBe(2)
    writeFileSync(join(folderOf('run'), 'cycle-000002.jsonl'), '')
    expect(latestCheckpoint(runsDir, 'shop').found?.head.cycle).toBe(1)
    writeFileSync(join(folderOf('run'), 'cycle-000001.jsonl'), readFileSync(last))
    expect(() => latestCheckpoint(runsDir, 'shop')).toThrow(
      `No checkpoint in ${folderOf('run')} can be read: all are damaged.`,
    )
    expect(() => checkpointAt(last)).toThrow(
      `${last} is not a whole checkpoint, its end is missing, and none before it can be used.`,
    )
  })

  test('is of an older run when all of the newer one are damaged, with a warning', async () => {
    const [older, newer] = ['shop-20260101-000000-abcd', 'shop-20260102-000000-abcd']
    await save(older, headOf(1))
    await save(newer, headOf(2))
    writeFileSync(join(folderOf(newer), 'cycle-000002.jsonl'), '')
    expect(latestCheckpoint(runsDir, 'shop')).toMatchObject({
      found: { file: join(folderOf(older), 'cycle-000001.jsonl') },
      warnings: [`No checkpoint in ${folderOf(newer)} can be read: all are damaged.`],
    })
    writeFileSync(join(folderOf(older), 'cycle-000001.jsonl'), '')
    expect(() => latestCheckpoint(runsDir, 'shop')).toThrow(/can be read: all are damaged/)
  })

  test('may be older than a run that has ended since, and that is said', async () => {
    const [killed, ended, other] = [
      'shop-20260101-000000-abcd',
      'shop-20260102-000000-abcd',
      'shop-admin-20260103-000000-abcd',
    ]
    await save(killed, headOf(1))
    for (const run of [ended, other]) {
      mkdirSync(join(runsDir, run))
      writeFileSync(join(runsDir, run, 'summary.json'), '{}')
    }
    const { found, warnings } = latestCheckpoint(runsDir, 'shop')
    expect(found?.head.cycle).toBe(1)
    expect(warnings).toEqual([
      `The checkpoint was written at 2026-01-01 00:00 UTC, and ${ended} has ended since: what is reported from it is older than that run.`,
    ])
    const before = new Date('2025-12-31')
    nodeFs.utimesSync(join(runsDir, ended, 'summary.json'), before, before)
    expect(latestCheckpoint(runsDir, 'shop').warnings).toEqual([])
    expect(checkpointAt(join(runsDir, killed)).warnings).toEqual([])
  })

  test('is nothing that was named by mistake', () => {
    const other = join(runsDir, 'package.json')
    writeFileSync(other, '{"name":"shop"}\n')
    expect(() => checkpointAt(other)).toThrow(`${other} is not a whole checkpoint, its end is missing.`)
  })

  test('can be named, as a file or as the folder of its run', async () => {
    for (const cycle of [1, 2]) await save('run', headOf(cycle))
    const first = join(folderOf('run'), 'cycle-000001.jsonl')
    expect(checkpointAt(first).found?.head.cycle).toBe(1)
    expect(checkpointAt(join(runsDir, 'run')).found?.head.cycle).toBe(2)
    expect(checkpointAt(folderOf('run')).found?.head.cycle).toBe(2)
    expect(() => checkpointAt(join(runsDir, 'nothing'))).toThrow(TurbulenceError)
    expect(() => checkpointAt(runsDir)).toThrow(/There is no checkpoint in/)
  })

  test('of another version is refused, not passed over', async () => {
    await save('run', { ...headOf(1), version: 2 as 1 })
    expect(() => latestCheckpoint(runsDir, 'shop')).toThrow(/has version 2; only version 1 can be read/)
  })
})
