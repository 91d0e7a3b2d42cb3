// What a generated test module calls, in the worker: it starts cycles, lets each test await its own
// cell or threshold, and hands the RunRecord to the reporter. The load itself is run.ts's business.
import type { RunnerTestFile, RunnerTestSuite, TestContext } from 'vitest'
import { TurbulenceError } from '../../errors.ts'
import { cellFailure, loadCalls, openRun, publicPlan, thresholdFailure } from '../../run.ts'
import type { ImportModule, Run, RunRecord } from '../../run.ts'
import type { Again } from '../../report/index.ts'
import { connect } from './channel.ts'
import type { Message, Sender } from './channel.ts'
import { boundHeap, unboundHeap } from './heap.ts'
import { grant } from './keys.ts'
import type { TestMeta } from './meta.ts'
import { Needs } from './needs.ts'
import { placedError } from './placed-error.ts'
import { prepare } from './prepared.ts'
import type { Exported, Prepared } from './prepared.ts'
import { problemError, registerProblems } from './problems.ts'
import { Questions } from './question.ts'
import { runOptions } from './run-options.ts'
import { partOfResume, remainderOf, selectedNames, selectionOf } from './selection.ts'
import type { Selection } from './selection.ts'
import { ignoreSignals } from './signals.ts'
import type { SuiteInput, VitestApi } from './suite-input.ts'
import { fromRoot } from './surroundings.ts'
import { NOTHING_TYPED } from './typed.ts'
import { refuseUnjudged } from './unjudged.ts'

/** How long running requests may go on after a signal or a cancellation, and then how long `teardown` may take. */
const CANCEL_GRACE_MS = 3000
/** In the file, in the environment, or in the checkpoint that it was to go on from. */
const MISTAKES = 'not run: mistakes were found before anything was sent'

/** @param module what a scenario in TypeScript exports */
export function openSuite(api: VitestApi, input: SuiteInput, module?: Exported): Suite {
  return new Suite(api, input, module)
}

export class Suite {
  readonly #api: VitestApi
  readonly #input: SuiteInput
  readonly #module: Exported | undefined
  /** Made when it is first asked for. */
  #prepared: Prepared | undefined
  #run: Run | undefined
  #sender: Sender | undefined
  #needs: Needs | undefined
  /** A run threshold is selected: every cycle and group runs, whatever else is filtered out. */
  #wantsAll = false
  #cancelled = false
  /** Why nothing of it runs: `TURBULENCE=off`, `enabled: false`, or watch mode. */
  readonly #held: string | undefined
  #importModule: ImportModule | undefined
  /** The last cycle that any selected test needs. */
  #last = 0
  /** The next cycle to start. */
  #next = 1

  constructor(api: VitestApi, input: SuiteInput, module?: Exported) {
    this.#api = api
    this.#module = module
    this.#input = input
    this.#held = api.inject('turbulence').off ?? api.inject('turbulenceHeld')?.[input.file]
  }

  /** A mistake that was found when the file was compiled. */
  problem(context: TestContext, index: number): void {
    context.task.meta.turbulence = { kind: 'problem' }
    const { off } = this.#api.inject('turbulence')
    if (off !== undefined) return skip(context, 'problem', off)
    const problem = this.#input.problems[index]
    if (problem === undefined) throw new Error(`no problem ${index}`)
    throw problemError(problem)
  }

  /** For a scenario with `call` steps, before anything is registered: loads their modules as Vite does. */
  async load(importModule: ImportModule): Promise<void> {
    if (this.#held !== undefined) return
    this.#importModule = importModule
    const { plan, ...prepared } = this.#prepare()
    if (plan !== undefined)
      this.#prepared = { plan, ...prepared, problems: (await loadCalls(plan, importModule)).problems }
  }

  /** In the scenario's `describe`: reads the file again and registers what begins and ends the run. */
  open(): void {
    if (this.#held !== undefined) return
    const { problems } = this.#prepare()
    if (problems.length > 0) return registerProblems(this.#api, problems)
    this.#api.beforeAll(async ({}, suite) => this.#begin(suite), 0)
    this.#api.afterAll(async ({}, suite) => this.#end(suite.file), 0)
  }

  /** In a cycle's `describe`. */
  cycle(cycle: number): void {
    this.#api.beforeAll(async ({}, suite) => this.#start(cycle, new Set(selectedNames(suite))), 0)
  }

  async cell(context: TestContext, cycle: number, group: string): Promise<void> {
    context.task.meta.turbulence = { kind: 'cell' }
    const run = this.#run
    if (run === undefined) return skip(context, 'cell', this.#held ?? MISTAKES)
    this.#stopWith(context.signal)
    const cell = await run.cell(cycle, group)
    if (cell.isRestored === true) context.task.meta.turbulence = { kind: 'cell', isRestored: true }
    if (cell.state === 'skipped') skip(context, 'cell', cell.reason ?? '')
    if (cell.state === 'failed')
      throw placedError({ name: 'CellError', message: cellFailure(cell, this.#again(run)), place: cell.place })
  }

  async threshold(context: TestContext, index: number): Promise<void> {
    context.task.meta.turbulence = { kind: 'threshold' }
    const run = this.#run
    if (run === undefined) return skip(context, 'threshold', this.#held ?? MISTAKES)
    this.#stopWith(context.signal)
    await this.#startUntil(run.plan.cycles + 1)
    const verdict = run.verdicts()[index]
    if (verdict === undefined) throw new Error(`no threshold ${index}`)
    if (verdict.kind === 'pass') return
    if (verdict.skip) skip(context, 'threshold', verdict.message)
    throw placedError({
      name: 'ThresholdError',
      message: thresholdFailure(verdict, run.cells(), this.#again(run)),
      place: verdict.place,
    })
  }

  #prepare(): Prepared {
    const { file, sha256 } = this.#input
    this.#prepared ??= prepare({ file, sha256, module: this.#module }, this.#api.inject('turbulence'))
    return this.#prepared
  }

  #again(run: Run): Again {
    return { ...run.origin, root: this.#api.inject('turbulence').root }
  }

  async #begin(suite: Readonly<RunnerTestSuite | RunnerTestFile>): Promise<void> {
    const prepared = this.#prepare()
    const { plan, warnings, resumeWarnings = [], checkpoint } = prepared
    if (plan === undefined) return
    const worker = this.#api.inject('turbulence')
    const notices: string[] = [...warnings, ...resumeWarnings]
    const needs = new Needs(notices)
    this.#needs = needs
    const asked = new Questions()
    const sender = this.#connect(worker.address, needs, asked)
    ignoreSignals(true)
    this.#sender = sender
    const selection = selectionOf(suite)
    this.#wantsAll = selection.all
    if (checkpoint !== undefined && selection.isPart) throw partOfResume(plan.scenario.file)
    this.#last = selection.all ? plan.cycles : (selection.cycles.at(-1)?.cycle ?? 0)
    // Before the run's own time begins.
    await needs.meet(plan.start, sender)
    boundHeap(plan)
    const questions = this.#api.inject('turbulenceAsks') === true ? asked : undefined
    const typed = this.#api.inject('turbulenceTyped') ?? NOTHING_TYPED
    const importModule = this.#importModule
    const setup = { worker, prepared, typed, selection, sender, questions, importModule, notices }
    this.#run = openRun(plan, runOptions(plan, setup))
    sender.send({ kind: 'begin', plan: publicPlan(plan), ...this.#remainder(this.#run, prepared, selection) })
    for (const text of resumeWarnings) sender.send({ kind: 'notice', text })
    try {
      await this.#run.begin()
    } catch (error) {
      if (!(error instanceof TurbulenceError)) throw error
      throw placedError({ name: 'SetupError', message: error.message, place: error.place })
    }
  }

  /** To the main process; what it orders reaches the run, and whoever waits for an answer. */
  #connect(address: string | undefined, needs: Needs, questions: Questions): Sender {
    const sender = connect(address, (order) => {
      if (order.kind === 'stop') {
        this.#stop(order.reason, order.graceMs)
        sender.send({ kind: 'stopping' })
      }
      if (order.kind === 'wish' && this.#run !== undefined) grant(order.wish, this.#run, sender)
      needs.hear(order)
      questions.hear(order)
    })
    return sender
  }

  /** What filters and a checkpoint leave to run, and what the checkpoint already has. */
  #remainder(
    run: Run,
    { scenario, checkpoint }: Prepared,
    selection: Selection,
  ): Pick<Extract<Message, { kind: 'begin' }>, 'only' | 'restored'> {
    const only = remainderOf(selection, scenario, { seed: run.plan.seed, after: checkpoint?.cycle })
    if (checkpoint === undefined) return { only }
    const file = fromRoot(this.#api.inject('turbulence').root, checkpoint.file)
    return { only, restored: { cells: run.cells(), after: checkpoint.cycle, file } }
  }

  async #end(file: { meta: { turbulenceRun?: RunRecord } }): Promise<void> {
    // Vitest ends the suite early after `--bail` without a word to tests that have not begun.
    if (this.#next <= this.#last && this.#run?.steering.hasFinished !== true)
      this.#stop('Vitest cancelled the run', CANCEL_GRACE_MS)
    if (this.#run !== undefined) {
      await this.#needs?.lastWords(this.#run.cells())
      file.meta.turbulenceRun = await this.#run.end(this.#cancelled ? CANCEL_GRACE_MS : undefined)
    }
    if (this.#run?.steering.hasFinished === true) this.#sender?.send({ kind: 'finished' })
    await this.#sender?.close()
    unboundHeap()
    ignoreSignals(false)
    if (!this.#cancelled) refuseUnjudged(file.meta.turbulenceRun)
  }

  /** Starts a cycle; its tests await their own groups. Earlier cycles that only thresholds need run first, unseen. */
  async #start(cycle: number, selected: ReadonlySet<string>): Promise<void> {
    if (this.#wantsAll) await this.#startUntil(cycle)
    await this.#run?.cycleDone()
    await this.#run?.untilDue(cycle)
    this.#run?.startCycle(cycle, this.#wantsAll ? undefined : selected)
    this.#next = cycle + 1
  }

  async #startUntil(cycle: number): Promise<void> {
    const run = this.#run
    for (; run !== undefined && this.#next < cycle; this.#next++) {
      await run.untilDue(this.#next)
      run.startCycle(this.#next)
      await run.cycleDone()
    }
    await run?.cycleDone()
  }

  #stopWith(signal: AbortSignal): void {
    const stop = (): void => this.#stop('Vitest cancelled the run', CANCEL_GRACE_MS)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  }

  #stop(reason: string, graceMs: number): void {
    this.#cancelled = true
    this.#run?.stop(reason, graceMs)
  }
}

function skip(context: TestContext, kind: TestMeta['kind'], reason: string): never {
  context.task.meta.turbulence = { kind, skipped: reason }
  return context.skip(reason)
}
