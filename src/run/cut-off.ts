// The texts about iterations that were cut off because the time of their workload and graceful_stop was over. They count as
// failed although no step of theirs did, so the reports have to say so.
import type { GroupCounts } from '../metrics/summary.ts'
import type { GroupPlan, Plan } from '../plan/plan.ts'
import { formatCount, formatMs, plural } from '../units.ts'

/** For the message of a cell that failed; empty when there were none. @param limit the rate limit that requests waited for */
export function cutOffText(
  plan: Plan,
  { workload }: GroupPlan,
  { aborted, begun }: GroupCounts,
  limit: string | undefined,
): string {
  if (aborted === 0 || workload.kind === 'iterations') return ''
  const share = `${formatCount(aborted)} of ${plural(begun, 'iteration')}`
  return `; ${share} ${aborted === 1 ? 'was' : 'were'} cut off ${whenText(plan)}${limit === undefined ? '' : `, while requests waited for ${limit}`}`
}

/** For the end of a run that was not cut short itself. */
export function cutOffNotices(plan: Plan, iterations: Readonly<Record<string, GroupCounts>>): string[] {
  return Object.entries(iterations).flatMap(([name, { aborted, begun }]) =>
    aborted === 0
      ? []
      : [
          `${formatCount(aborted)} of ${plural(begun, 'iteration')} of "${name}" ${aborted === 1 ? 'was' : 'were'} cut off ` +
            `${whenText(plan)}, and ${aborted === 1 ? 'has' : 'have'} failed. Give a longer graceful_stop, or a shorter flow.`,
        ],
  )
}

const whenText = ({ gracefulStopMs }: Plan): string =>
  `${formatMs(gracefulStopMs)} (graceful_stop) after the duration of the workload`
