import { describe, expect, test } from 'vitest'
import { markdownErrors, markdownSummary } from '../../src/report/markdown.ts'
import { errorCase } from '../../src/report/junit.ts'
import { aCause, aCell, aRecord, aVerdict } from '../support/a-record.ts'
import { readCells, readCode } from '../support/markdown.ts'

const root = '/repo'

test('a run in full', () => {
  expect(markdownSummary([aRecord()], { root })).toMatchInlineSnapshot(`
    "## ❌ \`shop\`

    \`load/shop.scenario.yaml\` · 43.4 s · 3,000 requests · 49.8/s (limit 50/s)

    | threshold | value | limit | samples | verdict |
    | --- | ---: | --- | ---: | --- |
    | \`success_rate\` | \`57.3 %\` | \`>= 95 %\` | 1,000 | ❌ fail |
    | \`p95{step:checkout}\` | \`412 ms\` | \`< 300 ms\` | 1,000 | ❌ fail |
    | \`p99.9\` | \`1.32 s\` | \`< 2 s\` | 400 | ❔ inconclusive, 1,000 samples needed |
    | \`p95{step:refund}\` | – | \`< 300 ms\` | 0 | ⏭️ no data, skipped |
    | \`rps\` | \`49.8/s\` | \`>= 45/s\` | 3,000 | ✅ pass |

    4 tests, one per cycle and group: 2 passed, 1 failed, 1 skipped.

    | failed | message | first cause |
    | --- | --- | --- |
    | \`cycle 2 > shoppers\` | \`success_rate was 14.6 %, must be >= 95 % (-80.4 points) over 500 samples\` | 412 × \`checkout (load/shop.scenario.yaml:31)\` \`status_code: 500, expected 2xx\` |

    - \`Waiting for a free connection took 12 % of latency. Raise services.api.connections.\`

    Seed 42. To run exactly this again:

    \`\`\`sh
    TURBULENCE_SEED=42 npx vitest run load/shop.scenario.yaml
    \`\`\`
    "
  `)
})

test('a run in which all holds is short', () => {
  const record = aRecord({ cells: [aCell()], thresholds: [aVerdict()], notices: [] })
  expect(markdownSummary([record], { root })).toMatchInlineSnapshot(`
    "## ✅ \`shop\`

    \`load/shop.scenario.yaml\` · 43.4 s · 3,000 requests · 49.8/s (limit 50/s)

    | threshold | value | limit | samples | verdict |
    | --- | ---: | --- | ---: | --- |
    | \`success_rate\` | \`100 %\` | \`>= 95 %\` | 60 | ✅ pass |

    1 test, one per cycle and group: 1 passed.

    Seed 42. To run exactly this again:

    \`\`\`sh
    TURBULENCE_SEED=42 npx vitest run load/shop.scenario.yaml
    \`\`\`
    "
  `)
})

test('several runs follow each other', () => {
  const text = markdownSummary([aRecord(), aRecord({ scenario: { id: 'two', file: '/repo/two.yaml', sha256: '' } })])
  expect(text.match(/^## .*$/gm)).toEqual(['## ❌ `shop`', '## ❌ `two`'])
})

test('no run is no text', () => {
  expect(markdownSummary([])).toBe('')
})

describe('the mark of a run', () => {
  const markOf = (more: Parameters<typeof aRecord>[0]): string | undefined =>
    /^## (\S+)/.exec(markdownSummary([aRecord({ cells: [], thresholds: [], ...more })]))?.[1]

  test.each([
    ['nothing judged', {}, '✅'],
    ['a passed cell and threshold', { cells: [aCell()], thresholds: [aVerdict()] }, '✅'],
    ['a failed cell', { cells: [aCell({ state: 'failed' })] }, '❌'],
    ['a threshold that fails', { thresholds: [aVerdict({ kind: 'fail' })] }, '❌'],
    ['a threshold without data', { thresholds: [aVerdict({ kind: 'no-data' })] }, '❌'],
    ['a threshold that is skipped', { thresholds: [aVerdict({ kind: 'no-data', skip: true })] }, '✅'],
    ['a run that was stopped', { stopped: 'max_duration' }, '⚠️'],
  ] as const)('%s', (_what, more, mark) => {
    expect(markOf(more)).toBe(mark)
  })
})

test('names, causes and notices of foreign origin stay in their cell, as code', () => {
  const evil = 'x | y `@all` <script>\n# head'
  const record = aRecord({
    scenario: { id: evil, file: '/repo/a|b.yaml', sha256: '' },
    profile: evil,
    stopped: evil,
    notices: [evil],
    thresholds: [aVerdict({ name: evil, limitText: evil, valueText: evil })],
    cells: [aCell({ group: evil, state: 'failed', message: evil, causes: [aCause({ step: evil, reason: evil })] })],
  })
  const lines = markdownSummary([record], { root }).split('\n')
  expect(lines.filter((line) => line.startsWith('#'))).toEqual([expect.stringMatching(/^## ❌ ``/)])
  const rows = lines.filter((line) => line.startsWith('| ``')).map(readCells)
  expect(rows.map((cells) => cells.length)).toEqual([5, 3])
  for (const cell of [...(rows[0]?.slice(0, 3) ?? []), ...(rows[1]?.slice(0, 2) ?? [])])
    expect(readCode(cell)).toContain('x | y `@all` <script> # head')
})

test('of many failed cells the first twenty are listed', () => {
  const cells = Array.from({ length: 1234 }, (_, i) => aCell({ cycle: i + 1, state: 'failed', message: 'm' }))
  const text = markdownSummary([aRecord({ cells })])
  expect(text.match(/^\| `cycle /gm)).toHaveLength(20)
  expect(text).toContain('… and 1,214 more.')
})

test('of a suite without a record: the errors', () => {
  const where = { classname: 'turbulence.bad', file: 'bad.scenario.yaml' }
  const cases = [
    errorCase({ ...where, name: 'line 3: wrong', message: 'No key "a|b".', body: 'No key "a|b".' }),
    { ...where, name: 'other', durationMs: 0, properties: {}, output: '' },
  ]
  const suite = { name: 'bad.scenario.yaml', startedAt: '', durationMs: 0, properties: {}, cases }
  expect(markdownErrors(suite)).toMatchInlineSnapshot(`
    "## ❌ \`bad.scenario.yaml\`

    This scenario left no record.

    | test | error |
    | --- | --- |
    | \`line 3: wrong\` | \`No key "a\\|b".\` |
    "
  `)
})
