// The thresholds of a plan against what was measured: which selectors to keep, the verdicts at the end,
// and the ones that end a run early. Judging itself is gate/.
import { isExcluded } from '../agents/warm-up.ts'
import { evaluate, evaluateCycles } from '../gate/evaluate.ts'
import type { CyclePause } from '../gate/paused.ts'
import type { Verdict } from '../gate/verdict.ts'
import type { Collector, DeclaredSelector } from '../metrics/collector.ts'
import { metricOf } from '../metrics/metric.ts'
import type { Plan } from '../plan/plan.ts'
import type { PlacedThreshold } from '../scenario/scenario.ts'
import type { CycleHealth } from '../store/record.ts'

/** Everything that will be measured, said before the first sample. */
export function declaredSelectors(plan: Plan): DeclaredSelector[] {
  const ofRun = plan.thresholds.map(({ threshold }): DeclaredSelector => ({
    selector: threshold.selector,
    scope: threshold.per,
  }))
  const ofGroups = plan.groups.flatMap(({ name, thresholds }) =>
    thresholds.map(({ threshold }): DeclaredSelector => ({
      selector: threshold.selector,
      scope: 'cycle',
      group: name,
    })),
  )
  return [...ofRun, ...ofGroups]
}

export interface JudgeOptions {
  readonly aborted: boolean
  /** Of the cycles that are over; absent or empty when nobody watched the load generator. */
  readonly health?: readonly CycleHealth[]
  /** Of those, and of one that is open. */
  readonly pauses?: readonly CyclePause[]
}

/** The run's own thresholds, in the plan's order. */
export function judgeThresholds(plan: Plan, collector: Collector, options: JudgeOptions): readonly Verdict[] {
  return plan.thresholds.map((placed) => judgeOne(placed, collector, options))
}

function judgeOne(placed: PlacedThreshold, collector: Collector, options: JudgeOptions): Verdict {
  const { selector, per } = placed.threshold
  if (per === 'run') return evaluate(placed, collector.measure(selector), options)
  const cycles = collector.countedCycles().map((cycle) => ({
    cycle,
    measured: collector.measure(selector, { cycle }),
    health: options.health?.find((one) => one.cycle === cycle),
    pause: options.pauses?.find((one) => one.cycle === cycle),
  }))
  return evaluateCycles(placed, cycles, options)
}

export interface Moment {
  /** The one that is open, or was last. */
  readonly cycle: number | undefined
  readonly nowMs: number
  /** Of all cycles so far. */
  readonly health: readonly CycleHealth[]
  readonly pauses?: readonly CyclePause[]
}

/** The first threshold with `abort_on_fail` that does not hold now, of the run's or of a group in the open cycle. */
export function findFailed(
  plan: Plan,
  collector: Collector,
  { nowMs, health, pauses = [], ...moment }: Moment,
): Verdict | undefined {
  // What is not judged ends nothing.
  const cycle = isExcluded(plan.warmUp, moment.cycle ?? Infinity) ? undefined : moment.cycle
  const failed = (placed: PlacedThreshold, group?: string): Verdict | undefined => {
    const isOfCycle = group !== undefined || placed.threshold.per === 'cycle'
    if (!placed.threshold.abortOnFail || (isOfCycle && cycle === undefined)) return undefined
    const inCycle = isOfCycle && cycle !== undefined
    const scope = { nowMs, ...(inCycle && { cycle }), ...(group !== undefined && { group }) }
    const verdict = evaluate(placed, collector.measure(placed.threshold.selector, scope), {
      aborted: false,
      health: inCycle ? health.filter((one) => one.cycle === cycle) : health,
      pauses: inCycle ? pauses.filter((one) => one.cycle === cycle) : pauses,
    })
    const isOver = inCycle && collector.closedCycles().includes(cycle)
    return verdict.kind === 'fail' && (isOver || isForGood(placed, verdict)) ? verdict : undefined
  }
  for (const placed of plan.thresholds) {
    const verdict = failed(placed)
    if (verdict !== undefined) return verdict
  }
  for (const group of plan.groups)
    for (const placed of group.thresholds) {
      const verdict = failed(placed, group.name)
      if (verdict !== undefined) return verdict
    }
  return undefined
}

/** A counter only grows: what it has not reached yet it may still reach. */
function isForGood({ threshold: { selector, op, limit } }: PlacedThreshold, { value }: Verdict): boolean {
  const isCounter = metricOf(selector).kind === 'counter' || selector.stat === 'count'
  return !isCounter || op === '<' || op === '<=' || (op === '==' && value !== undefined && value > limit)
}
