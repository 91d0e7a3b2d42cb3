// How long a scenario takes at least, however fast the services answer: what rate limits, workloads and
// think time make of it.
import { defaultBurst } from '../limits/burst.ts'
import type { PlacedStep, Scenario } from '../scenario/scenario.ts'
import { expectedSteps, workOf } from './expected.ts'
import { intervalMs } from './interval.ts'

/** The shortest that something can be, and what makes it so. */
export interface Shortest {
  readonly ms: number
  readonly because?: 'rate limit' | 'workload' | 'pauses' | 'pace'
  /** Of the rate limit. */
  readonly ratePerSecond?: number
}

export function shortestCycle(scenario: Scenario): Shortest {
  const bounds: readonly Shortest[] = [
    ...rateLimits(scenario),
    { ms: workloadMs(scenario), because: 'workload' },
    { ms: pausedMs(scenario), because: 'pauses' },
  ]
  return bounds.reduce((longest, bound) => (bound.ms > longest.ms ? bound : longest), { ms: 0 })
}

/** All cycles, one after the other. */
export function shortestRun(scenario: Scenario): Shortest {
  const cycle = shortestCycle(scenario)
  const { cycles, time } = scenario.simulation
  const interval = intervalMs(time)
  if (interval === undefined || interval <= cycle.ms || cycles === 1) return { ...cycle, ms: cycle.ms * cycles }
  // Nothing waits after the last one.
  return { ms: interval * (cycles - 1) + cycle.ms, because: 'pace' }
}

function workloadMs({ groups }: Scenario): number {
  return Math.max(0, ...groups.map(({ workload }) => ('durationMs' in workload ? workload.durationMs : 0)))
}

/** Requests that are sure to be sent, under the limits that they are under. */
function rateLimits(scenario: Scenario): Shortest[] {
  const byService = new Map<string, number>()
  for (const group of scenario.groups) {
    const { iterations, idle } = workOf(scenario, group, 'cycle')
    const add = (flow: string, times: number): void => {
      for (const { placed, requests } of expectedSteps(scenario.flows[flow] ?? [])) {
        const service = 'service' in placed.step ? placed.step.service : ''
        byService.set(service, (byService.get(service) ?? 0) + requests.least * times)
      }
    }
    add(group.flow, iterations?.least ?? 0)
    if (group.idleFlow !== undefined) add(group.idleFlow, idle.least)
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
function pausedMs(scenario: Scenario): number {
  const { groups, flows, simulation } = scenario
  const { maxConcurrentAgents, time } = simulation
  const paused = groups.map((group) => {
    const { workload } = group
    const iterations = workload.kind === 'iterations' ? workload.iterations : 0
    const each = pausePerIteration(flows[group.flow] ?? [], time.scale) * iterations
    const { least } = workOf(scenario, group, 'cycle').acting
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
