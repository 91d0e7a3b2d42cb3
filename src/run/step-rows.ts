// The rows of the step table: for the record at the end of a run, and for the key `s` while it runs.
import type { Collector, MeasureOptions } from '../metrics/collector.ts'
import type { Plan } from '../plan/plan.ts'
import type { Statistics } from '../report/statistics.ts'
import type { StepRow } from '../store/record.ts'
import { percentilesOf } from './judge-cell.ts'

/** One row per step name that sends requests, in the order of the plan. */
export function stepRows(plan: Plan, collector: Collector, scope: MeasureOptions = {}): StepRow[] {
  const rows = new Map<string, StepRow>()
  for (const { step, method, service } of plan.slots) {
    if (method === undefined || rows.has(step)) continue
    const labels = { step }
    const requests = collector.measure({ metric: 'requests', labels }, scope)
    const ok = collector.measure({ metric: 'request_success_rate', labels }, scope)
    const latency = percentilesOf(collector, scope, labels)
    rows.set(step, {
      step,
      ...(method !== undefined && { method }),
      ...(service !== undefined && { service }),
      attempts: requests.kind === 'counter' ? requests.count : 0,
      ok: ok.kind === 'rate' ? ok.held : 0,
      ...(latency !== undefined && { latency }),
    })
  }
  return [...rows.values()]
}

/** The table so far; in a warm-up that is not judged, of its cycle alone. @param cycle the one that runs, or was last */
export function statisticsOf(plan: Plan, collector: Collector, cycle: number): Statistics {
  const isApart = collector.isKeptApart(cycle)
  return {
    scenario: plan.scenario.id,
    cycle,
    cycles: plan.cycles,
    ...(isApart && { isApart: true as const }),
    steps: stepRows(plan, collector, isApart ? { cycle } : {}),
  }
}
