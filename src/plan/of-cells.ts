// What to expect of a part of a run, after filters or a checkpoint have left out cells: how many agents act and how many
// requests they make. Which cells are left is the caller's to say.
import type { Scenario } from '../scenario/scenario.ts'
import { expectedRequests, workOf } from './expected.ts'
import { withSeed } from './make.ts'
import { isConstant } from './turnout.ts'

/** The groups of one cycle that are run. */
export interface CellsOfCycle {
  /** From 1. */
  readonly cycle: number
  readonly groups: readonly string[]
}

export interface OfCells {
  /** Agents that act per cycle, on average; absent when all act in every cycle. */
  readonly acting?: number
  /** Requests of all cells together; absent when a workload's duration decides. */
  readonly requests?: number
}

/** @param seed the Plan's, because who acts is drawn from it */
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
