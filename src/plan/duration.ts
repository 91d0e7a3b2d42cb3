// How long a scenario takes at least, however fast the services answer: what rate limits, workloads and
// think time make of it.
import { defaultBurst } from '../limits/burst.ts'
import type { GroupSpec, PlacedStep, Scenario } from '../scenario/scenario.ts'
import { expectedSteps, workOf } from './expected.ts'
import { intervalMs } from './interval.ts'
import { isConstant } from './turnout.ts'

/** The shortest that something can be, and what makes it so. */
export interface Shortest {
  readonly ms: number
  readonly because?: 'rate limit' | 'workload' | 'pauses' | 'pace'
  /** Of the rate limit. */
  readonly ratePerSecond?: number
}

/** The cycle that takes least. */
export function shortestCycle(scenario: Scenario): Shortest {
  return cyclesOf(scenario).reduce((least, cycle) => (cycle.ms < least.ms ? cycle : least))
}

/** All cycles, one after the other. */
export function shortestRun(scenario: Scenario): Shortest {
  const { cycles, time } = scenario.simulation
  const interval = intervalMs(time) ?? 0
  const all = cyclesOf(scenario)
  let longest: Shortest = { ms: 0 }
  let [due, begin, end] = [0, 0, 0]
  for (let cycle = 1; cycle <= cycles; cycle++) {
    const one = all[cycle - 1] ?? all[0] ?? longest
    due = (cycle - 1) * interval
    begin = Math.max(due, end)
    end = begin + one.ms
    if (one.ms > longest.ms) longest = one
  }
  // Nothing waits after the last one.
  if (due > 0 && begin === due) return { ms: end, because: 'pace' }
  return { ...longest, ms: end }
}

/** Of each cycle; a single one where they are all the same. */
function cyclesOf(scenario: Scenario): readonly Shortest[] {
  const loads = scenario.groups.map((group) => loadOf(scenario, group))
  const isSame = scenario.groups.every((group) => isConstant(scenario, group))
  return Array.from({ length: isSame ? 1 : scenario.simulation.cycles }, (_, at) => {
    const bounds: readonly Shortest[] = [
      ...rateLimits(scenario, loads, at + 1),
      { ms: workloadMs(scenario, at + 1), because: 'workload' },
      { ms: pausedMs(scenario, loads, at + 1), because: 'pauses' },
    ]
    return bounds.reduce((longest, bound) => (bound.ms > longest.ms ? bound : longest), { ms: 0 })
  })
}

/** The least that one iteration, and one walk through the idle flow, send and wait. */
interface Load {
  readonly group: GroupSpec
  readonly requests: ReadonlyMap<string, number>
  readonly idleRequests: ReadonlyMap<string, number>
  readonly pauseMs: number
}

function loadOf({ flows, simulation }: Scenario, group: GroupSpec): Load {
  const steps = flows[group.flow] ?? []
  return {
    group,
    requests: requestsByService(steps),
    idleRequests: requestsByService(flows[group.idleFlow ?? ''] ?? []),
    pauseMs: pausePerIteration(steps, simulation.time.scale),
  }
}

function requestsByService(steps: readonly PlacedStep[]): Map<string, number> {
  const byService = new Map<string, number>()
  for (const { placed, requests } of expectedSteps(steps)) {
    const service = 'service' in placed.step ? placed.step.service : ''
    byService.set(service, (byService.get(service) ?? 0) + requests.least)
  }
  return byService
}

/** A group in which nobody acts takes no time, and one whose rows may be used up perhaps less than its own. */
function workloadMs(scenario: Scenario, cycle: number): number {
  const lengths = scenario.groups.map((group) => {
    const { workload, data } = group
    const endsEarly = workload.kind === 'duration' && data?.atEnd === 'stop'
    if (!('durationMs' in workload) || endsEarly) return 0
    return workOf(scenario, group, cycle).acting.least > 0 ? workload.durationMs : 0
  })
  return Math.max(0, ...lengths)
}

/** Requests that are sure to be sent, under the limits that they are under. */
function rateLimits(scenario: Scenario, loads: readonly Load[], cycle: number): Shortest[] {
  const byService = new Map<string, number>()
  for (const { group, requests, idleRequests } of loads) {
    const { iterations, idle } = workOf(scenario, group, cycle)
    const add = (each: ReadonlyMap<string, number>, times: number): void => {
      for (const [service, count] of each) byService.set(service, (byService.get(service) ?? 0) + count * times)
    }
    add(requests, iterations?.least ?? 0)
    add(idleRequests, idle.least)
  }
  const all = [...byService.values()].reduce((sum, requests) => sum + requests, 0)
  const { rateLimitRps, burst } = scenario.limits
  return [
    ...(rateLimitRps === undefined ? [] : [underLimit(all, rateLimitRps, burst)]),
    ...Object.entries(scenario.services).flatMap(([name, { rateLimit }]) =>
      rateLimit === undefined ? [] : [underLimit(byService.get(name) ?? 0, rateLimit.ratePerSecond, rateLimit.burst)],
    ),
  ]
}

/** The first ones of a burst go at once. */
function underLimit(requests: number, ratePerSecond: number, burst = defaultBurst(ratePerSecond)): Shortest {
  return { ms: (Math.max(0, requests - burst) * 1000) / ratePerSecond, because: 'rate limit', ratePerSecond }
}

/** An agent's pauses come one after the other, and so do the agents that wait for a place. */
function pausedMs(scenario: Scenario, loads: readonly Load[], cycle: number): number {
  const { maxConcurrentAgents } = scenario.simulation
  const paused = loads.map(({ group, pauseMs }) => {
    const { workload } = group
    const each = pauseMs * (workload.kind === 'iterations' ? workload.iterations : 0)
    const { least } = workOf(scenario, group, cycle).acting
    return { each: least > 0 ? each : 0, all: each * least }
  })
  const alone = Math.max(0, ...paused.map(({ each }) => each))
  const together = paused.reduce((sum, { all }) => sum + all, 0)
  return maxConcurrentAgents === undefined ? alone : Math.max(alone, together / maxConcurrentAgents)
}

function pausePerIteration(steps: readonly PlacedStep[], timeScale: number): number {
  return expectedSteps(steps).reduce((sum, { placed: { step }, runs }) => {
    if (step.type !== 'pause') return sum
    const shortest = typeof step.for === 'number' ? step.for : step.for.min
    return sum + (runs.least * shortest) / (step.simulated ? timeScale : 1)
  }, 0)
}
