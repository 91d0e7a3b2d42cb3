// How the program talks to people: help, version, and what it says when it is called in a way it cannot be.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runCommandLine } from '../../../src/adapters/cli/command-line.ts'
import { called, program, turbulence } from '../../support/command-line.ts'

test('--help reads like that of Vitest', () => {
  expect(turbulence(['--help'])).toMatchInlineSnapshot(`
    {
      "code": 0,
      "err": "",
      "out": "turbulence/0.1.0

    Usage:
      $ turbulence <command> [options]

    Commands:
      lint [...files]  Look for mistakes in scenario files; send nothing
      plan <file>      Say what a scenario would do; send nothing

    For more info, run any command with the \`--help\` flag:
      $ turbulence lint --help
      $ turbulence plan --help

    Options:
      -h, --help     Display this message
      -v, --version  Display version number",
    }
  `)
})

test.each(['lint', 'plan'])('%s --help is what docs/reference/cli.md says', (command) => {
  const page = readFileSync(new URL('../../../docs/reference/cli.md', import.meta.url), 'utf8')
  const { out, code } = turbulence([command, '--help'])
  expect(code).toBe(0)
  const [version, ...text] = out.split('\n\n')
  expect(version).toMatch(/^turbulence\/\d/)
  expect(page).toContain(text.join('\n\n'))
})

test('--version', () => {
  const { out, code } = turbulence(['--version'])
  expect(out).toMatch(/^turbulence\/\d+\.\d+\.\d+/)
  expect(code).toBe(0)
})

test.each([
  [[], 'Error: There is no command.\nCommands: lint, plan.\nSee: turbulence --help'],
  [
    ['run', 'a.scenario.yaml'],
    'Error: There is no command "run".\nCommands: lint, plan. Scenarios are run by Vitest: npx vitest run\nSee: turbulence --help',
  ],
  [['lin'], 'Error: There is no command "lin".\nDid you mean "lint"? Commands: lint, plan.\nSee: turbulence --help'],
  [
    ['lint', '--max-warnigns', '3'],
    'Error: There is no option --max-warnigns.\nDid you mean "--max-warnings"? Options: --format, --max-warnings, --untrusted, --profile, --sut, --policies, --old, --root, --help.\nSee: turbulence lint --help',
  ],
  [
    ['lint', '--format', 'xml'],
    'Error: --format cannot be "xml".\nKnown: text, json, github.\nSee: turbulence lint --help',
  ],
  [['lint', '--format'], 'Error: --format needs a value.\nSee: turbulence lint --help'],
  [
    ['lint', '--max-warnings=-1'],
    'Error: --max-warnings is -1: it must be a whole number from 0.\nSee: turbulence lint --help',
  ],
  [['lint', '--root', 'a', '--root', 'b'], 'Error: --root stands there twice.\nSee: turbulence lint --help'],
  [
    ['lint', '--root', 'nowhere'],
    'Error: --root cannot be "nowhere": there is no such folder.\nSee: turbulence lint --help',
  ],
  [['plan'], 'Error: "plan" needs a file.\nSee: turbulence plan --help'],
  [['plan', 'a.yaml', 'b.yaml'], 'Error: "plan" takes one file, not 2.\nSee: turbulence plan --help'],
  [['plan', 'a.yaml'], 'Error: There is no file "a.yaml".\nSee: turbulence plan --help'],
])('%j is told on stderr, and exits with 2', async (args, err) => {
  expect(await called(args)).toEqual({ code: 2, out: '', err })
})

test('the exit code and stderr of the program are those', () => {
  const err = 'Error: There is no command.\nCommands: lint, plan.\nSee: turbulence --help'
  expect(turbulence([])).toEqual({ code: 2, out: '', err })
})

test('the built program begins as one', () => {
  expect(readFileSync(program, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
})

test('there are colours only where they were asked for', async () => {
  const printed = async (hasColours: boolean): Promise<string> => {
    const lines: string[] = []
    const out = (text: string): void => void lines.push(text)
    const argv = ['node', 'turbulence', 'lint', 'fixtures/invalid/extract-unused.scenario.yaml']
    expect(await runCommandLine({ argv, env: {}, folder: process.cwd(), out, err: out, hasColours })).toBe(0)
    return lines.join('\n')
  }
  expect(await printed(true)).toContain('\u001B[')
  expect(await printed(false)).not.toContain('\u001B[')
})

test.each(['lint', 'plan'])('%s shows nothing of what a link out of the project leads to', async (command) => {
  const secret = fileURLToPath(new URL('../../../package.json', import.meta.url))
  const { code, out, err } = await called([command, 'a.scenario.yaml'], { links: { 'a.scenario.yaml': secret } })
  expect(code).toBe(1)
  expect(out + err).toContain('outside-root')
  expect(out + err).not.toContain('|')
})
