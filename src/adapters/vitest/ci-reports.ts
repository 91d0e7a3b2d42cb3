// What a run leaves for CI, after the last test: the JUnit files, and on GitHub annotations and the
// summary of the job. Made from records; of a module without one from what is known all the same.
import type { TestModule, TestRunEndReason, Vitest } from 'vitest/node'
import { loadJunitBuilder, markdownErrors, markdownSummary } from '../../report/index.ts'
import type { JunitSuite } from '../../report/index.ts'
import type { Scenario } from '../../run.ts'
import { readableEnvironment } from '../environment.ts'
import type { Message } from './channel.ts'
import { annotationLines, appendStepSummary, repositoryRoot } from './github.ts'
import { JunitFiles } from './junit-file.ts'
import { suiteOf } from './junit-modules.ts'
import type {} from './meta.ts'
import { loadOptions } from './load-options.ts'
import type { ResolvedOptions } from './options.ts'
import { loadedReader } from './reading.ts'
import { fromRoot } from './surroundings.ts'
import { Told } from './told.ts'
import type { Typed } from './typed.ts'

/** An error outside of any test. */
export interface Unhandled {
  readonly message: string
  readonly cause?: unknown
}

export interface CiRun {
  readonly modules: readonly TestModule[]
  readonly errors: readonly Unhandled[]
  readonly reason: TestRunEndReason
  readonly reporters: Vitest['config']['reporters']
  readonly typed: Typed
}

export class CiReports {
  readonly #options: ResolvedOptions
  readonly #junit: JunitFiles | undefined
  readonly #told = new Told()
  #startedAt = new Date()

  constructor(options: ResolvedOptions) {
    this.#options = options
    const { junitFile: file, junitDialect: dialect, root } = options
    if (file !== undefined) this.#junit = new JunitFiles({ file, dialect, shown: (path) => fromRoot(root, path) })
  }

  /** Loads what writing will need. */
  prepare(): void {
    if (this.#junit !== undefined) loadJunitBuilder()
  }

  begin(): void {
    this.#startedAt = new Date()
    this.#junit?.begin()
  }

  hear(message: Message): void {
    this.#told.hear(message)
  }

  /** The record of a file has arrived. */
  forget(file: string): void {
    this.#told.forget(file)
  }

  /** Lines for people and for GitHub; `lost` when results could not be written. */
  end(run: CiRun): { readonly lines: readonly string[]; readonly lost: boolean } {
    const suites = run.modules.map((module) => suiteOf(module, this.#context(run)))
    const { files, problem } = this.#write(suites)
    const said = problem ?? files.map((file) => fromRoot(this.#options.root, file)).join('  ')
    const summary = run.modules.length > 0 && this.#options.markdown ? this.#summarise(run.modules, suites) : undefined
    const lines = [
      ...(said === '' ? [] : [` JUnit  ${said}`]),
      ...annotationLines(suites, run.reporters, process.env),
      ...(summary === undefined ? [] : [summary]),
    ]
    return { lines, lost: problem !== undefined }
  }

  #write(suites: readonly JunitSuite[]): ReturnType<JunitFiles['write']> {
    if (this.#junit === undefined) return { files: [], problem: undefined }
    if (suites.length === 0) return { files: [], problem: this.#junit.stale }
    const durationMs = Date.now() - this.#startedAt.getTime()
    return this.#junit.write({ startedAt: this.#startedAt.toISOString(), durationMs, suites })
  }

  #context({ errors, reason, typed }: CiRun): Parameters<typeof suiteOf>[1] {
    const { root: projectRoot } = this.#options
    return {
      root: repositoryRoot(projectRoot, process.env),
      projectRoot,
      startedAt: this.#startedAt,
      told: this.#told,
      typed,
      isOff: this.#options.off !== undefined,
      unfinished: unfinished(errors, reason),
      load: (file) => this.#load(file),
    }
  }

  #load(file: string): Scenario | undefined {
    const options = loadOptions(this.#options, readableEnvironment(process.env))
    return loadedReader()?.loadScenario(file, options).scenario
  }

  /** For the page of the job on GitHub. */
  #summarise(modules: readonly TestModule[], suites: readonly JunitSuite[]): string | undefined {
    const section = (suite: JunitSuite, i: number): string => {
      const record = modules[i]?.meta().turbulenceRun
      return record === undefined ? markdownErrors(suite) : markdownSummary([record], { root: this.#options.root })
    }
    return appendStepSummary(() => suites.map(section).join('\n'), process.env)
  }
}

function unfinished(
  errors: readonly Unhandled[],
  reason: TestRunEndReason,
): { kind: 'error' | 'skipped'; reason: string } {
  if (reason === 'interrupted') return { kind: 'skipped', reason: 'not run: the run was interrupted' }
  const [first] = errors
  const cause = first?.cause as { readonly message?: unknown } | null | undefined
  const why = [first?.message, cause?.message].filter((text) => typeof text === 'string' && text !== '')
  const because = why.length === 0 ? '' : `: ${why.join(' ')}`
  return { kind: 'error', reason: `no result, the process that ran the load has ended${because}` }
}
