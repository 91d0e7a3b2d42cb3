// Whether a threshold will have samples enough to be decided, over the run or in each cycle, as far as that is
// known before the run.
import { isExcluded } from '../agents/warm-up.ts'
import { checkSamples } from '../metrics/check.ts'
import type { ThresholdFinding } from '../metrics/check.ts'
import type { Threshold } from '../metrics/threshold.ts'
import type { GroupSpec, Scenario } from '../scenario/scenario.ts'
import { doesNothing, expectedSamples } from './expected.ts'
import { isConstant } from './turnout.ts'

/** How many cycles are looked at one by one: more take long, and rarely differ from these. */
const MOST_CYCLES = 1000

/** Undefined when there will be enough, or when it is not known. @param group whose threshold it is; undefined: the run's */
export function tooFewSamples(scenario: Scenario, threshold: Threshold, group?: string): ThresholdFinding | undefined {
  const { selector, per } = threshold
  const { warmUp, cycles } = scenario.simulation
  // Other checks report, with the cause, that nothing is done or judged; cells in which nothing is due are skipped.
  const over = group === undefined ? 'run' : 'judged run'
  const isTold = groupsOf(scenario, group).every((one) => doesNothing(scenario, one, over))
  if (isTold || isExcluded(warmUp, cycles)) return undefined
  const scope = group === undefined ? per : 'cycle'
  const most = expectedSamples(scenario, { selector, scope, group })?.most ?? undefined
  return check(threshold, most) ?? (scope === 'cycle' ? inOneCycle(scenario, threshold, group) : undefined)
}

/** The first cycle that has too few, where cycles differ. */
function inOneCycle(scenario: Scenario, threshold: Threshold, group?: string): ThresholdFinding | undefined {
  const { groups, simulation } = scenario
  const { selector } = threshold
  if (groups.every((one) => isConstant(scenario, one)) || selector.labels['cycle'] !== undefined) return undefined
  for (let cycle = 1; cycle <= Math.min(simulation.cycles, MOST_CYCLES); cycle++) {
    const isSkipped = group !== undefined && groupsOf(scenario, group).every((one) => doesNothing(scenario, one, cycle))
    if (isExcluded(simulation.warmUp, cycle) || isSkipped) continue
    const inIt = { ...selector, labels: { ...selector.labels, cycle: String(cycle) } }
    const most = expectedSamples(scenario, { selector: inIt, scope: 'cycle', group })?.most ?? undefined
    const finding = check(threshold, most, `cycle ${cycle}`)
    if (finding !== undefined) return finding
  }
  return undefined
}

function check(threshold: Threshold, most: number | undefined, who?: string): ThresholdFinding | undefined {
  // With `skip` the user has already decided what happens then.
  if ((most === 0 ? threshold.onNoData : threshold.onInconclusive) === 'skip') return undefined
  return checkSamples(threshold, most, who)
}

function groupsOf({ groups }: Scenario, group: string | undefined): readonly GroupSpec[] {
  return groups.filter(({ name }) => group === undefined || name === group)
}
