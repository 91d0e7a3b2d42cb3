// Verdicts on a rate per second over cycles in which the run was paused. The time in which nothing ran does not count, but
// load fades out before a pause and builds up after it, so the rate is lower than it would have been.
import { metricOf } from '../metrics/metric.ts'
import type { Threshold } from '../metrics/threshold.ts'
import { formatMs } from '../units.ts'
import type { VerdictKind } from './verdict.ts'

/** How long the run was paused in a cycle. */
export interface CyclePause {
  readonly cycle: number
  readonly ms: number
}

/** For how long the run was paused in the cycles of a threshold; undefined when not at all, or when it is no rate. */
export function pausedMs({ selector }: Threshold, pauses: readonly CyclePause[]): number | undefined {
  if (metricOf(selector).kind !== 'per-second') return undefined
  const named = selector.labels['cycle']
  const counting = named === undefined ? pauses : pauses.filter(({ cycle }) => cycle === Number(named))
  return counting.reduce((sum, { ms }) => sum + ms, 0) || undefined
}

/** A rate that is too low after a pause is not decided. @param kind of the verdict without regard to the pause */
export function kindWhenPaused(kind: VerdictKind, { op }: Threshold): VerdictKind {
  // A pause cannot make a rate too high, so a missed upper limit stays missed.
  return kind === 'fail' && op !== '<' && op !== '<=' ? 'inconclusive' : kind
}

export function pausedText(ms: number): string {
  return `the run was paused for ${formatMs(ms)} meanwhile, and the rate is of the time in which something ran`
}
