// How the open cycle stands at one moment, for whoever watches.
import type { Collector } from '../metrics/collector.ts'
import type { Measured } from '../metrics/measured.ts'
import type { MetricName } from '../metrics/metric.ts'
import type { Plan } from '../plan/plan.ts'
import type { Tick } from '../report/tick.ts'

export interface TickInput {
  readonly plan: Plan
  readonly collector: Collector
  readonly cycle: number
  readonly startedMs: number
  readonly nowMs: number
  readonly active: number
}

export function makeTick({ plan, collector, cycle, startedMs, nowMs, active }: TickInput): Tick {
  const measure = (metric: MetricName): Measured => collector.measure({ metric, labels: {} }, { cycle, nowMs })
  const elapsedMs = nowMs - startedMs
  const requests = countOf(measure('requests'))
  const success = measure('success_rate')
  const waited = measure('wait_rate_limit')
  const leftMs = timeLeft(plan, cycle, requests, elapsedMs)
  return {
    scenario: plan.scenario.id,
    runId: plan.runId,
    cycle,
    cycles: plan.cycles,
    agentsActive: active,
    requests,
    rpsAchieved: elapsedMs > 0 ? (requests * 1000) / elapsedMs : 0,
    errors: countOf(measure('errors')),
    elapsedMs,
    ...(plan.requestsPerCycle !== undefined && { requestsExpected: plan.requestsPerCycle }),
    ...(plan.rateLimit !== undefined && { rpsWanted: plan.rateLimit.ratePerSecond }),
    ...collector.latencyNow(),
    ...(success.kind === 'rate' && success.total > 0 && { successRate: (success.held * 100) / success.total }),
    ...(waited.kind === 'trend' && waited.count > 0 && { waitRateLimitMs: waited.avg }),
    ...(leftMs !== undefined && { leftMs }),
  }
}

function countOf(measured: Measured): number {
  return measured.kind === 'counter' ? measured.count : 0
}

/** From what this cycle has done of what it expects; undefined while that says little. */
function timeLeft(plan: Plan, cycle: number, requests: number, elapsedMs: number): number | undefined {
  const expected = plan.requestsPerCycle
  const later = plan.cycles - cycle
  if (expected === undefined) {
    const durations = plan.groups.map(({ workload }) => (workload.kind === 'duration' ? workload.durationMs : 0))
    const length = Math.max(...durations)
    return Math.max(0, length - elapsedMs) + later * length
  }
  if (requests < expected / 20 || requests === 0) return undefined
  const length = (elapsedMs * expected) / requests
  return Math.max(0, length - elapsedMs) + later * length
}
