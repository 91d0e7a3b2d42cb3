// Makes a tick (the state of the open cycle) every second, for the live display and for `abort_on_fail`.
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
  /** The cycles that will be run; undefined: all. */
  readonly part: readonly number[] | undefined
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
  /** Between cycles: the next one, and the milliseconds until it is due. */
  #next: { readonly cycle: number; readonly left: () => number } | undefined

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

  /** Between cycles: shows how the last one stood, and in how long this one is due. @returns ends that */
  wait(cycle: number, left: () => number): Cancel {
    this.#next = { cycle, left }
    this.#every(() => this.#between())
    return () => {
      this.#next = undefined
      this.#cancel?.()
    }
  }

  /** Shows the state at once, because it has just changed. */
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
    const next = this.#next
    if (this.#last === undefined || next === undefined) return undefined
    const leftMs = next.left()
    const steered = steeredOf(this.#watched)
    if (leftMs <= 0 && steered.pausedMs === undefined) return undefined
    const { pausedMs: _paused, asked: _asked, ...last } = this.#last
    return { ...last, nextCycle: next.cycle, nextCycleMs: leftMs, ...steered }
  }
}

/** What somebody has asked for by key: a pause, or something after this cycle. */
function steeredOf({ pause, asked }: Watched): Pick<Tick, 'pausedMs' | 'asked'> {
  const [pausedMs, what] = [pause.forMs, asked()]
  return { ...(pausedMs !== undefined && { pausedMs }), ...(what !== undefined && { asked: what }) }
}

function makeTick(
  { plan, part, collector, engine, health, memory, pause, asked }: Watched,
  cycle: number,
  startedMs: number,
): Tick {
  const nowMs = pause.now()
  const measure = (metric: MetricName): Measured => collector.measure({ metric, labels: {} }, { cycle, nowMs })
  const elapsedMs = nowMs - startedMs
  const requests = countOf(measure('requests'))
  const success = measure('success_rate')
  const waited = measure('wait_rate_limit')
  const { breaker } = engine
  const generator = health.now()
  const reading = memory.look(cycle)
  const acting = plan.groups.filter(({ name }) => engine.turnout(name).acting > 0)
  const expected = requestsIn(plan, engine)
  const wanted = wantedPerSecond(plan, acting, expected)
  const later = asked() === 'finish' ? [] : cyclesAfter(cycle, plan, part)
  const leftMs = timeLeft(plan, acting, { cycle, later, requests, expected, elapsedMs })
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

function cyclesAfter(cycle: number, { cycles }: Plan, part: readonly number[] | undefined): readonly number[] {
  if (part !== undefined) return part.filter((one) => one > cycle)
  return Array.from({ length: cycles - cycle }, (_, at) => cycle + 1 + at)
}

/** What open workloads ask for in this cycle, as far as the rate limit lets it through. */
function wantedPerSecond(
  { rateLimit }: Plan,
  acting: Plan['groups'],
  expected: number | undefined,
): number | undefined {
  const limit = rateLimit?.ratePerSecond
  if (acting.length === 0 || !areOpen(acting) || expected === undefined) return limit
  return Math.min(limit ?? Number.POSITIVE_INFINITY, (expected * 1000) / longestMs(acting))
}

/** Whether all load comes when it is due, and nothing else decides how long a cycle takes. */
function areOpen(groups: Plan['groups']): boolean {
  return groups.every(({ workload }) => workload.kind === 'rate')
}

function longestMs(groups: Plan['groups']): number {
  return Math.max(0, ...groups.map(({ workload }) => (workload.kind === 'iterations' ? 0 : workload.durationMs)))
}

/** Of the open cycle; undefined when a duration decides. */
function requestsIn({ groups }: Plan, engine: Watched['engine']): number | undefined {
  let sum = 0
  for (const { name, count, workload, requests } of groups) {
    const { acting, idle } = engine.turnout(name)
    sum += idle * requests.idle
    if (acting === 0) continue
    if (workload.kind === 'duration') return undefined
    const iterations = workload.kind === 'rate' ? arrivalsOf(workload, acting / count) : acting * workload.iterations
    sum += iterations * requests.iteration
  }
  return sum
}

interface Progress {
  readonly cycle: number
  /** Cycles after this one. */
  readonly later: readonly number[]
  readonly requests: number
  readonly expected: number | undefined
  readonly elapsedMs: number
}

/** From what this cycle has done of what it expects; undefined while that says little. */
function timeLeft(
  { time }: Plan,
  acting: Plan['groups'],
  { cycle, later, requests, expected, elapsedMs }: Progress,
): number | undefined {
  const interval = intervalMs(time) ?? 0
  /** The last one is not followed by a wait. */
  const rest = (length: number): number => {
    const last = later.at(-1)
    if (last === undefined) return Math.max(0, length - elapsedMs)
    return Math.max(0, Math.max((last - cycle) * interval, later.length * length) - elapsedMs) + length
  }
  if (expected === undefined || (acting.length > 0 && areOpen(acting))) return rest(longestMs(acting))
  if (requests < expected / 20 || requests === 0) return undefined
  return rest(Math.max(longestMs(acting), (elapsedMs * expected) / requests))
}
