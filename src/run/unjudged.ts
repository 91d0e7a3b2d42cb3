// Finds a run that has come to no verdict at all, because everything that would have been judged was skipped: by chance, or
// for want of data rows or time. Were it green, it would look like a load test that passed. What can be known before the run
// is checked in plan/nothing-judged.ts.
import type { Verdict } from '../gate/verdict.ts'
import type { Plan } from '../plan/plan.ts'
import type { CellRecord } from '../store/record.ts'

export interface Outcome {
  readonly plan: Plan
  readonly cells: readonly CellRecord[]
  readonly thresholds: readonly Verdict[]
}

/** Why nothing was judged; undefined when something was, or when a threshold with `on_no_data: skip` allows it. */
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

/** A cell of an excluded warm-up passes unjudged, so only its failure is a verdict. */
function isJudged({ state, isWarmUp }: CellRecord): boolean {
  return state === 'failed' || (state === 'passed' && isWarmUp !== true)
}
