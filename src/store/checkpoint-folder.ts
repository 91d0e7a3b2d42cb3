// The checkpoints of one run, in `checkpoints/` of its folder. Each is written to a temporary file, synced and renamed, so
// that there is a whole one or none. They hold live credentials of agents: only their owner may read them. The log between
// them is begun.ts.
import * as nodeFs from 'node:fs'
import * as nodeFsPromises from 'node:fs/promises'
import { join } from 'node:path'
import { Begun } from './begun.ts'
import type { BegunDisk, Runner } from './begun.ts'
import type { CheckpointHead, CheckpointPart } from './checkpoint-text.ts'
import { checkpointText } from './checkpoint-text.ts'
import type { Resume } from './record.ts'
import { reasonOf } from './replace-file.ts'

/** Where a run keeps its checkpoints. */
export interface CheckpointStore {
  /** To be called before the first request of a cycle. */
  begun(cycle: number): void
  /** To be called before a resumed run sends anything; removes checkpoints of later cycles. @param at UTC, ISO 8601 */
  resumed(afterCycle: number, at: string): void
  /** @returns why it could not be written, or undefined when it was */
  save(head: CheckpointHead, parts: AsyncIterable<CheckpointPart>): Promise<string | undefined>
  /** Each resumption of the run, and which cycles were sent again by it. */
  resumes(): readonly Resume[]
  /** The process is done with the run; its checkpoints stay, for another one to resume. */
  ended(): void
  /** Removes all checkpoints: nothing is left to resume. */
  remove(): void
}

const FOLDER = 'checkpoints'
const NAME = /^cycle-(\d+)\.jsonl$/
const OWNER_ONLY = 0o600

/** The part of node:fs that is used. */
export type CheckpointDisk = BegunDisk &
  Pick<typeof nodeFs, 'readdirSync' | 'rmSync'> &
  Pick<typeof nodeFsPromises, 'open' | 'rename'>

/**
 * @param folder of the run; touched only when something is written
 * @param by the process that runs it
 */
export function checkpointFolder(
  folder: string,
  { keep, by, disk = { ...nodeFs, ...nodeFsPromises } }: { keep: number; by?: Runner; disk?: CheckpointDisk },
): CheckpointStore {
  const path = join(folder, FOLDER)
  const notes = new Begun(path, disk, by)
  const remove = (name: string): void => disk.rmSync(join(path, name), { force: true })
  return {
    begun: (cycle) => notes.cycle(cycle),
    resumed(afterCycle, at) {
      notes.resumed(afterCycle, at)
      try {
        for (const name of checkpointNames(path, disk)) if (cycleOf(name) > afterCycle) remove(name)
      } catch {
        // Then no checkpoint can be written either, and `save` says so.
      }
    },
    async save(head, parts) {
      try {
        disk.mkdirSync(path, { recursive: true, mode: 0o700 })
        await write(join(path, checkpointName(head.cycle)), checkpointText(head, parts), disk)
        checkpointNames(path, disk).slice(keep).forEach(remove)
        return undefined
      } catch (error) {
        return reasonOf(error)
      }
    },
    resumes: () => notes.resumes(),
    ended: () => notes.ended(),
    remove() {
      try {
        disk.rmSync(path, { recursive: true, force: true })
      } catch {
        // Files that are left behind do no harm to this run; `latest` finds them by their scenario.
      }
    },
  }
}

async function write(path: string, text: AsyncIterable<string>, disk: CheckpointDisk): Promise<void> {
  const temporary = `${path}.tmp`
  // A file left over from a killed process may have other permissions.
  disk.rmSync(temporary, { force: true })
  try {
    const file = await disk.open(temporary, 'wx', OWNER_ONLY)
    try {
      for await (const piece of text) await file.writeFile(piece)
      await file.sync()
    } finally {
      await file.close()
    }
    await disk.rename(temporary, path)
  } catch (error) {
    disk.rmSync(temporary, { force: true })
    throw error
  }
  await syncFolder(path, disk)
}

/** So that the rename outlives a power failure. */
async function syncFolder(path: string, disk: CheckpointDisk): Promise<void> {
  try {
    const folder = await disk.open(join(path, '..'), 'r')
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
  } catch {
    // Not every system can sync a folder; the file itself is safe and visible.
  }
}

/** Padded, so that a listing of the folder is in order of cycles. */
function checkpointName(cycle: number): string {
  return `cycle-${String(cycle).padStart(6, '0')}.jsonl`
}

/** Names of the checkpoints in a folder, the last cycle's first; empty when there is no such folder. */
export function checkpointNames(path: string, disk: Pick<typeof nodeFs, 'readdirSync'> = nodeFs): string[] {
  let names: string[]
  try {
    names = disk.readdirSync(path)
  } catch {
    return []
  }
  return names.filter((name) => NAME.test(name)).sort((a, b) => cycleOf(b) - cycleOf(a))
}

const cycleOf = (name: string): number => Number(NAME.exec(name)?.[1])
