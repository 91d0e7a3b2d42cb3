// The reporter in the main process: shows progress and the table, writes the JUnit file, sets the exit
// code. It knows of a run only what the worker put into `meta`, and of tests what Vitest says.
import { rmSync } from 'node:fs'
import type { Reporter, TestModule, TestRunEndReason, Vitest } from 'vitest/node'
import { coloured, plain, summaryLines } from '../../report/index.ts'
import type { Message, Order } from './channel.ts'
import { exitCodeOf } from './exit-code.ts'
import { writeJunit } from './junit-file.ts'
import type {} from './meta.ts'
import type { ResolvedOptions } from './options.ts'
import { Progress } from './progress.ts'
import { Screen } from './screen.ts'
import { watchSignals } from './signals.ts'
import type { SignalWatch } from './signals.ts'
import { fromRoot } from './surroundings.ts'

export class TurbulenceReporter implements Reporter {
  readonly #options: ResolvedOptions
  #vitest: Vitest | undefined
  #screen: Screen | undefined
  #progress: Progress | undefined
  #startedAt = new Date()
  #tell: (order: Order) => void = () => undefined
  /** From the first scenario to the end of the run. */
  #signals: SignalWatch | undefined

  constructor(options: ResolvedOptions) {
    this.#options = options
  }

  onInit(vitest: Vitest): void {
    this.#vitest = vitest
  }

  onTestRunStart(): void {
    if (this.#vitest === undefined) return
    this.#startedAt = new Date()
    this.#screen = new Screen(this.#vitest)
    this.#progress = new Progress(this.#screen, this.#options.root)
    // A file of an earlier run must never be taken for this one's.
    if (this.#options.junitFile !== undefined) rmSync(this.#options.junitFile, { force: true })
  }

  /** A live message from the worker. */
  hear(message: Message): void {
    if (this.#options.live === false && message.kind !== 'notice') return
    this.#progress?.hear(message)
  }

  /** Ctrl-C and SIGTERM reach the load as orders. */
  obeySignals(tell: (order: Order) => void): void {
    this.#tell = tell
  }

  onTestModuleStart(module: TestModule): void {
    if (this.#vitest === undefined || !isScenario(module)) return
    this.#signals ??= watchSignals(this.#vitest, this.#tell, (line) => this.#screen?.lines([line]))
  }

  onTestModuleEnd(module: TestModule): void {
    if (!isScenario(module) || this.#screen === undefined) return
    this.#progress?.end()
    const record = module.meta().turbulenceRun
    if (record === undefined) return
    const paint = this.#screen.coloured ? coloured : plain
    this.#screen.lines(['', ...summaryLines(record, { paint, columns: this.#screen.columns }), ''])
  }

  async onTestRunEnd(
    modules: readonly TestModule[],
    errors: readonly { readonly message: string }[],
    reason: TestRunEndReason,
  ): Promise<void> {
    const scenarios = modules.filter(isScenario)
    if (scenarios.length > 0) await this.#writeJunit(scenarios)
    if (this.#options.exitCode && exitCodeOf(modules, errors.length, reason) === 2) process.exitCode = 2
    this.#signals?.end()
    process.exitCode = this.#signals?.exitCode() ?? process.exitCode
    this.#signals = undefined
  }

  async #writeJunit(scenarios: readonly TestModule[]): Promise<void> {
    const { junitFile, root } = this.#options
    if (junitFile === undefined) return
    const shown = fromRoot(root, junitFile)
    try {
      await writeJunit({ file: junitFile, root, startedAt: this.#startedAt, modules: scenarios })
      this.#screen?.lines([` JUnit  ${shown}`])
    } catch (error) {
      process.exitCode = 1
      const why = error instanceof Error ? error.message : String(error)
      this.#screen?.lines([` JUnit  ${shown} could not be written: ${why}`])
    }
  }
}

function isScenario(module: TestModule): boolean {
  return module.project.name === 'scenarios'
}
