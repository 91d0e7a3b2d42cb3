import { describe, expect, test } from 'vitest'
import { suiteOf, type ModuleContext } from '../../../src/adapters/vitest/junit-modules.ts'
import { Told } from '../../../src/adapters/vitest/told.ts'
import { NOTHING_TYPED } from '../../../src/adapters/vitest/typed.ts'
import { junitXml, type JunitSuite } from '../../../src/report/junit.ts'
import { loadScenario, preparePlan } from '../../../src/run.ts'
import { aModule, type FakeModule, type FakeTest } from '../../support/a-module.ts'
import { aCell, aRecord } from '../../support/a-record.ts'
import { jenkinsProblems } from '../../support/junit-jenkins.ts'
import { junitProblems } from '../../support/junit-schema.ts'

const FILE = '/repo/shop.scenario.yaml'
const YAML = `
id: store
sut: { name: shop, services: { shop: { base_url: http://127.0.0.1 } } }
simulation: { cycles: 2, seed: 7 }
agents:
  shoppers: { count: 1, flow: buy }
flows:
  buy:
    - { type: http, name: products, service: shop, method: GET, path: /products }
thresholds:
  - p95{step:products} < 300ms
  - { that: p99 < 1s, name: tail }
  - p95{step:products} < 300ms
`
const { scenario } = loadScenario(FILE, { readFile: () => YAML })
const { plan } = scenario === undefined ? {} : preparePlan(scenario, { env: {} })

const CRASH = 'no result, the process that ran the load has ended: Worker exited unexpectedly'
const context = (more: Partial<ModuleContext> = {}): ModuleContext => ({
  root: '/repo',
  projectRoot: '/repo',
  startedAt: new Date('2026-08-23T10:15:00.000Z'),
  load: () => scenario,
  told: new Told(),
  typed: NOTHING_TYPED,
  isOff: false,
  unfinished: { kind: 'error', reason: CRASH },
  ...more,
})
const suiteFor = (module: FakeModule, more: Partial<ModuleContext> = {}): JunitSuite => {
  const suite = suiteOf(aModule(module), context(more))
  const report = { name: 'all', startedAt: suite.startedAt, durationMs: 1, suites: [suite] }
  expect(junitProblems(junitXml(report))).toEqual([])
  expect(jenkinsProblems(junitXml(report, 'jenkins-xunit'))).toEqual([])
  return suite
}
const lines = (suite: JunitSuite): string[] =>
  suite.cases.map(({ classname, name, result }) => {
    const type = result !== undefined && 'type' in result ? ` ${result.type}` : ''
    return `${classname} | ${name} | ${result === undefined ? 'passed' : result.kind}${type}`
  })

const pending = { state: 'pending' } as const
const tests: readonly FakeTest[] = [
  { suite: 'cycle 1', name: 'shoppers', line: 6, ...pending },
  { suite: 'cycle 2', name: 'shoppers', line: 6, ...pending },
  { suite: 'thresholds', name: 'p95{step:products} < 300ms', line: 11, ...pending },
  { suite: 'thresholds', name: 'tail', line: 12, ...pending },
  { suite: 'thresholds', name: 'p95{step:products} < 300ms (2)', line: 13, ...pending },
]

test('a mistake stands where it is, in another file than its test, too', () => {
  const stacks = [{ file: '/repo/shop.sut.yaml', line: 4, column: 8, method: '' }]
  const mistake = { name: 'line 4: x', state: 'failed', error: 'x', kind: 'problem', line: 1, stacks } as const
  const { cases } = suiteFor({ tests: [mistake, { ...mistake, kind: 'cell' }] }, { load: () => undefined })
  expect(cases.map(({ file, line, column }) => [file, line, column])).toEqual([
    ['shop.sut.yaml', 4, 8],
    ['shop.scenario.yaml', 1, 3],
  ])
})

describe('a module with a record', () => {
  test('is what the record says, whatever Vitest says', () => {
    const suite = suiteFor({ record: aRecord(), tests: [{ name: 'other', state: 'failed', error: 'x' }] })
    expect(suite.cases).toHaveLength(aRecord().cells.length + aRecord().thresholds.length)
  })

  test('has errors of hooks beside it, at their line', () => {
    const stacks = [{ file: FILE, line: 4, column: 7, method: '' }]
    const suite = suiteFor({
      record: aRecord({ cells: [], thresholds: [] }),
      suiteErrors: [{ message: 'a\nb', stacks }],
    })
    expect(suite.cases).toEqual([
      expect.objectContaining({
        classname: 'turbulence.shop',
        name: 'load scenario',
        line: 4,
        column: 7,
        result: { kind: 'error', type: 'ExecutionError', message: 'a', body: 'a\nb' },
      }),
    ])
  })
})

describe('a worker that crashed', () => {
  test('leaves an error for every test, under the names that a whole run gives them', () => {
    expect(lines(suiteFor({ tests }))).toEqual([
      'turbulence.store | cycle 1 > shoppers | error ExecutionError',
      'turbulence.store | cycle 2 > shoppers | error ExecutionError',
      'turbulence.store.thresholds | p95{step:products} | error ExecutionError',
      'turbulence.store.thresholds | tail | error ExecutionError',
      'turbulence.store.thresholds | p95{step:products} | error ExecutionError',
    ])
  })

  test('keeps the cells that it told of before', () => {
    if (plan === undefined) throw new Error('no plan')
    const told = new Told()
    const cell = aCell({ cycle: 1, group: 'shoppers', place: { file: FILE, line: 6, column: 3 } })
    told.hear({ kind: 'begin', plan })
    told.hear({ kind: 'cycle', tick: {} as never, cells: [cell] })
    const suite = suiteFor({ tests }, { told })
    expect(lines(suite).slice(0, 3)).toEqual([
      'turbulence.store | cycle 1 > shoppers | passed',
      'turbulence.store | cycle 2 > shoppers | error ExecutionError',
      'turbulence.store.thresholds | p95{step:products} | error ExecutionError',
    ])
    expect(suite.cases[0]?.properties['turbulence.iterations']).toBe('500')
    expect(suite.cases[1]?.result).toMatchObject({
      message: CRASH,
      body: `${CRASH}\nseed   7\nagain  TURBULENCE_SEED=7 npx vitest run shop.scenario.yaml`,
    })
  })

  test('keeps what Vitest heard of its tests', () => {
    const heard = suiteFor({
      tests: [
        { suite: 'cycle 1', name: 'shoppers', kind: 'cell' },
        { suite: 'cycle 2', name: 'shoppers', kind: 'cell', state: 'failed', error: 'too slow\nmore' },
        { suite: 'thresholds', name: 'tail', kind: 'threshold', state: 'failed', error: 'p99 was 2 s' },
        { suite: 'thresholds', name: 'p95{step:products} < 300ms', state: 'skipped', note: 'filtered out' },
      ],
    })
    expect(lines(heard)).toEqual([
      'turbulence.store | cycle 1 > shoppers | passed',
      'turbulence.store | cycle 2 > shoppers | failure AssertionFailed',
      'turbulence.store.thresholds | tail | failure ThresholdBreached',
      'turbulence.store.thresholds | p95{step:products} | skipped',
    ])
    expect(heard.cases[1]?.result).toMatchObject({ message: 'too slow', body: 'too slow\nmore' })
  })

  test('leaves an error even when no test was known yet', () => {
    expect(lines(suiteFor({}))).toEqual(['turbulence.store | load scenario | error ExecutionError'])
  })
})

test('mistakes that a filter left out are errors all the same, unless all is turned off', () => {
  const tests = [
    { name: 'line 6: The environment variable A is not set.', suite: 'store', state: 'skipped', line: 6 },
    { name: 'line 7: it is a threshold of that name', suite: 'thresholds', state: 'skipped', line: 7 },
    {
      name: 'agents',
      suite: 'cycle 1',
      state: 'skipped',
      note: 'not run: mistakes were found before anything was sent',
    },
  ] as const
  const kinds = (suite: JunitSuite): unknown[] => suite.cases.map(({ result }) => result?.kind)
  const suite = suiteFor({ tests })
  expect(kinds(suite)).toEqual(['error', 'skipped', 'skipped'])
  expect(suite.cases[0]).toMatchObject({ line: 6, result: { message: tests[0].name } })
  expect(kinds(suiteFor({ tests }, { isOff: true }))).toEqual(['skipped', 'skipped', 'skipped'])
  const seen = { name: 'line 9: another', suite: 'store', state: 'failed', error: 'another' } as const
  expect(kinds(suiteFor({ tests: [...tests, seen] }))).toEqual(['skipped', 'skipped', 'skipped', 'error'])
})

test('in a run that was interrupted, tests that had not ended are skipped with the reason', () => {
  const reason = 'not run: the run was interrupted'
  const suite = suiteFor({ tests }, { unfinished: { kind: 'skipped', reason } })
  expect(suite.cases.map(({ result }) => result)).toEqual(tests.map(() => ({ kind: 'skipped', reason })))
})

test('a file with mistakes is named after itself, with an error for each', () => {
  const problem: FakeTest = { name: 'line 3: wrong', kind: 'problem', state: 'failed', error: 'wrong\nhint', line: 3 }
  expect(lines(suiteFor({ tests: [problem] }, { load: () => undefined }))).toEqual([
    'turbulence.shop | line 3: wrong | error ExecutionError',
  ])
})

test('files are named relative to the repository, commands are for the folder of the project', () => {
  if (plan === undefined) throw new Error('no plan')
  const told = new Told()
  told.hear({
    kind: 'begin',
    plan: { ...plan, scenario: { ...plan.scenario, file: '/repo/packages/a/shop.scenario.yaml' } },
  })
  const file = '/repo/packages/a/shop.scenario.yaml'
  const suite = suiteFor({ file, tests }, { told, projectRoot: '/repo/packages/a' })
  expect(suite.name).toBe('packages/a/shop.scenario.yaml')
  expect(suite.cases[0]).toMatchObject({ file: 'packages/a/shop.scenario.yaml' })
  expect(suite.cases[0]?.result).toMatchObject({
    body: expect.stringContaining('npx vitest run shop.scenario.yaml') as string,
  })
})
