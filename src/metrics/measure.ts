// Measures a selector over one or more scopes: picks slots and attempts by label, merges their
// histograms or adds their counts. The same for live and stored scopes.
import type { Slot } from '../sample.ts'
import { Histogram } from './histogram.ts'
import type { Measured, MeasuredTrend } from './measured.ts'
import { countsOutcome, metricOf } from './metric.ts'
import { selectorText, selectsSlot, selectsStatus } from './selector.ts'
import type { Selector } from './selector.ts'
import { baseName, countsTimes, ownLabels, ownName } from './series.ts'
import type { Layout } from './series.ts'
import type { GroupCounts } from './summary.ts'
import type { View, VisitAttempts } from './view.ts'

/** @param selector its labels with the group in which it is judged, if it is a group's own */
export function measure(layout: Layout, views: readonly View[], selector: Selector): Measured {
  const metric = metricOf(selector)
  if (metric.source === 'iteration') return ofIterations(layout, views, selector)
  const slots = layout.slots.filter((slot) => selectsSlot(selector.labels, slot))
  if (metric.source === 'call') return ofCalls(views, slots, selector)
  if (metric.kind === 'trend') {
    const timed = slots.filter((slot) => countsTimes(slot, selector.labels))
    return ofTimes(layout, views, selector, timed)
  }
  if (metric.source === 'check') return ofChecks(views, slots)
  const attempted = attemptsOf(views, withTwins(layout, selector))
  let ok = 0
  let count = 0
  eachSelected(views, slots, selector, (_, outcome, n) => {
    if (!countsOutcome(selector.metric, outcome)) return
    count += n
    if (outcome === 'ok') ok += n
  })
  if (metric.kind === 'rate') return { kind: 'rate', held: ok, total: count, attempted }
  if (metric.kind === 'counter') return { kind: 'counter', count, attempted }
  const seconds = views.reduce((sum, view) => sum + view.durationMs, 0) / 1000
  return { kind: 'per-second', count, seconds, attempted }
}

/** Where pressure put nothing in, something was attempted all the same. */
function withTwins({ slots }: Layout, { labels: { injected: _injected, ...labels } }: Selector): readonly Slot[] {
  return slots.filter((slot) => selectsSlot(labels, slot))
}

/** Only what happened, whatever its status, outcome or number. */
function attemptsOf(views: readonly View[], slots: readonly Slot[]): number {
  let attempted = 0
  for (const view of views) for (const slot of slots) view.eachAttempt(slot.index, (_s, _o, n) => (attempted += n))
  return attempted
}

function eachSelected(views: readonly View[], slots: readonly Slot[], selector: Selector, visit: VisitAttempts): void {
  const { labels } = selector
  const selected: VisitAttempts = (status, outcome, n) => {
    const isOutcome = labels['outcome'] === undefined || labels['outcome'] === outcome
    if (isOutcome && selectsStatus(labels['status'], status)) visit(status, outcome, n)
  }
  const own = ownLabels(selector, labels)
  for (const view of views) {
    if (own === undefined) for (const slot of slots) view.eachAttempt(slot.index, selected)
    else (view.ownAttempts(ownName(selector, own)) ?? undeclared(selector))(selected)
  }
}

function ofTimes(layout: Layout, views: readonly View[], selector: Selector, slots: readonly Slot[]): MeasuredTrend {
  const { metric, labels } = selector
  const own = ownLabels(selector, labels)
  const bases = new Set(slots.map(({ index }) => (metric === 'latency' ? index : (layout.placeOf[index] ?? index))))
  const parts = views.flatMap((view) => {
    if (own !== undefined) return [view.ownTimes(ownName(selector, own)) ?? undeclared(selector)]
    return [...bases].map((base) => view.times(baseName(metric, base)))
  })
  return trend(parts, attemptsOf(views, slots))
}

function ofIterations(layout: Layout, views: readonly View[], { metric, labels }: Selector): Measured {
  const groups = layout.groups.filter((name) => labels['group'] === undefined || labels['group'] === name)
  const sum = (key: keyof GroupCounts): number =>
    views.reduce((all, view) => groups.reduce((some, name) => some + view.group(name)[key], all), 0)
  const begun = sum('begun')
  if (metric === 'success_rate') return { kind: 'rate', held: sum('ok'), total: begun, attempted: begun }
  if (metric === 'iteration_duration') {
    const parts = views.flatMap((view) => groups.map((name) => view.times(baseName('iteration_duration', name))))
    return trend(parts, begun)
  }
  const dropped = sum('dropped')
  return { kind: 'counter', count: metric === 'dropped' ? dropped : begun, attempted: begun + dropped }
}

/** A step whose request got no answer tried no expectation, but it attempted something. */
function ofChecks(views: readonly View[], slots: readonly Slot[]): Measured {
  let held = 0
  let total = 0
  for (const view of views)
    for (const slot of slots) {
      const checks = view.checks(slot.index)
      total += checks.tried
      held += checks.held
    }
  return { kind: 'rate', held, total, attempted: total + attemptsOf(views, slots) }
}

/** Of the steps that record it: one that ran and recorded nothing has counted none. */
function ofCalls(views: readonly View[], slots: readonly Slot[], { metric, custom }: Selector): Measured {
  const those = slots.filter(({ metrics }) => metrics?.includes(metric) === true).map(({ index }) => index)
  const each = <T>(read: (view: View, slot: number) => T): T[] =>
    views.flatMap((view) => those.map((slot) => read(view, slot)))
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, n) => all + n, 0)
  const attempted = sum(each((view, slot) => view.calls(slot)))
  if (custom === 'trend')
    return trend(
      each((view, slot) => view.times(baseName(metric, slot))),
      attempted,
    )
  const counts = each((view, slot) => view.custom(slot, metric))
  const total = sum(counts.map(({ n }) => n))
  if (custom === 'counter') return { kind: 'counter', count: total, attempted }
  return { kind: 'rate', held: sum(counts.map(({ held }) => held)), total, attempted }
}

function trend(parts: readonly (Histogram | undefined)[], attempted: number): MeasuredTrend {
  const filled = parts.filter((part) => part !== undefined).filter((part) => part.count > 0)
  const times = new Histogram()
  for (const part of filled) times.add(part)
  return {
    kind: 'trend',
    count: times.count,
    attempted,
    percentile: (percent) => times.percentile(percent) / 1000,
    atRank: (rank) => times.atRank(rank) / 1000,
    get min() {
      return times.min / 1000
    },
    get max() {
      return times.max / 1000
    },
    get avg() {
      return times.avg / 1000
    },
    get stddev() {
      return times.stddev / 1000
    },
  }
}

function undeclared(selector: Selector): never {
  throw new Error(`"${selectorText(selector)}" was not declared before the first sample, so nothing was kept for it.`)
}
