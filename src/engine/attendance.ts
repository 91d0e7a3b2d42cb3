// Who of a group is there in a cycle, and who of them acts: drawn when the cycle begins, from the streams
// that plan/turnout.ts counted.
import { chanceAt, drawActing } from '../agents/activity.ts'
import { presentIn } from '../agents/warm-up.ts'
import type { GroupPlan, Plan } from '../plan/plan.ts'
import { cycleStart } from '../plan/turnout.ts'
import type { Seed } from '../random.ts'

export interface Attendance {
  /** Indexes of agents, from 0, ascending. */
  readonly acting: readonly number[]
  /** Those that are there and do not act. */
  readonly idle: readonly number[]
}

export function attendanceOf({ time, warmUp }: Plan, group: GroupPlan, cycle: number, seed: Seed): Attendance {
  const agents = presentIn(group.count, warmUp, cycle)
  const chance = group.activity === undefined ? 1 : chanceAt(group.activity, cycleStart(time, cycle))
  const acting: number[] = []
  const idle: number[] = []
  const isIdleUntil = (end: number): void => {
    for (let index = (acting.at(-1) ?? -1) + 1; index < end; index++) idle.push(index)
  }
  drawActing(seed, { group: group.name, cycle, agents, chance }, (index) => {
    isIdleUntil(index)
    acting.push(index)
  })
  isIdleUntil(agents)
  return { acting, idle }
}
