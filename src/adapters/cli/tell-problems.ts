// How `turbulence lint` says what it found: as a compiler does, as JSON, as annotations; and the exit code.
import { readFileSync } from 'node:fs'
import type { Problem, Severity } from '../../errors.ts'
import { problemCommand, problemLines, relativePath } from '../../report/index.ts'
import { plural } from '../../units.ts'
import { isStrayed } from '../strayed.ts'
import { problemJson } from './json.ts'
import type { LoadSettings } from './options.ts'
import { EXIT, paintOf } from './terminal.ts'
import type { ExitCode, Terminal } from './terminal.ts'

export const FORMATS = ['text', 'json', 'github'] as const

export interface Found {
  /** Absolute. */
  readonly files: readonly string[]
  readonly problems: readonly Problem[]
  /** Said after them, in text. */
  readonly more?: readonly string[]
}

export interface How {
  readonly format: (typeof FORMATS)[number]
  /** Warnings. */
  readonly most: number
  readonly settings: LoadSettings
  readonly terminal: Terminal
}

export function tell(
  { files, problems: found, more = [] }: Found,
  { format, most, settings, terminal }: How,
): ExitCode {
  const problems = eachOnce(found)
  const count = (severity: Severity): number => problems.filter((problem) => problem.severity === severity).length
  const counts = { files: files.length, errors: count('error'), warnings: count('warning'), hints: count('hint') }
  if (format === 'json') terminal.out(json(files, problems, counts, settings))
  else {
    for (const text of format === 'github'
      ? commands(problems, settings)
      : problemBlocks(problems, settings.root, terminal))
      terminal.out(text)
    for (const text of format === 'text' ? more : []) terminal.out(text)
    terminal.out(summary(counts))
  }
  if (counts.warnings > most)
    terminal.err(`Error: ${plural(counts.warnings, 'warning')}, and --max-warnings allows ${most}.`)
  return counts.errors > 0 || counts.warnings > most ? EXIT.wrong : EXIT.ok
}

/** Where files are only looked at, values of the environment need not be there. */
export function withoutEnvironment(problem: Problem): Problem {
  return problem.code === 'env-missing' ? { ...problem, severity: 'warning' } : problem
}

/** Two scenarios may share a SUT. */
function eachOnce(problems: readonly Problem[]): Problem[] {
  const keyOf = ({ place, message }: Problem): string => `${place.file}:${place.line}:${place.column}:${message}`
  return [...new Map(problems.map((problem) => [keyOf(problem), problem])).values()]
}

/** Each with the line it is about. */
export function problemBlocks(problems: readonly Problem[], root: string, terminal: Terminal): string[] {
  const paint = paintOf(terminal)
  const read = sourceReader()
  return problems.map((problem) => `${problemLines(problem, { paint, root, source: read(problem) }).join('\n')}\n`)
}

/** The text of files that problems are about, as far as it may be shown; each is read once. */
function sourceReader(): (problem: Problem) => string | undefined {
  const read = new Map<string, string | undefined>()
  return (problem) => {
    if (isStrayed(problem)) return undefined
    const { file } = problem.place
    if (!read.has(file)) read.set(file, textOf(file))
    return read.get(file)
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function commands(problems: readonly Problem[], { root }: LoadSettings): string[] {
  return problems.map((problem) => problemCommand(problem, root))
}

interface Counts {
  readonly files: number
  readonly errors: number
  readonly warnings: number
  readonly hints: number
}

function json(files: readonly string[], problems: readonly Problem[], counts: Counts, { root }: LoadSettings): string {
  const { errors, warnings, hints } = counts
  return JSON.stringify(
    {
      version: 1,
      files: files.map((file) => relativePath(file, root)),
      errors,
      warnings,
      hints,
      problems: problems.map((problem) => problemJson(problem, root)),
    },
    undefined,
    2,
  )
}

/** `2 errors, 1 warning in 3 files`. */
function summary({ files, errors, warnings, hints }: Counts): string {
  const found = [
    ...(errors > 0 ? [plural(errors, 'error')] : []),
    ...(warnings > 0 ? [plural(warnings, 'warning')] : []),
    ...(hints > 0 ? [plural(hints, 'hint')] : []),
  ]
  return `${found.length === 0 ? 'No problems' : found.join(', ')} in ${plural(files, 'file')}.`
}
