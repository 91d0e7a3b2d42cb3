// What a worker reads from the process: the environment's TURBULENCE_* settings, the machine, versions.
// Read once per run; nothing deeper than the adapters reads `process`.
import { readFileSync } from 'node:fs'
import { availableParallelism, hostname } from 'node:os'
import { isAbsolute, relative, sep } from 'node:path'
import type { HostInfo } from '../../run.ts'
import { TurbulenceError } from '../../errors.ts'
import type { WorkerSettings } from './meta.ts'

export interface Settings {
  readonly profile: string | undefined
  readonly seed: number | undefined
  readonly mock: 'api' | undefined
  /** e.g. `TURBULENCE_SEED=42`: printed and stored with the run. */
  readonly overrides: readonly string[]
}

/** Environment over option. */
export function readSettings(settings: WorkerSettings, env: NodeJS.ProcessEnv): Settings {
  const overrides: string[] = []
  const taken = (name: string): string | undefined => {
    const value = env[name]
    if (value === undefined || value === '') return undefined
    overrides.push(`${name}=${value}`)
    return value
  }
  const profile = taken('TURBULENCE_PROFILE') ?? settings.profile
  const seed = taken('TURBULENCE_SEED')
  const mock = taken('TURBULENCE_MOCK')
  return {
    profile,
    seed: seed === undefined ? settings.seed : readSeed(seed),
    mock: mock === undefined ? settings.mock : readMock(mock),
    overrides,
  }
}

function readSeed(text: string): number {
  const seed = Number(text)
  if (/^\d+$/.test(text) && seed < 2 ** 32) return seed
  throw new TurbulenceError('seed', `TURBULENCE_SEED is "${text}".`, {
    hint: 'A seed is a whole number from 0 to 4294967295.',
  })
}

function readMock(text: string): Settings['mock'] {
  if (text === 'api') return text
  if (text === 'off') return undefined
  throw new TurbulenceError('mock', `TURBULENCE_MOCK is "${text}".`, { hint: 'It can be api or off.' })
}

export function hostInfo(): HostInfo {
  return {
    machine: { node: process.version, platform: process.platform, cpus: availableParallelism(), hostname: hostname() },
    versions: { 'vitest-turbulence': ownVersion() },
  }
}

function ownVersion(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

/** With forward slashes; a file outside the root stays absolute. */
export function fromRoot(root: string, file: string): string {
  const path = relative(root, file)
  return path.startsWith('..') || isAbsolute(path) ? file : path.split(sep).join('/')
}

/** The shell command that runs one scenario again with the same choices. */
export function rerunCommand(file: string, seed: number, overrides: readonly string[]): string {
  const others = overrides.filter((text) => !text.startsWith('TURBULENCE_SEED='))
  return [`TURBULENCE_SEED=${seed}`, ...others, 'npx vitest run', shellQuote(file)].join(' ')
}

function shellQuote(text: string): string {
  return /^[\w./@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
