// How the open cycle stands, every second, for whoever watches and for `abort_on_fail`.
import type { Cancel, Clock } from '../clock.ts'
import type { Engine } from '../engine/engine.ts'
import type { Pause } from '../engine/pause.ts'
import type { Collector } from '../metrics/collector.ts'
import type { Measured } from '../metrics/measured.ts'
import type { MetricName } from '../metrics/metric.ts'
import type { Plan } from '../plan/plan.ts'
import type { Tick } from '../report/tick.ts'
import { arrivalsOf } from '../workloads/index.ts'
import { intervalMs } from '../plan/interval.ts'
import type { MemoryWatch } from './memory-watch.ts'
import type { Health } from './health.ts'

export interface Watched {
  readonly plan: Plan
  readonly clock: Clock
  readonly collector: Collector
  readonly engine: Pick<Engine, 'active' | 'breaker' | 'turnout' | 'simulatedMs'>
  readonly health: Pick<Health, 'now'>
  readonly memory: Pick<MemoryWatch, 'look'>
  readonly pause: Pick<Pause, 'now' | 'forMs'>
  /** What is to happen after this cycle, because somebody has asked for it. */
  readonly asked: () => Tick['asked']
}

const TICK_MS = 1000

export class Ticker {
  readonly #watched: Watched
  readonly #onTick: (tick: Tick) => void
  #cycle: { readonly number: number; readonly startedMs: number } | undefined
  #cancel: Cancel | undefined
  #last: Tick | undefined
  /** Between cycles: milliseconds until the next one is due. */
  #left: (() => number) | undefined

  constructor(watched: Watched, onTick: (tick: Tick) => void) {
    this.#watched = watched
    this.#onTick = onTick
  }

  start(cycle: number, startedMs: number): void {
    this.#cancel?.()
    this.#cycle = { number: cycle, startedMs }
    this.#every(() => this.#now())
  }

  /** The last word on the cycle, which must still be open. */
  stop(): Tick | undefined {
    this.#cancel?.()
    this.#last = this.#now()
    this.#cycle = undefined
    return this.#last
  }

  /** Between cycles: how the last one stood, and in how long the next one is due; until the result is called. */
  wait(left: () => number): Cancel {
    this.#left = left
    this.#every(() => this.#between())
    return () => {
      this.#left = undefined
      this.#cancel?.()
    }
  }

  /** At once, because something has changed that whoever watches should see. */
  show(): void {
    const tick = this.#now() ?? this.#between()
    if (tick !== undefined) this.#onTick(tick)
  }

  #every(make: () => Tick | undefined): void {
    this.#cancel = this.#watched.clock.after(TICK_MS, () => {
      const tick = make()
      if (tick !== undefined || this.#cycle !== undefined) this.#every(make)
      if (tick !== undefined) this.#onTick(tick)
    })
  }

  #now(): Tick | undefined {
    if (this.#cycle === undefined) return undefined
    const { number, startedMs } = this.#cycle
    return { ...makeTick(this.#watched, number, startedMs), ...steeredOf(this.#watched) }
  }

  #between(): Tick | undefined {
    const leftMs = this.#left?.()
    if (this.#last === undefined || leftMs === undefined) return undefined
    const steered = steeredOf(this.#watched)
    if (leftMs <= 0 && steered.pausedMs === undefined) return undefined
    const { pausedMs: _paused, asked: _asked, ...last } = this.#last
    return { ...last, nextCycleMs: leftMs, ...steered }
  }
}

/** What whoever watches has asked for. */
function steeredOf({ pause, asked }: Watched): Pick<Tick, 'pausedMs' | 'asked'> {
  const [pausedMs, what] = [pause.forMs, asked()]
  return { ...(pausedMs !== undefined && { pausedMs }), ...(what !== undefined && { asked: what }) }
}

function makeTick(
  { plan, collector, engine, health, memory, pause, asked }: Watched,
  cycle: number,
  startedMs: number,
): Tick {
  const nowMs = pause.now()
  const measure = (metric: MetricName): Measured => collector.measure({ metric, labels: {} }, { cycle, nowMs })
  const elapsedMs = nowMs - startedMs
  const requests = countOf(measure('requests'))
  const success = measure('success_rate')
  const waited = measure('wait_rate_limit')
  const wanted = wantedPerSecond(plan)
  const { breaker } = engine
  const generator = health.now()
  const reading = memory.look(cycle)
  const expected = requestsIn(plan, engine)
  const leftMs = timeLeft(plan, {
    later: asked() === 'finish' ? 0 : plan.cycles - cycle,
    requests,
    expected,
    elapsedMs,
  })
  return {
    scenario: plan.scenario.id,
    runId: plan.runId,
    cycle,
    cycles: plan.cycles,
    agentsActive: engine.active,
    ...turnoutOf(plan, engine),
    ...(showsTime(plan) && { simulated: new Date(engine.simulatedMs).toISOString() }),
    requests,
    rpsAchieved: elapsedMs > 0 ? (requests * 1000) / elapsedMs : 0,
    errors: countOf(measure('errors')),
    elapsedMs,
    ...(expected !== undefined && { requestsExpected: expected }),
    ...(wanted !== undefined && { rpsWanted: wanted }),
    ...collector.latencyNow(),
    ...(success.kind === 'rate' && success.total > 0 && { successRate: (success.held * 100) / success.total }),
    ...(plan.rateLimit !== undefined && waited.kind === 'trend' && waited.count > 0 && { waitRateLimitMs: waited.avg }),
    ...(breaker !== undefined && {
      breaker: { failed: breaker.failed, agents: breaker.agents, phase: breaker.phase },
    }),
    ...(generator !== undefined && {
      generator: { delayMs: generator.delayMs, utilisation: generator.utilisation },
    }),
    ...(reading !== undefined && { memory: reading }),
    ...(leftMs !== undefined && { leftMs }),
  }
}

function turnoutOf({ groups, warmUp }: Plan, engine: Watched['engine']): Pick<Tick, 'turnout'> {
  if (warmUp === undefined && groups.every(({ activity }) => activity === undefined)) return {}
  const acting = groups.reduce((sum, { name }) => sum + engine.turnout(name).acting, 0)
  return { turnout: { acting, of: groups.reduce((sum, { count }) => sum + count, 0) } }
}

/** Whether the time of the simulation decides anything that people see. */
function showsTime({ time, groups }: Plan): boolean {
  return time.pace === 'realtime' || groups.some(({ activity }) => activity !== undefined)
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

/** Of the open cycle; undefined when a duration decides. */
function requestsIn({ groups }: Plan, engine: Watched['engine']): number | undefined {
  let sum = 0
  for (const { name, count, workload, requests } of groups) {
    if (workload.kind === 'duration') return undefined
    const { acting, idle } = engine.turnout(name)
    const iterations = workload.kind === 'rate' ? arrivalsOf(workload, acting / count) : acting * workload.iterations
    sum += iterations * requests.iteration + idle * requests.idle
  }
  return sum
}

interface Progress {
  /** Cycles after this one. */
  readonly later: number
  readonly requests: number
  readonly expected: number | undefined
  readonly elapsedMs: number
}

/** From what this cycle has done of what it expects; undefined while that says little. */
function timeLeft(plan: Plan, { later, requests, expected, elapsedMs }: Progress): number | undefined {
  const interval = intervalMs(plan.time) ?? 0
  /** The last one is not followed by a wait. */
  const rest = (length: number): number =>
    Math.max(0, (later > 0 ? Math.max(length, interval) : length) - elapsedMs) +
    Math.max(0, later - 1) * Math.max(length, interval) +
    (later > 0 ? length : 0)
  if (expected === undefined || isOpen(plan)) return rest(longestMs(plan))
  if (requests < expected / 20 || requests === 0) return undefined
  return rest((elapsedMs * expected) / requests)
}
