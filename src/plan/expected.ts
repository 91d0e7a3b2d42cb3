// How much a scenario will do when all goes well: iterations, requests and samples, counted from what the
// file says. Known before the first request; where a duration decides, nothing is guessed.
import { actionOf } from '../actions/index.ts'
import { METRICS, metricOf } from '../metrics/metric.ts'
import { countsTimes } from '../metrics/series.ts'
import { selectsSlot, withGroup } from '../metrics/selector.ts'
import type { Selector } from '../metrics/selector.ts'
import type { GroupSpec, PlacedStep, Scenario } from '../scenario/scenario.ts'
import { arrivalsOf } from '../workloads/index.ts'
import { slotOf } from './slot.ts'

/** A number that is not always fixed before the run. */
export interface Amount {
  /** When every step runs and succeeds the first time. */
  readonly expected: number
  readonly least: number
  /** `null` where answers decide how often something is done again. */
  readonly most: number | null
}

const NONE: Amount = { expected: 0, least: 0, most: 0 }
const ONCE: Amount = { expected: 1, least: 1, most: 1 }

function times({ expected, least, most }: Amount, by: number): Amount {
  return { expected: expected * by, least: least * by, most: most === null ? null : most * by }
}

export function plus(a: Amount, b: Amount): Amount {
  const most = a.most === null || b.most === null ? null : a.most + b.most
  return { expected: a.expected + b.expected, least: a.least + b.least, most }
}

/** A step on any level. */
export interface ExpectedStep {
  readonly placed: PlacedStep
  /** How often an iteration runs it. */
  readonly runs: Amount
  /** That it sends itself, in all those runs. */
  readonly requests: Amount
}

export function expectedSteps(steps: readonly PlacedStep[], above: Amount = ONCE): ExpectedStep[] {
  return steps.flatMap((placed) => {
    const { step, nested = {} } = placed
    const action = actionOf(step.type)
    const isAsked = step.condition !== undefined && action.ownsCondition !== true
    const runs = isAsked ? { ...above, least: 0 } : above
    const sent = times(
      runs,
      action.requests(step, () => 0),
    )
    const inside = Object.entries(nested).flatMap(([key, list]) => expectedSteps(list, roundsOf(placed, key, runs)))
    // Polls go on until the answer is right.
    return [{ placed, runs, requests: step.type === 'wait' ? { ...sent, most: null } : sent }, ...inside]
  })
}

/** How often a step runs those under one of its keys. */
function roundsOf({ step }: PlacedStep, key: string, runs: Amount): Amount {
  const { requests } = actionOf(step.type)
  // An action says how often it runs a list by what it makes of one request in it.
  const rounds = times(runs, requests(step, (asked) => (asked === key ? 1 : 0)) - requests(step, () => 0))
  if (step.type !== 'repeat') return { ...rounds, least: 0 }
  const isFixed = typeof step.times === 'number' || Array.isArray(step.for_each)
  return isFixed ? rounds : { ...rounds, least: 0, most: null }
}

/** Of all agents of the group, over the run or in one cycle; undefined when a duration decides. */
export function iterationsOf(scenario: Scenario, group: GroupSpec, scope: 'run' | 'cycle'): Amount | undefined {
  const { workload, count, data } = group
  if (workload.kind === 'duration') return undefined
  const { cycles } = scenario.simulation
  const inCycle = workload.kind === 'rate' ? arrivalsOf(workload) : count * workload.iterations
  // Each row is for one iteration, and there is none without.
  const rows = data?.atEnd === 'stop' ? (scenario.tables[data.file]?.rows.length ?? 0) : Infinity
  if (scope === 'run') return times(ONCE, Math.min(inCycle * cycles, rows))
  const most = Math.min(inCycle, rows)
  return { expected: most, least: inCycle * cycles <= rows ? most : 0, most }
}

/** Each of so many, so many times. */
export function product(a: Amount, b: Amount): Amount {
  const most = a.most === null || b.most === null ? null : a.most * b.most
  return { expected: a.expected * b.expected, least: a.least * b.least, most }
}

/** Of one cycle, when every step runs and succeeds; undefined when a duration decides. */
export function expectedRequests(
  scenario: Scenario,
  groups: readonly GroupSpec[] = scenario.groups,
): number | undefined {
  let sum = 0
  for (const group of groups) {
    const iterations = iterationsOf(scenario, group, 'cycle')
    if (iterations === undefined) return undefined
    sum += iterations.expected * requestsPerIteration(scenario.flows[group.flow] ?? [], () => true).expected
  }
  return sum
}

/** What a threshold will be judged by, over the run or in one cycle. */
export interface Judged {
  readonly selector: Selector
  readonly scope: 'run' | 'cycle'
  /** When it is a group's own. */
  readonly group?: string | undefined
}

/** How many samples a selection will have; undefined where that is not known before the run. */
export function expectedSamples(scenario: Scenario, { selector, scope, group }: Judged): Amount | undefined {
  const source = METRICS.get(selector.metric)?.source
  const labels = withGroup(selector.labels, group)
  if (labels === undefined) return undefined
  if (source === 'check') return hasChecks(scenario, labels) ? undefined : NONE
  if ((source !== 'attempt' && source !== 'iteration') || dependsOnAnswers(selector)) return undefined
  const groups = scenario.groups.filter(({ name }) => labels['group'] === undefined || labels['group'] === name)
  let sum = NONE
  for (const one of groups) {
    const iterations = iterationsOf(scenario, one, labels['cycle'] === undefined ? scope : 'cycle')
    if (iterations === undefined) return undefined
    const each = source === 'iteration' ? ONCE : samplesPerIteration(scenario, one, { ...selector, labels })
    sum = plus(sum, product(each, iterations))
  }
  // Which status comes is up to the service.
  return labels['status'] === undefined ? sum : { ...sum, least: 0 }
}

/** Whether any step that is selected expects something; how much of it is tried is up to the answers. */
function hasChecks({ groups, flows, assertions }: Scenario, labels: Selector['labels']): boolean {
  return groups.some((group) => {
    const steps = [...expectedSteps(flows[group.flow] ?? []), ...expectedSteps(assertions)]
    return steps.some(
      ({ placed }) =>
        'expect' in placed.step && placed.step.expect !== undefined && selectsSlot(labels, slotOf(placed, group, 0)),
    )
  })
}

/** Made by retries or by answers that nobody plans for. */
function dependsOnAnswers({ metric, labels }: Selector): boolean {
  const { outcome = 'ok', attempt = '1', status = '2xx', injected = 'false' } = labels
  const isRare = metric === 'wait_retry' || metric === 'rate_limited' || metric === 'dropped'
  return (
    isRare || outcome !== 'ok' || attempt !== '1' || injected !== 'false' || status === '0' || status.startsWith('5')
  )
}

function samplesPerIteration(scenario: Scenario, group: GroupSpec, selector: Selector): Amount {
  const { labels } = selector
  const isTimed = metricOf(selector).kind === 'trend'
  return requestsPerIteration(scenario.flows[group.flow] ?? [], (placed) => {
    const slot = slotOf(placed, group, 0)
    return selectsSlot(labels, slot) && (!isTimed || countsTimes(slot, labels))
  })
}

/** Of the steps that count; of two ways the one with more. */
export function requestsPerIteration(steps: readonly PlacedStep[], counts: (placed: PlacedStep) => boolean): Amount {
  const all = expectedSteps(steps)
    .filter(({ placed }) => counts(placed))
    .reduce((sum, { requests }) => plus(sum, requests), NONE)
  const expected = requestsOf(steps, counts)
  return { ...all, expected, most: all.most === null ? null : expected }
}

function requestsOf(steps: readonly PlacedStep[], counts: (placed: PlacedStep) => boolean): number {
  return steps.reduce((sum, placed) => {
    const { step, nested } = placed
    const { requests } = actionOf(step.type)
    const all = requests(step, (key) => requestsOf(nested?.[key] ?? [], counts))
    return sum + all - (counts(placed) ? 0 : requests(step, () => 0))
  }, 0)
}
