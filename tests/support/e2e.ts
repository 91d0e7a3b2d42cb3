// How end-to-end tests read a run: the tree of tests from Vitest's JSON report, and texts in which only
// what may differ between two runs (times, ports, ids, seeds that were drawn) is replaced.
import { runFixture } from './run-fixture.ts'
import type { FixtureOptions, FixtureRun } from './run-fixture.ts'

const MARKS: Readonly<Record<string, string>> = { passed: '✓', failed: '×', pending: '↓', skipped: '↓', todo: '↓' }

interface JsonReport {
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[]
      readonly title: string
      readonly status: string
    }[]
  }[]
}

export interface TreeRun extends FixtureRun {
  /** One line per test: mark and full name. */
  readonly tree: string
}

/** Runs a fixture with the default reporter and Vitest's JSON reporter beside it. */
export async function runTree(name: string, options: FixtureOptions = {}): Promise<TreeRun> {
  const args = [...(options.args ?? ['run']), '--reporter=default', '--reporter=json', '--outputFile.json=report.json']
  const run = await runFixture(name, { ...options, args })
  const report = parseReport(run.file('report.json'))
  const lines = report.testResults.flatMap((file) =>
    file.assertionResults.map(({ status, ancestorTitles, title }) =>
      [MARKS[status] ?? status, [...ancestorTitles, title].join(' > ')].join(' '),
    ),
  )
  return { ...run, tree: lines.join('\n') }
}

/** A Vitest that was stopped at once may have left half of it. */
function parseReport(text: string | undefined): JsonReport {
  try {
    return JSON.parse(text ?? '') as JsonReport
  } catch {
    return { testResults: [] }
  }
}

/** The part of the output that Vitest prints for its failed tests, without frames' code that it cuts by width. */
export function failures(run: FixtureRun): string {
  const text = settle(run.stderr)
  return (
    text
      .split('\n')
      .filter((line) => line.trim() !== '' && !line.startsWith('⎯'))
      // Vitest 5 names no column in the heading.
      .map((line) => line.replace(/…$/, '').replace(/^( FAIL .*?\.yaml:\d+):\d+ >/, '$1 >'))
      .join('\n')
  )
}

/** A text with everything replaced that differs between two equal runs. */
export function settle(text: string): string {
  return text
    .replaceAll(/127\.0\.0\.1:\d{2,5}/g, '127.0.0.1:<port>')
    .replaceAll(/\b([a-z-]+)-\d{8}-\d{6}-[0-9a-z]{4}\b/g, '$1-<run id>')
    .replaceAll(/(?<![<>=] ?)\b\d[\d,.]* (?:ms|s)\b/g, '<time>')
    .replaceAll(/\d[\d,.]*\/s\b/g, '<rate>')
    .replaceAll(/(seed +|TURBULENCE_SEED=)\d{4,}/g, '$1<seed>')
    .replaceAll(/\(([+-])[\d.,]+ %\)/g, '($1<distance>)')
}
