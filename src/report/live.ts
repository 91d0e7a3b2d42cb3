// Lines about a run that is under way: the block that a terminal redraws, and single lines for
// everything else. Nothing here prints or keeps time.
import type { CellRecord } from '../store/record.ts'
import { formatCount, formatMb, formatMoment, formatMs, formatPercent, formatRate, plural } from '../units.ts'
import { type Line, type Paint, type Piece, paintLine } from './paint.ts'
import type { Tick } from './tick.ts'

const BAR_WIDTH = 24
const GAP = '   '

export interface LiveScreen {
  readonly columns: number
  /** Default: as many as there are lines. */
  readonly rows?: number
  readonly paint: Paint
  /** Which keys do what now; absent where there are none. */
  readonly keys?: string
}

/** Which lines are left out when there is not room for all, in this order. */
const LEAST_FIRST = [
  'memory',
  'generator',
  'waiting',
  'agents',
  'latency',
  'time',
  'requests',
  'success',
  'then',
  'breaker',
  'paused',
]

/** At most a dozen lines and `rows`, none wider than `columns`. */
export function liveLines(tick: Tick, { columns, rows: most = Infinity, paint, keys }: LiveScreen): string[] {
  const ended = success(tick)
  const rows: [string, Piece[]][] = [
    ['agents', [agents(tick)]],
    ['requests', [progress(tick), GAP, rate(tick)]],
    ['latency', [latency(tick) || 'nothing measured yet']],
    ['success', ended.length === 0 ? ['nobody has finished yet'] : join(ended)],
  ]
  if (tick.waitRateLimitMs !== undefined)
    rows.push(['waiting', [`${formatMs(tick.waitRateLimitMs)} per request for the rate limit`]])
  if (tick.breaker !== undefined) rows.push(['breaker', [breaker(tick.breaker)]])
  if (tick.generator !== undefined) rows.push(['generator', [generator(tick.generator)]])
  if (tick.memory !== undefined)
    rows.push(['memory', [`${formatMb(tick.memory.rssMb)}, heap ${formatMb(tick.memory.heapMb)}`]])
  rows.push(['time', [time(tick)]])
  if (tick.pausedMs !== undefined) rows.push(['paused', [{ text: paused(tick, tick.pausedMs), style: 'yellow' }]])
  if (tick.asked !== undefined) rows.push(['then', [{ text: ASKED[tick.asked], style: 'yellow' }]])
  const title: Line = [
    { text: tick.scenario, style: 'bold' },
    `  cycle ${tick.cycle} of ${tick.cycles}  `,
    { text: bar(tick), style: 'cyan' },
  ]
  const width = Math.max(...rows.map(([label]) => label.length))
  const foot: Line[] = keys === undefined ? [] : [[{ text: `  ${keys}`, style: 'dim' }]]
  const surplus = Math.max(0, rows.length + 1 + foot.length - most)
  const gone = LEAST_FIRST.filter((label) => rows.some(([there]) => there === label)).slice(0, surplus)
  const lines = rows
    .filter(([label]) => !gone.includes(label))
    .map(([label, value]): Line => [{ text: `  ${label.padEnd(width)}  `, style: 'dim' }, ...value])
  return [title, ...lines, ...foot].slice(0, most).map((line) => paintLine(line, paint, columns))
}

const ASKED: Readonly<Record<NonNullable<Tick['asked']>, string>> = {
  checkpoint: 'a checkpoint, after this cycle',
  finish: 'the end, after this cycle',
}

function paused({ agentsActive, nextCycleMs }: Tick, ms: number): string {
  const inside = agentsActive === 0 || nextCycleMs !== undefined ? '' : `, ${plural(agentsActive, 'agent')} still at it`
  return `for ${formatMs(ms)}: no iteration begins${inside}`
}

/** Within a cycle, for outputs that cannot be redrawn. */
export function tickLine(tick: Tick, paint: Paint): string {
  return paintLine([...title(tick), ...join([time(tick), requests(tick), latency(tick), ...success(tick)])], paint)
}

/** When a cycle is over; its last Tick, and its cells, which say whether it passed. */
export function cycleLine(tick: Tick, cells: readonly CellRecord[], paint: Paint): string {
  const failed = cells.filter((cell) => cell.state === 'failed').map((cell) => cell.group)
  const skipped = cells.length > 0 && cells.every((cell) => cell.state === 'skipped')
  const verdict: Piece =
    failed.length > 0
      ? { text: `failed: ${failed.join(', ')}`, style: 'red' }
      : skipped
        ? { text: `skipped: ${cells[0]?.reason ?? 'nobody was due'}`, style: 'yellow' }
        : cells.length > 0 && cells.every((cell) => cell.isWarmUp === true)
          ? { text: 'warm-up, not judged', style: 'dim' }
          : { text: 'passed', style: 'green' }
  const numbers = [formatMs(tick.elapsedMs), requests(tick), latency(tick), ...success(tick)]
  // Where nobody was active, others may have idled.
  const isQuiet = skipped && tick.requests === 0
  return paintLine([...title(tick), ...join(isQuiet ? [verdict] : [verdict, ...numbers])], paint)
}

function title(tick: Tick): Line {
  const cycle = `cycle ${String(tick.cycle).padStart(String(tick.cycles).length)} of ${tick.cycles}`
  return [{ text: tick.scenario, style: 'bold' }, `  ${cycle}`, GAP]
}

function agents({ agentsActive, turnout }: Tick): string {
  const due =
    turnout === undefined ? '' : `, ${formatCount(turnout.acting)} of ${formatCount(turnout.of)} act in this cycle`
  return `${formatCount(agentsActive)} active${due}`
}

function requests(tick: Tick): string {
  return `${plural(tick.requests, 'request')} at ${formatRate(tick.rpsAchieved)}`
}

function progress(tick: Tick): string {
  const done = formatCount(tick.requests)
  return tick.requestsExpected === undefined ? done : `${done} of ${formatCount(tick.requestsExpected)}`
}

function rate(tick: Tick): string {
  const achieved = formatRate(tick.rpsAchieved)
  return tick.rpsWanted === undefined ? achieved : `${achieved}, wanted ${formatRate(tick.rpsWanted)}`
}

function latency({ p50, p95, p99 }: Tick): string {
  const known = Object.entries({ p50, p95, p99 }).filter(([, ms]) => ms !== undefined)
  return known.map(([name, ms]) => `${name} ${formatMs(ms ?? 0)}`).join('  ')
}

function success(tick: Tick): Piece[] {
  const errors: Piece[] = tick.errors === 0 ? [] : [{ text: plural(tick.errors, 'error'), style: 'red' }]
  const share = tick.successRate === undefined ? [] : [`${formatPercent(tick.successRate)} ok`]
  return [...share, ...errors]
}

function breaker({ failed, agents, phase }: NonNullable<Tick['breaker']>): Piece {
  if (phase === 'half-open') return { text: `half-open: ${plural(agents, 'agent')} probing`, style: 'yellow' }
  const text = `${phase}: ${formatCount(failed)} of ${plural(agents, 'agent')} failed`
  return phase === 'closed' ? text : { text, style: 'red' }
}

function generator({ delayMs, utilisation }: NonNullable<Tick['generator']>): string {
  return `loop delay ${formatMs(delayMs)}, ${Math.round(utilisation * 100)} % busy`
}

function time(tick: Tick): string {
  if (tick.nextCycleMs !== undefined) {
    const when = tick.nextCycleMs === 0 ? 'is due' : `begins in ${formatMs(tick.nextCycleMs)}`
    return `cycle ${tick.nextCycle ?? tick.cycle + 1} ${when}`
  }
  const left = tick.leftMs === undefined ? '' : `, about ${formatMs(tick.leftMs)} left`
  const simulated = tick.simulated === undefined ? '' : `, ${formatMoment(tick.simulated)} simulated`
  return `${formatMs(tick.elapsedMs)} in this cycle${simulated}${left}`
}

/** Cycles done, and the part of this one that is known. */
function bar(tick: Tick): string {
  const part = tick.requestsExpected ? Math.min(1, tick.requests / tick.requestsExpected) : 0
  const done = Math.round((BAR_WIDTH * (tick.cycle - 1 + part)) / Math.max(1, tick.cycles))
  const filled = Math.min(BAR_WIDTH, Math.max(0, done))
  return '━'.repeat(filled) + '─'.repeat(BAR_WIDTH - filled)
}

function join(pieces: readonly Piece[]): Piece[] {
  return pieces.filter((piece) => piece !== '').flatMap((piece, i) => (i === 0 ? [piece] : [GAP, piece]))
}
