// What a worker reads from the process: the environment's settings, the machine, versions. Read once
// per run; nothing deeper than the adapters reads `process`.
import { readFileSync } from 'node:fs'
import { availableParallelism, hostname } from 'node:os'
import { isAbsolute, relative, sep } from 'node:path'
import type { HostInfo } from '../../run.ts'
import { readEnvironment } from '../environment.ts'
import type { Environment } from '../environment.ts'
import type { WorkerSettings } from './meta.ts'
import { resumePath } from './options.ts'

export interface Settings extends Omit<Environment, 'mock'> {
  readonly mock: 'api' | undefined
}

/** Environment over option. @throws TurbulenceError for a variable that is something it cannot be */
export function readSettings(settings: WorkerSettings, env: NodeJS.ProcessEnv): Settings {
  const { seed, profile, mock, record, resume, ...rest } = readEnvironment(env)
  return {
    ...rest,
    profile: profile ?? settings.profile,
    seed: seed ?? settings.seed,
    mock: mock === undefined ? settings.mock : mock === 'off' ? undefined : mock,
    record: record ?? settings.record,
    resume: resume === undefined ? settings.resume : resumePath(resume !== 'off' && resume, settings.root),
  }
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
  return [`TURBULENCE_SEED=${seed}`, ...otherSettings(overrides), 'npx vitest run', shellQuote(file)].join(' ')
}

/** The shell command that goes on after the last checkpoint; the seed is in it. */
export function resumeCommand(file: string, overrides: readonly string[]): string {
  return ['TURBULENCE_RESUME=latest', ...otherSettings(overrides), 'npx vitest run', shellQuote(file)].join(' ')
}

function otherSettings(overrides: readonly string[]): string[] {
  return overrides
    .filter((text) => !/^TURBULENCE_(?:SEED|RESUME)=/.test(text))
    .map((text) => text.replace(/(?<==).*$/s, shellQuote))
}

function shellQuote(text: string): string {
  return /^[\w./@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
