// One run from beginning to end: starts and closes its cycles, has each cell judged when its group is done and the
// thresholds when all cycles are, and leaves a RunRecord, whatever happened. What it is made of is parts.ts.
import type { Verdict } from '../gate/verdict.ts'
import type { Plan } from '../plan/plan.ts'
import type { Statistics } from '../report/statistics.ts'
import { manifestOf } from '../store/manifest.ts'
import type { CellRecord, RunRecord } from '../store/record.ts'
import { formatMs } from '../units.ts'
import { isExcluded } from '../agents/warm-up.ts'
import { assembleRecord, withUnkept } from './assemble.ts'
import { fillCalls } from './calls.ts'
import { Judgement } from './judgement.ts'
import type { RunOptions } from './options.ts'
import { openParts } from './parts.ts'
import type { RunParts } from './parts.ts'
import { Safekeeping } from './safekeeping.ts'
import { statisticsOf } from './step-rows.ts'
import { Steering } from './steering.ts'
import { tearDown } from './teardown.ts'
import { Ticker } from './ticker.ts'

/** Cleaning up gets this long at least. */
const LEAST_TEARDOWN_MS = 30_000
const FILTERED_OUT = 'not run: filtered out'

export class Run {
  readonly plan: Plan
  /** Pause, go on, checkpoint, end: what people may ask for while it runs. */
  readonly steering: Steering
  readonly #options: RunOptions
  readonly #parts: RunParts
  readonly #startedAt: { readonly ms: number; readonly iso: string }
  readonly #judgement: Judgement
  readonly #ticker: Ticker
  readonly #safe: Safekeeping
  /** The cycle that is running, or was last. */
  #cycle: { readonly number: number; readonly done: Promise<void> } | undefined
  #verdicts: readonly Verdict[] | undefined
  #ended: Promise<RunRecord> | undefined
  #cancelMaxDuration: () => void = () => undefined
  /** Whether setup was begun, and did not fail. */
  #isSetUp = false

  constructor(plan: Plan, options: RunOptions) {
    const { clock, resume, part } = options
    const begunMs = clock.now() - (resume?.durationMs ?? 0)
    const startedAt = resume?.startedAt ?? new Date(clock.epoch()).toISOString()
    const parts = openParts(plan, options)
    this.plan = plan
    this.#options = options
    this.#parts = parts
    this.#startedAt = { ms: begunMs, iso: startedAt }
    this.#judgement = new Judgement(parts)
    this.#ticker = new Ticker({ ...parts, part, asked: () => this.steering.asked }, (tick) => {
      options.onTick?.(tick)
      parts.records?.flush()
      this.#stopOnFailed()
    })
    this.#safe = new Safekeeping({ ...parts, startedAt, durationMs: () => this.#durationMs }, options)
    this.steering = new Steering({
      ...parts,
      part,
      safe: this.#safe,
      isOver: () => parts.engine.stopping !== undefined || this.#areAllClosed,
      stop: (reason) => this.stop(reason, 0),
      show: () => this.#ticker.show(),
      say: (text) => options.onWarning?.(text),
    })
  }

  /** Where the run came from, for the last lines of a failure. */
  get origin(): { readonly seed: number; readonly rerun: string } {
    return { seed: this.plan.seed, rerun: this.#options.rerun }
  }

  /** Writes the manifest, loads modules and runs `setup`. @throws TurbulenceError with the place of the step that failed */
  async begin(): Promise<void> {
    const { host, resume } = this.#options
    const { engine, folder, pause, calls, causes } = this.#parts
    folder?.begin(manifestOf(this.plan, { startedAt: this.#startedAt.iso, ...host }), resume?.records?.sizes)
    const resumes = this.#safe.begin()
    if (engine.stopping !== undefined) return
    if (this.plan.maxDurationMs !== undefined) {
      const reason = `max_duration of ${formatMs(this.plan.maxDurationMs)} was reached`
      const leftMs = this.plan.maxDurationMs - this.#durationMs
      this.#cancelMaxDuration = pause.time.after(leftMs, () => this.stop(reason, this.plan.gracefulStopMs))
    }
    await fillCalls(calls, this.plan, this.#options.importModule)
    this.#isSetUp = true
    const { failure } = await engine.setup(resumes)
    if (failure === undefined) return
    const what = resume === undefined ? 'setup' : 'on_resume'
    this.#isSetUp = false
    engine.stop(`${what} failed`, 0)
    throw causes.setupError(failure.message, what)
  }

  /** Resolves when a cycle may begin, at once when the run was stopped. */
  async untilDue(cycle: number): Promise<void> {
    await this.#parts.pace.until(cycle, this.#parts.engine, this.#ticker)
    await this.steering.settled()
  }

  /** Starts a cycle, unless it was over before the run went on; `cell` resolves as its groups are done. The cycle before must be done. */
  startCycle(cycle: number, only?: ReadonlySet<string>): void {
    if (cycle <= this.#safe.resumedAfter) return
    const groups = this.plan.groups.filter(({ name }) => only === undefined || only.has(name))
    const { clock, engine, cells: all, collector, health, pace, pause, pauses } = this.#parts
    const stopped = engine.stopping ?? engine.restsIn(cycle)
    if (stopped !== undefined) {
      for (const group of groups) all.skip(cycle, group, stopped)
      return
    }
    const started = { ms: pause.now(), iso: new Date(clock.epoch()).toISOString() }
    pace.began(cycle)
    collector.beginCycle(cycle, started.ms, isExcluded(this.plan.warmUp, cycle))
    pauses.beginCycle(cycle)
    this.#safe.begun(cycle)
    this.steering.begun(cycle)
    health.begin(cycle)
    const running = engine.startCycle(cycle, groups)
    const cells = groups.map((group) => {
      const done = running.get(group.name) ?? Promise.resolve()
      const judged = done.then(() => this.#judgement.cell(group, cycle, started))
      return all.keep(cycle, group, judged)
    })
    const done = Promise.allSettled(cells).then((results) => this.#close(cycle, results))
    // `cycleDone` rejects with an error; without this it would be an unhandled rejection when nobody waits.
    done.catch(() => undefined)
    this.#cycle = { number: cycle, done }
    this.#ticker.start(cycle, started.ms)
  }

  /** Resolves when the cycle that was started last is over. */
  async cycleDone(): Promise<void> {
    await this.#cycle?.done
  }

  /** The result of one cycle × group; skipped when it was not started. */
  cell(cycle: number, group: string): Promise<CellRecord> {
    return this.#parts.cells.get(cycle, group, this.#parts.engine.stopping ?? FILTERED_OUT)
  }

  /** The verdicts on the run's thresholds, in the plan's order; computed once. */
  verdicts(): readonly Verdict[] {
    this.#verdicts ??= this.#judgement.verdicts()
    return this.#verdicts
  }

  /** The table of the steps so far. */
  statistics(): Statistics {
    return statisticsOf(this.plan, this.#parts.collector, this.#cycle?.number ?? this.#safe.resumedAfter)
  }

  /** The cells so far. */
  cells(): readonly CellRecord[] {
    return this.#parts.cells.soFar()
  }

  /** No more iterations begin; running ones may end within `graceMs`. The first reason stays. After the last cycle there is nothing to stop. */
  stop(reason: string, graceMs: number): void {
    if (!this.#areAllClosed) this.#parts.engine.stop(reason, graceMs)
  }

  /** Runs `teardown`, closes sockets, writes the summary. Calling it again gives the same record. */
  end(teardownMs: number = Math.max(this.plan.gracefulStopMs, LEAST_TEARDOWN_MS)): Promise<RunRecord> {
    this.#ended ??= this.#end(teardownMs)
    return this.#ended
  }

  async #end(teardownMs: number): Promise<RunRecord> {
    this.steering.ended()
    await this.#cycle?.done.catch(() => undefined)
    this.#cancelMaxDuration()
    const { host, rerun, notices = [], reports, part } = this.#options
    const { engine, collector, cells, causes, health, memory, pace, pauses, folder, records } = this.#parts
    if (engine.stopping !== undefined) await this.#safe.stopped(this.#safe.results())
    const teardown = this.#isSetUp ? await tearDown(engine, causes, teardownMs) : []
    await engine.close()
    const isComplete = engine.stopping === undefined && cells.areAll
    const ofRun = [...pace.notices(), ...pauses.notices(), ...memory.notices()]
    const record = assembleRecord({
      plan: this.plan,
      collector,
      cells: cells.all(engine.stopping ?? FILTERED_OUT),
      // A run that was cut short is judged on what there is, even when no test came to ask.
      verdicts: !engine.isPartial ? this.#verdicts : this.verdicts(),
      health: health.closed(),
      stopped: engine.stopping,
      isPartial: engine.isPartial,
      isWhole: this.#isSetUp && part === undefined && !this.steering.hasFinished,
      breaker: engine.breaker,
      startedAt: this.#startedAt.iso,
      durationMs: this.#durationMs,
      host,
      rerun,
      notices: [...notices, ...this.#safe.notices(isComplete), ...teardown, ...ofRun],
      memory: memory.peak,
      resumes: this.#safe.resumes(),
      paused: pauses.all,
      folder: folder?.path,
    })
    folder?.end(record, collector.summary(), reports?.(record))
    const instead = this.#safe.ended(isComplete)
    return withUnkept(record, [...(folder?.notices ?? []), ...instead, ...((await records?.close()) ?? [])])
  }

  async #close(cycle: number, results: readonly PromiseSettledResult<CellRecord>[]): Promise<void> {
    const tick = this.#ticker.stop()
    const { engine, collector, causes, health, pause, pauses } = this.#parts
    // Before the checkpoint: a run that this cycle ends cannot be resumed after it.
    if (cycle !== this.#lastCycle) this.#stopOnFailed()
    const cut = engine.stopping === undefined ? undefined : { before: this.#safe.results() }
    health.end()
    engine.endCycle()
    collector.endCycle(pause.now())
    pauses.endCycle()
    causes.closeCycle(cycle)
    for (const result of results) if (result.status === 'rejected') throw result.reason
    const cells = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    if (tick !== undefined) this.#options.onCycle?.(tick, cells)
    if (cut !== undefined) await this.#safe.stopped(cut.before)
    await this.steering.closed(cycle, cut === undefined)
  }

  /** `abort_on_fail`: a threshold that has failed for good ends the run. */
  #stopOnFailed(): void {
    if (this.#parts.engine.stopping !== undefined) return
    const failed = this.#judgement.failed(this.#cycle?.number)
    if (failed !== undefined) this.stop(`abort_on_fail: ${failed.message}`, this.plan.gracefulStopMs)
  }

  /** Without the time between a kill and its resumption, and without pauses in which nothing ran. */
  get #durationMs(): number {
    return this.#parts.pause.now() - this.#startedAt.ms
  }

  get #areAllClosed(): boolean {
    return this.#parts.collector.closedCycles().at(-1) === this.#lastCycle
  }

  get #lastCycle(): number {
    return this.#options.part?.at(-1) ?? this.plan.cycles
  }
}
