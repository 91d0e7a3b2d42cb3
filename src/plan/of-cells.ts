// What filters, or cycles that are over, leave of a plan: how many agents act in it and how many requests
// that makes, cycle by cycle. Which cells are left, others know.
import type { Scenario } from '../scenario/scenario.ts'
import { expectedRequests, workOf } from './expected.ts'
import { withSeed } from './make.ts'
import { isConstant } from './turnout.ts'

/** Groups of one cycle. */
export interface CellsOfCycle {
  /** From 1. */
  readonly cycle: number
  readonly groups: readonly string[]
}

export interface OfCells {
  /** Agents that act in a cycle, on average; absent where all of them do. */
  readonly acting?: number
  /** Of all of them together; absent when a duration decides. */
  readonly requests?: number
}

/** @param seed the Plan's: who acts is drawn from it */
export function expectedOfCells(given: Scenario, seed: number, cells: readonly CellsOfCycle[]): OfCells {
  const scenario = withSeed(given, seed)
  let acting = 0
  let requests: number | undefined = 0
  for (const { cycle, groups: names } of cells) {
    const groups = scenario.groups.filter(({ name }) => names.includes(name))
    for (const group of groups) acting += workOf(scenario, group, cycle).acting.expected
    const count = expectedRequests(scenario, cycle, groups)
    requests = requests === undefined || count === undefined ? undefined : requests + count
  }
  const areAll = scenario.groups.every((group) => isConstant(scenario, group))
  return {
    ...(!areAll && { acting: acting / Math.max(1, cells.length) }),
    ...(requests !== undefined && { requests }),
  }
}
