// The `turbulence.*` properties of JUnit suites and cases: numbers for tools that read them. Locale
// free, rates from 0 to 1, times in milliseconds; absent means not measured.
import type { Verdict } from '../gate/verdict.ts'
import type { CellRecord, CycleHealth, OutcomeCounts, RunRecord } from '../store/record.ts'

type Properties = Record<string, string>

export function suiteProperties(record: RunRecord, file: string): Properties {
  // What is not judged is in no number of the run.
  const counted = record.cells.filter(({ isWarmUp }) => isWarmUp !== true)
  const begun = sum(counted.map((cell) => cell.iterations.begun))
  const ok = sum(counted.map((cell) => cell.iterations.ok))
  return named({
    'run.id': record.runId,
    seed: record.seed,
    rerun: record.rerun,
    'scenario.id': record.scenario.id,
    'scenario.file': file,
    'scenario.sha256': record.scenario.sha256,
    sut: record.scenario.sut,
    profile: record.profile,
    overrides: record.overrides.join(' ') || undefined,
    hosts: record.hosts.join(' ') || undefined,
    samples: sum(counted.map((cell) => total(cell.requests))),
    iterations: begun,
    successRate: ratio(ok, begun),
    rps: record.rps === undefined ? undefined : decimal(record.rps),
    rateLimitRps: record.rateLimitRps,
    coordinatedOmission:
      record.closed === undefined ? undefined : `not shown: closed workload of ${record.closed.join(' ')}`,
    stopped: record.stopped,
    'warmUp.cycles': warmUpCycles(record.cells),
    ...resumeProperties(record.resumes),
    paused_ms: record.paused && decimal(record.paused.ms),
    'paused.times': record.paused?.times,
    ...breakerProperties(record.breaker),
    ...healthProperties(record.health ?? []),
    ...(record.memory !== undefined && {
      'memory.rssMb': decimal(record.memory.peakRssMb),
      'memory.heapMb': decimal(record.memory.peakHeapMb),
    }),
    ...prefixed('version', record.versions),
    'machine.node': record.machine.node,
    'machine.platform': record.machine.platform,
    'machine.cpus': record.machine.cpus,
  })
}

/** How many were reported without being judged. */
function warmUpCycles(cells: readonly CellRecord[]): number | undefined {
  return new Set(cells.filter(({ isWarmUp }) => isWarmUp === true).map(({ cycle }) => cycle)).size || undefined
}

function resumeProperties(resumes: RunRecord['resumes'] = []): Record<string, string | number> {
  const last = resumes.at(-1)
  if (last === undefined) return {}
  const again = [...new Set(resumes.flatMap(({ sentAgain }) => sentAgain))].join(' ')
  return { 'resumed.afterCycle': last.afterCycle, ...(again !== '' && { 'resumed.sentAgain': again }) }
}

function breakerProperties(breaker: RunRecord['breaker']): Record<string, string | number> {
  if (breaker === undefined) return {}
  const { phase, opened, events } = breaker
  if (opened === undefined) return { breaker: phase }
  const { cycle, failed, agents } = opened
  const numbers = { 'breaker.cycle': cycle, 'breaker.failed': failed, 'breaker.agents': agents }
  const all = events.map((event) => `${event.phase} in cycle ${event.cycle}`).join(', ')
  return { breaker: phase, ...numbers, ...(events.length > 1 && { 'breaker.events': all }) }
}

/** Of the load generator itself; of several cycles the worst of each. */
function healthProperties(health: readonly CycleHealth[]): Record<string, string> {
  if (health.length === 0) return {}
  const stalls = health.flatMap(({ stallMs }) => stallMs ?? [])
  const rates = (of: 'openRate' | 'limitedRate'): number[] => health.flatMap(({ [of]: rate }) => rate ?? [])
  const least = (name: string, values: readonly number[]): Record<string, string> =>
    values.length === 0 ? {} : { [name]: decimal(Math.min(...values)) }
  return {
    'health.loopDelay_ms': decimal(Math.max(...health.map(({ delayMs }) => delayMs))),
    ...(stalls.length > 0 && { 'health.stall_ms': decimal(Math.max(...stalls)) }),
    'health.utilisation': decimal(Math.max(...health.map(({ utilisation }) => utilisation))),
    ...least('health.openRate', rates('openRate')),
    ...least('health.limitedRate', rates('limitedRate')),
  }
}

export function cellProperties(cell: CellRecord): Properties {
  const { iterations, latency } = cell
  const errors = Object.entries(cell.requests).filter(([outcome, count]) => outcome !== 'ok' && count > 0)
  return named({
    cycle: cell.cycle,
    group: cell.group,
    restored: cell.isRestored === true ? 'true' : undefined,
    warmUp: cell.isWarmUp === true ? 'true' : undefined,
    iterations: iterations.begun,
    'iterations.ok': iterations.ok,
    'iterations.failed': iterations.failed,
    'iterations.aborted': iterations.aborted || undefined,
    'iterations.dropped': iterations.dropped || undefined,
    successRate: ratio(iterations.ok, iterations.begun),
    samples: total(cell.requests),
    paused_ms: cell.pausedMs === undefined ? undefined : decimal(cell.pausedMs),
    ...(latency !== undefined && {
      p50_ms: decimal(latency.p50),
      p95_ms: decimal(latency.p95),
      p99_ms: decimal(latency.p99),
      max_ms: decimal(latency.max),
    }),
    ...prefixed('errors', Object.fromEntries(errors)),
    ...healthProperties(cell.health === undefined ? [] : [cell.health]),
  })
}

export function thresholdProperties(verdict: Verdict): Properties {
  return named({
    metric: verdict.selector,
    threshold: verdict.expression,
    'threshold.op': verdict.op,
    'threshold.limit': decimal(verdict.limit),
    'threshold.actual': verdict.value === undefined ? undefined : decimal(verdict.value),
    unit: verdict.unit || undefined,
    samples: verdict.samples,
    'samples.needed': verdict.needed,
    verdict: verdict.kind,
  })
}

function named(values: Readonly<Record<string, string | number | undefined>>): Properties {
  const properties: Properties = {}
  for (const [name, value] of Object.entries(values))
    if (value !== undefined) properties[`turbulence.${name}`] = String(value)
  return properties
}

function prefixed<T extends string | number>(prefix: string, values: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value]))
}

/** At most three decimals, never an exponent. */
function decimal(value: number): string {
  const text = value.toFixed(3)
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

function ratio(part: number, whole: number): string | undefined {
  return whole === 0 ? undefined : (part / whole).toFixed(4)
}

function total(counts: OutcomeCounts): number {
  return sum(Object.values(counts))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0)
}
