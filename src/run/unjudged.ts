// Whether a run that is over has come to no verdict at all: everything that would have been judged was skipped,
// by chance, for want of rows or of time. Green, it would look like a load test that passed. What is known before the
// run is plan/nothing-judged.ts.
import type { Verdict } from '../gate/verdict.ts'
import type { Plan } from '../plan/plan.ts'
import type { CellRecord } from '../store/record.ts'

export interface Outcome {
  readonly plan: Plan
  readonly cells: readonly CellRecord[]
  readonly thresholds: readonly Verdict[]
}

/** Undefined when something was judged, or somebody has said that nothing need be. */
export function unjudgedText({ plan, cells, thresholds }: Outcome): string | undefined {
  if (cells.some(isJudged) || thresholds.some(({ skip }) => !skip)) return undefined
  const all = [...plan.thresholds, ...plan.groups.flatMap((group) => group.thresholds)]
  if (all.some(({ threshold }) => threshold.onNoData === 'skip')) return undefined
  return `Nothing was judged (${reasonOf(cells)}): it would have passed whatever the service did.`
}

function reasonOf(cells: readonly CellRecord[]): string {
  const reached = cells.filter(({ startedAt }) => startedAt !== undefined)
  const skipped = (reached.length > 0 ? reached : cells).findLast(({ state }) => state === 'skipped')
  if (skipped === undefined) return 'only the warm-up ran'
  return `cycle ${skipped.cycle} > ${skipped.group}: ${skipped.reason ?? 'skipped'}`
}

/** Of a warm-up that is not judged, only that it failed says something. */
function isJudged({ state, isWarmUp }: CellRecord): boolean {
  return state === 'failed' || (state === 'passed' && isWarmUp !== true)
}
