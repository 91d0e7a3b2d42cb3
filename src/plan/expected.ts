// How much a scenario will do when all goes well: iterations, requests and samples, counted from what the
// file says. Known before the first request; where a duration decides, nothing is guessed.
import { actionOf } from '../actions/index.ts'
import { isExcluded } from '../agents/warm-up.ts'
import { METRICS, metricOf } from '../metrics/metric.ts'
import { countsTimes } from '../metrics/series.ts'
import { selectsSlot, withGroup } from '../metrics/selector.ts'
import type { Selector } from '../metrics/selector.ts'
import type { GroupSpec, PlacedStep, Scenario } from '../scenario/scenario.ts'
import { arrivalsOf } from '../workloads/index.ts'
import { NONE, ONCE, anyOf, fixed, plus, product, times } from './amount.ts'
import type { Amount } from './amount.ts'
import { slotOf } from './slot.ts'
import { isConstant, turnoutOf } from './turnout.ts'

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

/** Over what something is counted: the whole load, or only what is judged; of a cycle it is that of any one, or of the one with this number. */
export type Over = 'run' | 'cycle' | 'judged run' | 'judged cycle' | number

interface OfGroup {
  /** Agents that act: in any one cycle, or in all of them together. */
  readonly acting: Amount
  /** Iterations of all its agents; undefined when a duration decides. */
  readonly iterations: Amount | undefined
  /** How often its idle flow is run. */
  readonly idle: Amount
}

export function workOf(scenario: Scenario, group: GroupSpec, over: Over): OfGroup {
  const { cycles } = scenario.simulation
  const isRun = over === 'run' || over === 'judged run'
  const isJudged = over === 'judged run' || over === 'judged cycle'
  if (isConstant(scenario, group)) {
    const acting = fixed(group.count)
    const inCycle = iterationsIn(group, acting)
    const all = (amount: Amount): Amount => (isRun ? times(amount, cycles) : amount)
    const iterations = inCycle && withinRows(scenario, group, all(inCycle), isRun)
    return { acting: all(acting), iterations, idle: NONE }
  }
  const acting: Amount[] = []
  const iterations: Amount[] = []
  const idle: Amount[] = []
  const [first, last] = typeof over === 'number' ? [over, over] : [1, cycles]
  for (let cycle = first; cycle <= last; cycle++) {
    const turnout = turnoutOf(scenario, group, cycle)
    if (turnout.isExcluded && isJudged) continue
    acting.push(turnout.acting)
    const inCycle = iterationsIn(group, turnout.acting)
    if (inCycle !== undefined) iterations.push(inCycle)
    if (group.idleFlow !== undefined) idle.push(turnout.idle)
  }
  const all = (amounts: readonly Amount[]): Amount => (isRun ? amounts.reduce(plus, NONE) : anyOf(amounts))
  const isOpen = group.workload.kind === 'duration'
  return {
    acting: all(acting),
    iterations: isOpen ? undefined : withinRows(scenario, group, all(iterations), isRun),
    idle: all(idle),
  }
}

/** Whether it is sure, whatever the seed, that a group has no iteration. */
export function doesNothing(scenario: Scenario, group: GroupSpec, over: Over): boolean {
  const { acting, iterations } = workOf(scenario, group, over)
  return acting.most === 0 || iterations?.most === 0
}

/** In a cycle in which so many act. */
function iterationsIn({ workload, count }: GroupSpec, acting: Amount): Amount | undefined {
  if (workload.kind === 'duration') return undefined
  if (workload.kind === 'iterations') return times(acting, workload.iterations)
  const of = (agents: number): number => arrivalsOf(workload, agents / count)
  return { expected: of(acting.expected), least: of(acting.least), most: of(acting.most ?? count) }
}

/** Each row is for one iteration, and there is none without. */
function withinRows(scenario: Scenario, { data }: GroupSpec, iterations: Amount, isRun: boolean): Amount {
  if (data?.atEnd !== 'stop') return iterations
  const rows = scenario.tables[data.file]?.rows.length ?? 0
  const { expected, least, most } = iterations
  const all = isRun ? least : least * scenario.simulation.cycles
  return {
    expected: Math.min(expected, rows),
    least: isRun || all > rows ? Math.min(isRun ? least : 0, rows) : least,
    most: most === null ? rows : Math.min(most, rows),
  }
}

/** When every step runs and succeeds; undefined when a duration decides. */
export function expectedRequests(
  scenario: Scenario,
  over: Over,
  groups: readonly GroupSpec[] = scenario.groups,
): number | undefined {
  let sum = 0
  for (const group of groups) {
    const { iterations, idle } = workOf(scenario, group, over)
    if (iterations === undefined) return undefined
    const each = requestsOfGroup(scenario, group)
    sum += iterations.expected * each.iteration + idle.expected * each.idle
  }
  return sum
}

/** When every step runs and succeeds: of one iteration, and of the idle flow. */
export function requestsOfGroup(
  { flows }: Scenario,
  { flow, idleFlow }: GroupSpec,
): { iteration: number; idle: number } {
  const all = (name: string | undefined): number => requestsPerIteration(flows[name ?? ''] ?? [], () => true).expected
  return { iteration: all(flow), idle: idleFlow === undefined ? 0 : all(idleFlow) }
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
  // Of a warm-up nothing is judged.
  if (isExcluded(scenario.simulation.warmUp, Number(labels['cycle'] ?? Infinity))) return NONE
  if (source === 'check') return hasChecks(scenario, labels) ? undefined : NONE
  if ((source !== 'attempt' && source !== 'iteration') || dependsOnAnswers(selector)) return undefined
  const groups = scenario.groups.filter(({ name }) => labels['group'] === undefined || labels['group'] === name)
  let sum = NONE
  for (const one of groups) {
    const { iterations, idle } = workOf(
      scenario,
      one,
      labels['cycle'] === undefined ? `judged ${scope}` : Number(labels['cycle']),
    )
    if (iterations === undefined) return undefined
    const selected = { ...selector, labels }
    const each = source === 'iteration' ? ONCE : samplesPerIteration(scenario, one, one.flow, selected)
    const inIdle =
      source === 'iteration' || one.idleFlow === undefined
        ? NONE
        : samplesPerIteration(scenario, one, one.idleFlow, selected)
    sum = plus(sum, plus(product(each, iterations), product(inIdle, idle)))
  }
  // Which status comes is up to the service.
  return labels['status'] === undefined ? sum : { ...sum, least: 0 }
}

/** Whether any step that is selected expects something; how much of it is tried is up to the answers. */
function hasChecks({ groups, flows, assertions }: Scenario, labels: Selector['labels']): boolean {
  const some = (steps: readonly PlacedStep[], group: string, flow: string): boolean =>
    expectedSteps(steps).some(
      ({ placed }) =>
        'expect' in placed.step &&
        placed.step.expect !== undefined &&
        selectsSlot(labels, slotOf(placed, { group, flow }, 0)),
    )
  return groups.some(
    ({ name, flow, idleFlow }) =>
      some([...(flows[flow] ?? []), ...assertions], name, flow) ||
      (idleFlow !== undefined && some(flows[idleFlow] ?? [], name, idleFlow)),
  )
}

/** Made by retries or by answers that nobody plans for. */
function dependsOnAnswers({ metric, labels }: Selector): boolean {
  const { outcome = 'ok', attempt = '1', status = '2xx', injected = 'false' } = labels
  const isRare = metric === 'wait_retry' || metric === 'rate_limited' || metric === 'dropped'
  return (
    isRare || outcome !== 'ok' || attempt !== '1' || injected !== 'false' || status === '0' || status.startsWith('5')
  )
}

function samplesPerIteration(scenario: Scenario, group: GroupSpec, flow: string, selector: Selector): Amount {
  const { labels } = selector
  const isTimed = metricOf(selector).kind === 'trend'
  return requestsPerIteration(scenario.flows[flow] ?? [], (placed) => {
    const slot = slotOf(placed, { group: group.name, flow }, 0)
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
