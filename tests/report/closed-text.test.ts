// Every report of a closed workload says what its times cannot show; of an open one there is nothing to say.
import { describe, expect, test } from 'vitest'
import { suiteProperties } from '../../src/report/junit-properties.ts'
import { markdownSummary } from '../../src/report/markdown.ts'
import { plain } from '../../src/report/paint.ts'
import { summaryLines } from '../../src/report/summary.ts'
import type { RunRecord } from '../../src/store/record.ts'
import { play } from '../support/a-plan.ts'

const SAID = 'coordinated omission'
const FLOW = 'flow: [{ type: http, name: list, path: /items }]'
const both = `agents:
  visitors: { count: 9, workload: { rate: 5/s, duration: 2s } }
  shoppers: { count: 2, workload: { iterations: 2 } }
  testers: { count: 1, workload: { duration: 1s } }
${FLOW}`
const open = `agents: { visitors: { count: 9, workload: { rate: 5/s, duration: 2s } } }\n${FLOW}`

const reports = (record: RunRecord): readonly string[] => [
  summaryLines(record, { paint: plain }).join('\n'),
  markdownSummary([record]),
]

describe('a run', () => {
  test('with closed workloads names their groups in the table, in Markdown and in JUnit', async () => {
    const { record } = await play(both)
    for (const text of reports(record)) {
      expect(text).toContain('shoppers, testers')
      expect(text).toContain(SAID)
    }
    expect(suiteProperties(record, 'a.yaml')['turbulence.coordinatedOmission']).toBe(
      'not shown: closed workload of shoppers testers',
    )
  })

  test('with open ones alone says nothing', async () => {
    const { record } = await play(open)
    for (const text of reports(record)) expect(text).not.toContain(SAID)
    expect(suiteProperties(record, 'a.yaml')).not.toHaveProperty('turbulence.coordinatedOmission')
  })

  test('that sent nothing has no times to say it of', async () => {
    const { record } = await play(`agents: 1\nflow: [{ type: set, name: s, vars: { a: 1 } }]`)
    expect(summaryLines(record, { paint: plain }).join('\n')).not.toContain(SAID)
  })
})
