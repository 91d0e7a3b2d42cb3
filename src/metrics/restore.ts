// A stored scope back into a live one, so that recording can go on in it as if it had never stopped. The
// other way is view.ts.
import { OUTCOMES } from '../sample.ts'
import { Histogram } from './histogram.ts'
import type { CustomTally, Scope, Tally } from './scope.ts'
import { ATTEMPT_TRENDS, OUTCOME_INDEX, attemptKey } from './series.ts'
import type { ScopeSummary } from './summary.ts'

/** @param scope empty, of the layout that the other one had */
export function restoreScope(scope: Scope, stored: ScopeSummary): void {
  const { layout } = scope
  scope.durationMs = stored.durationMs
  for (const [slot, counts] of Object.entries(stored.slots)) {
    const index = Number(slot)
    restoreTally(scope.attempts[index], counts.attempts)
    scope.checks[index] = counts.checks
    scope.checksHeld[index] = counts.checksHeld
    scope.calls[index] = counts.calls ?? 0
    for (const [name, [n, held]] of Object.entries(counts.custom ?? {}))
      scope.custom[index]?.set(name, { n, held, times: undefined })
  }
  layout.groups.forEach((name, index) => {
    const counts = Object.hasOwn(stored.groups, name) ? stored.groups[name] : undefined
    const live = scope.groups[index]
    if (live !== undefined && counts !== undefined) Object.assign(live, counts)
  })
  const own = new Map(layout.own.map((series, index) => [series.name, index]))
  for (const [name, text] of Object.entries(stored.histograms)) {
    const index = own.get(name)
    if (index === undefined) restoreTimes(scope, name, Histogram.decode(text))
    else scope.ownTimes[index] = Histogram.decode(text)
  }
  for (const [name, counts] of Object.entries(stored.attempts ?? {})) {
    const index = own.get(name)
    if (index !== undefined) restoreTally(scope.ownCounts[index], counts)
  }
}

/** Of a base series: `latency:3`, `iteration_duration:shoppers`, or of a `call` step's own trend: `parse_ms:4`. */
function restoreTimes(scope: Scope, series: string, times: Histogram): void {
  const colon = series.indexOf(':')
  const [name, of] = [series.slice(0, colon), series.slice(colon + 1)]
  const trend = ATTEMPT_TRENDS.find((one) => one === name)
  if (trend !== undefined) scope.trends[trend][Number(of)] = times
  else if (name === 'iteration_duration') {
    const group = scope.layout.groupIndex.get(of)
    if (group !== undefined) scope.durations[group] = times
  } else {
    const tally: CustomTally = { n: 0, held: 0, times }
    scope.custom[Number(of)]?.set(name, tally)
  }
}

function restoreTally(tally: Tally | undefined, counts: Readonly<Record<string, number>>): void {
  for (const [key, n] of Object.entries(counts)) {
    const [status, name] = key.split('|')
    const outcome = OUTCOMES.find((one) => one === name)
    if (outcome !== undefined) tally?.set(attemptKey(Number(status), OUTCOME_INDEX[outcome]), { n })
  }
}
