// Which scenario files a run in watch mode asks for: saving a unit test must send no load. A file runs
// when it or a file it names was saved, or when a path filter or a click names it; others are held.
import { resolve } from 'node:path'
import type { Reporter, TestSpecification, Vitest } from 'vitest/node'
import type {} from './meta.ts'
import { isScenario } from './ordering.ts'
import { Screen } from './screen.ts'
import { fromRoot } from './surroundings.ts'

const HELD = 'watch mode: save the file or name it to run it'

/** What Vitest calls a rerun of one test or suite that someone clicked on. */
const CLICKED: ReadonlySet<string | undefined> = new Set(['rerun test', 'rerun suite'])

interface Rerun {
  readonly files: readonly string[]
  /** The saved file, relative to the root, or what else made it run. */
  readonly trigger: string | undefined
}

export class WatchMode implements Reporter {
  /** By scenario file. */
  readonly #named = new Map<string, ReadonlySet<string>>()
  readonly #saved = new Set<string>()
  #vitest: Vitest | undefined
  #rerun: Rerun | undefined
  #held: readonly string[] = []

  onInit(vitest: Vitest): void {
    this.#vitest = vitest
    if (!vitest.config.watch) return
    const { watcher } = vitest.vite
    for (const event of ['add', 'change'] as const) watcher.on(event, (path) => this.#saved.add(slashed(path)))
  }

  /**
   * Takes down which files a scenario names, and returns those to watch. While it has mistakes these are
   * also the ones it named before: the mistake may stand where a name stood.
   */
  watched(file: string, files: readonly string[], hasMistakes: boolean): readonly string[] {
    const before = hasMistakes ? (this.#named.get(slashed(file)) ?? []) : []
    const named = new Set([...before, ...files.map(slashed)])
    this.#named.set(slashed(file), named)
    return [...named]
  }

  onWatcherRerun(files: readonly string[], trigger?: string): void {
    this.#rerun = { files, trigger }
  }

  onTestRunStart(specifications: readonly TestSpecification[]): void {
    if (this.#vitest?.config.watch !== true) return
    const scenarios = specifications.filter(isScenario)
    const isAsked = this.#asked(this.#vitest)
    this.#held = scenarios.map(({ moduleId }) => moduleId).filter((file) => !isAsked(file))
    const reasons = Object.fromEntries(this.#held.map((file) => [file, HELD]))
    for (const project of new Set(scenarios.map((file) => file.project))) project.provide('turbulenceHeld', reasons)
  }

  onTestRunEnd(): void {
    if (this.#vitest === undefined || this.#held.length === 0) return
    const { root } = this.#vitest.config
    const files = this.#held.map((file) => fromRoot(root, file)).join(', ')
    new Screen(this.#vitest).lines([` Not run: ${files} (${HELD})`])
  }

  /** Uses up what was saved: it asks for one run. */
  #asked(vitest: Vitest): (file: string) => boolean {
    const saved = new Set(this.#saved)
    const rerun = this.#rerun
    this.#saved.clear()
    this.#rerun = undefined
    if (rerun?.trigger !== undefined && saved.has(slashed(resolve(vitest.config.root, rerun.trigger))))
      return (file) => [slashed(file), ...(this.#named.get(slashed(file)) ?? [])].some((one) => saved.has(one))
    if (hasPathFilter(vitest) || (rerun !== undefined && isClick(rerun))) return () => true
    return () => false
  }
}

/** Vitest's browser page reruns one file without giving a reason. */
function isClick({ files, trigger }: Rerun): boolean {
  return CLICKED.has(trigger) || (trigger === undefined && files.length === 1)
}

/** From the command line, or typed after `p`. Not in Vitest's types, but a field of it in versions 4 and 5. */
export function hasPathFilter(vitest: Vitest): boolean {
  const { filenamePattern } = vitest as unknown as { readonly filenamePattern?: readonly string[] }
  return filenamePattern !== undefined && filenamePattern.length > 0
}

/** As Vite writes paths, on Windows too. */
function slashed(path: string): string {
  return path.replaceAll('\\', '/')
}
