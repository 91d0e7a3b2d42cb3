// One cycle × group, judged when the group is done: passed, failed, or skipped when the run was cut
// short before it could fail. Never passed on part of its load.
import { isExcluded } from '../agents/warm-up.ts'
import type { BreakerState } from '../engine/breaker-guard.ts'
import { internalError } from '../errors.ts'
import { evaluate } from '../gate/evaluate.ts'
import type { CyclePause } from '../gate/paused.ts'
import type { Verdict } from '../gate/verdict.ts'
import type { Collector } from '../metrics/collector.ts'
import type { GroupCounts } from '../metrics/summary.ts'
import type { GroupPlan, Plan } from '../plan/plan.ts'
import type { Cause } from '../sample.ts'
import type { CellRecord, CycleHealth, Percentiles } from '../store/record.ts'
import { plural } from '../units.ts'
import { arrivalsOf, partText } from '../workloads/index.ts'
import { cutOffText } from './cut-off.ts'
import { droppedMessage } from './dropped.ts'
import { limitThatHeld } from './limited.ts'

export interface CellInput {
  readonly plan: Plan
  readonly group: GroupPlan
  readonly cycle: number
  readonly collector: Collector
  readonly causes: readonly Cause[]
  /** How many were due to act, and how many idle. */
  readonly turnout: { readonly acting: number; readonly idle: number }
  /** Why the run was stopped, if it was. */
  readonly stopped: string | undefined
  /** One of this cell's agents may have opened it; undefined without a circuit breaker. */
  readonly breaker: BreakerState | undefined
  /** UTC, ISO 8601. */
  readonly startedAt: string
  readonly durationMs: number
  readonly nowMs: number
  readonly health?: CycleHealth
  /** Absent when it was not paused in this cycle so far. */
  readonly pause?: CyclePause
}

export function judgeCell(input: CellInput): CellRecord {
  const { plan, group, cycle, collector, stopped, nowMs, health, pause } = input
  const counts = collector.cell(cycle, group.name)
  const scope = { cycle, group: group.name, nowMs }
  const aborted = stopped !== undefined
  const nothing = aborted ? undefined : nothingDue(input, counts.iterations)
  const isJudged = !isExcluded(plan.warmUp, cycle) && input.turnout.acting > 0 && nothing === undefined
  const verdicts = (isJudged ? group.thresholds : []).map((placed) =>
    evaluate(placed, collector.measure(placed.threshold.selector, scope), {
      aborted,
      valueLabel: `in cycle ${cycle} > ${group.name}`,
      health: health === undefined ? [] : [health],
      pauses: pause === undefined ? [] : [pause],
    }),
  )
  // On part of the load the share of the dropped may yet have sunk.
  const held = input.breaker?.dropped.get(group.name)
  const dropped =
    aborted || !isJudged
      ? undefined
      : droppedMessage(input, counts.iterations, { held, limit: limitThatHeld(plan, health) })
  const latency = percentilesOf(collector, scope)
  return {
    cycle,
    group: group.name,
    place: group.place,
    ...(nothing ?? withCutOff(stateOf(verdicts, stopped, openedBy(input) ?? dropped), input, counts.iterations)),
    ...(isExcluded(plan.warmUp, cycle) && { isWarmUp: true }),
    agents: input.turnout,
    startedAt: input.startedAt,
    durationMs: input.durationMs,
    iterations: counts.iterations,
    requests: counts.requests,
    ...(latency !== undefined && { latency }),
    verdicts,
    causes: input.causes,
    ...(health !== undefined && { health }),
    ...(pause !== undefined && { pausedMs: pause.ms }),
  }
}

/** What to say when one of this cell's agents opened the circuit breaker. */
function openedBy({ breaker, group }: CellInput): string | undefined {
  return breaker?.reasons.get(group.name)
}

/** Whatever idle agents sent: why there was nothing to judge. */
function nothingDue(
  { group, turnout: { acting } }: CellInput,
  { begun, dropped }: GroupCounts,
): Pick<CellRecord, 'state' | 'reason'> | undefined {
  const because = (reason: string): Pick<CellRecord, 'state' | 'reason'> => ({ state: 'skipped', reason })
  if (acting === 0) return because('no agent was due: none was active in this cycle')
  if (begun + dropped > 0) return undefined
  const { workload, count, data } = group
  if (workload.kind === 'rate' && arrivalsOf(workload, acting / count) === 0)
    return because(`no iteration was due: ${partText(workload, acting, count)}`)
  return data?.atEnd === 'stop' ? because(`no agent was due: the rows of ${data.file} are used up`) : undefined
}

function stateOf(
  verdicts: readonly Verdict[],
  stopped: string | undefined,
  /** Why it fails whatever its thresholds say. */
  failure: string | undefined,
): Pick<CellRecord, 'state' | 'reason' | 'message'> {
  const against = verdicts.filter(({ kind, skip }) => kind !== 'pass' && !skip)
  // On part of the load only a breach says something.
  const failed = stopped === undefined ? against : against.filter(({ kind }) => kind === 'fail')
  if (failure !== undefined) {
    const others = failed.length > 0 ? ` (and ${plural(failed.length, 'threshold')} of the cell did not hold)` : ''
    return { state: 'failed', message: failure + others }
  }
  const [first, ...more] = failed
  if (first !== undefined) {
    const others = more.length > 0 ? ` (and ${more.length} more of its thresholds)` : ''
    const cut = stopped === undefined ? '' : `; cut short: ${stopped}`
    return { state: 'failed', message: first.message + others + cut }
  }
  return stopped === undefined ? { state: 'passed' } : { state: 'skipped', reason: `cut short: ${stopped}` }
}

/** No step of those that were cut off has failed: without a word, nobody would know why. */
function withCutOff(
  state: Pick<CellRecord, 'state' | 'reason' | 'message'>,
  { plan, group, stopped, health }: CellInput,
  iterations: GroupCounts,
): Pick<CellRecord, 'state' | 'reason' | 'message'> {
  if (state.message === undefined || stopped !== undefined) return state
  return { ...state, message: state.message + cutOffText(plan, group, iterations, limitThatHeld(plan, health)) }
}

/** A cell that was not run. */
export function skippedCell(group: GroupPlan, cycle: number, reason: string): CellRecord {
  return { ...emptyCell(group, cycle), state: 'skipped', reason }
}

/** A cell that ended by an error of our own; its test throws the error itself. */
export function brokenCell(group: GroupPlan, cycle: number, error: unknown): CellRecord {
  return { ...emptyCell(group, cycle), state: 'failed', message: internalError(error) }
}

function emptyCell(group: GroupPlan, cycle: number): Omit<CellRecord, 'state'> {
  return {
    cycle,
    group: group.name,
    place: group.place,
    durationMs: 0,
    iterations: { begun: 0, ok: 0, failed: 0, aborted: 0, dropped: 0 },
    requests: {},
    verdicts: [],
    causes: [],
  }
}

/** Of latency; undefined when nothing was answered. */
export function percentilesOf(
  collector: Collector,
  scope: { readonly cycle?: number; readonly group?: string; readonly nowMs?: number },
  labels: Readonly<Record<string, string>> = {},
): Percentiles | undefined {
  const times = collector.measure({ metric: 'latency', labels }, scope)
  if (times.kind !== 'trend' || times.count === 0) return undefined
  return { p50: times.percentile(50), p95: times.percentile(95), p99: times.percentile(99), max: times.max }
}
