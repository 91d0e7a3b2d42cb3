// A RunRecord as a JUnit suite: which cases there are, what they are called, what is a failure and
// what is skipped. The same cases come out of every run of a scenario, or histories would flicker.
import type { Verdict } from '../gate/verdict.ts'
import type { CellRecord, RunRecord } from '../store/record.ts'
import { formatMs, plural } from '../units.ts'
import { type Again, cellFailure, thresholdFailure } from './failure.ts'
import { classSegment } from './junit-text.ts'
import type { JunitCase, JunitResult, JunitSuite } from './junit.ts'
import { cellProperties, suiteProperties, thresholdProperties } from './junit-properties.ts'
import { commandText, oneLine } from './clean-text.ts'
import { relativePath } from './relative-path.ts'

/** Some tools show only the beginning of a body; seed and command must be in it. */
const MOST_BODY = 900

export interface JunitOptions {
  /** Absolute; files are named relative to it. Best the root of the repository. */
  readonly root: string
}

export function junitSuite(record: RunRecord, options: JunitOptions): JunitSuite {
  const file = relativePath(record.scenario.file, options.root)
  return {
    name: file,
    file,
    startedAt: record.startedAt,
    durationMs: record.durationMs,
    hostname: record.machine.hostname,
    properties: suiteProperties(record, file),
    cases: [
      ...record.cells.map((cell) => junitCell(cell, record, options)),
      ...record.thresholds.map((verdict) => thresholdCase(verdict, record, options)),
    ],
  }
}

/** `turbulence.<scenario>`: for cases that no record knows, too. */
export function junitClassname(scenarioId: string): string {
  return `turbulence.${classSegment(scenarioId)}`
}

/** What a case says of the run it belongs to. */
export type JunitOrigin = Pick<RunRecord, 'scenario' | 'seed' | 'rerun'>

/** Of a cell alone, for a run that left no record. */
export function junitCell(cell: CellRecord, origin: JunitOrigin, { root }: JunitOptions): JunitCase {
  const again = { seed: origin.seed, rerun: origin.rerun, root }
  const file = relativePath(cell.place.file, root)
  const skipped = cell.state === 'skipped' ? (cell.reason ?? 'not run') : undefined
  return {
    classname: junitClassname(origin.scenario.id),
    name: `cycle ${cell.cycle} > ${cell.group}`,
    file,
    line: cell.place.line,
    column: cell.place.column,
    startedAt: cell.startedAt,
    durationMs: cell.durationMs,
    properties: cellProperties(cell),
    result: skipped === undefined ? cellResult(cell, again) : { kind: 'skipped', reason: skipped },
    output: skipped ?? digest(cell, again),
  }
}

function cellResult(cell: CellRecord, again: Again & { root: string }): JunitResult | undefined {
  if (cell.state !== 'failed') return undefined
  const below = placeLines('Cell', cell.place, again.root)
  return {
    kind: 'failure',
    type: 'AssertionFailed',
    message: cell.message ?? `cycle ${cell.cycle} > ${cell.group} failed`,
    body: cellFailure(cell, again, { below, most: MOST_BODY }),
  }
}

function thresholdCase(verdict: Verdict, record: RunRecord, { root }: JunitOptions): JunitCase {
  const again = { seed: record.seed, rerun: record.rerun, root }
  const result = thresholdResult(verdict, record.cells, again)
  return {
    classname: `${junitClassname(record.scenario.id)}.thresholds`,
    name: verdict.name,
    file: relativePath(verdict.place?.file ?? record.scenario.file, root),
    line: verdict.place?.line,
    column: verdict.place?.column,
    durationMs: 0,
    properties: thresholdProperties(verdict),
    result,
    output: result?.kind === 'failure' ? thresholdFailure(verdict, record.cells, again) : verdict.message,
  }
}

function thresholdResult(
  verdict: Verdict,
  cells: readonly CellRecord[],
  again: Again & { root: string },
): JunitResult | undefined {
  if (verdict.kind === 'pass') return undefined
  if (verdict.skip) return { kind: 'skipped', reason: verdict.message }
  const below = verdict.place === undefined ? [] : placeLines('Threshold', verdict.place, again.root)
  return {
    kind: 'failure',
    type: verdict.kind === 'fail' ? 'ThresholdBreached' : 'GateInconclusive',
    message: verdict.message,
    body: thresholdFailure(verdict, cells, again, { below, most: MOST_BODY }),
  }
}

/** The two forms in which GitHub's test reporters find a place in a body: as a JavaScript and as a Java stack. */
function placeLines(what: string, place: NonNullable<Verdict['place']>, root: string): string[] {
  const file = relativePath(place.file, root)
  const folders = file.split('/').slice(0, -1).map(classSegment)
  const base = file.slice(file.lastIndexOf('/') + 1)
  return [
    `at ${what.toLowerCase()} (${file}:${place.line}:${place.column})`,
    `at ${[...folders, what].join('.')}(${base}:${place.line})`,
  ].map((line) => `    ${oneLine(line)}`)
}

/** What a cell came to, for tools that show no properties; a failed cell's causes and example in full. */
function digest(cell: CellRecord, again: Again): string {
  const { begun, ok, failed, aborted, dropped } = cell.iterations
  const requests = Object.entries(cell.requests).map(([outcome, count]) => `${count} ${outcome}`)
  const lines = [
    ...(cell.isRestored === true ? ['from        a checkpoint: it was run before the run went on'] : []),
    `cell        cycle ${cell.cycle} > ${cell.group}${cell.isWarmUp === true ? ' (warm-up, not judged)' : ''}`,
    `iterations  ${begun} begun, ${ok} ok, ${failed} failed (${aborted} aborted), ${dropped} dropped`,
    `requests    ${requests.join(', ') || plural(0, 'request')}`,
  ]
  if (cell.latency !== undefined) {
    const { p50, p95, p99, max } = cell.latency
    lines.push(`latency     p50 ${formatMs(p50)}  p95 ${formatMs(p95)}  p99 ${formatMs(p99)}  max ${formatMs(max)}`)
  }
  if (cell.pausedMs !== undefined) lines.push(`paused      for ${formatMs(cell.pausedMs)}`)
  for (const verdict of cell.verdicts) lines.push(`threshold   ${verdict.kind}: ${oneLine(verdict.message)}`)
  if (cell.state === 'failed') lines.push('', cellFailure(cell, again))
  else lines.push(`seed        ${again.seed}`, `again       ${commandText(again.rerun)}`)
  return lines.join('\n')
}
