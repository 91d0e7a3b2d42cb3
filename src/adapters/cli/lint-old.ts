// `turbulence lint --old`: goes through a directory of the older Turbulence, file by file, and says what each means
// now and how it is written now; at the end, what the config looks like.
import { lstatSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { explainOld, kindOfFile, sortProblems } from '../../run.ts'
import { plural } from '../../units.ts'
import { examineAll } from './examine.ts'
import { filesOf } from './find-files.ts'
import { choiceOf, countOf, loadSettings } from './options.ts'
import { pluginCall } from './old-config.ts'
import type { Surroundings } from './old-config.ts'
import type { LoadSettings } from './options.ts'
import { FORMATS, tell, withoutEnvironment } from './tell-problems.ts'
import { UsageError } from './terminal.ts'
import type { ExitCode, Terminal } from './terminal.ts'

type Kind = NonNullable<ReturnType<typeof kindOfFile>>

interface OldFile {
  readonly file: string
  readonly text: string
  readonly kind: Kind
}

/** What may hold a command line of Turbulence, besides YAML. */
const TEXTS =
  /\.(?:ya?ml|sh|bash|zsh|ps1|bat|cmd|mk|md|rst|txt|toml|json|cfg|ini)$|^(?:Makefile|Justfile|Dockerfile|Jenkinsfile|Procfile)$/
const LARGEST_BYTES = 1_000_000

export async function lintOldCommand(
  folders: readonly string[],
  given: Readonly<Record<string, unknown>>,
  terminal: Terminal,
): Promise<ExitCode> {
  const format = choiceOf(given, 'format', '--format', FORMATS)
  const most = countOf(given, 'maxWarnings', '--max-warnings') ?? Infinity
  const settings = { ...loadSettings(given, terminal), untrusted: given['untrusted'] === true }
  const where = folders.length === 0 ? ['.'] : folders.map(String)
  const files = filesOf(where, terminal.folder).flatMap(read)
  if (files.length === 0)
    throw new UsageError(
      `There is no file of Turbulence in ${where.map((folder) => `"${folder}"`).join(', ')}.`,
      'It looks for scenarios, SUTs, policies, personas and calls.',
    )
  const around = surroundings(files, settings)
  const scenarios = files.filter(({ kind }) => kind === 'scenario').map(({ file }) => file)
  const examined = await examineAll(scenarios, { ...settings, ...around }, terminal)
  const problems = sortProblems(
    [
      ...files.flatMap(({ file, text, kind }) => explainOld(kind, text, { file, ...around })),
      ...examined.flatMap((one) => one.problems).map(withoutEnvironment),
    ],
    '',
  )
  const more = [configText(files, around, settings)]
  return tell({ files: files.map(({ file }) => file), problems, more }, { format, most, settings, terminal })
}

function read(file: string): OldFile[] {
  if (!TEXTS.test(basename(file)) || basename(file).startsWith('package-lock')) return []
  try {
    const found = lstatSync(file)
    // What a link leads to is looked at where it lies, or is none of this directory's.
    if (found.isSymbolicLink() || found.size > LARGEST_BYTES) return []
    const text = readFileSync(file, 'utf8')
    const kind = kindOfFile(file, text)
    return kind === undefined ? [] : [{ file, text, kind }]
  } catch {
    return []
  }
}

/** The first of each kind, unless told. */
function surroundings(files: readonly OldFile[], { sut, policies }: LoadSettings): Surroundings {
  const first = (kind: Kind): string | undefined => files.find((file) => file.kind === kind)?.file
  return { sut: sut ?? first('sut'), policies: policies ?? first('policies') }
}

/** How Vitest finds them as they are. */
function configText(files: readonly OldFile[], around: Surroundings, { root }: LoadSettings): string {
  const kinds = (['scenario', 'sut', 'policies', 'personas', 'commands'] as const).flatMap((kind) => {
    const count = files.filter((file) => file.kind === kind).length
    return count === 0 ? [] : [KINDS[kind](count)]
  })
  const found = `Found ${kinds.join(', ')}.`
  const scenarios = files.filter(({ kind }) => kind === 'scenario').map(({ file }) => file)
  if (scenarios.length === 0) return `${found} None of it is a scenario that Vitest could run.\n`
  return [
    `${found} As they are, they run with this in vitest.config.ts:`,
    '',
    `  plugins: [${pluginCall(scenarios, around, root)}]`,
    '',
  ].join('\n')
}

const KINDS: Readonly<Record<Kind, (count: number) => string>> = {
  scenario: (count) => plural(count, 'scenario'),
  sut: (count) => plural(count, 'SUT'),
  policies: (count) => plural(count, 'file of policies', 'files of policies'),
  personas: (count) => plural(count, 'file of personas', 'files of personas'),
  commands: (count) => plural(count, 'file that calls turbulence', 'files that call turbulence'),
}
