// How the open cycle stands, every second, for whoever watches and for `abort_on_fail`.
import type { Cancel, Clock } from '../clock.ts'
import type { Engine } from '../engine/engine.ts'
import type { Collector } from '../metrics/collector.ts'
import type { Measured } from '../metrics/measured.ts'
import type { MetricName } from '../metrics/metric.ts'
import type { Plan } from '../plan/plan.ts'
import type { Tick } from '../report/tick.ts'
import type { Health } from './health.ts'

export interface Watched {
  readonly plan: Plan
  readonly clock: Clock
  readonly collector: Collector
  readonly engine: Pick<Engine, 'active' | 'breaker'>
  readonly health: Pick<Health, 'now'>
}

const TICK_MS = 1000

export class Ticker {
  readonly #watched: Watched
  readonly #onTick: (tick: Tick) => void
  #cycle: { readonly number: number; readonly startedMs: number } | undefined
  #cancel: Cancel | undefined

  constructor(watched: Watched, onTick: (tick: Tick) => void) {
    this.#watched = watched
    this.#onTick = onTick
  }

  start(cycle: number, startedMs: number): void {
    this.#cycle = { number: cycle, startedMs }
    this.#later()
  }

  /** The last word on the cycle, which must still be open. */
  stop(): Tick | undefined {
    this.#cancel?.()
    const tick = this.#now()
    this.#cycle = undefined
    return tick
  }

  #later(): void {
    this.#cancel = this.#watched.clock.after(TICK_MS, () => {
      this.#later()
      const tick = this.#now()
      if (tick !== undefined) this.#onTick(tick)
    })
  }

  #now(): Tick | undefined {
    if (this.#cycle === undefined) return undefined
    const { number, startedMs } = this.#cycle
    return makeTick(this.#watched, number, startedMs)
  }
}

function makeTick({ plan, clock, collector, engine, health }: Watched, cycle: number, startedMs: number): Tick {
  const nowMs = clock.now()
  const measure = (metric: MetricName): Measured => collector.measure({ metric, labels: {} }, { cycle, nowMs })
  const elapsedMs = nowMs - startedMs
  const requests = countOf(measure('requests'))
  const success = measure('success_rate')
  const waited = measure('wait_rate_limit')
  const wanted = wantedPerSecond(plan)
  const { breaker } = engine
  const generator = health.now()
  const leftMs = timeLeft(plan, cycle, requests, elapsedMs)
  return {
    scenario: plan.scenario.id,
    runId: plan.runId,
    cycle,
    cycles: plan.cycles,
    agentsActive: engine.active,
    requests,
    rpsAchieved: elapsedMs > 0 ? (requests * 1000) / elapsedMs : 0,
    errors: countOf(measure('errors')),
    elapsedMs,
    ...(plan.requestsPerCycle !== undefined && { requestsExpected: plan.requestsPerCycle }),
    ...(wanted !== undefined && { rpsWanted: wanted }),
    ...collector.latencyNow(),
    ...(success.kind === 'rate' && success.total > 0 && { successRate: (success.held * 100) / success.total }),
    ...(plan.rateLimit !== undefined && waited.kind === 'trend' && waited.count > 0 && { waitRateLimitMs: waited.avg }),
    ...(breaker !== undefined && {
      breaker: { failed: breaker.failed, agents: breaker.agents, isOpen: breaker.opened !== undefined },
    }),
    ...(generator !== undefined && {
      generator: { delayMs: generator.delayMs, utilisation: generator.utilisation },
    }),
    ...(leftMs !== undefined && { leftMs }),
  }
}

function countOf(measured: Measured): number {
  return measured.kind === 'counter' ? measured.count : 0
}

/** What open workloads ask for, as far as the rate limit lets it through. */
function wantedPerSecond(plan: Plan): number | undefined {
  const limit = plan.rateLimit?.ratePerSecond
  if (!isOpen(plan) || plan.requestsPerCycle === undefined) return limit
  return Math.min(limit ?? Number.POSITIVE_INFINITY, (plan.requestsPerCycle * 1000) / longestMs(plan))
}

/** Whether all load comes when it is due, and nothing else decides how long a cycle takes. */
function isOpen(plan: Plan): boolean {
  return plan.groups.every(({ workload }) => workload.kind === 'rate')
}

function longestMs(plan: Plan): number {
  return Math.max(...plan.groups.map(({ workload }) => (workload.kind === 'iterations' ? 0 : workload.durationMs)))
}

/** From what this cycle has done of what it expects; undefined while that says little. */
function timeLeft(plan: Plan, cycle: number, requests: number, elapsedMs: number): number | undefined {
  const expected = plan.requestsPerCycle
  const later = plan.cycles - cycle
  if (expected === undefined || isOpen(plan)) {
    const length = longestMs(plan)
    return Math.max(0, length - elapsedMs) + later * length
  }
  if (requests < expected / 20 || requests === 0) return undefined
  const length = (elapsedMs * expected) / requests
  return Math.max(0, length - elapsedMs) + later * length
}
