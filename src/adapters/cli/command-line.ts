// Which commands there are, what each can be told, and what is said when it is called in another way. What
// a command does is in a file of its own, loaded when it is called: help and slips of the pen are answered at once.
import { readFileSync } from 'node:fs'
import { cac } from 'cac'
import type { CAC, Command } from 'cac'
import { didYouMean, internalError, TurbulenceError } from '../../errors.ts'
import { EXIT, UsageError } from './terminal.ts'
import type { ExitCode, Terminal } from './terminal.ts'

/** @returns the exit code */
export async function runCommandLine(terminal: Terminal): Promise<ExitCode> {
  const cli = cac('turbulence')
  let exitCode: ExitCode = EXIT.ok
  const end = (code: ExitCode): void => {
    exitCode = code
  }
  describeCommands(cli, terminal, end)
  try {
    const asked = cli.parse([...terminal.argv], { run: false }).options
    if (asked['help'] === true || asked['version'] === true) return EXIT.ok
    checkCall(cli, terminal.argv.slice(2))
    await cli.runMatchedCommand()
    return exitCode
  } catch (error) {
    return tell(error, cli, terminal)
  }
}

function describeCommands(cli: CAC, terminal: Terminal, end: (code: ExitCode) => void): void {
  cli
    .command('lint [...files]', 'Look for mistakes in scenario files; send nothing')
    .usage('lint [...files] [options]')
    .option('--format <name>', 'How problems are printed: text, json or github', { default: 'text' })
    .option('--max-warnings <n>', 'Fail when there are more warnings than this')
    .option(
      '--untrusted',
      'Also list what runs code of the repository (start, call, modules) and what reads the environment',
    )
    .option('--profile <name>', "Profile of the SUT, instead of the file's")
    .option('--sut <path>', 'SUT of files that name none')
    .option('--policies <path>', 'File of policies (default: policies.yaml beside the SUT)')
    .option('--old', 'Say how the files of a Turbulence directory are written now')
    .option('--root <path>', 'Files that a scenario names must lie inside (default: the current folder)')
    .example('  $ turbulence lint')
    .example('  $ turbulence lint load/checkout.scenario.yaml --profile staging')
    .example("  $ turbulence lint 'load/**/*.scenario.yaml' --format github --max-warnings 0")
    .example('  $ turbulence lint --old load')
    .action(async (files: readonly string[], options: Record<string, unknown>) => {
      const { lintCommand } = await import('./lint.ts')
      const { lintOldCommand } = await import('./lint-old.ts')
      end(await (options['old'] === true ? lintOldCommand : lintCommand)(files, options, terminal))
    })
  cli
    .command('plan <file>', 'Say what a scenario would do; send nothing')
    .usage('plan <file> [options]')
    .option('--json', 'As JSON, for programs')
    .option('--profile <name>', "Profile of the SUT, instead of the file's")
    .option('--sut <path>', 'SUT of a file that names none')
    .option('--policies <path>', 'File of policies (default: policies.yaml beside the SUT)')
    .option('--root <path>', 'Files that a scenario names must lie inside (default: the current folder)')
    .example('  $ turbulence plan load/checkout.scenario.yaml')
    .example('  $ TURBULENCE_CYCLES=1 turbulence plan load/checkout.scenario.yaml --json')
    .action(async (file: string, options: Record<string, unknown>) => {
      const { planCommand } = await import('./plan.ts')
      end(await planCommand(file, options, terminal))
    })
  cli.help((sections) => sections.map(({ title, body }) => withTitle(title, body.replaceAll(/ +$/gm, ''))))
  cli.version(ownVersion())
}

const withTitle = (title: string | undefined, body: string): { title?: string; body: string } =>
  title === undefined ? { body } : { title, body }

/** Before cac says it, because ours names what was meant. */
function checkCall(cli: CAC, words: readonly string[]): void {
  const { matchedCommand: command, args, options } = cli
  const commands = cli.commands.map(({ name }) => name)
  if (command === undefined) {
    const [given] = args
    if (given === undefined) throw new UsageError('There is no command.', `Commands: ${commands.join(', ')}.`)
    const elsewhere = given === 'run' ? ' Scenarios are run by Vitest: npx vitest run' : ''
    throw new UsageError(`There is no command "${given}".`, didYouMean(given, commands, 'Commands') + elsewhere)
  }
  const known = optionsOf(cli, command)
  for (const [name, value] of Object.entries(options)) {
    const option = known.find(({ names }) => names.includes(name))
    if (name !== '--' && option === undefined) throw unknownOption(name, words, known)
    if (Array.isArray(value) && name !== '--') throw new UsageError(`${asWritten(name)} stands there twice.`)
    if (option?.required === true && value === true) throw new UsageError(`${asWritten(name)} needs a value.`)
  }
  const wanted = command.args.filter(({ required }) => required)
  if (args.length < wanted.length)
    throw new UsageError(`"${command.name}" needs a ${wanted[args.length]?.value ?? ''}.`)
  if (!command.args.some(({ variadic }) => variadic) && args.length > command.args.length)
    throw new UsageError(`"${command.name}" takes one file, not ${args.length}.`)
}

type Option = Command['options'][number]

function optionsOf(cli: CAC, command: Command): readonly Option[] {
  return [...command.options, ...cli.globalCommand.options.filter(({ name }) => name !== 'version')]
}

function unknownOption(name: string, words: readonly string[], known: readonly Option[]): UsageError {
  const written = asWritten(name)
  const word = words.find((one) => one.split('=')[0] === written) ?? written
  const names = known.map((option) => asWritten(option.name))
  return new UsageError(`There is no option ${word.split('=')[0]}.`, didYouMean(written, names, 'Options'))
}

/** `--max-warnings` for cac's `maxWarnings`. */
function asWritten(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

function tell(error: unknown, cli: CAC, { err }: Terminal): ExitCode {
  const isOurs = error instanceof UsageError || error instanceof TurbulenceError
  const isUsage = isOurs || (error instanceof Error && error.name === 'CACError')
  if (!isUsage) {
    err(`Error: ${internalError(error)}`)
    return EXIT.wrong
  }
  err(`Error: ${error.message}`)
  if (isOurs && error.hint !== undefined) err(error.hint)
  const command = cli.matchedCommand === undefined ? '' : ` ${cli.matchedCommand.name}`
  err(`See: turbulence${command} --help`)
  return EXIT.usage
}

function ownVersion(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
