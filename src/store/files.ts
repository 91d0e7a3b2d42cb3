// A run's folder: `manifest.json` when it begins, `summary.json` and reports when it is over. A disk that fails
// costs the record, never the run; the first failure becomes a notice, and nothing more is tried.
import * as nodeFs from 'node:fs'
import { join } from 'node:path'
import { TurbulenceError } from '../errors.ts'
import type { Summary } from '../metrics/summary.ts'
import { LineFile } from './line-file.ts'
import type { LineDisk } from './line-file.ts'
import type { Manifest } from './manifest.ts'
import type { RunRecord } from './record.ts'
import { type Disk, makeFolder, reasonOf, replaceFile } from './replace-file.ts'

/** What `summary.json` holds: enough for every report and comparison, without a sample. */
interface StoredSummary {
  readonly version: 1
  readonly record: RunRecord
  readonly summary: Summary
}

export interface StoredRun {
  readonly manifest: Manifest
  /** Absent when the run did not come to its end. */
  readonly record?: RunRecord
  readonly summary?: Summary
}

export interface RunFolder {
  /** Undefined once something could not be written. */
  readonly path: string | undefined
  /** What is not being kept, and why; one at most. */
  readonly notices: readonly string[]
  /** @param sizes where the run goes on: what was written beyond them, of cycles that are sent again, is cut off */
  begin(manifest: Manifest, sizes?: Readonly<Record<string, number>>): void
  /** A file of lines in it. @param bytes that it already has */
  lines(name: string, bytes?: number): LineFile
  /** `reports`: texts to be kept beside the record, by file name. */
  end(record: RunRecord, summary: Summary, reports?: Readonly<Record<string, string>>): void
}

/** Touches the disk only when something is written. */
export function openRunFolder(where: { runsDir: string; runId: string; disk?: Disk; lineDisk?: LineDisk }): RunFolder {
  const folder = join(where.runsDir, where.runId)
  const notices: string[] = []
  const lose = (what: string, path: string, reason: string | undefined): void => {
    if (reason !== undefined) notices.push(`${what}: ${path} could not be written, ${reason}.`)
  }
  const write = (name: string, text: () => string, what: string): void => {
    if (notices.length > 0) return
    const path = join(folder, name)
    lose(what, path, replaceFile(path, text(), where.disk))
  }
  return {
    get path() {
      return notices.length === 0 ? folder : undefined
    },
    notices,
    begin: (manifest, sizes) => {
      const what = 'No record of this run is kept'
      lose(what, folder, makeFolder(folder, where.disk))
      if (sizes !== undefined && notices.length === 0) lose(what, folder, cutOff(folder, sizes))
      if (sizes !== undefined && nodeFs.existsSync(join(folder, 'manifest.json'))) return
      write('manifest.json', () => json(manifest), what)
    },
    lines: (name, bytes) => {
      const path = join(folder, name)
      // The file is shorter when a checkpoint was copied without the record beside it.
      return new LineFile(path, where.lineDisk, bytes && Math.min(bytes, sizeOf(path)))
    },
    end: (record, summary, reports = {}) => {
      const stored: StoredSummary = { version: 1, record, summary }
      write('summary.json', () => json(stored), 'The results of this run are not kept')
      for (const [name, text] of Object.entries(reports)) write(name, () => text, 'A report of this run is not kept')
    },
  }
}

/** Undefined when it was done, else why not. */
function cutOff(folder: string, sizes: Readonly<Record<string, number>>): string | undefined {
  try {
    for (const [name, bytes] of Object.entries(sizes)) {
      const path = join(folder, name)
      if (sizeOf(path) > bytes) nodeFs.truncateSync(path, bytes)
    }
    return undefined
  } catch (error) {
    return reasonOf(error)
  }
}

/** 0 for a file that is not there. */
function sizeOf(path: string): number {
  return nodeFs.statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

function json(content: unknown): string {
  return `${JSON.stringify(content, undefined, 1)}\n`
}

/** @throws TurbulenceError when there is no manifest, or a file is not what this version wrote */
export function readRun(folder: string, disk: Pick<typeof nodeFs, 'readFileSync'> = nodeFs): StoredRun {
  const manifest = readVersioned(join(folder, 'manifest.json'), disk)
  if (manifest === undefined)
    throw new TurbulenceError('no-run', `There is no run in ${folder}: it has no manifest.json.`, {
      hint: 'Name a folder below .turbulence/runs.',
    })
  const stored = readVersioned(join(folder, 'summary.json'), disk) as StoredSummary | undefined
  return {
    manifest: manifest as Manifest,
    ...(stored !== undefined && { record: stored.record, summary: stored.summary }),
  }
}

/** Undefined when there is no such file. */
function readVersioned(path: string, disk: Pick<typeof nodeFs, 'readFileSync'>): unknown {
  let text: string
  try {
    text = disk.readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new TurbulenceError('run-unreadable', `${path} cannot be read: ${String(error)}`, { cause: error })
  }
  const content = parse(text, path)
  const version = typeof content === 'object' && content !== null && 'version' in content ? content.version : undefined
  if (version === 1) return content
  throw new TurbulenceError('run-version', `${path} has version ${String(version)}; only version 1 can be read.`, {
    hint: 'Read it with the version of vitest-turbulence that wrote it.',
  })
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new TurbulenceError('run-unreadable', `${path} is not JSON: ${String(error)}`, { cause: error })
  }
}
