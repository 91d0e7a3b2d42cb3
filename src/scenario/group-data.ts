// The data files of groups: found, read once each, and held against what the plan needs of them.
import { basename, dirname, extname } from 'node:path'
import { shown } from '../actions/failure.ts'
import type { Table } from '../agents/data.ts'
import type { Problem } from '../errors.ts'
import { didYouMean } from '../errors.ts'
import { formatCount, plural } from '../units.ts'
import { DATA_FORMATS, readTable } from './data-file.ts'
import type { ReadTable } from './data-file.ts'
import { readNamed } from './named-file.ts'
import type { Reading } from './named-file.ts'
import type { ReadGroup } from './population.ts'
import type { Source } from './source.ts'

export interface GroupData {
  /** By path as written. */
  readonly tables: Readonly<Record<string, Table>>
  /** Absolute; one of them may not exist. */
  readonly files: readonly string[]
  /** Of the data files themselves. */
  readonly problems: readonly Problem[]
}

export function readGroupData(groups: readonly ReadGroup[], source: Source, reading: Reading): GroupData {
  const tables: Record<string, Table> = Object.create(null)
  const seen = new Map<string, ReadTable>()
  const files: string[] = []
  const problems: Problem[] = []
  for (const { data, at } of groups) {
    if (data === undefined || tables[data.file] !== undefined) continue
    const where = dataPath(at, source)
    const { path, text, wrong } = readNamed(data.file, dirname(source.place(where).file), 'data-file', reading)
    if (path !== undefined) files.push(path)
    if (wrong !== undefined) source.add({ path: where, ...wrong })
    if (path === undefined || text === undefined) continue
    if (!DATA_FORMATS.includes(extname(path).toLowerCase())) {
      source.add({
        code: 'data-file',
        path: where,
        message: `${shown(data.file)} is neither CSV nor JSON nor YAML.`,
        hint: didYouMean(extname(path), DATA_FORMATS, 'Endings'),
      })
      continue
    }
    const read = seen.get(path) ?? readTable(path, text)
    if (!seen.has(path)) problems.push(...read.problems)
    seen.set(path, read)
    if (read.table !== undefined) tables[data.file] = read.table
  }
  return { tables, files, problems }
}

/** The path of a group's data file, in its short or its long form. */
function dataPath(at: ReadGroup['at'], source: Source): (string | number)[] {
  const long = [...at, 'data', 'file']
  const [short, inside] = [source.place([...at, 'data']), source.place(long)]
  return short.line === inside.line && short.column === inside.column ? [...at, 'data'] : long
}

/** With `at_end: error`, whether the rows are enough; of a duration nobody knows before. */
export function checkRowsSuffice(
  groups: readonly ReadGroup[],
  tables: GroupData['tables'],
  cycles: number,
  source: Source,
): void {
  for (const { data, workload, count, at } of groups) {
    const rows = data === undefined ? undefined : tables[data.file]?.rows.length
    if (data?.atEnd !== 'error' || rows === undefined || workload.kind !== 'iterations') continue
    const needed = count * workload.iterations * cycles
    if (needed <= rows) continue
    const made = `${plural(count, 'agent')} × ${plural(workload.iterations, 'iteration')} × ${plural(cycles, 'cycle')}`
    source.add({
      code: 'data-rows',
      path: [...at, 'data'],
      message: `${basename(data.file)} has ${plural(rows, 'row')}; ${made} need ${formatCount(needed)}.`,
      hint: 'Add rows, or write at_end: wrap to begin again, at_end: stop to end with the last row.',
    })
  }
}
