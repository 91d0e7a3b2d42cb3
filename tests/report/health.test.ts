// Where reports show how well the load generator itself kept up.
import { describe, expect, test } from 'vitest'
import { cellProperties, suiteProperties } from '../../src/report/junit-properties.ts'
import { liveLines } from '../../src/report/live.ts'
import { markdownSummary } from '../../src/report/markdown.ts'
import { plain } from '../../src/report/paint.ts'
import { summaryLines } from '../../src/report/summary.ts'
import type { Tick } from '../../src/report/tick.ts'
import type { CycleHealth } from '../../src/store/record.ts'
import { aCell, aRecord, aVerdict } from '../support/a-record.ts'
import { aTick } from '../support/a-tick.ts'

const note = 'the load generator was saturated in cycle 2 (event-loop delay 41 ms, at most 30 ms may be; 98 % busy)'
const thresholds = [
  aVerdict({ name: 'passed', note }),
  aVerdict({ name: 'undecided', kind: 'inconclusive', note }),
  aVerdict({ name: 'skipped', kind: 'inconclusive', skip: true, note }),
  aVerdict({ name: 'too few', kind: 'inconclusive', needed: 1000 }),
]
const health: CycleHealth[] = [
  { cycle: 1, delayMs: 0.42, utilisation: 0.98, openRate: 1 },
  { cycle: 2, delayMs: 41.25, stallMs: 70, utilisation: 0.5, openRate: 0.91234, limitedRate: 0.997 },
]

describe('the table', () => {
  test('marks what was judged on a saturated generator', () => {
    const lines = summaryLines(aRecord({ thresholds }), { paint: plain })
    const remarks = lines.filter((line) => /^[✓?] /.test(line)).map((line) => line.split('60')[1]?.trim())
    expect(remarks).toEqual([
      'load generator saturated',
      'inconclusive, load generator saturated',
      'inconclusive, skipped, load generator saturated',
      'inconclusive, 1,000 samples needed',
    ])
  })

  test('and so does the one in Markdown', () => {
    const text = markdownSummary([aRecord({ thresholds })])
    expect(text).toContain('✅ pass, load generator saturated')
    expect(text).toContain('❔ inconclusive, load generator saturated')
  })
})

describe('JUnit', () => {
  const ofHealth = (properties: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(properties).filter(([name]) => name.startsWith('turbulence.health')))

  test('has the worst of all cycles for the suite', () => {
    expect(ofHealth(suiteProperties(aRecord({ health }), 'a.yaml'))).toEqual({
      'turbulence.health.loopDelay_ms': '41.25',
      'turbulence.health.stall_ms': '70',
      'turbulence.health.utilisation': '0.98',
      'turbulence.health.openRate': '0.912',
      'turbulence.health.limitedRate': '0.997',
    })
  })

  test('has its own for a cell', () => {
    const [first] = health
    if (first === undefined) throw new Error('no health')
    expect(ofHealth(cellProperties(aCell({ health: first })))).toEqual({
      'turbulence.health.loopDelay_ms': '0.42',
      'turbulence.health.utilisation': '0.98',
      'turbulence.health.openRate': '1',
    })
  })

  test('says nothing where nobody watched', () => {
    expect(ofHealth(suiteProperties(aRecord(), 'a.yaml'))).toEqual({})
    expect(ofHealth(cellProperties(aCell()))).toEqual({})
  })
})

describe('the live block', () => {
  const block = (of: Tick): string => liveLines(of, { columns: 80, paint: plain }).join('\n')

  test('has a row for it, only when it is known', () => {
    const generator = { delayMs: 1.2, utilisation: 0.434 }
    expect(block(aTick({ generator }))).toContain('\n  generator  loop delay 1.2 ms, 43 % busy\n')
    expect(block(aTick())).not.toContain('generator')
  })
})
