// Finds the checkpoint to resume from: the latest one of a scenario, or the one that a path names. A damaged one is skipped
// with a warning, and the one before it is taken.
import * as nodeFs from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { TurbulenceError } from '../errors.ts'
import { checkpointNames } from './checkpoint-folder.ts'
import { DamagedError, readCheckpointText, readHead } from './checkpoint-text.ts'
import type { CheckpointHead, ReadCheckpoint } from './checkpoint-text.ts'
import { isRunOf } from './run-id.ts'
import { reasonOf } from './replace-file.ts'

export interface FoundCheckpoint extends ReadCheckpoint {
  readonly file: string
}

export interface Search {
  /** Undefined: there is no checkpoint. */
  readonly found?: FoundCheckpoint
  /** For people: about files that were skipped, and results newer than the checkpoint. */
  readonly warnings: readonly string[]
}

type Disk = Pick<typeof nodeFs, 'readdirSync' | 'readFileSync' | 'openSync' | 'readSync' | 'closeSync' | 'statSync'>

const FOLDER = 'checkpoints'
const WHAT_TO_NAME = 'Name a file in a folder `checkpoints`, the folder of a run, or latest.'
/** Enough for the first line, which holds the head. */
const HEAD_BYTES = 16 * 1024

/** The last that was written of this scenario. @throws TurbulenceError `resume` when there are some, and none can be read */
export function latestCheckpoint(runsDir: string, scenario: string, disk: Disk = nodeFs): Search {
  let newest: { readonly at: string; readonly folder: string } | undefined
  const damaged: string[] = []
  for (const run of foldersIn(runsDir, disk)) {
    const folder = join(runsDir, run, FOLDER)
    const head = firstHead(folder, disk)
    if (head === undefined && isRunOf(run, scenario) && checkpointNames(folder, disk).length > 0) damaged.push(folder)
    if (head?.scenario === scenario && (newest === undefined || head.at > newest.at)) newest = { at: head.at, folder }
  }
  if (newest === undefined && damaged[0] !== undefined) throw noneWhole(damaged[0])
  if (newest === undefined) return { warnings: [] }
  const search = lastOf(newest.folder, disk)
  const { at } = newest
  const since = foldersIn(runsDir, disk).filter(
    (run) => isRunOf(run, scenario) && hasEndedSince(at, join(runsDir, run), disk),
  )
  return {
    ...search,
    warnings: [...damaged.map(allDamaged), ...search.warnings, ...since.slice(-1).map((run) => isOlder(at, run))],
  }
}

const isOlder = (at: string, run: string): string =>
  `The checkpoint was written at ${at.slice(0, 16).replace('T', ' ')} UTC, and ${run} has ended since: what is reported from it is older than that run.`

/** Whether a run without checkpoints has written its results after that time. */
function hasEndedSince(at: string, folder: string, disk: Disk): boolean {
  if (kindOf(join(folder, FOLDER), disk) !== undefined) return false
  try {
    return disk.statSync(join(folder, 'summary.json')).mtimeMs > Date.parse(at)
  } catch {
    return false
  }
}

/**
 * @param path of a checkpoint, or of the folder of a run
 * @throws TurbulenceError `resume` when there is none that can be read
 */
export function checkpointAt(path: string, disk: Disk = nodeFs): Search {
  const kind = kindOf(path, disk)
  if (kind === undefined)
    throw new TurbulenceError('resume', `There is no checkpoint ${path}.`, {
      hint: WHAT_TO_NAME,
    })
  if (kind === 'folder') {
    const folder = [join(path, FOLDER), path].find((one) => checkpointNames(one, disk).length > 0)
    if (folder !== undefined) return lastOf(folder, disk)
    throw new TurbulenceError('resume', `There is no checkpoint in ${path}.`, {
      hint: 'The scenario needs checkpoint: { every_cycles: 10 }, and a run that came to its end keeps none.',
    })
  }
  const names = checkpointNames(dirname(path), disk)
  const at = names.indexOf(basename(path))
  const older = at < 0 ? [] : names.slice(at + 1).map((name) => join(dirname(path), name))
  return lastWhole([path, ...older], disk, (reason) => {
    const others = older.length === 0 ? '' : ', and none before it can be used'
    return new TurbulenceError('resume', `${path} is not a whole checkpoint, ${reason}${others}.`, {
      hint: WHAT_TO_NAME,
    })
  })
}

/** @throws TurbulenceError when none is whole */
function lastOf(folder: string, disk: Disk): Search {
  const files = checkpointNames(folder, disk).map((name) => join(folder, name))
  return lastWhole(files, disk, () => noneWhole(folder))
}

function noneWhole(folder: string): TurbulenceError {
  const hint = 'Remove the folder, and run without resume: everything is then sent again.'
  return new TurbulenceError('resume', allDamaged(folder), { hint })
}

const allDamaged = (folder: string): string => `No checkpoint in ${folder} can be read: all are damaged.`

/**
 * @param files in order of preference
 * @param none makes the error when none can be read, from what is wrong with the first
 */
function lastWhole(files: readonly string[], disk: Disk, none: (reason: string) => TurbulenceError): Search {
  const warnings: string[] = []
  let first: string | undefined
  for (const file of files) {
    try {
      const read = readCheckpointText(disk.readFileSync(file, 'utf8'))
      mustBeReadable(read.head, file)
      return { found: { ...read, file }, warnings }
    } catch (error) {
      if (error instanceof TurbulenceError) throw error
      const reason = error instanceof DamagedError ? error.message : reasonOf(error)
      first ??= reason
      warnings.push(`The checkpoint ${file} cannot be used, ${reason}: the one before it is taken.`)
    }
  }
  throw none(first ?? 'it is not there')
}

function mustBeReadable({ version }: CheckpointHead, file: string): void {
  if (version === 1) return
  throw new TurbulenceError('resume', `${file} has version ${String(version)}; only version 1 can be read.`, {
    hint: 'Go on with the version of vitest-turbulence that wrote it.',
  })
}

/** The head of the latest checkpoint whose first line can be read. */
function firstHead(folder: string, disk: Disk): CheckpointHead | undefined {
  for (const name of checkpointNames(folder, disk)) {
    try {
      return readHead(beginningOf(join(folder, name), disk))
    } catch {
      // Damage is reported when this checkpoint is chosen.
    }
  }
  return undefined
}

function beginningOf(file: string, disk: Disk): string {
  const bytes = Buffer.alloc(HEAD_BYTES)
  const handle = disk.openSync(file, 'r')
  try {
    return bytes.toString('utf8', 0, disk.readSync(handle, bytes))
  } finally {
    disk.closeSync(handle)
  }
}

function foldersIn(path: string, disk: Disk): readonly string[] {
  try {
    return disk.readdirSync(path)
  } catch {
    return []
  }
}

function kindOf(path: string, disk: Disk): 'file' | 'folder' | undefined {
  try {
    return disk.statSync(path).isDirectory() ? 'folder' : 'file'
  } catch {
    return undefined
  }
}
