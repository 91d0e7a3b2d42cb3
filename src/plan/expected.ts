// How much a scenario will do when all goes well: iterations, requests and samples, counted from what the
// file says. Known before the first request; where a duration decides, nothing is guessed.
import { actionOf } from '../actions/index.ts'
import { METRICS } from '../metrics/metric.ts'
import { selectsSlot, withGroup } from '../metrics/selector.ts'
import type { Selector } from '../metrics/selector.ts'
import type { GroupSpec, PlacedStep, Scenario } from '../scenario/scenario.ts'
import { arrivalsOf } from '../workloads/index.ts'
import { slotOf } from './make.ts'

/** `most`: it may be fewer, a condition or a choice decides. `open`: answers decide, it may be more. */
export type Certainty = 'exact' | 'most' | 'open'

/** A step on any level, with how often an iteration runs it. */
export interface ExpectedStep {
  readonly placed: PlacedStep
  readonly times: number
  /** That it sends itself, in all those times. */
  readonly requests: number
  readonly certainty: Certainty
}

export function expectedSteps(steps: readonly PlacedStep[], times = 1, above: Certainty = 'exact'): ExpectedStep[] {
  return steps.flatMap((placed) => {
    const { step, nested = {} } = placed
    const action = actionOf(step.type)
    const isAsked = step.condition !== undefined && action.ownsCondition !== true
    const certainty = lessCertain(above, isAsked ? 'most' : 'exact')
    const own = action.requests(step, () => 0)
    const inside = Object.entries(nested).flatMap(([key, list]) => {
      // An action says how often it runs a list by what it makes of one request in it.
      const rounds = action.requests(step, (asked) => (asked === key ? 1 : 0)) - own
      return expectedSteps(list, times * rounds, lessCertain(certainty, roundsOf(placed)))
    })
    // Polls go on until the answer is right.
    const ownCertainty = step.type === 'wait' ? 'open' : certainty
    return [{ placed, times, requests: times * own, certainty: ownCertainty }, ...inside]
  })
}

const CERTAIN_FIRST: readonly Certainty[] = ['exact', 'most', 'open']

export function lessCertain(a: Certainty, b: Certainty): Certainty {
  return CERTAIN_FIRST.indexOf(a) > CERTAIN_FIRST.indexOf(b) ? a : b
}

/** How sure it is how often a step runs those inside it. */
function roundsOf({ step }: PlacedStep): Certainty {
  if (step.type !== 'repeat') return 'most'
  return typeof step.times === 'number' || Array.isArray(step.for_each) ? 'exact' : 'open'
}

/** Of all agents of the group in one cycle; undefined when a duration decides. */
export function iterationsOf({ workload, count }: GroupSpec): number | undefined {
  if (workload.kind === 'duration') return undefined
  return workload.kind === 'rate' ? arrivalsOf(workload) : count * workload.iterations
}

export interface ExpectedSamples {
  readonly count: number
  readonly certainty: Certainty
}

/** What a threshold will be judged by, over the run or in one cycle. */
export interface Judged {
  readonly selector: Selector
  readonly scope: 'run' | 'cycle'
  /** When it is a group's own. */
  readonly group?: string | undefined
}

/** How many samples a selection will have; undefined where that is not known before the run. */
export function expectedSamples(scenario: Scenario, { selector, scope, group }: Judged): ExpectedSamples | undefined {
  const source = METRICS.get(selector.metric)?.source
  const labels = withGroup(selector.labels, group)
  if (labels === undefined || (source !== 'attempt' && source !== 'iteration') || dependsOnAnswers(selector))
    return undefined
  const cycles = scope === 'cycle' || labels['cycle'] !== undefined ? 1 : scenario.simulation.cycles
  let sum: ExpectedSamples = { count: 0, certainty: labels['status'] === undefined ? 'exact' : 'most' }
  for (const one of scenario.groups) {
    if (labels['group'] !== undefined && labels['group'] !== one.name) continue
    const iterations = iterationsOf(one)
    if (iterations === undefined) return undefined
    const each: ExpectedSamples =
      source === 'iteration' ? { count: 1, certainty: 'exact' } : samplesPerIteration(scenario, one, labels)
    sum = added(sum, { ...each, count: iterations * cycles * each.count })
  }
  return sum
}

/** Made by retries or by answers that nobody plans for. */
function dependsOnAnswers({ metric, labels }: Selector): boolean {
  const { outcome = 'ok', attempt = '1', status = '2xx' } = labels
  const isRare = metric === 'wait_retry' || metric === 'rate_limited' || metric === 'dropped'
  return isRare || outcome !== 'ok' || attempt !== '1' || status === '0' || status.startsWith('5')
}

function samplesPerIteration(scenario: Scenario, group: GroupSpec, labels: Selector['labels']): ExpectedSamples {
  return expectedSteps(scenario.flows[group.flow] ?? [])
    .filter(({ placed, requests }) => requests > 0 && selectsSlot(labels, slotOf(placed, group, 0)))
    .map(({ requests, certainty }) => ({ count: requests, certainty }))
    .reduce(added, { count: 0, certainty: 'exact' })
}

function added(a: ExpectedSamples, b: ExpectedSamples): ExpectedSamples {
  return { count: a.count + b.count, certainty: b.count === 0 ? a.certainty : lessCertain(a.certainty, b.certainty) }
}
