// One run from begin to end: wires the engine to the metrics, judges each cell when its group is done
// and the thresholds when all cycles are, and leaves a RunRecord, whatever happened.
import type { Clock } from '../clock.ts'
import { Engine } from '../engine/engine.ts'
import type { Transport } from '../engine/transport.ts'
import { TurbulenceError } from '../errors.ts'
import type { Verdict } from '../gate/verdict.ts'
import { Collector } from '../metrics/collector.ts'
import type { GroupPlan, Plan } from '../plan/plan.ts'
import type { Tick } from '../report/tick.ts'
import type { Cause } from '../sample.ts'
import { openRunFolder } from '../store/files.ts'
import type { RunFolder } from '../store/files.ts'
import { manifestOf } from '../store/manifest.ts'
import type { CellRecord, RunRecord } from '../store/record.ts'
import { CauseBook } from './cause-book.ts'
import { declaredSelectors, findFailed, judgeThresholds } from './judge.ts'
import { judgeCell, skippedCell } from './judge-cell.ts'
import { assembleRecord } from './assemble.ts'
import { makeTick } from './ticker.ts'

export type HostInfo = Pick<RunRecord, 'machine' | 'versions'>

export interface RunOptions {
  readonly clock: Clock
  readonly transport: Transport
  /** Absolute; without it nothing is kept on disk. */
  readonly runsDir?: string
  readonly host: HostInfo
  /** The command that runs exactly this again. */
  readonly rerun: string
  /** What people should know from the start, e.g. warnings about the file. */
  readonly notices?: readonly string[]
  /** Every second while a cycle runs. */
  readonly onTick?: (tick: Tick) => void
  readonly onCycle?: (tick: Tick, cells: readonly CellRecord[]) => void
}

const TICK_MS = 1000

export class Run {
  readonly plan: Plan
  readonly #options: RunOptions
  readonly #engine: Engine
  readonly #collector: Collector
  readonly #causes: CauseBook
  readonly #folder: RunFolder | undefined
  readonly #startedAt: { readonly ms: number; readonly iso: string }
  readonly #cells = new Map<string, Promise<CellRecord>>()
  readonly #records = new Map<string, CellRecord>()
  /** The cycle that is running, or was last. */
  #cycle: { readonly number: number; readonly startedMs: number; readonly done: Promise<void> } | undefined
  #verdicts: readonly Verdict[] | undefined
  #ended: Promise<RunRecord> | undefined
  #cancelTick: () => void = () => undefined

  constructor(plan: Plan, options: RunOptions) {
    const { clock, transport, runsDir } = options
    this.plan = plan
    this.#options = options
    this.#startedAt = { ms: clock.now(), iso: new Date(clock.epoch()).toISOString() }
    this.#causes = new CauseBook(plan)
    this.#folder = runsDir === undefined ? undefined : openRunFolder({ runsDir, runId: plan.runId })
    const groups = plan.groups.map(({ name }) => name)
    this.#collector = new Collector({ slots: plan.slots, groups, selectors: declaredSelectors(plan) })
    const collector = this.#collector
    this.#engine = new Engine({
      plan,
      clock,
      transport,
      observer: {
        sample: (sample) => collector.sample(sample),
        check: (slot, held) => collector.check(slot, held),
        iteration: (iteration) => collector.iteration(iteration),
        failure: (failure) => this.#causes.add(failure),
      },
    })
  }

  /** Where the run came from, for the last lines of a failure. */
  get origin(): { readonly seed: number; readonly rerun: string } {
    return { seed: this.plan.seed, rerun: this.#options.rerun }
  }

  /** Writes the manifest and runs `setup`. @throws TurbulenceError `setup` with the place of the step that failed */
  async begin(): Promise<void> {
    const { clock, host } = this.#options
    this.#folder?.begin(manifestOf(this.plan, { startedAt: this.#startedAt.iso, ...host }))
    if (this.plan.maxDurationMs !== undefined) {
      const reason = `max_duration of ${this.plan.maxDurationMs / 1000} s was reached`
      clock.after(this.plan.maxDurationMs, () => this.stop(reason, this.plan.gracefulStopMs))
    }
    const failure = await this.#engine.setup()
    if (failure === undefined) return
    this.#engine.stop('setup failed', 0)
    const cause: Cause | undefined = this.#causes.setup()[0]
    const step = cause === undefined ? '' : ` at step "${cause.step}"`
    throw new TurbulenceError('setup', `setup failed${step}: ${cause?.example?.message ?? failure.message}`, {
      ...(cause?.place !== undefined && { place: cause.place }),
    })
  }

  /** Starts a cycle; `cell` resolves as its groups are done. The cycle before must be done. */
  startCycle(cycle: number, only?: ReadonlySet<string>): void {
    const groups = this.plan.groups.filter(({ name }) => only === undefined || only.has(name))
    const stopped = this.#engine.stopping
    if (stopped !== undefined) {
      for (const group of groups) this.#keep(cycle, group.name, Promise.resolve(skippedCell(group, cycle, stopped)))
      return
    }
    const { clock } = this.#options
    const startedMs = clock.now()
    const startedAt = new Date(clock.epoch()).toISOString()
    this.#collector.beginCycle(cycle, startedMs)
    const running = this.#engine.startCycle(cycle, groups)
    const cells = groups.map((group) => {
      const done = running.get(group.name) ?? Promise.resolve()
      return this.#keep(
        cycle,
        group.name,
        done.then(() => this.#judge(group, cycle, { startedMs, startedAt })),
      )
    })
    this.#cycle = { number: cycle, startedMs, done: Promise.all(cells).then((records) => this.#close(records)) }
    this.#tickLater()
  }

  /** Resolves when the cycle that was started last is over. */
  async cycleDone(): Promise<void> {
    await this.#cycle?.done
  }

  /** The result of one cycle × group; skipped when it was not started. */
  cell(cycle: number, group: string): Promise<CellRecord> {
    return this.#cells.get(cellKey(cycle, group)) ?? Promise.resolve(this.#notSelected(cycle, group))
  }

  /** The verdicts on the run's thresholds, in the plan's order; computed once. */
  verdicts(): readonly Verdict[] {
    this.#verdicts ??= judgeThresholds(this.plan, this.#collector, { aborted: this.#engine.stopping !== undefined })
    return this.#verdicts
  }

  /** The cells so far. */
  cells(): readonly CellRecord[] {
    return [...this.#records.values()]
  }

  /** No more iterations begin; running ones may end within `graceMs`. The first reason stays. */
  stop(reason: string, graceMs: number): void {
    this.#engine.stop(reason, graceMs)
  }

  /** Runs `teardown`, closes sockets, writes the summary. Calling it again gives the same record. */
  end(teardownMs: number = this.plan.gracefulStopMs): Promise<RunRecord> {
    this.#ended ??= this.#end(teardownMs)
    return this.#ended
  }

  async #end(teardownMs: number): Promise<RunRecord> {
    await this.cycleDone()
    const { clock, host, rerun, notices = [] } = this.#options
    await Promise.race([this.#engine.teardown(), clock.sleep(teardownMs)])
    await this.#engine.close()
    const cells = this.plan.groups.length === 0 ? [] : this.#allCells()
    const record = assembleRecord({
      plan: this.plan,
      collector: this.#collector,
      cells,
      verdicts: this.#verdicts,
      stopped: this.#engine.stopping,
      startedAt: this.#startedAt.iso,
      durationMs: clock.now() - this.#startedAt.ms,
      host,
      rerun,
      notices: [...notices, ...this.#causes.notices(), ...(this.#folder?.notices ?? [])],
      folder: this.#folder?.path,
    })
    this.#folder?.end(record, this.#collector.summary())
    const lost = this.#folder?.notices.filter((notice) => !record.notices.includes(notice)) ?? []
    return lost.length === 0 ? record : { ...record, notices: [...record.notices, ...lost] }
  }

  #judge(group: GroupPlan, cycle: number, started: { startedMs: number; startedAt: string }): CellRecord {
    const nowMs = this.#options.clock.now()
    return judgeCell({
      group,
      cycle,
      collector: this.#collector,
      causes: this.#causes.cell(cycle, group.name),
      stopped: this.#engine.stopping,
      startedAt: started.startedAt,
      durationMs: nowMs - started.startedMs,
      nowMs,
    })
  }

  #close(cells: readonly CellRecord[]): void {
    this.#cancelTick()
    const cycle = this.#cycle?.number
    const tick = this.#tick()
    this.#collector.endCycle(this.#options.clock.now())
    if (cycle !== undefined) this.#causes.closeCycle(cycle)
    this.#stopOnFailed()
    if (tick !== undefined) this.#options.onCycle?.(tick, cells)
  }

  #tickLater(): void {
    this.#cancelTick = this.#options.clock.after(TICK_MS, () => {
      const tick = this.#tick()
      if (tick !== undefined) this.#options.onTick?.(tick)
      this.#stopOnFailed()
      this.#tickLater()
    })
  }

  #tick(): Tick | undefined {
    if (this.#cycle === undefined) return undefined
    const { number, startedMs } = this.#cycle
    const nowMs = this.#options.clock.now()
    const active = this.#engine.active
    return makeTick({ plan: this.plan, collector: this.#collector, cycle: number, startedMs, nowMs, active })
  }

  /** `abort_on_fail`: a threshold that has failed for good ends the run. */
  #stopOnFailed(): void {
    if (this.#engine.stopping !== undefined) return
    const failed = findFailed(this.plan, this.#collector, this.#cycle?.number, this.#options.clock.now())
    if (failed !== undefined) this.stop(`abort_on_fail: ${failed.message}`, this.plan.gracefulStopMs)
  }

  #keep(cycle: number, group: string, cell: Promise<CellRecord>): Promise<CellRecord> {
    const kept = cell.then((record) => {
      this.#records.set(cellKey(cycle, group), record)
      return record
    })
    this.#cells.set(cellKey(cycle, group), kept)
    return kept
  }

  /** In the plan's order; what was not run is skipped with the reason, so that every run has the same cells. */
  #allCells(): CellRecord[] {
    const cells: CellRecord[] = []
    for (let cycle = 1; cycle <= this.plan.cycles; cycle++)
      for (const { name } of this.plan.groups)
        cells.push(this.#records.get(cellKey(cycle, name)) ?? this.#notSelected(cycle, name))
    return cells
  }

  #notSelected(cycle: number, name: string): CellRecord {
    const group = this.plan.groups.find((one) => one.name === name)
    if (group === undefined) throw new Error(`the plan has no group "${name}"`)
    const stopped = this.#engine.stopping
    return skippedCell(group, cycle, stopped ?? 'not run: filtered out')
  }
}

function cellKey(cycle: number, group: string): string {
  return `${cycle}\u0000${group}`
}
