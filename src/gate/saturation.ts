// Whether the load generator itself was the bottleneck for what a threshold judges, and the sentence
// about it. Only upper limits of times are in doubt then: what is late by our own fault is too long, never too short.
import { metricOf } from '../metrics/metric.ts'
import type { Threshold } from '../metrics/threshold.ts'
import type { CycleHealth } from '../store/record.ts'
import { formatMs, formatPercent } from '../units.ts'
import type { VerdictKind } from './verdict.ts'

export interface Saturation {
  /** Of the cycles that count, the one in which the generator was latest. */
  readonly worst: CycleHealth
  readonly lateMs: number
  readonly allowedMs: number
  /** An open workload that did not reach its rate, in whichever cycle. */
  readonly missed: CycleHealth | undefined
}

/** Delays up to this are in every run. */
const LEAST_ALLOWED_MS = 2
const ALLOWED_SHARE_OF_LIMIT = 0.1
const LEAST_OPEN_RATE = 0.98
/** Busy for this share of the time, the loop makes every answer wait for those before it. */
const BUSY = 0.95

/** Undefined when the generator kept up well enough for this limit, or the threshold is not about time. */
export function saturationOf(
  threshold: Threshold,
  health: readonly CycleHealth[],
  value: number | undefined,
): Saturation | undefined {
  if (!isUpperTimeLimit(threshold) || value === undefined) return undefined
  const { limit, selector } = threshold
  const named = selector.labels['cycle']
  const counting = named === undefined ? health : health.filter(({ cycle }) => cycle === Number(named))
  const lateMs = (one: CycleHealth): number => Math.max(one.delayMs, stallThatMatters(one, value - limit))
  const worst = counting.toSorted((a, b) => lateMs(b) - lateMs(a))[0]
  const allowedMs = Math.max(LEAST_ALLOWED_MS, limit * ALLOWED_SHARE_OF_LIMIT)
  if (worst === undefined) return undefined
  const missed = counting.find(({ openRate = 1 }) => openRate < LEAST_OPEN_RATE)
  if (lateMs(worst) > allowedMs) return { worst, lateMs: lateMs(worst), allowedMs, missed }
  const cause = counting.find((one) => isAllOfIt(one, threshold, value))
  return cause && { worst: cause, lateMs: cause.delayMs, allowedMs: (value - limit) / 2, missed }
}

/**
 * A delay that is in every run may yet be all that is missed, of a limit shorter than it or by a loop that is
 * always busy. An answer waits for one turn of the loop to end, and in the next for those before it.
 */
function isAllOfIt({ delayMs, utilisation }: CycleHealth, { limit, op }: Threshold, value: number): boolean {
  const isMissed = value > limit || (value === limit && op === '<')
  return isMissed && (value - limit) / 2 < delayMs && (delayMs > limit || utilisation >= BUSY)
}

/** A request meets one of a few stalls at most: what is further above its limit was late without it. */
function stallThatMatters({ stallMs = 0 }: CycleHealth, excessMs: number): number {
  return excessMs <= stallMs ? stallMs : 0
}

function isUpperTimeLimit({ selector, op, unit }: Threshold): boolean {
  return metricOf(selector).kind === 'trend' && unit === 'ms' && (op === '<' || op === '<=' || op === '==')
}

/** What a verdict becomes that would be of this kind if the generator had kept up. */
export function kindWhenSaturated(
  kind: VerdictKind,
  { missed }: Saturation,
  { op, limit }: Threshold,
  value: number | undefined,
): VerdictKind {
  // Below what it must equal, it is not too long.
  if (kind === 'fail') return op === '==' && value !== undefined && value < limit ? 'fail' : 'inconclusive'
  return kind === 'pass' && missed !== undefined ? 'inconclusive' : kind
}

export function saturationText({ worst, lateMs, allowedMs, missed }: Saturation): string {
  const { cycle, utilisation } = worst
  const open =
    missed === undefined
      ? ''
      : `, and only ${formatPercent((missed.openRate ?? 1) * 100)} of what was due in cycle ${missed.cycle} was begun`
  return (
    `the load generator was saturated in cycle ${cycle} (event-loop delay ${formatMs(lateMs)}, ` +
    `at most ${formatMs(allowedMs)} may be; ${Math.round(utilisation * 100)} % busy)${open}`
  )
}

export const WAY_OUT = 'use fewer agents, a rate limit, or another machine'
