// What GitHub Actions reads from a step's output: one line per failure or mistake, which it shows at that
// line of the file. Who prints them, and whether, is decided elsewhere.
import type { Problem } from '../errors.ts'
import { cleanText, clip, oneLine } from './clean-text.ts'
import type { JunitSuite } from './junit.ts'
import { relativePath } from './relative-path.ts'
import { formatCount } from '../units.ts'

/** GitHub shows no more per step. */
const MOST_ANNOTATIONS = 10
const MOST_TITLE = 255
const MOST_MESSAGE = 4096

/** A line per failed case, those that only a crash explains first; then how many were left out. */
export function githubAnnotations(suites: readonly JunitSuite[]): string[] {
  const failed = suites.flatMap((suite) =>
    suite.cases.flatMap(({ name, file, line, column, result }) =>
      result?.kind === 'error' || result?.kind === 'failure'
        ? [{ title: `${suite.name} > ${name}`, file: file ?? suite.file, line, column, result }]
        : [],
    ),
  )
  const sorted = failed.toSorted((a, b) => rank(a.result.kind) - rank(b.result.kind))
  const lines = sorted
    .slice(0, MOST_ANNOTATIONS)
    .map(({ result, title, ...where }) => errorCommand({ ...where, title }, result.body))
  const more = failed.length - lines.length
  return more === 0 ? lines : [...lines, `… and ${formatCount(more)} more failures: GitHub shows ten per step.`]
}

export interface Annotated {
  readonly title: string
  /** Relative to the root of the repository, with forward slashes. */
  readonly file?: string | undefined
  readonly line?: number | undefined
  readonly column?: number | undefined
}

export function errorCommand(where: Annotated, message: string): string {
  return command('error', where, message)
}

/** A warning or a hint is shown as such. */
export function problemCommand(problem: Problem, root: string): string {
  const { place, severity, code, message, hint } = problem
  const where = { file: relativePath(place.file, root), line: place.line, column: place.column, title: code }
  const text = hint === undefined ? message : `${message}\n${hint}`
  return command(severity === 'hint' ? 'notice' : severity, where, text)
}

type Kind = 'error' | 'warning' | 'notice'

function command(kind: Kind, { file, line, column, title }: Annotated, message: string): string {
  const properties = {
    file,
    line: file === undefined ? undefined : line,
    col: file === undefined || line === undefined ? undefined : column,
    title: clip(oneLine(title), MOST_TITLE),
  }
  const written = Object.entries(properties).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${property(String(value))}`],
  )
  return `::${kind} ${written.join(',')}::${data(clip(cleanText(message), MOST_MESSAGE))}`
}

function rank(kind: 'error' | 'failure'): number {
  return kind === 'error' ? 0 : 1
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
