// How long a scenario takes at least, however fast the services answer: what rate limits, workloads and
// think time make of it.
import { defaultBurst } from '../limits/rate-limit.ts'
import type { PlacedStep, Scenario } from '../scenario/scenario.ts'
import { expectedSteps, iterationsOf } from './expected.ts'

/** The shortest a cycle can be, and what makes it so. */
export interface ShortestCycle {
  readonly ms: number
  readonly because?: 'rate limit' | 'workload' | 'pauses'
  /** Of the rate limit. */
  readonly ratePerSecond?: number
}

export function shortestCycle(scenario: Scenario): ShortestCycle {
  const bounds: readonly ShortestCycle[] = [
    ...rateLimits(scenario),
    { ms: workloadMs(scenario), because: 'workload' },
    { ms: pausedMs(scenario), because: 'pauses' },
  ]
  return bounds.reduce((longest, bound) => (bound.ms > longest.ms ? bound : longest), { ms: 0 })
}

function workloadMs({ groups }: Scenario): number {
  return Math.max(0, ...groups.map(({ workload }) => ('durationMs' in workload ? workload.durationMs : 0)))
}

/** Requests that are sure to be sent, under the limits that they are under. */
function rateLimits(scenario: Scenario): ShortestCycle[] {
  const byService = new Map<string, number>()
  for (const group of scenario.groups) {
    const iterations = iterationsOf(scenario, group, 'cycle')?.least ?? 0
    for (const { placed, requests } of expectedSteps(scenario.flows[group.flow] ?? [])) {
      const service = 'service' in placed.step ? placed.step.service : ''
      byService.set(service, (byService.get(service) ?? 0) + requests.least * iterations)
    }
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
function underLimit(requests: number, ratePerSecond: number, burst = defaultBurst(ratePerSecond)): ShortestCycle {
  return { ms: (Math.max(0, requests - burst) * 1000) / ratePerSecond, because: 'rate limit', ratePerSecond }
}

/** An agent's pauses come one after the other, and so do the agents that wait for a place. */
function pausedMs({ groups, flows, simulation: { maxConcurrentAgents } }: Scenario): number {
  const paused = groups.map((group) => {
    const { workload } = group
    const each = pausePerIteration(flows[group.flow] ?? []) * (workload.kind === 'iterations' ? workload.iterations : 0)
    return { each, all: each * group.count }
  })
  const alone = Math.max(0, ...paused.map(({ each }) => each))
  const together = paused.reduce((sum, { all }) => sum + all, 0)
  return maxConcurrentAgents === undefined ? alone : Math.max(alone, together / maxConcurrentAgents)
}

function pausePerIteration(steps: readonly PlacedStep[]): number {
  return expectedSteps(steps).reduce((sum, { placed: { step }, runs }) => {
    if (step.type !== 'pause') return sum
    return sum + runs.least * (typeof step.for === 'number' ? step.for : step.for.min)
  }, 0)
}
