// Calls `turbulence` in a folder of its own and returns all that a user would see: the built program, with
// TURBULENCE_E2E_HOME that of the packed tarball installed there, or the source in this process.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runCommandLine } from '../../src/adapters/cli/command-line.ts'
import { cleanEnvironment, node } from './run-fixture.ts'

const home = process.env['TURBULENCE_E2E_HOME']
const packageFolder =
  home === undefined
    ? fileURLToPath(new URL('../../', import.meta.url))
    : join(home, 'node_modules', 'vitest-turbulence')
export const program: string = join(packageFolder, 'dist', 'adapters', 'cli', 'main.js')

export interface Said {
  readonly code: number | null
  /** The folder it ran in is `<folder>`. */
  readonly out: string
  readonly err: string
}

export interface CallOptions {
  /** Path → text. */
  readonly files?: Readonly<Record<string, string>>
  /** Path → what it is a link to. */
  readonly links?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
}

export function turbulence(args: readonly string[], options: CallOptions = {}): Said {
  return inFolder(options, (folder) => {
    const env = { ...cleanEnvironment(), ...options.env }
    const ended = spawnSync(node, [program, ...args], { cwd: folder, env, encoding: 'utf8' })
    return { code: ended.status, out: ended.stdout, err: ended.stderr }
  })
}

/** The same without a process: the source, not what was built. */
export async function called(args: readonly string[], options: CallOptions = {}): Promise<Said> {
  return await inFolder(options, async (folder) => {
    const out: string[] = []
    const err: string[] = []
    const code = await runCommandLine({
      argv: ['node', 'turbulence', ...args],
      env: options.env ?? {},
      folder,
      out: (text) => void out.push(text),
      err: (text) => void err.push(text),
      hasColours: false,
    })
    return { code, out: out.join('\n'), err: err.join('\n') }
  })
}

function inFolder(options: CallOptions, act: (folder: string) => Said): Said
function inFolder(options: CallOptions, act: (folder: string) => Promise<Said>): Promise<Said>
function inFolder(
  { files = {}, links = {} }: CallOptions,
  act: (folder: string) => Said | Promise<Said>,
): Said | Promise<Said> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'turbulence-cli-')))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  for (const [path, target] of Object.entries(links)) symlinkSync(target, join(folder, path))
  const end = ({ code, out, err }: Said): Said => {
    rmSync(folder, { recursive: true, force: true })
    const clean = (text: string): string => text.replaceAll(folder, '<folder>').trimEnd()
    return { code, out: clean(out), err: clean(err) }
  }
  const said = act(folder)
  return said instanceof Promise ? said.then(end) : end(said)
}
