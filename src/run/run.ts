// One run from begin to end: wires the engine to the metrics, judges each cell when its group is done
// and the thresholds when all cycles are, and leaves a RunRecord, whatever happened.
import type { CallFunction } from '../actions/call.ts'
import { Engine } from '../engine/engine.ts'
import type { Verdict } from '../gate/verdict.ts'
import { Collector } from '../metrics/collector.ts'
import type { GroupPlan, Plan } from '../plan/plan.ts'
import { openRunFolder } from '../store/files.ts'
import type { RunFolder } from '../store/files.ts'
import { manifestOf } from '../store/manifest.ts'
import type { CellRecord, RunRecord } from '../store/record.ts'
import { formatMs } from '../units.ts'
import { fillCalls } from './calls.ts'
import { CauseBook } from './cause-book.ts'
import { declaredSelectors, findFailed, judgeThresholds } from './judge.ts'
import { judgeCell } from './judge-cell.ts'
import { assembleRecord, withUnkept } from './assemble.ts'
import { listener } from './listener.ts'
import { Records } from './records.ts'
import { Cells } from './cells.ts'
import { Health } from './health.ts'
import { isExcluded } from '../agents/warm-up.ts'
import { Pace } from './pace.ts'
import { MemoryWatch } from './memory-watch.ts'
import type { RunOptions } from './options.ts'
import { Safekeeping } from './safekeeping.ts'
import { tearDown } from './teardown.ts'
import { Ticker } from './ticker.ts'

/** Cleaning up gets this long at least. */
const LEAST_TEARDOWN_MS = 30_000
const FILTERED_OUT = 'not run: filtered out'

export class Run {
  readonly plan: Plan
  readonly #options: RunOptions
  readonly #engine: Engine
  readonly #collector: Collector
  readonly #causes: CauseBook
  readonly #folder: RunFolder | undefined
  readonly #records: Records | undefined
  readonly #startedAt: { readonly ms: number; readonly iso: string }
  readonly #cells: Cells
  readonly #calls = new Map<string, CallFunction>()
  readonly #health: Health
  readonly #ticker: Ticker
  readonly #memory: MemoryWatch
  readonly #pace: Pace
  readonly #safe: Safekeeping
  /** The cycle that is running, or was last. */
  #cycle: { readonly number: number; readonly done: Promise<void> } | undefined
  #verdicts: readonly Verdict[] | undefined
  #ended: Promise<RunRecord> | undefined
  #cancelMaxDuration: () => void = () => undefined
  /** Whether setup was begun, and did not fail. */
  #isSetUp = false

  constructor(plan: Plan, options: RunOptions) {
    const { clock, runsDir, resume, loopProbe: probe } = options
    this.plan = plan
    this.#options = options
    const begunMs = clock.now() - (resume?.durationMs ?? 0)
    this.#startedAt = { ms: begunMs, iso: resume?.startedAt ?? new Date(clock.epoch()).toISOString() }
    this.#cells = new Cells(plan)
    this.#pace = new Pace(plan, clock)
    this.#causes = new CauseBook(plan)
    this.#folder = runsDir === undefined ? undefined : openRunFolder({ runsDir, runId: plan.runId })
    this.#records = this.#folder && new Records(plan, this.#folder, options.record, resume?.records)
    const groups = plan.groups.map(({ name }) => name)
    this.#collector = new Collector({ slots: plan.slots, groups, selectors: declaredSelectors(plan) })
    const collector = this.#collector
    const observer = listener(collector, this.#causes, this.#records)
    this.#engine = new Engine({ ...options, plan, observer, calls: this.#calls })
    this.#health = new Health({ plan, collector, limiter: this.#engine.limiter, probe })
    this.#memory = new MemoryWatch(plan, options)
    const watched = { plan, clock, collector, engine: this.#engine, health: this.#health, memory: this.#memory }
    this.#ticker = new Ticker(watched, (tick) => {
      options.onTick?.(tick)
      this.#records?.flush()
      this.#stopOnFailed()
    })
    const written = { pace: this.#pace, records: this.#records, startedAt: this.#startedAt, folder: this.#folder?.path }
    this.#safe = new Safekeeping({ ...watched, ...written, cells: this.#cells, causes: this.#causes }, options)
  }

  /** Where the run came from, for the last lines of a failure. */
  get origin(): { readonly seed: number; readonly rerun: string } {
    return { seed: this.plan.seed, rerun: this.#options.rerun }
  }

  /** Writes the manifest, loads modules and runs `setup`. @throws TurbulenceError with the place of the step that failed */
  async begin(): Promise<void> {
    const { clock, host, resume } = this.#options
    this.#folder?.begin(manifestOf(this.plan, { startedAt: this.#startedAt.iso, ...host }), resume?.records?.sizes)
    const resumes = this.#safe.begin()
    if (this.#engine.stopping !== undefined) return
    if (this.plan.maxDurationMs !== undefined) {
      const reason = `max_duration of ${formatMs(this.plan.maxDurationMs)} was reached`
      const leftMs = this.#startedAt.ms + this.plan.maxDurationMs - clock.now()
      this.#cancelMaxDuration = clock.after(leftMs, () => this.stop(reason, this.plan.gracefulStopMs))
    }
    await fillCalls(this.#calls, this.plan, this.#options.importModule)
    this.#isSetUp = true
    const { failure } = await this.#engine.setup(resumes)
    if (failure === undefined) return
    const what = resume === undefined ? 'setup' : 'on_resume'
    this.#isSetUp = false
    this.#engine.stop(`${what} failed`, 0)
    throw this.#causes.setupError(failure.message, what)
  }

  /** Resolves when a cycle may begin, at once when the run was stopped. */
  untilDue(cycle: number): Promise<void> {
    return this.#pace.until(cycle, this.#engine, this.#ticker)
  }

  /** Starts a cycle, unless it was over before the run went on; `cell` resolves as its groups are done. The cycle before must be done. */
  startCycle(cycle: number, only?: ReadonlySet<string>): void {
    if (cycle <= this.#safe.resumedAfter) return
    const groups = this.plan.groups.filter(({ name }) => only === undefined || only.has(name))
    const stopped = this.#engine.stopping ?? this.#engine.restsIn(cycle)
    if (stopped !== undefined) {
      for (const group of groups) this.#cells.skip(cycle, group, stopped)
      return
    }
    const { clock } = this.#options
    const startedMs = clock.now()
    const startedAt = new Date(clock.epoch()).toISOString()
    this.#pace.began(cycle)
    this.#collector.beginCycle(cycle, startedMs, isExcluded(this.plan.warmUp, cycle))
    this.#safe.begun(cycle)
    this.#health.begin(cycle)
    const running = this.#engine.startCycle(cycle, groups)
    const cells = groups.map((group) => {
      const done = running.get(group.name) ?? Promise.resolve()
      const judged = done.then(() => this.#judge(group, cycle, { startedMs, startedAt }))
      return this.#cells.keep(cycle, group, judged)
    })
    const done = Promise.allSettled(cells).then((results) => this.#close(cycle, results))
    // Whoever waits for the cycle hears of an error; nobody has to.
    done.catch(() => undefined)
    this.#cycle = { number: cycle, done }
    this.#ticker.start(cycle, startedMs)
  }

  /** Resolves when the cycle that was started last is over. */
  async cycleDone(): Promise<void> {
    await this.#cycle?.done
  }

  /** The result of one cycle × group; skipped when it was not started. */
  cell(cycle: number, group: string): Promise<CellRecord> {
    return this.#cells.get(cycle, group, this.#engine.stopping ?? FILTERED_OUT)
  }

  /** The verdicts on the run's thresholds, in the plan's order; computed once. */
  verdicts(): readonly Verdict[] {
    const aborted = this.#engine.isPartial
    this.#verdicts ??= judgeThresholds(this.plan, this.#collector, { aborted, health: this.#health.counted() })
    return this.#verdicts
  }

  /** The cells so far. */
  cells(): readonly CellRecord[] {
    return this.#cells.soFar()
  }

  /** No more iterations begin; running ones may end within `graceMs`. The first reason stays. After the last cycle there is nothing to stop. */
  stop(reason: string, graceMs: number): void {
    if (this.#collector.closedCycles().length < this.plan.cycles) this.#engine.stop(reason, graceMs)
  }

  /** Runs `teardown`, closes sockets, writes the summary. Calling it again gives the same record. */
  end(teardownMs: number = Math.max(this.plan.gracefulStopMs, LEAST_TEARDOWN_MS)): Promise<RunRecord> {
    this.#ended ??= this.#end(teardownMs)
    return this.#ended
  }

  async #end(teardownMs: number): Promise<RunRecord> {
    await this.#cycle?.done.catch(() => undefined)
    this.#cancelMaxDuration()
    const { clock, host, rerun, notices = [] } = this.#options
    if (this.#engine.stopping !== undefined) await this.#safe.stopped(this.#safe.results())
    const teardown = this.#isSetUp ? await tearDown(this.#engine, this.#causes, teardownMs) : []
    await this.#engine.close()
    const isComplete = this.#engine.stopping === undefined && this.#cells.areAll
    const ofRun = [...this.#pace.notices(), ...this.#memory.notices()]
    const record = assembleRecord({
      plan: this.plan,
      collector: this.#collector,
      cells: this.#cells.all(this.#engine.stopping ?? FILTERED_OUT),
      // A run that was cut short is judged on what there is, even when no test came to ask.
      verdicts: !this.#engine.isPartial ? this.#verdicts : this.verdicts(),
      health: this.#health.closed(),
      stopped: this.#engine.stopping,
      breaker: this.#engine.breaker,
      startedAt: this.#startedAt.iso,
      durationMs: clock.now() - this.#startedAt.ms,
      host,
      rerun,
      notices: [...notices, ...this.#safe.notices(isComplete), ...teardown, ...ofRun],
      memory: this.#memory.peak,
      resumes: this.#safe.resumes(),
      folder: this.#folder?.path,
    })
    this.#folder?.end(record, this.#collector.summary(), this.#options.reports?.(record))
    this.#safe.ended(isComplete)
    return withUnkept(record, [...(this.#folder?.notices ?? []), ...((await this.#records?.close()) ?? [])])
  }

  #judge(group: GroupPlan, cycle: number, started: { startedMs: number; startedAt: string }): CellRecord {
    const [nowMs, health] = [this.#options.clock.now(), this.#health.now(group.name)]
    return judgeCell({
      plan: this.plan,
      group,
      cycle,
      collector: this.#collector,
      causes: this.#causes.cell(cycle, group.name),
      turnout: this.#engine.turnout(group.name),
      stopped: this.#engine.halted,
      breaker: this.#engine.breaker,
      startedAt: started.startedAt,
      durationMs: nowMs - started.startedMs,
      nowMs,
      ...(health !== undefined && { health }),
    })
  }

  async #close(cycle: number, results: readonly PromiseSettledResult<CellRecord>[]): Promise<void> {
    const tick = this.#ticker.stop()
    const cut = this.#engine.stopping === undefined ? undefined : { before: this.#safe.results() }
    this.#health.end()
    this.#engine.endCycle()
    this.#collector.endCycle(this.#options.clock.now())
    this.#causes.closeCycle(cycle)
    for (const result of results) if (result.status === 'rejected') throw result.reason
    this.#stopOnFailed()
    const cells = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    if (tick !== undefined) this.#options.onCycle?.(tick, cells)
    await (cut === undefined ? this.#safe.completed(cycle) : this.#safe.stopped(cut.before))
  }

  /** `abort_on_fail`: a threshold that has failed for good ends the run. */
  #stopOnFailed(): void {
    if (this.#engine.stopping !== undefined) return
    const now = { cycle: this.#cycle?.number, nowMs: this.#options.clock.now(), health: this.#health.soFar() }
    const failed = findFailed(this.plan, this.#collector, now)
    if (failed !== undefined) this.stop(`abort_on_fail: ${failed.message}`, this.plan.gracefulStopMs)
  }
}
