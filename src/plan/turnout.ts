// How many agents of a group act in each cycle, and how many are idle, before the run: counted one by one
// where the seed is known and they are not too many, else by their chance. Rules only; who it is, is drawn
// when the cycle begins, from the same streams.
import { chanceAt, drawActing } from '../agents/activity.ts'
import { isExcluded, presentIn } from '../agents/warm-up.ts'
import { Seed } from '../random.ts'
import type { GroupSpec, Scenario, SimulatedTimeSpec } from '../scenario/scenario.ts'
import type { Amount } from './amount.ts'
import { fixed } from './amount.ts'

export interface Turnout {
  /** From 1. */
  readonly cycle: number
  /** Reported and not judged. */
  readonly isExcluded: boolean
  readonly acting: Amount
  /** Those that are there and do not act. */
  readonly idle: Amount
}

/** Counting more agents than this, one by one, takes seconds. */
const MOST_DRAWS = 8_000_000

/** Counts by cycle once they have been asked for, by seed and group; the same groups never go with another simulation. */
const counted = new WeakMap<Scenario['groups'], Map<string, Uint32Array>>()

/** Simulated, in milliseconds since 1970. */
export function cycleStart({ startMs, cycleMs }: SimulatedTimeSpec, cycle: number): number {
  return startMs + (cycle - 1) * cycleMs
}

/** Whether all of its agents act in every cycle. */
export function isConstant(scenario: Scenario, { activity }: GroupSpec): boolean {
  return activity === undefined && scenario.simulation.warmUp === undefined
}

export function turnoutOf(scenario: Scenario, group: GroupSpec, cycle: number): Turnout {
  const { warmUp, time } = scenario.simulation
  const present = presentIn(group.count, warmUp, cycle)
  const chance = group.activity === undefined ? 1 : chanceAt(group.activity, cycleStart(time, cycle))
  const excluded = isExcluded(warmUp, cycle)
  if (chance >= 1 || chance <= 0) {
    const acting = chance >= 1 ? present : 0
    return { cycle, isExcluded: excluded, acting: fixed(acting), idle: fixed(present - acting) }
  }
  const exact = countsOf(scenario, group)?.[cycle - 1]
  if (exact !== undefined) return { cycle, isExcluded: excluded, acting: fixed(exact), idle: fixed(present - exact) }
  const expected = present * chance
  return {
    cycle,
    isExcluded: excluded,
    acting: { expected, least: 0, most: present },
    idle: { expected: present - expected, least: 0, most: present },
  }
}

/** Undefined when that is not known: no seed, or too many. */
function countsOf(scenario: Scenario, group: GroupSpec): Uint32Array | undefined {
  const { seed, cycles, time, warmUp } = scenario.simulation
  const { activity } = group
  if (seed === undefined || activity === undefined || drawsOf(scenario) > MOST_DRAWS) return undefined
  let groups = counted.get(scenario.groups)
  if (groups === undefined) counted.set(scenario.groups, (groups = new Map()))
  const key = `${seed} ${group.name}`
  const known = groups.get(key)
  if (known !== undefined) return known
  const counts = new Uint32Array(cycles)
  const streams = new Seed(seed)
  for (let cycle = 1; cycle <= cycles; cycle++)
    counts[cycle - 1] = drawActing(streams, {
      group: group.name,
      cycle,
      agents: presentIn(group.count, warmUp, cycle),
      chance: chanceAt(activity, cycleStart(time, cycle)),
    })
  groups.set(key, counts)
  return counts
}

function drawsOf({ groups, simulation: { cycles } }: Scenario): number {
  return groups.reduce((sum, { activity, count }) => sum + (activity === undefined ? 0 : count * cycles), 0)
}
