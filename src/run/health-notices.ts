// What people should know of the load generator itself when a run is over: that it was saturated for
// something that was judged, that it was busy all the time, or that it could not keep the rate limit's pace.
import type { Verdict } from '../gate/verdict.ts'
import type { Plan } from '../plan/plan.ts'
import type { CellRecord, CycleHealth } from '../store/record.ts'
import { formatRate } from '../units.ts'

const BUSY = 0.95
const LEAST_RATE = 0.98
/** Smaller losses are the stalls of any machine that is shared; the record has them all. */
const LEAST_LIMITED_RATE = 0.9
const LESS_LOAD = 'Use fewer agents, a rate limit, or another machine.'

export interface HealthInput {
  readonly plan: Plan
  readonly health: readonly CycleHealth[]
  readonly cells: readonly CellRecord[]
  readonly verdicts: readonly Verdict[]
}

export function healthNotices({ plan, health, cells, verdicts }: HealthInput): string[] {
  const doubted = [...verdicts, ...cells.flatMap((cell) => cell.verdicts)].filter(({ note }) => note !== undefined)
  const first = doubted.find(({ kind }) => kind === 'inconclusive') ?? doubted[0]
  const busy = most(
    health.filter((one) => isLong(cells, one.cycle) && !keptPace(one)),
    ({ utilisation }) => utilisation,
  )
  return [
    ...(first?.note !== undefined ? [saturated(first.note)] : busy === undefined ? [] : busyNotice(busy)),
    ...limitNotice(plan, health),
  ]
}

function saturated(note: string): string {
  return `${note.charAt(0).toUpperCase()}${note.slice(1)}: times may be its own. ${LESS_LOAD}`
}

function busyNotice({ cycle, utilisation }: CycleHealth): string[] {
  if (utilisation < BUSY) return []
  const times = `the load generator was ${percent(utilisation)} busy in cycle ${cycle}`
  return [`This is as much load as one core sends: ${times}. ${LESS_LOAD}`]
}

function limitNotice({ rateLimit }: Plan, health: readonly CycleHealth[]): string[] {
  const slowest = most(health, ({ limitedRate = 1 }) => -limitedRate)
  if (rateLimit === undefined || slowest?.limitedRate === undefined) return []
  const { cycle, limitedRate } = slowest
  if (limitedRate >= LEAST_LIMITED_RATE) return []
  return [
    `The load generator did not keep up with the rate limit of ${formatRate(rateLimit.ratePerSecond)} in cycle ${cycle}: ` +
      `while requests waited for it, ${percent(limitedRate)} of what it allows was sent.`,
  ]
}

/** It sent what it was to send: waiting for exact moments keeps a loop busy, too. */
function keptPace({ openRate = 0, limitedRate = 0 }: CycleHealth): boolean {
  return Math.max(openRate, limitedRate) >= LEAST_RATE
}

/** Shorter cycles are over before utilisation says anything. */
function isLong(cells: readonly CellRecord[], cycle: number): boolean {
  return cells.some((cell) => cell.cycle === cycle && cell.durationMs >= 1000)
}

function most(health: readonly CycleHealth[], of: (one: CycleHealth) => number): CycleHealth | undefined {
  return health.toSorted((a, b) => of(b) - of(a))[0]
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}
