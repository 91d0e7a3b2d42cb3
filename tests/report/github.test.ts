import { describe, expect, test } from 'vitest'
import { errorCommand, githubAnnotations } from '../../src/report/github.ts'
import { junitSuite } from '../../src/report/junit-suite.ts'
import { errorCase, type JunitSuite } from '../../src/report/junit.ts'
import { aCell, aRecord } from '../support/a-record.ts'

const suiteOf = (more: Parameters<typeof aRecord>[0] = {}): JunitSuite => junitSuite(aRecord(more), { root: '/repo' })

test('a line for each failure, at the line and column of the scenario', () => {
  const lines = githubAnnotations([suiteOf()])
  expect(lines.map((line) => line.replace(/%0A.*$/, ''))).toMatchInlineSnapshot(`
    [
      "::error file=load/shop.scenario.yaml,line=9,col=3,title=load/shop.scenario.yaml > cycle 2 > shoppers::success_rate was 14.6 %25, must be >= 95 %25 (-80.4 points) over 500 samples",
      "::error file=load/shop.scenario.yaml,line=41,col=5,title=load/shop.scenario.yaml > success_rate::success_rate was 57.3 %25, must be >= 95 %25 (-37.7 points) over 1,000 samples",
      "::error file=load/shop.scenario.yaml,line=42,col=5,title=load/shop.scenario.yaml > p95{step%3Acheckout}::p95{step:checkout} was 412 ms, must be < 300 ms (+37.3 %25) over 1,000 samples",
      "::error file=load/shop.scenario.yaml,line=43,col=5,title=load/shop.scenario.yaml > p99.9::p99.9 is inconclusive: 400 of 1,000 samples needed; so far 1.32 s, must be < 2 s",
    ]
  `)
  expect(lines[0]).toContain('%0Aseed   42%0Aagain  TURBULENCE_SEED=42')
  for (const line of lines) expect(line).not.toMatch(/\n/)
})

test('a run that passes has none', () => {
  expect(githubAnnotations([suiteOf({ cells: [aCell()], thresholds: [] })])).toEqual([])
})

test('errors come first, and after ten it says how many more there are', () => {
  const cells = Array.from({ length: 12 }, (_, i) => aCell({ cycle: i + 1, state: 'failed', message: 'm' }))
  const suite = suiteOf({ cells, thresholds: [] })
  const crash = errorCase({ classname: 'k', name: 'crash', message: 'gone', body: 'gone' })
  const lines = githubAnnotations([{ ...suite, cases: [...suite.cases, crash] }])
  expect(lines).toHaveLength(11)
  expect(lines[0]).toBe('::error file=load/shop.scenario.yaml,title=load/shop.scenario.yaml > crash::gone')
  expect(lines[10]).toBe('… and 3 more failures: GitHub shows ten per step.')
})

describe('a command', () => {
  test('is escaped: percent and line ends everywhere, colon and comma in properties', () => {
    const where = { file: 'a,b:c%.yaml', line: 3, column: 5, title: 'one, two: 50 %' }
    expect(errorCommand(where, 'a: b, c\r\n100 %::end')).toBe(
      '::error file=a%2Cb%3Ac%25.yaml,line=3,col=5,title=one%2C two%3A 50 %25::a: b, c%0A100 %25::end',
    )
  })

  test('names no line without a file, and no column without a line', () => {
    expect(errorCommand({ title: 't', line: 3, column: 5 }, 'm')).toBe('::error title=t::m')
    expect(errorCommand({ title: 't', file: 'f', column: 5 }, 'm')).toBe('::error file=f,title=t::m')
  })

  test('has a title and a message that GitHub takes', () => {
    const line = errorCommand({ title: 'x'.repeat(1000) }, 'y'.repeat(100_000))
    expect(line.length).toBeLessThan(4096 + 255 + 30)
  })
})
