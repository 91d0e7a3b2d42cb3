// The reporter in the main process: shows progress and the table, has the reports for CI written, sets the
// exit code. It knows of a run only what the worker put into `meta`, and of tests what Vitest says.
import type { Reporter, TestModule, TestRunEndReason, TestSpecification, Vitest } from 'vitest/node'
import { coloured, plain, summaryLines } from '../../report/index.ts'
import type { Message, Order } from './channel.ts'
import { CiReports } from './ci-reports.ts'
import type { Unhandled } from './ci-reports.ts'
import { exitCodeOf } from './exit-code.ts'
import type { Keys } from './keys.ts'
import type {} from './meta.ts'
import type { ResolvedOptions } from './options.ts'
import { isScenario } from './ordering.ts'
import { Progress } from './progress.ts'
import { loadReader } from './reading.ts'
import { Screen } from './screen.ts'
import { readableEnvironment } from '../environment.ts'
import { watchSignals } from './signals.ts'
import type { SignalWatch } from './signals.ts'
import { NOTHING_TYPED, typedIn } from './typed.ts'
import type { Typed } from './typed.ts'

/** The exit code after the key `q`: that of Ctrl-C, as the run was ended by hand, too. */
const FINISHED_CODE = 130

export class TurbulenceReporter implements Reporter {
  readonly #options: ResolvedOptions
  #vitest: Vitest | undefined
  #screen: Screen | undefined
  #progress: Progress | undefined
  readonly #reports: CiReports
  #tell: (order: Order) => void = () => undefined
  #keys: Keys | undefined
  /** Scenarios that have not ended. */
  #left = 0
  /** A key has ended the run, or kept scenarios from being run. */
  #isFinished = false
  /** From the first scenario to the end of the run. */
  #signals: SignalWatch | undefined
  /** The exit code of the signal that ended the last run. */
  #signalled: number | undefined
  #typed: Typed = NOTHING_TYPED

  constructor(options: ResolvedOptions) {
    this.#options = options
    this.#reports = new CiReports(options)
  }

  onInit(vitest: Vitest): void {
    this.#vitest = vitest
  }

  onTestRunStart(specifications: readonly TestSpecification[]): void {
    if (this.#vitest === undefined) return
    const scenarios = specifications.filter(isScenario)
    this.#left = scenarios.length
    this.#typed = typedIn(process.argv.slice(2), this.#vitest)
    for (const { project } of scenarios) project.provide('turbulenceTyped', this.#typed)
    // The worker takes a while to start: what will be needed is loaded meanwhile.
    if (this.#left > 0) void loadReader().then(() => this.#reports.prepare())
    this.#screen = new Screen(this.#vitest)
    const { root, live } = this.#options
    const level = readableEnvironment(process.env)?.logLevel
    this.#progress = new Progress({ screen: this.#screen, root, level, keys: live === false ? undefined : this.#keys })
    this.#reports.begin()
  }

  /** A live message from the worker. */
  hear(message: Message): void {
    if (message.kind === 'stopping') return this.#signals?.heard()
    if (message.kind === 'finished') this.#isFinished = true
    this.#reports.hear(message)
    if (this.#options.live === false && message.kind !== 'notice') return
    this.#progress?.hear(message)
  }

  /** Ctrl-C and SIGTERM reach the load as orders, and so do keys. */
  obey(tell: (order: Order) => void, keys: Keys): void {
    this.#tell = tell
    this.#keys = keys
  }

  onTestModuleStart(module: TestModule): void {
    if (this.#vitest === undefined || !isScenario(module)) return
    this.#signals ??= watchSignals(this.#vitest, this.#tell, (line) => this.#screen?.lines([line]))
  }

  onTestModuleEnd(module: TestModule): void {
    if (!isScenario(module) || this.#screen === undefined) return
    this.#progress?.end()
    this.#left--
    if (this.#keys?.wantsEnd === true) this.#endAll()
    const record = module.meta().turbulenceRun
    if (record === undefined) return
    this.#reports.forget(module.moduleId)
    const paint = this.#screen.coloured ? coloured : plain
    this.#screen.lines([
      '',
      ...summaryLines(record, { paint, columns: this.#screen.columns, root: this.#options.root }),
      '',
    ])
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly Unhandled[], reason: TestRunEndReason): void {
    const reporters = this.#vitest?.config.reporters ?? []
    const scenarios = modules.filter(isScenario)
    const { lines, lost } = this.#reports.end({ modules: scenarios, errors, reason, reporters, typed: this.#typed })
    this.#screen?.lines(lines)
    const unkept = modules.some((module) => module.meta().turbulenceRun?.unkept !== undefined)
    if (lost || unkept) process.exitCode = 1
    else if (this.#options.exitCode && this.#codeOf(modules, errors, reason) === 2) process.exitCode = 2
    this.#signals?.end()
    this.#progress?.end()
    this.#signalled = this.#signals?.exitCode() ?? (this.#isFinished ? FINISHED_CODE : undefined)
    process.exitCode = this.#signalled ?? process.exitCode
    this.#signals = undefined
  }

  /** After the key `q`: files that have not begun are not run either. */
  #endAll(): void {
    if (this.#left === 0) return
    this.#isFinished = true
    void this.#vitest?.cancelCurrentRun('keyboard-input')
  }

  #codeOf(modules: readonly TestModule[], errors: readonly Unhandled[], reason: TestRunEndReason): number {
    const { bail = 0, dangerouslyIgnoreUnhandledErrors } = this.#vitest?.config ?? {}
    return exitCodeOf(modules, dangerouslyIgnoreUnhandledErrors === true ? 0 : errors.length, reason, bail > 0)
  }

  /** In watch mode Vitest would go on and wait, though it was told to end. */
  onWatcherStart(): void {
    if (this.#signalled !== undefined) void this.#vitest?.exit(true)
  }
}
