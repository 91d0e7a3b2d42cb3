// What is wrong with a well-formed threshold in a given scenario: names that nothing has, conditions
// that always or never hold, ones that point the wrong way, percentiles that cannot be decided.
import { didYouMean } from '../errors.ts'
import { OUTCOMES } from '../sample.ts'
import { formatCount, plural } from '../units.ts'
import type { ThresholdProblem } from './grammar.ts'
import { countsOutcome, HIGHEST_US, isOutcome, labelsOf, metricOf, percentileOf } from './metric.ts'
import type { CustomKind } from './metric.ts'
import { displayName } from './selector.ts'
import type { Threshold } from './threshold.ts'

/** The names that a scenario has. */
export interface KnownLabels {
  readonly groups: readonly string[]
  readonly steps: readonly string[]
  readonly services: readonly string[]
  readonly methods: readonly string[]
  /** Tag → its values. */
  readonly tags: Readonly<Record<string, readonly string[]>>
  readonly cycles?: number
  /** What `call` steps record, and which of them do. */
  readonly customs?: ReadonlyMap<string, { readonly kind: CustomKind; readonly steps: readonly string[] }>
}

export interface ThresholdFinding extends ThresholdProblem {
  readonly severity: 'error' | 'warning'
}

/** What can be said about a threshold before it is known how much load there will be. */
export function checkLabels(threshold: Threshold, known: KnownLabels): ThresholdFinding[] {
  const { labels } = threshold.selector
  const names = Object.entries(labels).flatMap(([key, value]) => checkLabel(threshold, key, value, known))
  return [...names, ...checkCondition(threshold)]
}

/** Of `injected`: not at all, sent again by a retry storm, made to fail. */
const INJECTED: readonly string[] = ['false', 'repeat', 'true']

function checkLabel(threshold: Threshold, key: string, value: string, known: KnownLabels): ThresholdFinding[] {
  const lists: Readonly<Record<string, readonly string[]>> = {
    group: known.groups,
    step: known.steps,
    service: known.services,
    method: known.methods,
  }
  const { metric } = threshold.selector
  if (key === 'outcome' && isOutcome(value) && !countsOutcome(metric, value)) {
    const counted = OUTCOMES.filter((outcome) => countsOutcome(metric, outcome))
    return [error(threshold, value, `"${metric}" never counts "${value}".`, `It counts: ${counted.join(', ')}.`)]
  }
  if (key === 'cycle' && known.cycles !== undefined && Number(value) > known.cycles)
    return [error(threshold, value, `There is no cycle ${value}.`, `Cycles: 1 to ${known.cycles}.`)]
  const list = Object.hasOwn(lists, key) ? lists[key] : undefined
  if (list !== undefined) {
    const steps = key === 'step' && list.includes(value) ? known.customs?.get(metric)?.steps : undefined
    if (steps !== undefined && !steps.includes(value))
      return [
        error(
          threshold,
          value,
          `The step "${value}" does not record "${metric}".`,
          `Steps that do: ${steps.join(', ')}.`,
        ),
      ]
    if (list.includes(value)) return []
    return [error(threshold, value, `There is no ${key} "${value}".`, didYouMean(value, list, `Known ${key}s`))]
  }
  if (key === 'injected' && !INJECTED.includes(value))
    return [error(threshold, value, `"injected" cannot be "${value}".`, `It can be: ${INJECTED.join(', ')}.`)]
  const own = labelsOf(metricOf(threshold.selector))
  if (own.includes(key)) return []
  const values = Object.hasOwn(known.tags, key) ? known.tags[key] : undefined
  if (values === undefined) {
    const hint = didYouMean(key, [...own, ...Object.keys(known.tags)], 'Labels and tags')
    return [error(threshold, key, `There is no label or tag "${key}".`, hint)]
  }
  if (values.includes(value)) return []
  const hint = didYouMean(value, values, 'Its values')
  return [error(threshold, value, `No step has the tag ${key} "${value}".`, hint)]
}

/** A value is never below zero, a rate never above 100 %, a time never counted as more than an hour. */
function checkCondition(threshold: Threshold): ThresholdFinding[] {
  const { op, limit, unit, selector } = threshold
  const most = unit === '%' ? 100 : unit === 'ms' ? HIGHEST_US / 1000 : Infinity
  const always = (op === '>=' && limit <= 0) || (op === '<=' && limit >= most) || (op === '<' && limit > most)
  const never = (op === '<' && limit <= 0) || (op === '>' && limit >= most) || (limit > most && /^[>=]/.test(op))
  const range = `It is between 0 and ${unit === '%' ? '100 %' : 'one hour, at which longer times are counted'}.`
  const hint = limit <= 0 ? 'It is never below zero.' : range
  if (always || (op === '!=' && limit > most))
    return [error(threshold, op, `"${threshold.expression}" always holds.`, hint)]
  if (never) return [error(threshold, op, `"${threshold.expression}" can never hold.`, hint)]
  const { better } = metricOf(selector)
  const upwards = op === '>' || op === '>='
  // Of what is put in on purpose, enough is wanted.
  const isWanted = (selector.labels['injected'] ?? 'false') !== 'false'
  if (isWanted || selector.stat === 'count' || better === 'either') return []
  const best = better === 'low' ? 0 : unit === '%' ? 100 : undefined
  if (op === '!=' && limit === best) {
    const text = `"${threshold.expression}" must hold, so it fails when "${displayName(selector)}" is at its best.`
    return [finding('warning', threshold, op, text, 'Did you mean "=="?')]
  }
  if (!/^[<>]/.test(op) || upwards === (better === 'high')) return []
  const message = `"${threshold.expression}" must hold, so it fails when "${displayName(selector)}" is ${upwards ? 'low' : 'high'}.`
  return [finding('warning', threshold, op, message, `Did you mean "${upwards ? '<' : '>'}${op.slice(1)}"?`)]
}

/**
 * Whether there will be enough samples to decide; undefined = there will, as far as is known.
 * @param planned how many samples the plan makes for this selection at most, when that is known
 * @param who makes so many
 */
export function checkSamples(
  threshold: Threshold,
  planned: number | undefined,
  who = 'this plan',
): ThresholdFinding | undefined {
  const needed = neededSamples(threshold)
  if (planned === undefined || planned >= needed) return undefined
  const { selector, minSamples } = threshold
  if (planned === 0) {
    const message = `"${displayName(selector)}" will have no data: ${who} does nothing that it selects.`
    const hint = 'No data fails. Take a label out, plan what it selects, or skip it: on_no_data: skip.'
    return finding('warning', threshold, undefined, message, hint)
  }
  const message = `"${displayName(selector)}" needs ${plural(needed, 'sample')}; ${who} makes at most ${formatCount(planned)}.`
  const isPercentile = minSamples === undefined && percentileOf(selector.stat) !== undefined
  const hint = `Plan more of them, or ${isPercentile ? 'judge a lower percentile' : 'ask for fewer: min_samples'}.`
  return finding('warning', threshold, undefined, message, hint)
}

/** How many samples it takes to decide: `min_samples`, or max(20, 1 / (1 − p)) for a percentile, else 1. */
export function neededSamples(threshold: Threshold): number {
  if (threshold.minSamples !== undefined) return threshold.minSamples
  const percent = percentileOf(threshold.selector.stat)
  // The division leaves 1000.0000000000568 for p99.9.
  return percent === undefined ? 1 : Math.max(20, Math.ceil(Number((100 / (100 - percent)).toPrecision(9))))
}

function error(threshold: Threshold, word: string, message: string, hint: string): ThresholdFinding {
  return finding('error', threshold, word, message, hint)
}

/** A Threshold keeps no positions; the word is looked up after the opening brace, where there is one. */
function finding(
  severity: 'error' | 'warning',
  { expression }: Threshold,
  word: string | undefined,
  message: string,
  hint: string,
): ThresholdFinding {
  const offset = word === undefined ? -1 : expression.indexOf(word, Math.max(0, expression.indexOf('{')))
  return { severity, message, hint, ...(offset >= 0 && word !== undefined && { offset, length: word.length }) }
}
