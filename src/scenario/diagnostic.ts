// How a problem is addressed and printed: paths into a file's structure, and the block of text that
// people see. What is wrong is said by those who find it.
import { relative } from 'node:path'
import type { Problem, Severity } from '../errors.ts'

/** The way into a file's value. */
export type DataPath = readonly (string | number)[]

/** `flows.buy[2].headers["X-Id"]`; empty for the whole file. */
export function formatPath(path: DataPath): string {
  let text = ''
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`
    else if (/^[\w-]+$/.test(key)) text += text === '' ? key : `.${key}`
    else text += `[${JSON.stringify(key)}]`
  }
  return text
}

/**
 * The problem as a block of lines: place and path, message, way out, and the line itself.
 * @param source the text of the file the problem is in, for the last part
 * @param root file names are printed relative to it
 */
export function formatProblem(problem: Problem, source?: string, root?: string): string {
  const { place, path, message, hint, severity } = problem
  const file = root === undefined ? place.file : relative(root, place.file).replaceAll('\\', '/')
  const lines = [`${file}:${place.line}:${place.column}${path === '' ? '' : `  ${path}`}`]
  lines.push(`  ${PREFIX[severity]}${message}`)
  if (hint !== undefined) lines.push(...hint.split('\n').map((line) => `  ${line}`))
  const frame = codeFrame(problem, source)
  if (frame.length > 0) lines.push('', ...frame)
  return lines.join('\n')
}

const PREFIX: Readonly<Record<Severity, string>> = { error: '', warning: 'Warning: ', hint: 'Hint: ' }
const WIDEST = 120

/** The line it is about and a mark below it; nothing when there is no such line. */
export function codeFrame({ place }: Problem, source: string | undefined): string[] {
  const line = source?.split(/\r?\n/)[place.line - 1]
  return line === undefined || line.trim() === '' ? [] : frame(line, place.line, place.column)
}

function frame(line: string, number: number, column: number): string[] {
  const shift = Math.max(0, column - WIDEST / 2)
  const cut = line.slice(shift, shift + WIDEST).replaceAll('\t', ' ')
  const gutter = ' '.repeat(String(number).length)
  return [`  ${number} | ${cut}`, `  ${gutter} | ${' '.repeat(Math.max(0, column - 1 - shift))}^`]
}

/** In the order of the files' lines; the scenario's own problems first, each said once. */
export function sortProblems(problems: readonly Problem[], file: string): Problem[] {
  const rank = ({ place }: Problem): number => (place.file === file ? 0 : 1)
  const said = new Set<string>()
  return problems
    .toSorted(
      (a, b) =>
        rank(a) - rank(b) ||
        (a.place.file === b.place.file ? 0 : a.place.file < b.place.file ? -1 : 1) ||
        a.place.line - b.place.line ||
        a.place.column - b.place.column,
    )
    .filter(({ place, message }) => {
      const key = `${place.file}:${place.line}:${place.column}:${message}`
      return !said.has(key) && said.add(key)
    })
}
