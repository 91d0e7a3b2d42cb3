// The table of metrics: what each one is, its unit, its statistics, and the labels that select from
// it. Whoever parses, checks, measures or judges a threshold looks here; nothing is said twice.
import { OUTCOMES } from '../sample.ts'
import type { Outcome } from '../sample.ts'

/** Longer times are counted as one hour. */
export const HIGHEST_US = 3_600_000_000

type MetricKind = 'trend' | 'rate' | 'counter' | 'per-second'
export type MetricUnit = 'ms' | '%' | '/s' | ''

/** What a metric is made from; decides its labels. */
type MetricSource = 'attempt' | 'iteration' | 'check' | 'call'

/** What a metric is that a `call` step records. */
export type CustomKind = 'trend' | 'rate' | 'counter'

/** Metric → its kind. */
export type Customs = ReadonlyMap<string, CustomKind>

export interface Metric {
  readonly name: MetricName
  readonly kind: MetricKind
  readonly unit: MetricUnit
  readonly source: MetricSource
  /** Which way is good; a condition that points the other way is probably a slip. */
  readonly better: 'low' | 'high' | 'either'
  /** The word for one of the things its value is made of. */
  readonly noun: string
}

/** One of these, or the name of a metric that a `call` step records. */
export type MetricName = BuiltIn | (string & {})

type BuiltIn =
  | 'latency'
  | 'ttfb'
  | 'response_time'
  | 'wait_rate_limit'
  | 'wait_connection'
  | 'wait_retry'
  | 'iteration_duration'
  | 'success_rate'
  | 'request_success_rate'
  | 'check_rate'
  | 'requests'
  | 'iterations'
  | 'errors'
  | 'rate_limited'
  | 'dropped'
  | 'rps'

type Row = readonly [BuiltIn, MetricKind, MetricUnit, MetricSource, Metric['better'], string]

const ROWS: readonly Row[] = [
  ['latency', 'trend', 'ms', 'attempt', 'low', 'sample'],
  ['ttfb', 'trend', 'ms', 'attempt', 'low', 'sample'],
  ['response_time', 'trend', 'ms', 'attempt', 'low', 'sample'],
  ['wait_rate_limit', 'trend', 'ms', 'attempt', 'low', 'sample'],
  ['wait_connection', 'trend', 'ms', 'attempt', 'low', 'sample'],
  ['wait_retry', 'trend', 'ms', 'attempt', 'low', 'sample'],
  ['iteration_duration', 'trend', 'ms', 'iteration', 'low', 'iteration'],
  ['success_rate', 'rate', '%', 'iteration', 'high', 'iteration'],
  ['request_success_rate', 'rate', '%', 'attempt', 'high', 'request'],
  ['check_rate', 'rate', '%', 'check', 'high', 'expectation'],
  ['requests', 'counter', '', 'attempt', 'either', 'request'],
  ['iterations', 'counter', '', 'iteration', 'either', 'iteration'],
  ['errors', 'counter', '', 'attempt', 'low', 'request'],
  ['rate_limited', 'counter', '', 'attempt', 'low', 'request'],
  ['dropped', 'counter', '', 'iteration', 'low', 'iteration'],
  ['rps', 'per-second', '/s', 'attempt', 'either', 'request'],
]

export const METRICS: ReadonlyMap<string, Metric> = new Map(
  ROWS.map(([name, kind, unit, source, better, noun]) => [name, { name, kind, unit, source, better, noun }]),
)

const CUSTOM_UNITS: Readonly<Record<CustomKind, MetricUnit>> = { trend: 'ms', rate: '%', counter: '' }
const CUSTOM_NOUNS: Readonly<Record<CustomKind, string>> = { trend: 'time', rate: 'try', counter: 'call' }

/** The metric that a selector names; for names that came out of the parser. */
export function metricOf({ metric: name, custom }: MetricUse): Metric {
  if (custom !== undefined)
    return {
      name,
      kind: custom,
      unit: CUSTOM_UNITS[custom],
      source: 'call',
      better: 'either',
      noun: CUSTOM_NOUNS[custom],
    }
  const metric = METRICS.get(name)
  if (metric === undefined) throw new Error(`There is no metric "${name}".`)
  return metric
}

export interface MetricUse {
  readonly metric: MetricName
  /** When a `call` step records it. */
  readonly custom?: CustomKind
}

/** The statistics that people are offered; any `p(N)` with 0 < N < 100 is one, too. */
export const STATISTICS: readonly string[] = [
  'p50',
  'p90',
  'p95',
  'p99',
  'p99.9',
  'avg',
  'med',
  'min',
  'max',
  'stddev',
  'count',
]

/** 95 from `p95`, 50 from `med`; undefined when the statistic is not a percentile. */
export function percentileOf(stat: string | undefined): number | undefined {
  if (stat === 'med') return 50
  return stat !== undefined && /^p\d/.test(stat) ? Number(stat.slice(1)) : undefined
}

const LABELS: Readonly<Record<MetricSource, readonly string[]>> = {
  attempt: ['group', 'cycle', 'step', 'service', 'method', 'status', 'outcome', 'attempt', 'injected'],
  check: ['group', 'cycle', 'step', 'service', 'method'],
  iteration: ['group', 'cycle'],
  call: ['group', 'cycle', 'step'],
}

/** All labels that are not tags, in the order in which they are printed. */
export const ALL_LABELS: readonly string[] = LABELS.attempt

/** The labels that can select from this metric; those made from steps take the steps' tags as well. */
export function labelsOf(metric: Metric): readonly string[] {
  return LABELS[metric.source]
}

export function takesTags(metric: Metric): boolean {
  return metric.source !== 'iteration'
}

/** Outcomes of attempts that were answered or timed out: only their service time means anything. */
const TIMED: ReadonlySet<Outcome> = new Set<Outcome>(['ok', 'failed', 'timeout', 'too_large'])

/** True when attempts that ended like this can count in the metric. */
export function countsOutcome(metric: MetricName, outcome: Outcome): boolean {
  if (metric === 'latency' || metric === 'ttfb') return TIMED.has(outcome)
  if (metric === 'errors') return outcome !== 'ok' && outcome !== 'rate_limited'
  if (metric === 'rate_limited') return outcome === 'rate_limited'
  if (metric === 'request_success_rate') return outcome !== 'rate_limited'
  return true
}

export function isOutcome(text: string): text is Outcome {
  return OUTCOMES.some((outcome) => outcome === text)
}
