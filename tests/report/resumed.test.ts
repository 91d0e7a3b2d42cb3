// How a run that went on after a checkpoint is told from one in one piece, everywhere that people and tools look.
import { expect, test } from 'vitest'
import { headerLines } from '../../src/report/header.ts'
import { junitSuite } from '../../src/report/junit-suite.ts'
import { markdownSummary } from '../../src/report/markdown.ts'
import { plain } from '../../src/report/paint.ts'
import { summaryLines } from '../../src/report/summary.ts'
import { resumeNotices } from '../../src/run/resume-notices.ts'
import { aPlan } from '../support/a-plan.ts'
import { aCell, aRecord } from '../support/a-record.ts'

const cells = [aCell({ cycle: 1, isRestored: true }), aCell({ cycle: 2, isRestored: true }), aCell({ cycle: 3 })]
const resumes = [
  { at: '2026-01-01T10:00:00Z', afterCycle: 1, sentAgain: [2] },
  { at: '2026-01-01T11:00:00Z', afterCycle: 2, sentAgain: [3] },
]
const record = aRecord({ cells, resumes })

test('the terminal counts the cells that are from the checkpoint', () => {
  expect(summaryLines(record, { paint: plain })[1]).toBe(
    '  3 tests, one per cycle and group: 3 passed   (2 from the checkpoint)',
  )
  expect(summaryLines(aRecord(), { paint: plain }).join()).not.toContain('checkpoint')
})

test('Markdown does, too', () => {
  expect(markdownSummary([record])).toContain(
    '3 tests, one per cycle and group: 3 passed. 2 of them are reported from the checkpoint.',
  )
})

test('JUnit marks each of them, and says of the suite what was sent again', () => {
  const { properties, cases } = junitSuite(record, { root: '/repo' })
  expect(properties['turbulence.resumed.afterCycle']).toBe('2')
  expect(properties['turbulence.resumed.sentAgain']).toBe('2 3')
  expect(cases.slice(0, 3).map((one) => one.properties['turbulence.restored'])).toEqual(['true', 'true', undefined])
  expect(cases.slice(0, 3).map(({ output }) => output.startsWith('from        a checkpoint'))).toEqual([
    true,
    true,
    false,
  ])
  const whole = junitSuite(aRecord(), { root: '/repo' })
  expect(Object.keys(whole.properties).filter((name) => name.includes('resumed'))).toEqual([])
})

test('before traffic: after which cycle, and what is left', () => {
  const plan = aPlan('simulation: { cycles: 4 }\nflow: [{ type: http, name: look, path: / }]')
  const only = { cycles: [{ cycle: 4, groups: ['agents'] }], requests: 1 }
  const lines = headerLines(plan, { paint: plain, only, restored: { after: 3, file: 'runs/a/cycle-000003.jsonl' } })
  expect(lines).toContain('  resumed   after cycle 3 of 4, from runs/a/cycle-000003.jsonl')
  expect(lines).toContain('  only      agents in cycle 4')
  // All cycles were over: only verdicts are left.
  const nothing = headerLines(plan, {
    paint: plain,
    only: { cycles: [], requests: 0 },
    restored: { after: 4, file: 'f' },
  })
  expect(nothing.some((line) => line.includes('only'))).toBe(false)
})

test.each([
  [1, [], 'cycle 1 is reported from the checkpoint, no cycle was sent again'],
  [2, [3], 'cycles 1 and 2 are reported from the checkpoint, cycle 3 had begun and was sent again'],
  [10, [11, 12], 'cycles 1 to 10 are reported from the checkpoint, cycles 11 and 12 had begun and were sent again'],
  [10, [11, 12, 13], 'cycles 1 to 10 are reported from the checkpoint, cycles 11 to 13 had begun and were sent again'],
  [
    10,
    [11, 13, 14],
    'cycles 1 to 10 are reported from the checkpoint, cycles 11, 13 and 14 had begun and were sent again',
  ],
])('after cycle %i, with %o sent again', (afterCycle, sentAgain, text) => {
  expect(resumeNotices([{ at: '', afterCycle, sentAgain }], 20)).toEqual([
    `Resumed after cycle ${afterCycle} of 20: ${text}.`,
  ])
})
