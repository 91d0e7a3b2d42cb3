// Arrivals of an open workload that nobody could begin: when there are so many that the load was not
// the one that was asked for, and what to tell people of them.
import type { GroupCounts } from '../metrics/summary.ts'
import type { GroupPlan, Plan } from '../plan/plan.ts'
import { formatCount, formatPercent, plural } from '../units.ts'

/** Of a cell's arrivals; above it the cell fails. */
const MOST_PERCENT = 1

/** The cell that is judged. */
interface Where {
  readonly plan: Plan
  readonly group: GroupPlan
  readonly cycle: number
}

/** What of our own held agents back. */
interface Holding {
  /** So many were dropped while agents were busy that the circuit breaker had held back. */
  readonly held?: number | undefined
  /** The rate limit that requests waited for. */
  readonly limit?: string | undefined
}

/** Why a cell fails whose arrivals were dropped; undefined when few were, or a threshold has the say. */
export function droppedMessage(
  { plan, group, cycle }: Where,
  counts: GroupCounts,
  { held = 0, limit }: Holding = {},
): string | undefined {
  const arrivals = counts.begun + counts.dropped
  const percent = (counts.dropped * 100) / arrivals
  if (counts.dropped === 0 || percent <= MOST_PERCENT || judgesDropped(plan, group)) return undefined
  const share = `${formatCount(counts.dropped)} of ${plural(arrivals, 'arrival')} (${formatPercent(percent)})`
  return (
    `${share} in cycle ${cycle} > ${group.name} were dropped, at most ${formatPercent(MOST_PERCENT)} may be: ` +
    `no agent was free when they were due${held === 0 ? '' : heldText(held)}` +
    `${limit === undefined ? '' : `, while requests waited for ${limit}`}. ` +
    `${limit === undefined ? wayOut(plan, group) : 'Raise it, or plan fewer arrivals'}, or judge it by a threshold: dropped < 100`
  )
}

/** Says that the slow start held agents back, so that the service is not taken for slow. */
function heldText(held: number): string {
  return `, ${formatCount(held)} times because the circuit breaker's slow start had held some of them back`
}

function wayOut({ maxConcurrentAgents: places, groups }: Plan, { count }: GroupPlan): string {
  const agents = groups.reduce((sum, group) => sum + group.count, 0)
  const more = `Give the group more agents than ${formatCount(count)}`
  if (places === undefined || places >= agents) return more
  return `${more}, raise max_concurrent_agents above ${formatCount(places)}`
}

/** Whether a threshold of the group or the run names the metric for this group. */
function judgesDropped(plan: Plan, group: GroupPlan): boolean {
  return [...group.thresholds, ...plan.thresholds].some(({ threshold: { selector } }) => {
    const { metric, labels } = selector
    return metric === 'dropped' && (labels['group'] ?? group.name) === group.name
  })
}

/** For the end of a run: few dropped arrivals fail nothing, but are load that was not there. */
export function droppedNotices(iterations: Readonly<Record<string, GroupCounts>>): string[] {
  return Object.entries(iterations).flatMap(([name, { begun, dropped }]) =>
    dropped === 0
      ? []
      : [
          `${formatCount(dropped)} of ${plural(begun + dropped, 'arrival')} of "${name}" were dropped: no agent was free.`,
        ],
  )
}
