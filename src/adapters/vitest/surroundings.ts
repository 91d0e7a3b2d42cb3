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
import { NOTHING_TYPED, filesIn } from './typed.ts'
import type { Typed } from './typed.ts'

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

/**
 * The shell command that runs one scenario again with the same choices, from its beginning.
 *
 * @param resumes the plugin's option would have it go on after a checkpoint
 */
export function rerunCommand(
  file: string,
  seed: number,
  overrides: readonly string[],
  { resumes = false, ...typed }: Typed & { readonly resumes?: boolean } = NOTHING_TYPED,
): string {
  const fromStart = resumes ? ['TURBULENCE_RESUME=off'] : []
  return [`TURBULENCE_SEED=${seed}`, ...fromStart, ...otherSettings(overrides), ...vitestRun(file, typed)].join(' ')
}

/** The shell command that goes on after the last checkpoint; the seed is in it. */
export function resumeCommand(file: string, overrides: readonly string[], typed: Typed = NOTHING_TYPED): string {
  return ['TURBULENCE_RESUME=latest', ...otherSettings(overrides), ...vitestRun(file, typed)].join(' ')
}

function vitestRun(file: string, typed: Typed): string[] {
  return ['npx vitest run', ...[...filesIn(typed, file), ...typed.options].map(shellQuote)]
}

function otherSettings(overrides: readonly string[]): string[] {
  return overrides
    .filter((text) => !/^TURBULENCE_(?:SEED|RESUME)=/.test(text))
    .map((text) => text.replace(/(?<==).*$/s, shellQuote))
}

function shellQuote(text: string): string {
  return /^[\w./@:+=-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
