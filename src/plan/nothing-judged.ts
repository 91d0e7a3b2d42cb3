// Refuses a scenario in which every cell is excluded or skipped: it would pass whatever the service did. Looks at what is
// possible under any seed; that one seed happens to let nobody act is not known here.
import type { Problem } from '../errors.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { formatCount, plural } from '../units.ts'
import { doesNothing } from './expected.ts'

/** The error, or undefined when some group can have an iteration that is judged. */
export function nothingJudged(scenario: Scenario): Problem | undefined {
  if (!scenario.groups.every((group) => doesNothing(scenario, group, 'judged run'))) return undefined
  const { simulation, groups, places, file } = scenario
  const { cycles, warmUp } = simulation
  const top = { file, line: 1, column: 1 }
  const all = cycles === 1 ? 'the only cycle' : `all ${formatCount(cycles)} cycles`
  const error = { code: 'nothing-judged', severity: 'error' } as const
  if (warmUp?.exclude === true && warmUp.cycles >= cycles)
    return {
      ...error,
      path: 'simulation.warmup',
      place: places['simulation.warmup'] ?? top,
      message: `The warm-up takes ${all}: nothing is judged, and the run would pass whatever the service did.`,
      hint: `Give it more than ${plural(warmUp.cycles, 'cycle')} (simulation.cycles or TURBULENCE_CYCLES), or judge it: exclude: false.`,
    }
  const those = warmUp?.exclude === true ? 'the cycles that are judged' : all
  return {
    ...error,
    path: 'agents',
    place: groups[0]?.place ?? top,
    message: `No agent has anything to do in ${those}: the run would pass whatever the service did.`,
    hint: 'Look at start, cycle_length, the hours of each activity (what is not named is 0, unless there is a default) and the rates.',
  }
}
