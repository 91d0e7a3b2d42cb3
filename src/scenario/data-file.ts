// A data file: CSV with a header, JSON or YAML with a list of mappings, read into a table of rows that all
// have the same columns. Its mistakes stand where they are in it. Who gets which row is agents/data.ts.
import { extname } from 'node:path'
import { shown } from '../actions/failure.ts'
import { tooMuchJson } from '../actions/json-text.ts'
import type { JsonBounds } from '../actions/json-text.ts'
import type { Table } from '../agents/data.ts'
import type { Problem } from '../errors.ts'
import { formatCount, plural } from '../units.ts'
import { parseCsv } from './csv.ts'
import type { DataPath } from './diagnostic.ts'
import { isMapping } from './reader.ts'
import type { Mapping } from './reader.ts'
import { Source } from './source.ts'

export interface ReadTable {
  /** Undefined when something is wrong with it. */
  readonly table?: Table
  readonly problems: readonly Problem[]
}

export const DATA_FORMATS: readonly string[] = ['.csv', '.json', '.yaml', '.yml']

const MOST_CHARACTERS = 16 * 1024 * 1024
const MOST_ROWS = 1_000_000
const MOST_COLUMNS = 1_000
const JSON_BOUNDS: JsonBounds = { characters: MOST_CHARACTERS, values: 4_000_000, depth: 60 }
/** Of one kind; the others are counted. */
const MOST_SAID = 5
const NO_ROWS = { message: 'The file has no rows.', hint: 'Agents need at least one.' }

/** @param file absolute; its name says the format */
export function readTable(file: string, text: string): ReadTable {
  const said = new Complaints(file)
  if (text.length > MOST_CHARACTERS)
    said.add(1, 1, `The file has more than ${formatCount(MOST_CHARACTERS)} characters.`)
  else {
    const clean = text.replace(/^\uFEFF/, '')
    const table = extname(file).toLowerCase() === '.csv' ? fromCsv(clean, said) : fromList(file, clean, said)
    if (table !== undefined && said.problems.length === 0) return { table, problems: [] }
  }
  return { problems: said.problems }
}

function fromCsv(text: string, said: Complaints): Table | undefined {
  const { records, mistake } = parseCsv(text, MOST_ROWS + 1)
  if (mistake !== undefined) said.add(mistake.line, mistake.column, mistake.message, mistake.hint)
  const [header, ...rest] = records
  if (header === undefined || rest.length === 0) {
    if (mistake === undefined) said.add(1, 1, NO_ROWS.message, 'The first line names the columns; rows follow it.')
    return undefined
  }
  const columns = header.fields.map((name) => name.trim())
  if (isTooLarge(rest.length, columns.length, said)) return undefined
  checkHeader(columns, header.line, said)
  const ragged = rest.filter(({ fields }) => fields.length !== columns.length)
  said.each(ragged, ({ fields, line }) => ({
    line,
    message: `This row has ${plural(fields.length, 'field')}, the header has ${columns.length}.`,
    hint: 'Put a field that holds a comma in quotes.',
  }))
  return { columns, rows: rest.map(({ fields }) => rowOf(columns, fields)) }
}

function isTooLarge(rows: number, columns: number, said: Complaints): boolean {
  const [what, most] = rows > MOST_ROWS ? ['rows', MOST_ROWS] : ['columns', MOST_COLUMNS]
  if (rows <= MOST_ROWS && columns <= MOST_COLUMNS) return false
  said.add(1, 1, `The file has more than ${formatCount(most)} ${what}.`, `At most ${formatCount(most)} are read.`)
  return true
}

function checkHeader(columns: readonly string[], line: number, said: Complaints): void {
  const twice = columns.find((name, index) => columns.indexOf(name) !== index)
  if (columns.includes('')) said.add(line, 1, 'A column has no name.', 'The first line names all columns.')
  else if (twice !== undefined) said.add(line, 1, `Two columns are named "${twice}".`, 'Rename one of them.')
}

function rowOf(columns: readonly string[], values: readonly unknown[]): Readonly<Record<string, unknown>> {
  const row: Record<string, unknown> = Object.create(null)
  columns.forEach((name, index) => (row[name] = values[index]))
  return row
}

/** JSON and YAML. */
function fromList(file: string, text: string, said: Complaints): Table | undefined {
  const isJson = extname(file).toLowerCase() === '.json'
  let source: Source | undefined
  // For places: YAML reads JSON, too, but more slowly.
  const placed = (): Source => (source ??= new Source(file, text))
  const value = isJson ? parseJson(text, said) : placed().value
  if (!isJson) said.problems.push(...placed().problems)
  if (said.problems.length > 0) return undefined
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) {
    said.add(1, 1, NO_ROWS.message, NO_ROWS.hint)
    return undefined
  }
  if (!Array.isArray(value)) {
    said.add(1, 1, `A data file is a list of mappings, not ${shown(value)}.`, '[{ "email": "ada@example.com" }]')
    return undefined
  }
  const lineOf = (path: DataPath): { line: number; column: number } => placed().place(path)
  const rows = value.filter(isMapping)
  said.each(
    value.flatMap((row: unknown, index) => (isMapping(row) ? [] : [{ row, index }])),
    ({ row, index }) => ({ ...lineOf([index]), message: `Row ${index + 1} is not a mapping, but ${shown(row)}.` }),
  )
  const columns = Object.keys(rows[0] ?? {})
  if (isTooLarge(value.length, columns.length, said)) return undefined
  checkRows(value as readonly unknown[], columns, said, lineOf)
  return {
    columns,
    rows: rows.map((row) =>
      rowOf(
        columns,
        columns.map((name) => row[name]),
      ),
    ),
  }
}

function checkRows(
  value: readonly unknown[],
  columns: readonly string[],
  said: Complaints,
  lineOf: (path: DataPath) => { line: number; column: number },
): void {
  const known = new Set(columns)
  const wrong = value.flatMap((row, index) => {
    const difference = isMapping(row) ? differenceOf(row, known) : undefined
    return difference === undefined ? [] : [{ index, difference }]
  })
  said.each(wrong, ({ index, difference }) => ({
    ...lineOf([index]),
    message: `Row ${index + 1} ${difference}.`,
    hint: `Every row has the columns of the first: ${columns.join(', ')}.`,
  }))
}

function differenceOf(row: Mapping, columns: ReadonlySet<string>): string | undefined {
  const missing = [...columns].find((name) => !Object.hasOwn(row, name))
  if (missing !== undefined) return `has no "${missing}"`
  const more = Object.keys(row).find((name) => !columns.has(name))
  return more === undefined ? undefined : `has a "${more}", which the first has not`
}

function parseJson(text: string, said: Complaints): unknown {
  if (text.trim() === '') return undefined
  const tooMuch = tooMuchJson(text, JSON_BOUNDS)
  if (typeof tooMuch === 'string') {
    said.add(1, 1, `The file is too large: ${tooMuch}.`, 'Take fewer rows, or flatter ones.')
    return undefined
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const offset = Number(/at position (\d+)/.exec(message)?.[1] ?? text.length)
    const before = text.slice(0, offset).split('\n')
    said.add(before.length, (before.at(-1)?.length ?? 0) + 1, 'This is not JSON.', message.split('\n', 1)[0])
    return undefined
  }
}

interface Complaint {
  readonly line: number
  readonly column?: number
  readonly message: string
  readonly hint?: string
}

class Complaints {
  readonly problems: Problem[] = []
  readonly #file: string

  constructor(file: string) {
    this.#file = file
  }

  add(line: number, column: number, message: string, hint?: string): void {
    const place = { file: this.#file, line, column }
    const said = { code: 'data-file', severity: 'error', path: '', place, message } as const
    this.problems.push(hint === undefined ? said : { ...said, hint })
  }

  /** The first few of many. */
  each<T>(of: readonly T[], say: (one: T) => Complaint): void {
    for (const one of of.slice(0, MOST_SAID)) {
      const { line, column = 1, message, hint } = say(one)
      const more = one === of[MOST_SAID - 1] ? of.length - MOST_SAID : 0
      this.add(line, column, more > 0 ? `${message} So it is with ${formatCount(more)} more.` : message, hint)
    }
  }
}
