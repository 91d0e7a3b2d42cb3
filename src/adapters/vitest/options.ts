// The plugin's options, and their defaults filled in. What a user may write is checked in check-options.ts.
import { isAbsolute, resolve } from 'node:path'
import { TurbulenceError } from '../../errors.ts'
import type { RecordLevel } from '../../run.ts'
import type { JunitDialect } from '../../report/index.ts'

export interface JunitOptions {
  /** Default `test-results/TEST-turbulence-junit.xml`; more than 5,000 results go on in `…-2.xml`, `…-3.xml` and so on. */
  readonly outputFile?: string
  /** `rich` (default) says all that CI tools read; `jenkins-xunit` keeps to the schema of Jenkins' xUnit plugin. */
  readonly dialect?: JunitDialect
}

export interface ReportOptions {
  /** `true` (default): a summary in Markdown beside the record, and on GitHub in the summary of the job. */
  readonly markdown?: boolean
}

export interface TurbulenceOptions {
  /** Globs of scenario files. Default `['**\/*.scenario.{yaml,yml,ts}']`. */
  readonly include?: readonly string[]
  readonly exclude?: readonly string[]
  /** Profile of the SUT. The environment variable TURBULENCE_PROFILE wins over it. */
  readonly profile?: string
  /** 0 – 4294967295. TURBULENCE_SEED wins over it; without either the file's, else one is drawn. */
  readonly seed?: number
  /** `'api'`: no service is asked, answers are made up to fit the steps. TURBULENCE_MOCK (`api`, `off`) wins over it. */
  readonly mock?: false | 'api'
  /** `true` (default) writes a JUnit file, `false` does not. */
  readonly junit?: boolean | JunitOptions
  readonly report?: ReportOptions
  /** Which steps are kept in a run's folder: `failures` (default), also all of every 100th iteration (`sampled`), `all`, `none`. */
  readonly record?: RecordLevel
  /**
   * `'latest'`: goes on after the last checkpoint of each scenario; a path: after that one, or the last in a run's
   * folder. `false` (default): from the beginning. TURBULENCE_RESUME (`latest`, a path, `off`) wins over it.
   */
  readonly resume?: false | string
  /** Where runs are kept. Default `.turbulence/runs`. */
  readonly runsDir?: string
  /** Progress while it runs: `auto` (default) shows a live block on a terminal and lines elsewhere; `false` shows nothing. */
  readonly live?: 'auto' | boolean
  /** `true` (default): the process exits with 2 when only run thresholds failed. */
  readonly exitCode?: boolean
  /** For scenario files that name no SUT: a path from the root, or the SUT itself. */
  readonly sut?: string | Readonly<Record<string, unknown>>
  /** A file of policies for `decide` steps that have no options: a path from the root. Default: `policies.yaml` beside the SUT. */
  readonly policies?: string
  /** Files that a scenario names must lie inside. Default: the project root. */
  readonly root?: string
  /** `false`: all cells and thresholds are skipped, and nothing is sent. The environment variable TURBULENCE (`off`, `on`) wins over it. */
  readonly enabled?: boolean
  /** `true`: a run in which `include` matches no file fails; by default it is a warning. */
  readonly requireScenarios?: boolean
}

export interface ResolvedOptions {
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  readonly profile: string | undefined
  readonly seed: number | undefined
  readonly mock: 'api' | undefined
  /** Absolute path of the JUnit file. */
  readonly junitFile: string | undefined
  readonly junitDialect: JunitDialect
  readonly markdown: boolean
  readonly record: RecordLevel | undefined
  /** `latest`, or an absolute path. */
  readonly resume: string | undefined
  readonly runsDir: string
  readonly live: 'auto' | boolean
  readonly exitCode: boolean
  readonly sut: TurbulenceOptions['sut']
  /** Absolute. */
  readonly policies: string | undefined
  readonly root: string
  /** What turned it off, if anything did: all is skipped, nothing sent. */
  readonly off: string | undefined
  readonly requireScenarios: boolean
}

const DEFAULT_INCLUDE = ['**/*.scenario.{yaml,yml,ts}']
const DEFAULT_JUNIT = 'test-results/TEST-turbulence-junit.xml'

/**
 * @param projectRoot the root of the Vitest project; relative paths start there
 * @throws TurbulenceError `option` when TURBULENCE is neither off nor on
 */
export function resolveOptions(
  options: TurbulenceOptions,
  projectRoot: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): ResolvedOptions {
  const { junit = true, sut, policies } = options
  const { outputFile = DEFAULT_JUNIT, dialect = 'rich' } = typeof junit === 'object' ? junit : {}
  return {
    include: options.include ?? DEFAULT_INCLUDE,
    exclude: options.exclude ?? [],
    profile: options.profile,
    seed: options.seed,
    mock: options.mock === false ? undefined : options.mock,
    junitFile: junit === false ? undefined : resolve(projectRoot, outputFile),
    junitDialect: dialect,
    markdown: options.report?.markdown ?? true,
    record: options.record,
    resume: resumePath(options.resume, projectRoot),
    runsDir: resolve(projectRoot, options.runsDir ?? '.turbulence/runs'),
    live: options.live ?? 'auto',
    exitCode: options.exitCode ?? true,
    sut: typeof sut === 'string' && !isAbsolute(sut) ? resolve(projectRoot, sut) : sut,
    policies: policies === undefined ? undefined : resolve(projectRoot, policies),
    root: resolve(projectRoot, options.root ?? '.'),
    off: offReason(options.enabled ?? true, env['TURBULENCE']),
    requireScenarios: options.requireScenarios ?? false,
  }
}

/** @param root where a relative path starts */
export function resumePath(resume: false | string | undefined, root: string): string | undefined {
  if (resume === false || resume === undefined) return undefined
  return resume === 'latest' ? resume : resolve(root, resume)
}

function offReason(enabled: boolean, variable: string | undefined): string | undefined {
  switch (variable) {
    case undefined:
    case '':
      return enabled ? undefined : 'turned off by turbulence({ enabled: false })'
    case 'off':
      return 'turned off by TURBULENCE=off'
    case 'on':
      return undefined
    default:
      throw new TurbulenceError('option', `TURBULENCE is "${variable}".`, { hint: 'It can be off or on.' })
  }
}
