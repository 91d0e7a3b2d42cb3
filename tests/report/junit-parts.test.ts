import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { junitParts } from '../../src/report/junit-parts.ts'
import { junitXml, type JunitCase, type JunitReport, type JunitSuite } from '../../src/report/junit.ts'
import { uniqueNames } from '../../src/report/junit-text.ts'
import { jenkinsProblems } from '../support/junit-jenkins.ts'
import { junitProblems } from '../support/junit-schema.ts'

const aCase = (name: string): JunitCase => ({ classname: 'k', name, durationMs: 1, properties: {}, output: 'o' })
const aSuite = (name: string, cases: number, nameOf = (i: number) => `case ${i}`): JunitSuite => ({
  name,
  startedAt: '2026-08-23T10:15:00.000Z',
  durationMs: 1000,
  properties: { seed: '42' },
  cases: Array.from({ length: cases }, (_, i) => aCase(nameOf(i))),
})
const aReport = (...suites: JunitSuite[]): JunitReport => ({
  name: 'all',
  startedAt: '2026-08-23T10:15:00.000Z',
  durationMs: 2000,
  suites,
})
const shape = (parts: readonly JunitReport[]): string[] =>
  parts.map(({ suites }) => suites.map(({ name, cases }) => `${name} ${cases.length}`).join(', '))

test.each([
  ['all fit', [3, 2], ['a 3, b 2']],
  ['a suite goes over the edge', [4, 3], ['a 4, b 1', 'b 2']],
  ['a suite ends at the edge', [5, 1], ['a 5', 'b 1']],
  ['a suite takes several', [12], ['a 5', 'a 5', 'a 2']],
  ['a suite without cases', [0, 2], ['a 0, b 2']],
  ['nothing at all', [], ['']],
])('%s', (_what, sizes, expected) => {
  const suites = sizes.map((size, i) => aSuite('ab'.charAt(i), size))
  expect(shape(junitParts(aReport(...suites), 5))).toEqual(expected)
})

test('5,000 cases are one file, 5,001 are two', () => {
  expect(shape(junitParts(aReport(aSuite('a', 5000))))).toEqual(['a 5000'])
  expect(shape(junitParts(aReport(aSuite('a', 5001))))).toEqual(['a 5000', 'a 1'])
})

test('parts of a suite are one suite to a tool: same name and properties, and the time counts once', () => {
  const parts = junitParts(aReport(aSuite('a', 7)), 5)
  const suites = parts.flatMap((part) => part.suites)
  expect(suites.map(({ name, properties, durationMs }) => ({ name, properties, durationMs }))).toEqual([
    { name: 'a', properties: { seed: '42' }, durationMs: 1000 },
    { name: 'a', properties: { seed: '42' }, durationMs: 0 },
  ])
  expect(parts.map(({ durationMs }) => durationMs)).toEqual([2000, 0])
})

test('names are unique over all parts, and stay what they are in the file', () => {
  const parts = junitParts(aReport(aSuite('a', 4, () => 'p9.5')), 2)
  const written = parts.map((part) => junitXml(part))
  expect(
    written.flatMap((xml) => [...xml.matchAll(/<testcase [^>]*name="(p[^"]*)"/g)].map(([, name]) => name)),
  ).toEqual(['p9_5', 'p9_5 (2)', 'p9_5 (3)', 'p9_5 (4)'])
})

test('whatever the sizes, no case is lost, none is twice, and every part is a sound file', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 4 }),
      fc.integer({ min: 1, max: 6 }),
      (sizes, most) => {
        const report = aReport(
          ...sizes.map((size, i) => aSuite(`s${i}`, size, (n) => (n % 2 === 0 ? 'same' : `n${n}`))),
        )
        const parts = junitParts(report, most)
        const keys = (from: readonly JunitReport[]): string[] =>
          from.flatMap(({ suites }) => suites.flatMap(({ name, cases }) => cases.map((one) => `${name} ${one.name}`)))
        expect(keys(parts)).toHaveLength(sizes.reduce((a, b) => a + b, 0))
        expect(new Set(keys(parts)).size).toBe(keys(parts).length)
        for (const part of parts) {
          expect(part.suites.reduce((sum, { cases }) => sum + cases.length, 0)).toBeLessThanOrEqual(most)
          expect(junitProblems(junitXml(part))).toEqual([])
          expect(jenkinsProblems(junitXml(part, 'jenkins-xunit'))).toEqual([])
        }
      },
    ),
    { numRuns: 60 },
  )
})

describe('the work grows with the number of cases, no faster', () => {
  /** How often the fields of cases are read while all parts are written. */
  const reads = (count: number): number => {
    let seen = 0
    const counted = (one: JunitCase): JunitCase =>
      new Proxy(one, {
        get: (target, key) => {
          seen++
          return Reflect.get(target, key) as unknown
        },
      })
    const suite = aSuite('a', count, (i) => (i % 2 === 0 ? 'same' : `n${i}`))
    for (const part of junitParts(aReport({ ...suite, cases: suite.cases.map(counted) }))) junitXml(part)
    return seen
  }

  test('10,000 cases are read ten times as often as 1,000', () => {
    expect(reads(10_000) / reads(1000)).toBeCloseTo(10, 1)
  })

  test('200,000 equal names are told apart within the time of a test', () => {
    const unique = uniqueNames()
    let last = ''
    for (let i = 0; i < 200_000; i++) last = unique('k', 'same')
    expect(last).toBe('same (200000)')
  })
})
