// `turbulence lint`: prints what is wrong with scenario files like a compiler does. Exit code 1 when there
// are errors, or more warnings than allowed.
import { examineAll } from './examine.ts'
import { findFiles } from './find-files.ts'
import { choiceOf, countOf, loadSettings } from './options.ts'
import { sameIds } from './same-id.ts'
import { FORMATS, tell, withoutEnvironment } from './tell-problems.ts'
import type { ExitCode, Terminal } from './terminal.ts'

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
  const scenarios = examined.flatMap(({ scenario }) => scenario ?? [])
  const found = [...examined.flatMap((one) => one.problems), ...sameIds(scenarios, settings.root)]
  const problems = found.map(withoutEnvironment)
  return tell({ files, problems }, { format, most, settings, terminal })
}
