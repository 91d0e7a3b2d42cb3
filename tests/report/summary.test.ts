import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { summaryLines } from '../../src/report/summary.ts'
import { displayWidth } from '../../src/report/clean-text.ts'
import { coloured, plain } from '../../src/report/paint.ts'
import { aRecord, aVerdict } from '../support/a-record.ts'

const shown = (...args: Parameters<typeof summaryLines>): string => `\n${summaryLines(...args).join('\n')}\n`

test('the table at the end', () => {
  expect(shown(aRecord(), { paint: plain })).toMatchInlineSnapshot(`
    "
    shop   43.4 s   3,000 requests   49.8/s (limit 50/s)   seed 42
      4 tests, one per cycle and group: 2 passed, 1 failed, 1 skipped

      step      requests      ok      p50      p95     p99      max
      browse       1,000  99.8 %    11 ms  38.2 ms   71 ms  99.5 ms
      login        1,000  98.7 %  0.42 ms    22 ms    30 s     30 s
      checkout     1,000  58.8 %  80.1 ms   412 ms  1.32 s    1.9 s
      refund           0       –        –        –       –        –

      threshold            value  limit         distance  samples
    ✗ success_rate        57.3 %  >= 95 %   -37.7 points    1,000
    ✗ p95{step:checkout}  412 ms  < 300 ms       +37.3 %    1,000
    ? p99.9               1.32 s  < 2 s                       400  inconclusive, 1,000 samples needed
    ? p95{step:refund}         –  < 300 ms                      0  no data, skipped
    ✓ rps                 49.8/s  >= 45/s        +10.7 %    3,000

    ! Waiting for a free connection took 12 % of latency. Raise services.api.connections.

      record  .turbulence/runs/shop-20260823-101500-a1b2
    "
  `)
})

test('a run that was stopped at once', () => {
  const {
    folder: _,
    rps: __,
    ...record
  } = aRecord({ cells: [], thresholds: [], steps: [], notices: [], stopped: 'interrupted' })
  expect(shown(record, { paint: plain })).toMatchInlineSnapshot(`
    "
    shop   43.4 s   0 requests   seed 42
      no cycle was begun

    ! Stopped early: interrupted
    "
  `)
})

test.each([
  ['p95 was 412 ms, must be < 300 ms (+37.3 %) over 9 samples', '< 300 ms', '+37.3 %'],
  ['p95{step:"a (+1)"} was 412 ms, must be < 300 ms (+37.3 %) over 9 samples', '< 300 ms', '+37.3 %'],
  ['p95 was 300 ms, must be < 300 ms (exactly at the limit) over 9 samples', '< 300 ms', 'exactly at the limit'],
  ['errors was 3, must be == 0 over 9 requests (some)', '== 0', ''],
])('the distance is the one in the message: %s', (message, limitText, distance) => {
  const thresholds = [aVerdict({ message, limitText, samples: 9 })]
  expect(shown(aRecord({ thresholds }), { paint: plain })).toMatch(
    new RegExp(`${limitText} +${distance.replace('+', '\\+')} +9\n`),
  )
})

test('an expected answer missing among many never reads as 100 %', () => {
  const steps = [{ step: 's', attempts: 1_000_000, ok: 999_999 }]
  expect(shown(aRecord({ steps }), { paint: plain })).toContain('99.9999 %')
})

describe('on a terminal', () => {
  test('is coloured, with the same text', () => {
    const lines = summaryLines(aRecord(), { paint: coloured })
    expect(lines.join('\n')).toContain('\u001b[31m✗ success_rate\u001b[39m')
    const bare = lines.map((line) => stripVTControlCharacters(line).trimEnd())
    expect(bare).toEqual(summaryLines(aRecord(), { paint: plain }))
  })

  test('shortens names to fit the screen, and never a number, a verdict or a sentence', () => {
    const name = `p95{step:${'long_'.repeat(20)}name}`
    const [first] = aRecord().thresholds
    if (first === undefined) throw new Error('no threshold')
    const record = aRecord({ thresholds: [{ ...first, name }] })
    const wide = summaryLines(record, { paint: plain })
    const narrow = summaryLines(record, { paint: plain, columns: 70 })
    expect(narrow.find((line) => line.includes('p95{step:'))).toMatch(/p95\{step:lon.*….*_name\}/)
    expect(narrow.filter((line) => displayWidth(line) > 70).every((line) => /^(?:! | {2}record)/.test(line))).toBe(true)
    expect(narrow.map((line) => line.trim().split(/ {2,}/).slice(1))).toEqual(
      wide.map((line) => line.trim().split(/ {2,}/).slice(1)),
    )
  })
})
