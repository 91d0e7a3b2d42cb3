// What a person reads when a run is over: the steps, the thresholds, notices, and where the files
// are. Lines only; who prints them is decided elsewhere.
import type { Verdict } from '../gate/verdict.ts'
import type { Percentiles, RunRecord, StepRow } from '../store/record.ts'
import { formatCount, formatMb, formatMs, formatPercent, formatRate, plural } from '../units.ts'
import { type Line, type Paint, type Piece, type Style, paintLine } from './paint.ts'
import { breakerText } from './breaker-text.ts'
import { relativePath } from './relative-path.ts'
import { requestsText } from './requests-text.ts'
import { type Align, table } from './table.ts'

export interface SummaryOptions {
  readonly paint: Paint
  /** Of the screen; names are shortened to it, numbers and sentences never. */
  readonly columns?: number
  /** Paths are shown relative to it. */
  readonly root?: string
}

const MARKS: Readonly<Record<Verdict['kind'], { readonly mark: string; readonly style: Style }>> = {
  pass: { mark: '✓', style: 'green' },
  fail: { mark: '✗', style: 'red' },
  inconclusive: { mark: '?', style: 'yellow' },
  'no-data': { mark: '?', style: 'yellow' },
  'not-evaluated': { mark: '?', style: 'yellow' },
}

export function summaryLines(record: RunRecord, { paint, columns, root }: SummaryOptions): string[] {
  const parts: Line[][] = [
    [titleLine(record), cellsLine(record)],
    record.steps.length === 0 ? [] : stepLines(record.steps, columns),
    record.thresholds.length === 0 ? [] : thresholdLines(record.thresholds, columns),
    [...breakerLines(record), ...noticeLines(record)],
    [...closedLines(record), ...folderLines(record, root)],
  ]
  return spaced(parts).map((line) => paintLine(line, paint))
}

function spaced(parts: readonly Line[][]): Line[] {
  return parts.flatMap((part, i) => (part.length === 0 || i === 0 ? part : [[], ...part]))
}

function titleLine(record: RunRecord): Line {
  const facts = [formatMs(record.durationMs), requestsText(record)]
  if (record.rps !== undefined) {
    const limit = record.rateLimitRps === undefined ? '' : ` (limit ${formatRate(record.rateLimitRps)})`
    facts.push(formatRate(record.rps) + limit)
  }
  return [{ text: record.scenario.id, style: 'bold' }, `   ${facts.join('   ')}   `, dim(`seed ${record.seed}`)]
}

function cellsLine(record: RunRecord): Line {
  if (record.cells.length === 0) return [dim('  no cycle was begun')]
  const count = (state: string): number => record.cells.filter((cell) => cell.state === state).length
  const styles: [string, Style][] = [
    ['passed', 'green'],
    ['failed', 'red'],
    ['skipped', 'yellow'],
  ]
  const counts = styles
    .filter(([state]) => count(state) > 0)
    .map(([state, style]): Piece => ({ text: `${formatCount(count(state))} ${state}`, style }))
  const cells = counts.flatMap((piece, i): Piece[] => (i === 0 ? [piece] : [', ', piece]))
  const restored = record.cells.filter((cell) => cell.isRestored === true).length
  if (restored > 0) cells.push(dim(`   (${formatCount(restored)} from the checkpoint)`))
  const warm = record.cells.filter((cell) => cell.isWarmUp === true && cell.state === 'passed').length
  if (warm > 0) cells.push(dim(`   (${formatCount(warm)} in the warm-up, not judged)`))
  return [`  ${plural(record.cells.length, 'test')}, one per cycle and group: `, ...cells]
}

/** Nothing without one, and nothing when it has had nothing to do. */
function breakerLines({ breaker }: RunRecord): Line[] {
  if (breaker === undefined || breaker.events.length === 0) return []
  const style: Style = breaker.phase === 'closed' ? 'yellow' : 'red'
  return [[{ text: `! Circuit breaker: ${breakerText(breaker)}`, style }]]
}

/** Where there are times to be read: what `closedText` says, in lines of a terminal. */
function closedLines({ closed = [], steps }: RunRecord): Line[] {
  if (closed.length === 0 || steps.every(({ latency }) => latency === undefined)) return []
  return [
    [dim('  closed'), `  ${closed.join(', ')}`],
    [dim('          Who waits sends nothing: a stall is felt by fewer requests than users would send')],
    [dim('          (coordinated omission). An open workload shows it: { rate: 50/s, duration: 30s }')],
  ]
}

/** The table of the steps, with its head. */
export function stepLines(steps: readonly StepRow[], columns: number | undefined): Line[] {
  const head = ['  step', 'requests', 'ok', 'p50', 'p95', 'p99', 'max'].map(dim)
  const align: Align[] = ['left', ...Array<Align>(6).fill('right')]
  return table([head, ...steps.map(stepRow)], align, columns)
}

function stepRow(row: StepRow): Line {
  const { step, attempts, ok, latency } = row
  const share: Piece =
    attempts === 0
      ? dim('–')
      : ok === attempts
        ? formatPercent(100)
        : { text: formatPercent((100 * ok) / attempts), style: 'red' }
  return [`  ${step}`, formatCount(attempts), share, ...latencyPieces(latency)]
}

function latencyPieces(latency: Percentiles | undefined): Piece[] {
  if (latency === undefined) return Array<Piece>(4).fill(dim('–'))
  return [latency.p50, latency.p95, latency.p99, latency.max].map(formatMs)
}

function thresholdLines(thresholds: readonly Verdict[], columns: number | undefined): Line[] {
  const head = ['  threshold', 'value', 'limit', 'distance', 'samples', ''].map(dim)
  return table([head, ...thresholds.map(thresholdRow)], ['left', 'right', 'left', 'right', 'right', 'left'], columns)
}

function thresholdRow(verdict: Verdict): Line {
  const { mark, style } = MARKS[verdict.kind]
  const value = verdict.valueText === '' ? dim('–') : ({ text: verdict.valueText, style } as const)
  return [
    { text: `${mark} ${verdict.name}`, style },
    value,
    verdict.limitText,
    distanceOf(verdict),
    formatCount(verdict.samples),
    { text: remark(verdict), style },
  ]
}

/** What the row does not say by itself: pass and fail are told by the mark and the numbers. */
function remark(verdict: Verdict): string {
  const paused = verdict.pausedMs === undefined ? '' : `paused for ${formatMs(verdict.pausedMs)}`
  const doubt = verdict.note === undefined ? paused : 'load generator saturated'
  if (verdict.kind === 'pass' || verdict.kind === 'fail') return doubt
  const needed = verdict.needed === undefined ? '' : `, ${plural(verdict.needed, 'sample')} needed`
  const kind = `${verdict.kind.replaceAll('-', ' ')}${needed}${verdict.skip ? ', skipped' : ''}`
  return doubt === '' ? kind : `${kind}, ${doubt}`
}

/** Taken from the message (`… must be < 300 ms (+37.3 %) …`), so that two texts about one verdict cannot differ. */
function distanceOf({ message, limitText }: Verdict): string {
  const after = message.split(`must be ${limitText} (`, 2)[1] ?? ''
  return after.slice(0, Math.max(0, after.indexOf(')')))
}

function noticeLines(record: RunRecord): Line[] {
  const notices =
    record.stopped === undefined ? record.notices : [`Stopped early: ${record.stopped}`, ...record.notices]
  return notices.map((notice): Line => [{ text: `! ${notice}`, style: 'yellow' }])
}

function folderLines({ folder, memory }: RunRecord, root: string | undefined): Line[] {
  const peak = memory && `  ${formatMb(memory.peakRssMb)} at most, heap ${formatMb(memory.peakHeapMb)}`
  return [
    ...(peak === undefined ? [] : [[dim('  memory'), peak]]),
    ...(folder === undefined
      ? []
      : [[dim('  record'), `  ${root === undefined ? folder : relativePath(folder, root)}`]]),
  ]
}

function dim(text: string): Piece {
  return { text, style: 'dim' }
}
