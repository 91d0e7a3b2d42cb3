// How long a scenario takes at least, however fast the services answer: what rate limits, workloads and
// think time make of it.
import type { PlacedStep, Scenario } from '../scenario/scenario.ts'
import { expectedSteps, iterationsOf } from './expected.ts'

/** The shortest a cycle can be, and what makes it so. */
export interface ShortestCycle {
  readonly ms: number
  readonly because: 'rate limit' | 'workload' | 'pauses' | undefined
}

export function shortestCycle(scenario: Scenario): ShortestCycle {
  const bounds: readonly ShortestCycle[] = [
    { ms: rateLimitedMs(scenario), because: 'rate limit' },
    { ms: workloadMs(scenario), because: 'workload' },
    { ms: pausedMs(scenario), because: 'pauses' },
  ]
  return bounds.reduce((longest, bound) => (bound.ms > longest.ms ? bound : longest), { ms: 0, because: undefined })
}

function workloadMs({ groups }: Scenario): number {
  return Math.max(0, ...groups.map(({ workload }) => ('durationMs' in workload ? workload.durationMs : 0)))
}

/** Requests that are sure to be sent, under the limits that they are under. */
function rateLimitedMs(scenario: Scenario): number {
  const { rateLimitRps, burst = 1 } = scenario.limits
  const byService = new Map<string, number>()
  for (const group of scenario.groups) {
    const iterations = iterationsOf(group) ?? 0
    for (const { placed, requests, certainty } of expectedSteps(scenario.flows[group.flow] ?? [])) {
      const service = 'service' in placed.step ? placed.step.service : ''
      if (certainty === 'exact') byService.set(service, (byService.get(service) ?? 0) + requests * iterations)
    }
  }
  const all = [...byService.values()].reduce((sum, requests) => sum + requests, 0)
  return rateLimitRps === undefined ? 0 : msOf(all, rateLimitRps, burst)
}

/** The first ones of a burst go at once. */
function msOf(requests: number, ratePerSecond: number, burst: number): number {
  return (Math.max(0, requests - burst) * 1000) / ratePerSecond
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
  return expectedSteps(steps).reduce((sum, { placed: { step }, times, certainty }) => {
    if (step.type !== 'pause' || certainty !== 'exact') return sum
    return sum + times * (typeof step.for === 'number' ? step.for : step.for.min)
  }, 0)
}
