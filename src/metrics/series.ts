// Which series of measurements are kept: the base ones of every slot, and those that a declared
// selector needs for itself because the base cannot answer it. Fixed before the first sample.
import { OUTCOMES } from '../sample.ts'
import type { Outcome, Sample, Slot } from '../sample.ts'
import { metricOf } from './metric.ts'
import type { MetricName, MetricUse } from './metric.ts'
import { labelsText, namesAttempt, selectsSlot, selectsStatus, withGroup } from './selector.ts'
import type { Selector } from './selector.ts'

/** Trends made from attempts; their positions are used as indexes. */
export const ATTEMPT_TRENDS = [
  'latency',
  'ttfb',
  'response_time',
  'wait_rate_limit',
  'wait_connection',
  'wait_retry',
] as const
export type AttemptTrend = (typeof ATTEMPT_TRENDS)[number]

/** Attempts are counted by status and outcome in one whole number. */
export const attemptKey = (status: number, outcome: number): number => status * 16 + outcome
export const statusOf = (key: number): number => Math.floor(key / 16)
export const outcomeOf = (key: number): Outcome => OUTCOMES[key % 16] ?? 'aborted'
export const OUTCOME_INDEX: Readonly<Record<Outcome, number>> = Object.fromEntries(
  OUTCOMES.map((outcome, index) => [outcome, index]),
) as Record<Outcome, number>

/** A selector that will be measured, and where: over the run, or in each cycle; `group` when it is a group's own threshold. */
export interface DeclaredSelector {
  readonly selector: Selector
  readonly scope: 'run' | 'cycle'
  readonly group?: string
}

/** A series of its own: the times of one trend, or the counts of attempts, that its labels select. */
export interface OwnSeries {
  readonly name: string
  /** Undefined for counts. */
  readonly trend: AttemptTrend | undefined
  readonly labels: Readonly<Record<string, string>>
  /** Its attempt number, when it names one. */
  readonly attempt: number | undefined
  perRun: boolean
  perCycle: boolean
}

export interface Layout {
  readonly slots: readonly Slot[]
  readonly groups: readonly string[]
  readonly groupIndex: ReadonlyMap<string, number>
  /** Slot → the first slot of the same flow and step, under which the trends other than latency are kept. */
  readonly placeOf: readonly number[]
  readonly own: readonly OwnSeries[]
  /** Slot → indexes in `own` of the series that may take its attempts. */
  readonly ownOfSlot: readonly (readonly number[])[]
}

export function makeLayout(
  slots: readonly Slot[],
  groups: readonly string[],
  declared: readonly DeclaredSelector[],
): Layout {
  const places = new Map<string, number>()
  const placeOf = slots.map((slot, index) => {
    const key = JSON.stringify([slot.flow, slot.step])
    const first = places.get(key) ?? index
    places.set(key, first)
    return first
  })
  const own = ownSeries(declared)
  const takes = (slot: Slot, series: OwnSeries): boolean =>
    (series.trend === undefined || countsTimes(slot, series.labels)) && selectsSlot(series.labels, slot)
  const ownOfSlot = slots.map((slot) => own.flatMap((series, index) => (takes(slot, series) ? [index] : [])))
  return { slots, groups, groupIndex: new Map(groups.map((name, index) => [name, index])), placeOf, own, ownOfSlot }
}

/** Steps that send nothing have no service times. */
export function hasTrends(slot: Slot): boolean {
  return slot.type === 'http' || slot.type === 'wait'
}

/** The times of polls tell of a service only under their own step: elsewhere they would drown those that matter. */
export function countsTimes(slot: Slot, labels: Readonly<Record<string, string>>): boolean {
  return slot.type === 'http' || (slot.type === 'wait' && labels['step'] !== undefined)
}

export function baseName(metric: MetricName, of: number | string): string {
  return `${metric}:${of}`
}

/** The labels by which a selector's own series is kept; undefined when the base series answer it. */
export function ownLabels(
  use: MetricUse,
  labels: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> | undefined {
  const { metric } = use
  const { kind, source } = metricOf(use)
  if (source !== 'attempt') return undefined
  const { cycle: _, ...rest } = labels
  if (kind === 'trend') {
    // The other trends are kept for a step, whoever went through it and whatever was put in.
    const isFiner = metric !== 'latency' && (labels['group'] !== undefined || labels['injected'] !== undefined)
    return namesAttempt(labels) || isFiner ? rest : undefined
  }
  if (labels['attempt'] === undefined) return undefined
  // Status and outcome are in the counts themselves.
  const { status: _status, outcome: _outcome, ...counted } = rest
  return counted
}

export function ownName(use: MetricUse, labels: Readonly<Record<string, string>>): string {
  return `${metricOf(use).kind === 'trend' ? use.metric : 'attempts'}${labelsText(labels)}`
}

function ownSeries(declared: readonly DeclaredSelector[]): OwnSeries[] {
  const byName = new Map<string, OwnSeries>()
  for (const { selector, scope, group } of declared) {
    const all = withGroup(selector.labels, group)
    const labels = all === undefined ? undefined : ownLabels(selector, all)
    if (labels === undefined) continue
    const name = ownName(selector, labels)
    const trend = ATTEMPT_TRENDS.find((one) => one === selector.metric)
    const attempt = labels['attempt'] === undefined ? undefined : Number(labels['attempt'])
    const series = byName.get(name) ?? { name, trend, labels, attempt, perRun: false, perCycle: false }
    if (scope === 'cycle' || selector.labels['cycle'] !== undefined) series.perCycle = true
    else series.perRun = true
    byName.set(name, series)
  }
  return [...byName.values()]
}

/** The part of `selects` that only the attempt itself can answer. */
export function takesSample({ labels, attempt }: OwnSeries, sample: Sample): boolean {
  return (
    (attempt === undefined || attempt === sample.attempt) &&
    (labels['outcome'] === undefined || labels['outcome'] === sample.outcome) &&
    selectsStatus(labels['status'], sample.status)
  )
}
