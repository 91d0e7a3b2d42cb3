// A rate per second over cycles in which somebody paused the run. The time in which nothing ran is not in it, but
// before that the load went out and afterwards it came up again: the rate is lower than it would have been.
import { metricOf } from '../metrics/metric.ts'
import type { Threshold } from '../metrics/threshold.ts'
import { formatMs } from '../units.ts'
import type { VerdictKind } from './verdict.ts'

/** How long the run was paused in a cycle. */
export interface CyclePause {
  readonly cycle: number
  readonly ms: number
}

/** Undefined when it was not, or the threshold is not about a rate per second. */
export function pausedMs({ selector }: Threshold, pauses: readonly CyclePause[]): number | undefined {
  if (metricOf(selector).kind !== 'per-second') return undefined
  const named = selector.labels['cycle']
  const counting = named === undefined ? pauses : pauses.filter(({ cycle }) => cycle === Number(named))
  return counting.reduce((sum, { ms }) => sum + ms, 0) || undefined
}

/** What a verdict becomes that would be of this kind without the pause. */
export function kindWhenPaused(kind: VerdictKind, { op }: Threshold): VerdictKind {
  // Too high in spite of it, it is too high.
  return kind === 'fail' && op !== '<' && op !== '<=' ? 'inconclusive' : kind
}

export function pausedText(ms: number): string {
  return `the run was paused for ${formatMs(ms)} meanwhile, and the rate is of the time in which something ran`
}
