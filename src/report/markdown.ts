// A run in Markdown, for pull requests and the pages of CI services: what was judged and what it came
// to, the cells that failed and why, and how to run exactly this again. Made from RunRecords.
import type { Verdict } from '../gate/verdict.ts'
import type { CellRecord, RunRecord } from '../store/record.ts'
import { formatCount, formatMs, formatRate, plural } from '../units.ts'
import type { JunitSuite } from './junit.ts'
import { clip } from './clean-text.ts'
import { closedText } from './closed-text.ts'
import { code, codeBlock, markdownTable } from './markdown-text.ts'
import { relativePath } from './relative-path.ts'
import { requestsText } from './requests-text.ts'

/** CI services cut off or refuse long summaries. */
const MOST_CELLS = 20
const MOST_NOTICES = 10
const MOST_COMMAND = 1000

const VERDICTS: Readonly<Record<Verdict['kind'], string>> = {
  pass: '✅ pass',
  fail: '❌ fail',
  inconclusive: '❔ inconclusive',
  'no-data': '❔ no data',
  'not-evaluated': '❔ not evaluated',
}

export interface MarkdownOptions {
  /** Absolute; files are named relative to it. Without it, by file name alone. */
  readonly root?: string | undefined
}

export function markdownSummary(records: readonly RunRecord[], options: MarkdownOptions = {}): string {
  return records.map((record) => section(titleLines(record, options.root), bodyOf(record, options.root))).join('\n')
}

/** For a suite that left no record (a wrong file, a crash): what is known of it. */
export function markdownErrors(suite: JunitSuite): string {
  const errors = suite.cases.flatMap(({ name, result }) =>
    result?.kind === 'error' || result?.kind === 'failure' ? [{ name, message: result.message }] : [],
  )
  const rows = errors.slice(0, MOST_CELLS).map(({ name, message }) => [code(name), code(message)])
  const table = errors.length === 0 ? [] : markdownTable(['test', 'error'], ['left', 'left'], rows)
  return section([`## ❌ ${code(suite.name)}`, 'This scenario left no record.'], [table, moreLine(errors.length)])
}

function bodyOf(record: RunRecord, root: string | undefined): string[][] {
  const failed = record.cells.filter((cell) => cell.state === 'failed')
  return [
    thresholdTable(record.thresholds),
    [cellsLine(record.cells)],
    closedLine(record),
    failed.length === 0 ? [] : failedTable(failed.slice(0, MOST_CELLS), root),
    moreLine(failed.length),
    noticeLines(record),
    [`Seed ${record.seed}. To run exactly this again:`],
    codeBlock('sh', [clip(record.rerun, MOST_COMMAND)]),
  ]
}

function section(title: readonly string[], parts: readonly (readonly string[])[]): string {
  return [...title.map((line) => [line]), ...parts]
    .filter((part) => part.length > 0)
    .map((part) => `${part.join('\n')}\n`)
    .join('\n')
}

function titleLines(record: RunRecord, root: string | undefined): string[] {
  const facts = [code(relativePath(record.scenario.file, root)), formatMs(record.durationMs), requestsText(record)]
  if (record.rps !== undefined) {
    const limit = record.rateLimitRps === undefined ? '' : ` (limit ${formatRate(record.rateLimitRps)})`
    facts.push(formatRate(record.rps) + limit)
  }
  if (record.scenario.sut !== undefined) facts.push(`against ${code(record.scenario.sut)}`)
  if (record.profile !== undefined) facts.push(`profile ${code(record.profile)}`)
  return [`## ${markOf(record)} ${code(record.scenario.id)}`, facts.join(' · ')]
}

function markOf({ cells, thresholds, stopped }: RunRecord): string {
  const broken = cells.some((cell) => cell.state === 'failed') || thresholds.some((one) => isAgainst(one))
  return broken ? '❌' : stopped === undefined ? '✅' : '⚠️'
}

function isAgainst({ kind, skip }: Verdict): boolean {
  return kind !== 'pass' && !skip
}

function thresholdTable(thresholds: readonly Verdict[]): string[] {
  if (thresholds.length === 0) return []
  return markdownTable(
    ['threshold', 'value', 'limit', 'samples', 'verdict'],
    ['left', 'right', 'left', 'right', 'left'],
    thresholds.map((one) => [
      code(one.name),
      one.valueText === '' ? '–' : code(one.valueText),
      code(one.limitText),
      formatCount(one.samples),
      verdictText(one),
    ]),
  )
}

function verdictText({ kind, skip, needed, note }: Verdict): string {
  const doubt = note === undefined ? '' : ', load generator saturated'
  if (kind === 'pass' || kind === 'fail') return VERDICTS[kind] + doubt
  const more = needed === undefined ? '' : `, ${plural(needed, 'sample')} needed`
  return `${skip ? VERDICTS[kind].replace('❔', '⏭️') : VERDICTS[kind]}${more}${skip ? ', skipped' : ''}${doubt}`
}

function cellsLine(cells: readonly CellRecord[]): string {
  if (cells.length === 0) return 'No cycle was begun.'
  const counts = (['passed', 'failed', 'skipped'] as const).flatMap((state) => {
    const count = cells.filter((cell) => cell.state === state).length
    return count === 0 ? [] : [`${formatCount(count)} ${state}`]
  })
  const restored = cells.filter((cell) => cell.isRestored === true).length
  const are = restored === 1 ? 'is' : 'are'
  const from = restored === 0 ? '' : ` ${formatCount(restored)} of them ${are} reported from the checkpoint.`
  const warm = cells.filter((cell) => cell.isWarmUp === true && cell.state === 'passed').length
  const unjudged =
    warm === 0 ? '' : ` ${formatCount(warm)} that passed ${warm === 1 ? 'is' : 'are'} in the warm-up, and not judged.`
  return `${plural(cells.length, 'test')}, one per cycle and group: ${counts.join(', ')}.${from}${unjudged}`
}

function closedLine(record: RunRecord): string[] {
  const text = closedText(record)
  return text === undefined ? [] : [text]
}

function failedTable(cells: readonly CellRecord[], root: string | undefined): string[] {
  return markdownTable(
    ['failed', 'message', 'first cause'],
    ['left', 'left', 'left'],
    cells.map((cell) => [
      code(`cycle ${cell.cycle} > ${cell.group}`),
      code(cell.message ?? ''),
      firstCause(cell, root),
    ]),
  )
}

function firstCause({ causes: [cause] }: CellRecord, root: string | undefined): string {
  if (cause === undefined) return '–'
  const { place, step, count, reason } = cause
  const where = place === undefined ? step : `${step} (${relativePath(place.file, root)}:${place.line})`
  return `${formatCount(count)} × ${code(where)} ${code(reason)}`
}

function moreLine(count: number): string[] {
  return count <= MOST_CELLS ? [] : [`… and ${formatCount(count - MOST_CELLS)} more.`]
}

function noticeLines({ stopped, notices }: RunRecord): string[] {
  const shown = notices.slice(0, MOST_NOTICES).map((notice) => `- ${code(notice, 1000)}`)
  const first = stopped === undefined ? [] : [`- Stopped early: ${code(stopped)}`]
  return [...first, ...shown]
}
