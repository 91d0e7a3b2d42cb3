// What a failed cell or a threshold that did not hold says, in the terminal and in JUnit: what, why,
// one example, and how to run exactly this again. Works on what the gate computed; judges nothing.
import type { Verdict } from '../gate/verdict.ts'
import type { Cause, Example } from '../sample.ts'
import type { CellRecord } from '../store/record.ts'
import { formatCount } from '../units.ts'
import { cleanText, clip, commandText, oneLine } from './clean-text.ts'
import { relativePath } from './relative-path.ts'

const MOST_CAUSES = 3
const MOST_MESSAGE = 300

/** Of the run; a RunRecord has it all but `root`. */
export interface Again {
  readonly seed: number
  /** The command that runs exactly this again. */
  readonly rerun: string
  /** Paths are shown relative to it; without it, by file name alone. */
  readonly root?: string | undefined
}

export interface FailureShape {
  /** Lines right below the message. */
  readonly below?: readonly string[]
  /** Causes and example give way until all of it has at most so many characters. */
  readonly most?: number
}

export function cellFailure(cell: CellRecord, again: Again, shape: FailureShape = {}): string {
  return failureText(cell.message ?? `cycle ${cell.cycle} > ${cell.group} failed`, cell.causes, again, shape)
}

/** `cells`: those of the run, for what went wrong in them. */
export function thresholdFailure(
  verdict: Verdict,
  cells: readonly CellRecord[],
  again: Again,
  shape: FailureShape = {},
): string {
  return failureText(verdict.message, causesOf(verdict, cells), again, shape)
}

/** The most frequent causes in the cells and steps that the verdict is about. */
export function causesOf(verdict: Verdict, cells: readonly CellRecord[]): Cause[] {
  const { group, cycle, step, outcome } = labelsOf(verdict.selector)
  const merged = new Map<string, Cause>()
  for (const cell of cells) {
    // What is not judged is no cause of what is.
    if (cell.isWarmUp === true) continue
    if ((group ?? cell.group) !== cell.group || (cycle ?? String(cell.cycle)) !== String(cell.cycle)) continue
    for (const cause of cell.causes) {
      if ((step ?? cause.step) !== cause.step || (outcome ?? cause.outcome) !== cause.outcome) continue
      // A wrong answer does not make a time longer; one that did not come does.
      if (verdict.unit === 'ms' && cause.outcome !== 'timeout') continue
      const key = JSON.stringify([cause.step, cause.outcome, cause.reason, cause.place])
      const known = merged.get(key)
      merged.set(key, known === undefined ? cause : { ...known, count: known.count + cause.count })
    }
  }
  return [...merged.values()].sort((a, b) => b.count - a.count).slice(0, MOST_CAUSES)
}

/** Of a selector in its canonical form: `latency.p95{group:a,step:"b c"}`. */
function labelsOf(selector: string): Partial<Record<string, string>> {
  const inside = selector.slice(selector.indexOf('{') + 1)
  const labels = inside.matchAll(/([\p{L}\p{N}_.-]+):(?:"((?:[^"\\]|\\.)*)"|([^\s,{}"':]+))/gu)
  return Object.fromEntries([...labels].map(([, key, quoted, bare]) => [key, bare ?? quoted?.replace(/\\(.)/g, '$1')]))
}

function failureText(message: string, causes: readonly Cause[], again: Again, shape: FailureShape): string {
  const top = causes.slice(0, MOST_CAUSES)
  const first = [clip(oneLine(message), MOST_MESSAGE), ...(shape.below ?? [])].join('\n')
  const last = `seed   ${again.seed}\nagain  ${commandText(again.rerun)}`
  const example = top.find((cause) => cause.example !== undefined)?.example
  const why = [...causeLines(top, again.root), ...(example === undefined ? [] : exampleLines(example))].join('\n')
  const room = (shape.most ?? Infinity) - first.length - last.length - 2
  return [first, room > 0 ? clip(why, room) : '', last].filter((part) => part !== '').join('\n')
}

function causeLines(causes: readonly Cause[], root: string | undefined): string[] {
  const rows = causes.map(({ step, place, count }) => ({
    count: formatCount(count),
    where: oneLine(place === undefined ? step : `${step} (${relativePath(place.file, root)}:${place.line})`),
  }))
  const countWidth = Math.max(0, ...rows.map((row) => row.count.length))
  const whereWidth = Math.max(0, ...rows.map((row) => row.where.length))
  return causes.map((cause, i) => {
    const row = rows[i]
    const reason = clip(oneLine(cause.reason), MOST_MESSAGE)
    return `${row?.count.padStart(countWidth)} ×  ${row?.where.padEnd(whereWidth)}  ${reason}`
  })
}

function exampleLines(example: Example): string[] {
  const when = example.iteration === 0 ? 'idle' : `iteration ${example.iteration}`
  const who = `example: agent ${example.agent}, ${when}: ${example.message}`
  const lines = [clip(oneLine(who), MOST_MESSAGE)]
  if (example.curl !== undefined) lines.push(`  ${cleanText(example.curl)}`)
  if (example.status !== undefined) lines.push(`  status ${example.status}`)
  if (example.body !== undefined) lines.push(...cleanText(example.body).trimEnd().split('\n').map(indentBody))
  return lines
}

function indentBody(line: string, index: number): string {
  return `${index === 0 ? '  body   ' : '         '}${line}`.trimEnd()
}
