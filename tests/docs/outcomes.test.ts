// docs/concepts/outcomes.md names exactly the outcomes there are, and says of each what the metrics do.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { countsOutcome } from '../../src/metrics/metric.ts'
import type { MetricName } from '../../src/metrics/metric.ts'
import { OUTCOMES } from '../../src/sample.ts'

const page = readFileSync(new URL('../../docs/concepts/outcomes.md', import.meta.url), 'utf8')
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')))

test('every outcome has a row and a section, in the order of the code, and nothing else has', () => {
  expect(rows.map(([, outcome]) => outcome)).toEqual(OUTCOMES)
  expect([...page.matchAll(/^## `(\w+)`$/gm)].map(([, outcome]) => outcome)).toEqual(OUTCOMES)
})

test('every section says how to see it, and what to do unless all is well', () => {
  for (const section of page.split(/^## /m).slice(1)) {
    expect(section).toContain('- **See it:** ')
    if (!section.startsWith('`ok`')) expect(section).toContain('- **What to do:** ')
  }
})

test('the table says what counts', () => {
  const counts = (metric: MetricName, no: string, yes: string): string[] =>
    OUTCOMES.map((outcome) => (countsOutcome(metric, outcome) ? yes : no))
  const column = (index: number): (string | undefined)[] => rows.map((row) => row[index])
  expect(column(3)).toEqual(counts('latency', 'no', 'yes'))
  expect(column(5)).toEqual(counts('errors', 'no', 'yes'))
  expect(column(6)).toEqual(counts('request_success_rate', 'neither', 'against').with(0, 'for'))
})
