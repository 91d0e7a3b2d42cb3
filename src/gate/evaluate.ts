// A threshold and what was measured for it, in; the verdict with all its texts, out. What each kind
// of metric comes to is judged.ts, the sentences are message.ts. Nothing else decides pass or fail.
import type { Place } from '../errors.ts'
import { neededSamples } from '../metrics/check.ts'
import type { Operator } from '../metrics/grammar.ts'
import type { Measured } from '../metrics/measured.ts'
import { displayName, selectorText } from '../metrics/threshold.ts'
import type { Threshold } from '../metrics/threshold.ts'
import type { CycleHealth } from '../store/record.ts'
import { intervalOf, judgedOf } from './judged.ts'
import type { Judged } from './judged.ts'
import { messageOf } from './message.ts'
import { kindWhenPaused, pausedMs } from './paused.ts'
import type { CyclePause } from './paused.ts'
import { kindWhenSaturated, saturationOf, saturationText } from './saturation.ts'
import { limitText, valueText } from './value-text.ts'
import type { Verdict, VerdictKind } from './verdict.ts'

/** A threshold and where it stands; thresholds that stand nowhere (defaults) have no place. */
export interface Placed {
  readonly threshold: Threshold
  readonly place?: Place
}

export interface EvaluateOptions {
  /** The run was cut short: a pass on part of the data is none. */
  readonly aborted: boolean
  /** Said after the name in the message, e.g. `in cycle 3`. */
  readonly valueLabel?: string
  /** How the load generator kept up in the cycles that are judged; what is not known is taken as well. */
  readonly health?: readonly CycleHealth[]
  /** Of the cycles that are judged. */
  readonly pauses?: readonly CyclePause[]
}

export function evaluate({ threshold, place }: Placed, measured: Measured, options: EvaluateOptions): Verdict {
  const { selector, op, limit, unit } = threshold
  const judged = judgedOf(threshold, measured)
  const { value, samples } = judged
  const { aborted, health = [], pauses = [] } = options
  const plain = kindOf(threshold, measured, judged, aborted)
  const saturation = plain === 'inconclusive' ? undefined : saturationOf(threshold, health, value)
  const paused = pausedMs(threshold, pauses)
  const kind =
    saturation !== undefined
      ? kindWhenSaturated(plain, saturation, threshold, value)
      : paused !== undefined
        ? kindWhenPaused(plain, threshold)
        : plain
  const interval = kind === 'no-data' ? undefined : intervalOf(threshold, measured)
  const facts = {
    kind,
    skip:
      (kind === 'no-data' && threshold.onNoData === 'skip') ||
      (kind === 'inconclusive' && threshold.onInconclusive === 'skip'),
    name: threshold.name ?? displayName(selector),
    expression: threshold.expression,
    selector: selectorText(selector),
    op,
    limit,
    unit,
    samples,
    ...(value !== undefined && { value }),
    ...(plain === 'inconclusive' && { needed: neededSamples(threshold) }),
    ...(interval?.high !== undefined && { interval: { low: interval.low, high: interval.high } }),
    ...(saturation !== undefined && { note: saturationText(saturation) }),
    ...(paused !== undefined && { pausedMs: paused }),
    valueText: value === undefined ? '' : valueText(value, limit, unit),
    limitText: `${op} ${limitText(limit, unit)}`,
    ...(place !== undefined && { place }),
  }
  return { ...facts, message: messageOf(facts, threshold, measured, interval, options.valueLabel) }
}

function kindOf(threshold: Threshold, measured: Measured, { value, samples }: Judged, aborted: boolean): VerdictKind {
  if (measured.attempted === 0) return 'no-data'
  // Attempts in no time at all have no rate per second.
  if (value === undefined && measured.kind === 'per-second') return 'no-data'
  if (value === undefined || samples < neededSamples(threshold)) return 'inconclusive'
  if (!holds(value, threshold.op, threshold.limit)) return 'fail'
  return aborted ? 'not-evaluated' : 'pass'
}

function holds(value: number, op: Operator, limit: number): boolean {
  switch (op) {
    case '<':
      return value < limit
    case '<=':
      return value <= limit
    case '>':
      return value > limit
    case '>=':
      return value >= limit
    case '==':
      return value === limit
    case '!=':
      return value !== limit
  }
}

export interface MeasuredCycle {
  readonly cycle: number
  readonly measured: Measured
  readonly health?: CycleHealth | undefined
  readonly pause?: CyclePause | undefined
}

const WORST_FIRST: readonly VerdictKind[] = ['fail', 'no-data', 'inconclusive', 'not-evaluated', 'pass']

/** For `per: cycle`: the verdict of the worst cycle, which it names. A cycle that is only skipped never hides another. */
export function evaluateCycles(
  placed: Placed,
  cycles: readonly MeasuredCycle[],
  options: { readonly aborted: boolean },
): Verdict {
  const verdicts = cycles.map(({ cycle, measured, health, pause }) =>
    evaluate(placed, measured, {
      ...options,
      valueLabel: `in cycle ${cycle}`,
      health: health === undefined ? [] : [health],
      pauses: pause === undefined ? [] : [pause],
    }),
  )
  const [worst] = verdicts.toSorted((a, b) => {
    if (a.skip !== b.skip) return a.skip ? 1 : -1
    const byKind = WORST_FIRST.indexOf(a.kind) - WORST_FIRST.indexOf(b.kind)
    return byKind !== 0 ? byKind : badness(b) - badness(a)
  })
  return worst ?? evaluate(placed, { kind: 'counter', count: 0, attempted: 0 }, options)
}

/** How far on the wrong side of the limit, in its unit; negative on the right side. */
function badness({ value, limit, op, samples }: Verdict): number {
  if (value === undefined) return -samples
  if (op.startsWith('<')) return value - limit
  if (op.startsWith('>')) return limit - value
  return op === '==' ? Math.abs(value - limit) : -Math.abs(value - limit)
}
