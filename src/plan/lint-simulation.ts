// What is suspicious about a scenario's simulated time, activity and warm-up: keys that do nothing, agents that
// never act, cycles that cannot be as short as they are to be.
import type { Place, Problem, Severity } from '../errors.ts'
import type { GroupSpec, Scenario } from '../scenario/scenario.ts'
import { formatCount, formatMs, formatRate, plural } from '../units.ts'
import { partText } from '../workloads/index.ts'
import { shortestCycle } from './duration.ts'
import { workOf } from './expected.ts'
import { intervalMs } from './interval.ts'

type Found = (finding: {
  readonly code: string
  readonly severity: Severity
  readonly path: string
  readonly message: string
  readonly hint: string
}) => Problem

export function lintSimulation(scenario: Scenario): Problem[] {
  const at: Found = (finding) => ({ ...finding, place: placeOf(scenario, finding.path) })
  return [
    ...tooShort(scenario, at),
    ...breaker(scenario, at),
    ...scenario.groups.flatMap((group) => [...neverActive(scenario, group), ...idleFlow(group)]),
  ]
}

function tooShort(scenario: Scenario, at: Found): Problem[] {
  const interval = intervalMs(scenario.simulation.time)
  const { ms, because, ratePerSecond } = shortestCycle(scenario)
  if (interval === undefined || ms <= interval || scenario.simulation.cycles === 1) return []
  const why = ratePerSecond === undefined ? `the ${because}` : `the ${because} of ${formatRate(ratePerSecond)}`
  const message = `Every cycle takes longer than the ${formatMs(interval)} it has (cycle_length / time_scale): at least ${formatMs(ms)} because of ${why}.`
  const hint = 'Give a smaller time_scale, or plan less in a cycle.'
  return [at({ code: 'cycle-too-short', severity: 'warning', path: 'simulation.pace', message, hint })]
}

/** Counts agents that act. That a file has fewer than min_agents in all is reported when it is read. */
function breaker(scenario: Scenario, at: Found): Problem[] {
  const { circuitBreaker, groups } = scenario
  const agents = groups.reduce((sum, { count }) => sum + count, 0)
  if (circuitBreaker === undefined || circuitBreaker.window === 'rolling' || agents < circuitBreaker.minAgents)
    return []
  const acting = groups.map((group) => workOf(scenario, group, 'cycle').acting)
  const most = acting.reduce(
    (sum, amount) => sum + (amount.least === amount.most ? amount.expected : (amount.most ?? 0)),
    0,
  )
  if (most >= circuitBreaker.minAgents) return []
  const message = `The circuit breaker never opens: at most ${plural(most, 'agent')} act in a cycle, and min_agents is ${circuitBreaker.minAgents}.`
  const hint = `Give it min_agents: ${Math.max(1, most)}, window: rolling, or more agents.`
  return [at({ code: 'idle-breaker', severity: 'warning', path: 'circuit_breaker', message, hint })]
}

function neverActive(scenario: Scenario, group: GroupSpec): Problem[] {
  const { acting, iterations } = workOf(scenario, group, 'run')
  if (acting.most !== 0 && iterations?.most === 0) return neverDue(scenario, group)
  if (group.activity === undefined || acting.most !== 0) return []
  const { cycles } = scenario.simulation
  const message = `No agent of "${group.name}" ever acts: its activity comes to 0 in ${cycles === 1 ? 'the cycle' : `all ${formatCount(cycles)} cycles`}.`
  const hint = 'Look at start, cycle_length and the hours: what is not named is 0, unless there is a default.'
  return [ofGroup(group, 'activity', { code: 'never-active', message, hint })]
}

/** Where only a part of a group acts, that part of its rate arrives, and may come to nothing. */
function neverDue(scenario: Scenario, group: GroupSpec): Problem[] {
  const { name, workload, count } = group
  if (workload.kind !== 'rate') return []
  const most = workOf(scenario, group, 'cycle').acting.most ?? count
  const message = `No iteration of "${name}" is ever due: at most ${partText(workload, most, count)}.`
  const hint = 'Give a higher rate or a longer duration.'
  return [ofGroup(group, 'workload', { code: 'never-active', message, hint })]
}

function idleFlow(group: GroupSpec): Problem[] {
  if (group.idleFlow === undefined || group.activity !== undefined) return []
  const message = `The idle_flow of "${group.name}" never runs: its agents act in every cycle.`
  const hint = 'Give the group an activity, or leave idle_flow out.'
  return [ofGroup(group, 'idle_flow', { code: 'idle-key', message, hint })]
}

function ofGroup(
  { name, place }: GroupSpec,
  key: string,
  said: { readonly code: string; readonly message: string; readonly hint: string },
): Problem {
  return { ...said, severity: 'warning', path: `agents.${name}.${key}`, place }
}

function placeOf({ places, file }: Scenario, path: string): Place {
  return places[path] ?? { file, line: 1, column: 1 }
}
