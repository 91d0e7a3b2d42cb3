// Estimates how long a run takes from its rate limit, workloads and pace, for the lines before the first request. How fast the
// services answer is not known then, so the text says `at least` or `about`.
import { chanceAt } from '../agents/activity.ts'
import { intervalMs } from '../plan/interval.ts'
import type { CellsOfCycle } from '../plan/of-cells.ts'
import { cycleStart } from '../plan/turnout.ts'
import { formatMs, formatRate } from '../units.ts'
import type { Announced } from './header.ts'

/** @param part what filters have left; the plan is then that of these cycles alone */
export function expectedDuration(plan: Announced, part: readonly CellsOfCycle[] = all(plan)): string | undefined {
  const { rateLimit: limit, requestsPerCycle: requests } = plan
  const interval = plan.cycles > 1 ? intervalMs(plan.time) : undefined
  const first = part[0]?.cycle ?? 1
  let [due, end, longest] = [0, 0, 0]
  for (const { cycle, groups } of part) {
    const length = workloadMs(plan, cycle, groups)
    due = (cycle - first) * (interval ?? 0)
    end = Math.max(due, end) + length
    longest = Math.max(longest, length)
  }
  const limitedMs = limit === undefined ? 0 : ((requests ?? 0) * 1000) / limit.ratePerSecond
  // The pace decides only where the load of a cycle fits into its interval.
  if (interval !== undefined && (longest || limitedMs) <= interval)
    return `at least ${formatMs(longest > 0 ? end : due + limitedMs)}`
  if (longest > 0)
    return `about ${formatMs(end)}${limit === undefined ? '' : `, at most ${formatRate(limit.ratePerSecond)}`}`
  if (limit === undefined || requests === undefined) return undefined
  return `at least ${formatMs(limitedMs * plan.cycles)} at ${formatRate(limit.ratePerSecond)}`
}

function all({ cycles, groups }: Announced): CellsOfCycle[] {
  const names = groups.map(({ name }) => name)
  return Array.from({ length: cycles }, (_, at) => ({ cycle: at + 1, groups: names }))
}

/** The longest workload of the groups in which anybody may act in this cycle. */
function workloadMs({ groups, time }: Announced, cycle: number, names: readonly string[]): number {
  const lengths = groups.map(({ name, workload, activity }) => {
    const mayAct = activity === undefined || chanceAt(activity, cycleStart(time, cycle)) > 0
    return 'durationMs' in workload && mayAct && names.includes(name) ? workload.durationMs : 0
  })
  return Math.max(0, ...lengths)
}
