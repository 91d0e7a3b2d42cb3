// Says it when a run holds no load though a user may think so: nothing matches `include`, it is all turned
// off, or the plugin is where it is not heard. A renamed folder must not make a load test vanish without a word.
import type { Reporter, TestModule, TestSpecification, Vitest } from 'vitest/node'
import { relativePath } from '../../report/index.ts'
import { hiddenMistakes } from './hidden-mistakes.ts'
import type { ResolvedOptions } from './options.ts'
import { isScenario } from './ordering.ts'
import { Screen } from './screen.ts'
import { hasPathFilter } from './watch-mode.ts'

export class Presence implements Reporter {
  readonly #options: Pick<ResolvedOptions, 'include' | 'off' | 'requireScenarios'>
  #vitest: Vitest | undefined
  /** Only the first run of a watch looks at all files. */
  #looked = false
  #isMissing = false
  #turnedOff = 0

  constructor(options: Pick<ResolvedOptions, 'include' | 'off' | 'requireScenarios'>) {
    this.#options = options
  }

  onInit(vitest: Vitest): void {
    this.#vitest = vitest
  }

  onTestRunStart(specifications: readonly TestSpecification[]): void {
    if (this.#vitest === undefined) return
    const count = specifications.filter(isScenario).length
    this.#turnedOff = this.#options.off === undefined ? 0 : count
    this.#isMissing = !this.#looked && count === 0 && this.#options.off === undefined && !isFiltered(this.#vitest)
    this.#looked = true
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    if (this.#vitest === undefined) return
    for (const module of modules) this.#tellOfHidden(module, this.#vitest)
    const { include, off, requireScenarios } = this.#options
    if (off !== undefined && this.#turnedOff > 0)
      new Screen(this.#vitest).lines([` Scenarios are ${off}: nothing was sent.`])
    if (!this.#isMissing) return
    const message = `No scenario file matches ${include.join(', ')}.`
    if (requireScenarios) {
      this.#vitest.logger.error(`Error: ${message} turbulence({ requireScenarios: true }) wants at least one.`)
      process.exitCode = 1
    } else this.#vitest.logger.warn(`Warning: ${message}`)
  }

  #tellOfHidden(module: TestModule, vitest: Vitest): void {
    if (this.#options.off !== undefined || !isScenario(module)) return
    const hidden = hiddenMistakes(module)
    if (hidden.length === 0) return
    const file = relativePath(module.moduleId, vitest.config.root)
    const mistakes = hidden.length === 1 ? 'a mistake' : `${hidden.length} mistakes`
    vitest.logger.error(`Error: ${file} was not run, because of ${mistakes}. ${hidden[0]?.name ?? ''}`)
    process.exitCode = 1
  }
}

/**
 * For a plugin that a project of a config with `projects` was given. One that extends the root config has it, too, and
 * then the root's has added the project of the scenarios.
 */
export function warnOfMisplaced(vitest: Vitest, project: string, scenarios: string): void {
  const projects: readonly unknown[] = vitest.config.projects ?? []
  if (projects.some((each) => nameOf(each) === scenarios)) return
  vitest.logger.warn(
    `Warning: turbulence() does nothing in the project "${project}", and none of its scenarios runs.` +
      ' Put it into the plugins of the config that names the projects.',
  )
}

/** Of a project that was written into a config. */
function nameOf(project: unknown): unknown {
  return (project as { readonly test?: { readonly name?: unknown } } | null | undefined)?.test?.name
}

/** Whether the user asked for some of the files only. */
function isFiltered(vitest: Vitest): boolean {
  const { project, shard, changed, related } = vitest.config
  const some = [project.length > 0, shard, changed, related]
  return vitest.mode !== 'test' || hasPathFilter(vitest) || some.some(Boolean)
}
