// Runs the real `vitest` on a copy of a fixture project and returns all that a user would see. The copy
// lies below a folder whose `vitest-turbulence` is the built package: this repository, or with
// TURBULENCE_E2E_HOME a folder with the packed tarball installed (and its own Vitest, and Node). Every JUnit
// file that any of them writes has to be valid.
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { startShop } from '../../fixtures/shop/server.mjs'
import { junitProblems } from './junit-schema.ts'

const repository = fileURLToPath(new URL('../../', import.meta.url))
const home = process.env['TURBULENCE_E2E_HOME'] ?? join(repository, '.e2e')
export const node: string = process.env['TURBULENCE_E2E_NODE'] ?? process.execPath
const vitestFolder = dirname(createRequire(join(home, 'x.js')).resolve('vitest/package.json'))
export const vitestBin: string = join(vitestFolder, 'vitest.mjs')

/** The major version of the Vitest that runs the fixtures. */
export const vitestMajor: number = Number(
  (JSON.parse(readFileSync(join(vitestFolder, 'package.json'), 'utf8')) as { version: string }).version.split('.')[0],
)

export type ShopOptions = NonNullable<Parameters<typeof startShop>[0]>

export interface FixtureOptions {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Settings of the shop that the scenarios talk to; `false` starts none. */
  readonly shop?: ShopOptions | false
  /** Signals to send, the first once stdout has this text, each other once the one before has been answered. */
  readonly interrupt?: Interrupt
  /** Runs it on a pseudo-terminal of 100 × 40 made by `script`; stderr is then part of stdout, and `stty` says at its end how the terminal was left. */
  readonly terminal?: boolean
  /** Typed once stdout has the text, the next ones once it has theirs after that; on a terminal only. */
  readonly type?: readonly { readonly when: string; readonly keys: string }[]
  /** Its JUnit is not of the rich dialect: the test looks at it itself. */
  readonly otherJunit?: boolean
  /** Changes the copy before it runs. */
  readonly arrange?: (folder: string) => void
}

interface Interrupt {
  readonly when: string
  readonly signals: readonly NodeJS.Signals[]
  /** Each comes twice, as from `timeout` and npm. */
  readonly isDoubled?: boolean
}

/** So long after the first one a signal is another. */
const LATER_MS = 700

export interface FixtureRun {
  readonly code: number | null
  /** Without colours, with this run's folder as `<root>`. */
  readonly stdout: string
  readonly stderr: string
  /** As it came, with colours and cursor movements. */
  readonly raw: string
  readonly folder: string
  /** The text of a file in the project; undefined when it was not written. */
  file(path: string): string | undefined
  /** The JUnit file. */
  readonly junit: string
  /** Undefined unless a signal ended it. */
  readonly signal: NodeJS.Signals | null
  /** What the shop received, by `METHOD route`. */
  readonly received: Readonly<Record<string, number>>
}

/** A run that hangs is a failing test, not a hanging one. */
const LONGEST_MS = 60_000

export async function runFixture(name: string, options: FixtureOptions = {}): Promise<FixtureRun> {
  const folder = copyOf(name)
  options.arrange?.(folder)
  const shop = options.shop === false ? undefined : await startShop(options.shop)
  try {
    const env = { ...cleanEnvironment(), ...(shop !== undefined && { SHOP_URL: shop.url }), ...options.env }
    const ended = await vitest(folder, options, env)
    const clean = (text: string): string => stripVTControlCharacters(text).replaceAll(folder, '<root>')
    const file = (path: string): string | undefined =>
      existsSync(join(folder, path)) ? readFileSync(join(folder, path), 'utf8') : undefined
    const junit = file('test-results/TEST-turbulence-junit.xml') ?? ''
    const problems = junit === '' || options.otherJunit === true ? [] : junitProblems(junit)
    if (problems.length > 0) throw new Error(`The JUnit file of ${name} is not valid: ${problems.join('; ')}`)
    return {
      code: ended.code,
      signal: ended.signal,
      stdout: clean(ended.stdout),
      stderr: clean(ended.stderr),
      raw: ended.stdout,
      folder,
      file,
      junit,
      received: shop === undefined ? {} : received(shop),
    }
  } finally {
    await shop?.close()
  }
}

/** Removes the copies of this process. */
export function removeCopies(): void {
  for (const folder of copies.splice(0)) rmSync(folder, { recursive: true, force: true })
}

const copies: string[] = []

export function copyOf(name: string): string {
  mkdirSync(join(home, 'runs'), { recursive: true })
  const folder = mkdtempSync(join(home, 'runs', `${name}-`))
  cpSync(join(repository, 'fixtures/projects', name), folder, { recursive: true })
  copies.push(folder)
  return folder
}

/** For `arrange`: gives the plugin other options. @param options as they are written in the config */
export function withOptions(options: string): (folder: string) => void {
  return (folder) =>
    writeFileSync(
      join(folder, 'vitest.config.ts'),
      `import { turbulence } from 'vitest-turbulence'\nexport default { plugins: [turbulence(${options})] }\n`,
    )
}

/** As on a CI machine without colours; nothing of the Vitest that runs this test leaks in. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { NO_COLOR: '1' }
  for (const name of ['PATH', 'HOME', 'TMPDIR', 'SystemRoot', 'TEMP']) {
    const value = process.env[name]
    if (value !== undefined) env[name] = value
  }
  return env
}

interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

function spawnPlain(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(node, [vitestBin, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
}

/** Is there a `script` (util-linux) that can make a pseudo-terminal? */
export const hasTerminal: boolean = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0

function onTerminal(command: readonly string[], cwd: string, env: NodeJS.ProcessEnv): ChildProcess {
  const quoted = command.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ')
  const { NO_COLOR: _, ...colours } = env
  const modes = 'code=$?; stty -a | tr " " "\\n" | grep -E "^-?(icanon|isig|echo)$" | xargs echo modes; exit $code'
  return spawn('script', ['-qefc', `stty cols 100 rows 40; ${quoted}; ${modes}`, '/dev/null'], {
    cwd,
    env: { ...colours, TERM: 'xterm-256color', SHELL: '/bin/sh' },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  })
}

function vitest(cwd: string, options: FixtureOptions, env: NodeJS.ProcessEnv): Promise<Ended> {
  const { args = ['run'], interrupt } = options
  return new Promise((resolve, reject) => {
    // A group of its own, as a terminal makes one: Ctrl-C reaches Vitest and its workers alike.
    const child =
      options.terminal === true ? onTerminal([node, vitestBin, ...args], cwd, env) : spawnPlain(args, cwd, env)
    const kill = (signal: NodeJS.Signals): void => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, signal)
    }
    const timer = setTimeout(() => kill('SIGKILL'), LONGEST_MS)
    const signals = [...(interrupt?.signals ?? [])]
    let stdout = ''
    let stderr = ''
    const type = [...(options.type ?? [])]
    let seen = 0
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      const [next] = type
      if (next !== undefined && stdout.includes(next.when, seen)) {
        type.shift()
        seen = stdout.length
        child.stdin?.write(next.keys)
      }
      if (interrupt === undefined || !stdout.includes(interrupt.when)) return
      // The next one follows when the one before has been answered on the screen.
      const afterMs = signals.length === interrupt.signals.length ? 50 : LATER_MS
      const signal = signals.shift()
      if (signal === undefined) return
      setTimeout(() => kill(signal), afterMs)
      if (interrupt.isDoubled === true) setTimeout(() => kill(signal), afterMs + 20)
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve({ code, signal, stdout, stderr })
    })
  })
}

export function received(shop: Awaited<ReturnType<typeof startShop>>): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { method, route } of shop.log.entries) {
    const key = `${method} ${route}`
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}
