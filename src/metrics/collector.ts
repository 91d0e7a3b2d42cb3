// Samples in, Summary out. Records the open cycle live, folds each closed one into the run and keeps
// it encoded; measures any selector over the run or a cycle. Knows nothing of scenarios and limits.
import { OUTCOMES } from '../sample.ts'
import type { Iteration, Measurement, Outcome, Sample, Slot } from '../sample.ts'
import { Histogram } from './histogram.ts'
import { measure } from './measure.ts'
import type { Measured } from './measured.ts'
import { countsOutcome } from './metric.ts'
import { restoreScope } from './restore.ts'
import { Scope } from './scope.ts'
import { withGroup } from './selector.ts'
import type { Selector } from './selector.ts'
import { countsTimes, makeLayout } from './series.ts'
import type { DeclaredSelector, Layout } from './series.ts'
import type { CycleSummary, GroupCounts, Summary } from './summary.ts'
import { liveView, storeScope, storedView } from './view.ts'
import type { View } from './view.ts'

export type { DeclaredSelector } from './series.ts'
export type { Measured } from './measured.ts'

export interface CollectorParts {
  readonly slots: readonly Slot[]
  readonly groups: readonly string[]
  /** Whatever will be measured with labels other than step, service, method, tags and cycle. */
  readonly selectors: readonly DeclaredSelector[]
}

export interface MeasureOptions {
  /** One cycle instead of the run. */
  readonly cycle?: number
  /** Only this group, e.g. because the threshold is a group's own. */
  readonly group?: string
  /** Ends the wall time of a cycle that is still open; without it such a cycle has none. */
  readonly nowMs?: number
}

export class Collector {
  readonly #layout: Layout
  readonly #run: Scope
  readonly #open: Scope
  /** All latencies of the last cycle, whatever their slot, for whoever watches. */
  readonly #latencyNow = new Histogram()
  readonly #closed: CycleSummary[] = []
  #cycle: number | undefined
  /** The open cycle is kept apart from the run. */
  #isApart = false
  #openedMs = 0
  #restored: Summary | undefined
  /** Of what was taken over: histograms do not keep it. */
  #clampedBefore = 0

  constructor({ slots, groups, selectors }: CollectorParts) {
    this.#layout = makeLayout(slots, groups, selectors)
    this.#run = new Scope(this.#layout)
    this.#open = new Scope(this.#layout)
  }

  /** A Collector that answers as the one did that made the Summary, and records nothing. */
  static restore(summary: Summary): Collector {
    const collector = new Collector({ slots: summary.slots, groups: summary.groups, selectors: [] })
    collector.#closed.push(...summary.cycles)
    collector.#restored = summary
    return collector
  }

  /** Goes on where the one stood that made the Summary, of the same parts. Before the first cycle. */
  takeUp(summary: Summary): void {
    if (this.#closed.length > 0 || this.#cycle !== undefined) throw new Error('Something was already recorded.')
    restoreScope(this.#run, summary.run)
    this.#closed.push(...summary.cycles)
    this.#clampedBefore = summary.clamped
  }

  /** @param isApart it is kept like every cycle, but is no part of the run */
  beginCycle(cycle: number, nowMs: number, isApart = false): void {
    if (this.#restored !== undefined) throw new Error('A restored Collector records nothing.')
    if (this.#cycle !== undefined) throw new Error(`Cycle ${cycle} begins while cycle ${this.#cycle} is open.`)
    if (this.#closed.some((closed) => closed.cycle === cycle)) throw new Error(`Cycle ${cycle} begins again.`)
    this.#cycle = cycle
    this.#isApart = isApart
    this.#openedMs = nowMs
    this.#latencyNow.reset()
  }

  endCycle(nowMs: number): void {
    if (this.#cycle === undefined) throw new Error('No cycle is open that could end.')
    this.#open.durationMs = nowMs - this.#openedMs
    const isApart = this.#isApart
    this.#closed.push({ cycle: this.#cycle, ...(isApart && { isApart }), ...storeScope(this.#open, 'perCycle') })
    if (!isApart) this.#run.add(this.#open)
    this.#open.reset()
    this.#cycle = undefined
  }

  sample(sample: Sample): void {
    this.#mustBeOpen(sample.cycle)
    this.#open.sample(sample)
    const { latencyUs } = sample
    if (latencyUs === undefined || !countsOutcome('latency', sample.outcome)) return
    const slot = this.#layout.slots[sample.slot]
    if (slot !== undefined && countsTimes(slot, {})) this.#latencyNow.record(latencyUs)
  }

  check(slot: number, held: boolean): void {
    this.#mustBeOpen(this.#cycle)
    this.#open.check(slot, held)
  }

  measurement(slot: number, measurement: Measurement): void {
    this.#mustBeOpen(this.#cycle)
    this.#open.measurement(slot, measurement)
  }

  iteration(iteration: Iteration): void {
    this.#mustBeOpen(iteration.cycle)
    this.#open.iteration(iteration)
  }

  dropped(group: string, cycle: number): void {
    this.#mustBeOpen(cycle)
    this.#open.dropped(group)
  }

  #mustBeOpen(cycle: number | undefined): void {
    if (cycle === undefined || cycle !== this.#cycle)
      throw new Error(`Something was recorded for cycle ${cycle ?? '?'}, but ${this.#cycle ?? 'none'} is open.`)
  }

  measure(selector: Selector, { cycle, group, nowMs }: MeasureOptions = {}): Measured {
    const labels = withGroup(selector.labels, group)
    const named = selector.labels['cycle']
    const only = named === undefined ? cycle : Number(named)
    const isApart = named !== undefined && this.isKeptApart(Number(named))
    const contradicts = labels === undefined || (cycle !== undefined && only !== cycle) || isApart
    // Nothing is in two groups or two cycles at once, so there is no data.
    const views = contradicts ? [] : only === undefined ? this.#runViews(nowMs) : this.#cycleViews(only, nowMs)
    return measure(this.#layout, views, { ...selector, labels: labels ?? selector.labels })
  }

  /** It is no part of the run. */
  isKeptApart(cycle: number): boolean {
    return cycle === this.#cycle ? this.#isApart : this.#closed.some((one) => one.cycle === cycle && one.isApart)
  }

  #runViews(nowMs?: number): View[] {
    if (this.#restored !== undefined) return [storedView(this.#restored.run)]
    return [liveView(this.#run, 'perRun'), ...(this.#isApart ? [] : this.#openView('perRun', nowMs))]
  }

  #cycleViews(cycle: number, nowMs?: number): View[] {
    if (cycle === this.#cycle) return this.#openView('perCycle', nowMs)
    const closed = this.#closed.find((one) => one.cycle === cycle)
    return closed === undefined ? [] : [storedView(closed)]
  }

  #openView(kept: 'perRun' | 'perCycle', nowMs: number = this.#openedMs): View[] {
    if (this.#cycle === undefined) return []
    this.#open.durationMs = nowMs - this.#openedMs
    return [liveView(this.#open, kept)]
  }

  /** All closed cycles; those kept apart are not in `run`. One that is open is not in it. */
  summary(): Summary {
    if (this.#restored !== undefined) return this.#restored
    return {
      version: 1,
      slots: this.#layout.slots,
      groups: this.#layout.groups,
      cycles: [...this.#closed],
      run: storeScope(this.#run, 'perRun'),
      clamped: this.#clampedBefore + this.#run.clamped,
    }
  }

  /** Attempts of the run so far. */
  outcomes(): Record<Outcome, number> {
    const totals = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<Outcome, number>
    for (const view of this.#runViews())
      for (const slot of this.#layout.slots) view.eachAttempt(slot.index, (_, outcome, n) => (totals[outcome] += n))
    return totals
  }

  /** Iterations of the run so far, by group. */
  iterations(): Record<string, GroupCounts> {
    const add = (a: GroupCounts, b: GroupCounts): GroupCounts => ({
      begun: a.begun + b.begun,
      ok: a.ok + b.ok,
      failed: a.failed + b.failed,
      aborted: a.aborted + b.aborted,
      dropped: a.dropped + b.dropped,
    })
    const views = this.#runViews()
    const none: GroupCounts = { begun: 0, ok: 0, failed: 0, aborted: 0, dropped: 0 }
    const total = (name: string): GroupCounts => views.reduce((sum, view) => add(sum, view.group(name)), none)
    return Object.fromEntries(this.#layout.groups.map((name) => [name, total(name)]))
  }

  /** What one group did in one cycle: its iterations, and its attempts by outcome. */
  cell(cycle: number, group: string): { iterations: GroupCounts; requests: Record<string, number> } {
    const requests: Record<string, number> = {}
    let iterations: GroupCounts = { begun: 0, ok: 0, failed: 0, aborted: 0, dropped: 0 }
    for (const view of this.#cycleViews(cycle)) {
      iterations = { ...view.group(group) }
      for (const slot of this.#layout.slots)
        if (slot.group === group)
          view.eachAttempt(slot.index, (_, outcome, n) => (requests[outcome] = (requests[outcome] ?? 0) + n))
    }
    return { iterations, requests }
  }

  /** Numbers of the cycles that are over. */
  closedCycles(): readonly number[] {
    return this.#closed.map(({ cycle }) => cycle)
  }

  /** Numbers of the cycles that are over and part of the run. */
  countedCycles(): readonly number[] {
    return this.#closed.filter(({ isApart }) => isApart !== true).map(({ cycle }) => cycle)
  }

  /** Milliseconds, in the cycle that is open or was last; undefined before the first answer. */
  latencyNow(): { p50: number; p95: number; p99: number; max: number } | undefined {
    const times = this.#latencyNow
    if (times.count === 0) return undefined
    const at = (percent: number): number => times.percentile(percent) / 1000
    return { p50: at(50), p95: at(95), p99: at(99), max: times.max / 1000 }
  }
}
