// `turbulence lint`: prints what is wrong with scenario files like a compiler does. Exit code 1 when there
// are errors, or more warnings than allowed.
import type { Problem, Severity } from '../../errors.ts'
import { problemCommand, problemLines, relativePath } from '../../report/index.ts'
import { plural } from '../../units.ts'
import { examineAll, sourceReader } from './examine.ts'
import { findFiles } from './find-files.ts'
import { problemJson } from './json.ts'
import { choiceOf, countOf, loadSettings } from './options.ts'
import type { LoadSettings } from './options.ts'
import { EXIT, paintOf } from './terminal.ts'
import type { ExitCode, Terminal } from './terminal.ts'

const FORMATS = ['text', 'json', 'github'] as const

export async function lintCommand(
  patterns: readonly string[],
  given: Readonly<Record<string, unknown>>,
  terminal: Terminal,
): Promise<ExitCode> {
  const format = choiceOf(given, 'format', '--format', FORMATS)
  const most = countOf(given, 'maxWarnings', '--max-warnings') ?? Infinity
  const settings = loadSettings(given, terminal)
  const untrusted = given['untrusted'] === true
  const files = findFiles(patterns.map(String), terminal.folder, untrusted)
  const examined = await examineAll(files, { ...settings, untrusted }, terminal)
  const found = examined.flatMap(({ problems }) => problems).map(withoutEnvironment)
  const problems = eachOnce(found)
  const count = (severity: Severity): number => problems.filter((problem) => problem.severity === severity).length
  const counts = { files: files.length, errors: count('error'), warnings: count('warning'), hints: count('hint') }
  if (format === 'json') terminal.out(json(files, problems, counts, settings))
  else {
    for (const text of format === 'github' ? commands(problems, settings) : blocks(problems, settings, terminal))
      terminal.out(text)
    terminal.out(summary(counts))
  }
  if (counts.warnings > most)
    terminal.err(`Error: ${plural(counts.warnings, 'warning')}, and --max-warnings allows ${most}.`)
  return counts.errors > 0 || counts.warnings > most ? EXIT.wrong : EXIT.ok
}

/** The file itself is a link that leads out of the project: nothing of it is shown. */
const isStrayed = ({ code, path }: Problem): boolean => code === 'outside-root' && path === ''

/** Two scenarios may share a SUT. */
function eachOnce(problems: readonly Problem[]): Problem[] {
  const keyOf = ({ place, message }: Problem): string => `${place.file}:${place.line}:${place.column}:${message}`
  return [...new Map(problems.map((problem) => [keyOf(problem), problem])).values()]
}

/** Where files are only looked at, values of the environment need not be there. */
function withoutEnvironment(problem: Problem): Problem {
  return problem.code === 'env-missing' ? { ...problem, severity: 'warning' } : problem
}

function blocks(problems: readonly Problem[], { root }: LoadSettings, terminal: Terminal): string[] {
  const paint = paintOf(terminal)
  const read = sourceReader()
  return problems.map((problem) => {
    const lines = problemLines(problem, {
      paint,
      root,
      source: isStrayed(problem) ? undefined : read(problem.place.file),
    })
    return `${lines.join('\n')}\n`
  })
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
