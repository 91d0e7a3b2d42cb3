// The plugin's options: checked, with their defaults filled in.
import { isAbsolute, resolve } from 'node:path'
import { didYouMean, TurbulenceError } from '../../errors.ts'

export interface JunitOptions {
  /** Default `test-results/TEST-turbulence-junit.xml`. */
  readonly outputFile?: string
}

export interface TurbulenceOptions {
  /** Globs of scenario files. Default `['**\/*.scenario.{yaml,yml}']`. */
  readonly include?: readonly string[]
  readonly exclude?: readonly string[]
  /** Profile of the SUT. The environment variable TURBULENCE_PROFILE wins over it. */
  readonly profile?: string
  /** 0 – 4294967295. TURBULENCE_SEED wins over it; without either the file's, else one is drawn. */
  readonly seed?: number
  /** `true` (default) writes a JUnit file, `false` does not. */
  readonly junit?: boolean | JunitOptions
  /** Where runs are kept. Default `.turbulence/runs`. */
  readonly runsDir?: string
  /** Progress while it runs: `auto` (default) shows a live block on a terminal and lines elsewhere; `false` shows nothing. */
  readonly live?: 'auto' | boolean
  /** `true` (default): the process exits with 2 when only run thresholds failed. */
  readonly exitCode?: boolean
  /** For scenario files that name no SUT: a path from the root, or the SUT itself. */
  readonly sut?: string | Readonly<Record<string, unknown>>
  /** Files that a scenario names must lie inside. Default: the project root. */
  readonly root?: string
}

export interface ResolvedOptions {
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  readonly profile: string | undefined
  readonly seed: number | undefined
  /** Absolute path of the JUnit file. */
  readonly junitFile: string | undefined
  readonly runsDir: string
  readonly live: 'auto' | boolean
  readonly exitCode: boolean
  readonly sut: TurbulenceOptions['sut']
  readonly root: string
}

const KNOWN: Record<keyof TurbulenceOptions, true> = {
  include: true,
  exclude: true,
  profile: true,
  seed: true,
  junit: true,
  runsDir: true,
  live: true,
  exitCode: true,
  sut: true,
  root: true,
}

const DEFAULT_INCLUDE = ['**/*.scenario.{yaml,yml}']
const DEFAULT_JUNIT = 'test-results/TEST-turbulence-junit.xml'

/** @throws TurbulenceError `option` when an option is unknown or has a value it cannot have */
export function checkOptions(options: TurbulenceOptions): void {
  for (const name of Object.keys(options))
    if (!(name in KNOWN))
      throw new TurbulenceError('option', `turbulence() has no option "${name}".`, {
        hint: didYouMean(name, Object.keys(KNOWN)),
      })
  const { seed } = options
  if (seed !== undefined && (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32))
    throw new TurbulenceError('option', `turbulence({ seed: ${seed} }): a seed is a whole number from 0 to 4294967295.`)
  for (const name of ['include', 'exclude'] as const)
    if (options[name] !== undefined && !Array.isArray(options[name]))
      throw new TurbulenceError('option', `turbulence({ ${name} }) takes a list of globs.`)
}

/** @param projectRoot the root of the Vitest project; relative paths start there */
export function resolveOptions(options: TurbulenceOptions, projectRoot: string): ResolvedOptions {
  const { junit = true } = options
  const junitFile = typeof junit === 'object' ? (junit.outputFile ?? DEFAULT_JUNIT) : DEFAULT_JUNIT
  const { sut } = options
  return {
    include: options.include ?? DEFAULT_INCLUDE,
    exclude: options.exclude ?? [],
    profile: options.profile,
    seed: options.seed,
    junitFile: junit === false ? undefined : resolve(projectRoot, junitFile),
    runsDir: resolve(projectRoot, options.runsDir ?? '.turbulence/runs'),
    live: options.live ?? 'auto',
    exitCode: options.exitCode ?? true,
    sut: typeof sut === 'string' && !isAbsolute(sut) ? resolve(projectRoot, sut) : sut,
    root: resolve(projectRoot, options.root ?? '.'),
  }
}
