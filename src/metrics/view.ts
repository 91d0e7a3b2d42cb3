// One way to read a scope, whether it is being recorded or was stored in a Summary, and the way from
// the one to the other. It answers by slot, group and series; selecting is measure.ts.
import { OUTCOMES } from '../sample.ts'
import type { Outcome } from '../sample.ts'
import { Histogram } from './histogram.ts'
import type { Scope, Tally } from './scope.ts'
import { ATTEMPT_TRENDS, baseName, outcomeOf, statusOf } from './series.ts'
import type { GroupCounts, ScopeSummary, SlotCounts } from './summary.ts'

export type VisitAttempts = (status: number, outcome: Outcome, n: number) => void

export interface View {
  readonly durationMs: number
  eachAttempt(slot: number, visit: VisitAttempts): void
  checks(slot: number): { readonly tried: number; readonly held: number }
  group(name: string): GroupCounts
  /** How often a `call` step ran. */
  calls(slot: number): number
  custom(slot: number, name: string): { readonly n: number; readonly held: number }
  /** The times of a base series; undefined when there are none. */
  times(name: string): Histogram | undefined
  /** A declared series; undefined when it was not declared for this scope. */
  ownTimes(name: string): Histogram | undefined
  ownAttempts(name: string): ((visit: VisitAttempts) => void) | undefined
}

const NOTHING = { n: 0, held: 0 }
const NO_ITERATIONS: GroupCounts = { begun: 0, ok: 0, failed: 0, aborted: 0, dropped: 0 }

export function liveView(scope: Scope, kept: 'perRun' | 'perCycle'): View {
  const { layout } = scope
  const own = (name: string): number => layout.own.findIndex((series) => series.name === name && series[kept])
  return {
    durationMs: scope.durationMs,
    eachAttempt: (slot, visit) => visitTally(scope.attempts[slot], visit),
    checks: (slot) => ({ tried: scope.checks[slot] ?? 0, held: scope.checksHeld[slot] ?? 0 }),
    group: (name) => scope.groups[layout.groupIndex.get(name) ?? -1] ?? NO_ITERATIONS,
    calls: (slot) => scope.calls[slot] ?? 0,
    custom: (slot, name) => scope.custom[slot]?.get(name) ?? NOTHING,
    times: (name) => {
      const [metric, of] = splitName(name)
      if (metric === 'iteration_duration') return scope.durations[layout.groupIndex.get(of) ?? -1]
      const trend = ATTEMPT_TRENDS.find((one) => one === metric)
      return trend === undefined ? scope.custom[Number(of)]?.get(metric)?.times : scope.trends[trend][Number(of)]
    },
    ownTimes: (name) => (own(name) < 0 ? undefined : (scope.ownTimes[own(name)] ?? new Histogram())),
    ownAttempts: (name) => (own(name) < 0 ? undefined : (visit) => visitTally(scope.ownCounts[own(name)], visit)),
  }
}

export function storedView(scope: ScopeSummary): View {
  const decode = (name: string): Histogram | undefined => {
    const text = Object.hasOwn(scope.histograms, name) ? scope.histograms[name] : undefined
    return text === undefined ? undefined : Histogram.decode(text)
  }
  return {
    durationMs: scope.durationMs,
    eachAttempt: (slot, visit) => visitRecord(scope.slots[slot]?.attempts ?? {}, visit),
    checks: (slot) => ({ tried: scope.slots[slot]?.checks ?? 0, held: scope.slots[slot]?.checksHeld ?? 0 }),
    group: (name) => (Object.hasOwn(scope.groups, name) ? scope.groups[name] : undefined) ?? NO_ITERATIONS,
    calls: (slot) => scope.slots[slot]?.calls ?? 0,
    custom: (slot, name) => {
      const [n, held] = scope.slots[slot]?.custom?.[name] ?? [0, 0]
      return { n, held }
    },
    times: decode,
    ownTimes: decode,
    ownAttempts: (name) => {
      const counts = scope.attempts?.[name]
      return counts === undefined ? undefined : (visit) => visitRecord(counts, visit)
    },
  }
}

/** A scope as plain data. Empty base series are left out; declared ones never are, so that they stay known. */
export function storeScope(scope: Scope, kept: 'perRun' | 'perCycle'): ScopeSummary {
  const { layout } = scope
  const histograms: Record<string, string> = {}
  for (const trend of ATTEMPT_TRENDS)
    scope.trends[trend].forEach((times, index) => storeTimes(histograms, baseName(trend, index), times))
  scope.durations.forEach((times, index) =>
    storeTimes(histograms, baseName('iteration_duration', layout.groups[index] ?? ''), times),
  )
  const attempts: Record<string, Readonly<Record<string, number>>> = {}
  for (const [index, series] of layout.own.entries()) {
    if (!series[kept]) continue
    if (series.trend === undefined) attempts[series.name] = storeTally(scope.ownCounts[index])
    else histograms[series.name] = (scope.ownTimes[index] ?? new Histogram()).encode()
  }
  const slots = layout.slots.flatMap((_, index) => {
    const counts = storeTally(scope.attempts[index])
    const { [index]: checks = 0 } = scope.checks
    const { [index]: checksHeld = 0 } = scope.checksHeld
    const called = storeCalls(scope, index, histograms)
    const seen = checks > 0 || Object.keys(counts).length > 0 || called !== undefined
    return seen ? [[String(index), { attempts: counts, checks, checksHeld, ...called }] as const] : []
  })
  return {
    durationMs: scope.durationMs,
    slots: Object.fromEntries(slots),
    groups: Object.fromEntries(
      layout.groups.map((name, index) => [name, { ...NO_ITERATIONS, ...scope.groups[index] }]),
    ),
    histograms,
    ...(Object.keys(attempts).length > 0 && { attempts }),
  }
}

/** Undefined when no `call` step ran here; times go to the histograms. */
function storeCalls(
  { calls, custom }: Scope,
  slot: number,
  histograms: Record<string, string>,
): Pick<SlotCounts, 'calls' | 'custom'> | undefined {
  const { [slot]: ran = 0 } = calls
  if (ran === 0) return undefined
  const counts: Record<string, readonly [number, number]> = {}
  custom[slot]?.forEach(({ n, held, times }, name) => {
    if (times === undefined) counts[name] = [n, held]
    else storeTimes(histograms, baseName(name, slot), times)
  })
  return { calls: ran, ...(Object.keys(counts).length > 0 && { custom: counts }) }
}

function storeTimes(into: Record<string, string>, name: string, times: Histogram | undefined): void {
  if (times !== undefined && times.count > 0) into[name] = times.encode()
}

function storeTally(tally: Tally | undefined): Record<string, number> {
  const counts: Record<string, number> = {}
  visitTally(tally, (status, outcome, n) => (counts[`${status}|${outcome}`] = n))
  return counts
}

/** Boxes are kept over cycles, so some may be empty. */
function visitTally(tally: Tally | undefined, visit: VisitAttempts): void {
  tally?.forEach(({ n }, key) => {
    if (n > 0) visit(statusOf(key), outcomeOf(key), n)
  })
}

function visitRecord(counts: Readonly<Record<string, number>>, visit: VisitAttempts): void {
  for (const [key, n] of Object.entries(counts)) {
    const [status, outcome] = key.split('|')
    const known = OUTCOMES.find((one) => one === outcome)
    if (known !== undefined) visit(Number(status), known, n)
  }
}

function splitName(name: string): [string, string] {
  const colon = name.indexOf(':')
  return [name.slice(0, colon), name.slice(colon + 1)]
}
