// What the words of a condition mean: metric and statistic, labels and their values, number and
// unit. Each reader says what is wrong with its token and which words there are.
import { didYouMean, nearest } from '../errors.ts'
import { OUTCOMES } from '../sample.ts'
import { DURATION_UNITS, parseDuration } from '../units.ts'
import type { Report, Token } from './grammar.ts'
import { METRICS, STATISTICS, isOutcome, labelsOf, metricOf, takesTags } from './metric.ts'
import type { Customs, Metric, MetricUnit, MetricUse } from './metric.ts'

export interface Subject extends MetricUse {
  readonly stat?: string
}

/** `latency.p95`, `p95`, `p(97.5)` or `errors`. */
export function readSubject(head: Token, customs: Customs, report: Report): Subject | undefined {
  const alone = statistic(head.text)
  if (alone !== undefined) return checkPercentile(head, alone, report) ? { metric: 'latency', stat: alone } : undefined
  const dot = head.text.indexOf('.')
  const name = dot < 0 ? head.text : head.text.slice(0, dot)
  const custom = METRICS.has(name) ? undefined : customs.get(name)
  const use: MetricUse = { metric: name, ...(custom !== undefined && { custom }) }
  if (custom === undefined && !METRICS.has(name)) {
    report({ text: name, offset: head.offset }, `There is no metric or statistic "${name}".`, known(name, customs))
    return undefined
  }
  const metric = metricOf(use)
  if (dot < 0) {
    if (metric.kind !== 'trend') return use
    report(head, `"${name}" needs a statistic.`, `e.g. ${name}.p95. Statistics: ${STATISTICS.join(', ')}, p(97.5).`)
    return undefined
  }
  const token = { text: head.text.slice(dot + 1), offset: head.offset + dot + 1 }
  const stat = readStatistic(metric, token, report)
  return stat === undefined ? undefined : { ...use, stat }
}

function readStatistic(metric: Metric, token: Token, report: Report): string | undefined {
  if (metric.kind !== 'trend') {
    report(token, `"${metric.name}" has no statistics; it is one number.`, `Write "${metric.name}" alone.`)
    return undefined
  }
  const stat = statistic(token.text)
  if (stat === undefined) {
    const hint = didYouMean(token.text, STATISTICS, 'Statistics')
    report(token, `There is no statistic "${token.text}".`, hint)
    return undefined
  }
  return checkPercentile(token, stat, report) ? stat : undefined
}

/** The canonical statistic, e.g. `p97.5` for `p(97.5)`; undefined when the text is none. */
function statistic(text: string): string | undefined {
  const percent = /^p(?:(\d+(?:\.\d+)?)|\(\s*(\d+(?:\.\d+)?)\s*\))$/.exec(text)
  if (percent !== null) return `p${Number(percent[1] ?? percent[2])}`
  return !text.startsWith('p') && STATISTICS.includes(text) ? text : undefined
}

function checkPercentile(token: Token, stat: string, report: Report): boolean {
  if (!/^p[\de]/.test(stat)) return true
  const percent = Number(stat.slice(1))
  // Six decimals are what the nearest rank is computed with.
  if (percent >= 0.000001 && percent <= 99.999999 && !stat.includes('e')) return true
  report(token, `"${token.text}" is not a percentile between 0 and 100.`, 'The extremes are called min and max.')
  return false
}

/** What Turbulence called them. */
const OLD: Readonly<Record<string, string>> = {
  pass_rate: 'success_rate >= 99%',
  error_count: 'errors == 0',
  fail_count: 'success_rate == 100%',
  p50_latency_ms: 'p50 < 100ms',
  p95_latency_ms: 'p95 < 300ms',
  p99_latency_ms: 'p99 < 1s',
}

function known(name: string, customs: Customs): string {
  const now = Object.hasOwn(OLD, name) ? OLD[name] : undefined
  if (now !== undefined) return `It is written like this now: ${now}`
  const names = [...METRICS.keys(), ...customs.keys()]
  const near = nearest(name, [...names, ...STATISTICS])
  const lists = `Metrics: ${names.join(', ')}. Statistics of latency: ${STATISTICS.join(', ')}, p(97.5).`
  return near === undefined ? lists : `Did you mean "${near}"? ${lists}`
}

/** The value in its canonical form. A key that is no label may be a tag, which only the scenario knows. */
export function readLabel(metric: Metric | undefined, key: Token, value: Token, report: Report): string {
  if (metric !== undefined && !labelsOf(metric).includes(key.text) && !takesTags(metric)) {
    const why = `"${metric.name}" is about whole iterations; "${key.text}" does not select from it.`
    report(key, why, didYouMean(key.text, labelsOf(metric), 'Its labels'))
    return value.text
  }
  const isOfRequests = ['status', 'outcome', 'attempt', 'injected'].includes(key.text)
  const isOfServices = metric?.source === 'call' && ['service', 'method'].includes(key.text)
  if ((metric?.source === 'check' || metric?.source === 'call') && (isOfRequests || isOfServices)) {
    const labels = labelsOf(metric).join(', ')
    report(key, `"${key.text}" does not select from "${metric.name}".`, `Its labels: ${labels}, and the steps' tags.`)
    return value.text
  }
  switch (key.text) {
    case 'method':
      return value.text.toUpperCase()
    case 'status': {
      const status = value.text.toLowerCase()
      if (/^(?:[1-5]xx|[1-9]\d\d|0)$/.test(status)) return status
      report(value, `"${value.text}" is not a status.`, 'A code (404), a class (4xx), or 0 for no answer.')
      return status
    }
    case 'outcome':
      if (!isOutcome(value.text))
        report(value, `"${value.text}" is not an outcome.`, didYouMean(value.text, OUTCOMES, 'Outcomes'))
      return value.text
    case 'cycle':
    case 'attempt':
      if (!/^[1-9]\d{0,8}$/.test(value.text))
        report(value, `"${value.text}" is no number of "${key.text}".`, 'They count from 1.')
      return value.text
    default:
      return value.text
  }
}

/** The limit in the unit of the metric. */
export function readLimit(
  subject: Subject,
  number: Token,
  unit: Token,
  report: Report,
): { limit: number; unit: MetricUnit } | undefined {
  const wanted: MetricUnit = subject.stat === 'count' ? '' : metricOf(subject).unit
  const value = Number(number.text)
  const name = subject.stat === undefined ? subject.metric : `${subject.metric}.${subject.stat}`
  const limit = wanted === 'ms' ? parseDuration(number.text + unit.text) : unit.text === wanted ? value : undefined
  if (value < 0) report(number, `"${name}" is never negative.`)
  else if (limit !== undefined && Number.isFinite(limit)) return { limit, unit: wanted }
  else if (limit !== undefined) report(number, `"${number.text}" is too large a number.`)
  else if (unit.text === '') report(number, `${kind(name, wanted)} and needs a unit.`, bareHint(number.text, wanted))
  else report(unit, `"${unit.text}" does not fit: ${kind(name, wanted)}.`, unitHint(number.text, unit.text, wanted))
  return undefined
}

const KINDS: Readonly<Record<MetricUnit, string>> = {
  ms: 'is a time',
  '%': 'is a rate in percent',
  '/s': 'is a rate per second',
  '': 'is a count without a unit',
}

function kind(name: string, wanted: MetricUnit): string {
  return `"${name}" ${KINDS[wanted]}`
}

function bareHint(number: string, wanted: MetricUnit): string {
  if (wanted === 'ms') return `Units: ${DURATION_UNITS.join(', ')}; e.g. ${number}ms.`
  const share = wanted === '%' && Number(number) <= 1 && Number(number) > 0
  return `Write ${share ? Number((Number(number) * 100).toPrecision(12)) : number}${wanted}.`
}

function unitHint(number: string, unit: string, wanted: MetricUnit): string {
  return wanted === 'ms' ? didYouMean(unit, DURATION_UNITS, 'Units') : `Write ${number}${wanted}.`
}
