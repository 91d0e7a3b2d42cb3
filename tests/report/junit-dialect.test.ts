import fc from 'fast-check'
import { expect, test } from 'vitest'
import { junitSuite } from '../../src/report/junit-suite.ts'
import { junitXml, type JunitCase, type JunitReport } from '../../src/report/junit.ts'
import { attr } from '../../src/report/junit-text.ts'
import { aCell, aRecord } from '../support/a-record.ts'
import { jenkinsProblems, propertyLines } from '../support/junit-jenkins.ts'
import { junitProblems } from '../support/junit-schema.ts'
import { anyJunitCase, anyText } from '../support/any-junit.ts'
import { parseXml, type XmlElement } from '../support/xml.ts'

const record = aRecord()
const reportOf = (more: Parameters<typeof aRecord>[0] = {}): JunitReport => ({
  name: 'vitest-turbulence',
  startedAt: record.startedAt,
  durationMs: record.durationMs,
  suites: [junitSuite(aRecord(more), { root: '/repo' })],
})
const withCases = (cases: readonly JunitCase[]): JunitReport => ({
  ...reportOf(),
  suites: reportOf().suites.map((suite) => ({ ...suite, cases })),
})
const casesOf = (xml: string): readonly XmlElement[] =>
  parseXml(xml).children.flatMap((suite) => suite.children.filter((child) => child.name === 'testcase'))

test('a whole record in the dialect of Jenkins xUnit keeps to its schema; the rich one does not', () => {
  expect(jenkinsProblems(junitXml(reportOf(), 'jenkins-xunit'))).toEqual([])
  expect(jenkinsProblems(junitXml(reportOf(), 'rich'))).not.toEqual([])
  expect(junitProblems(junitXml(reportOf(), 'rich'))).toEqual([])
})

test('says the same in both dialects: cases, results, output and properties', () => {
  const rich = casesOf(junitXml(reportOf(), 'rich'))
  const strict = casesOf(junitXml(reportOf(), 'jenkins-xunit'))
  expect(strict).toHaveLength(rich.length)
  for (const [i, one] of strict.entries()) {
    const twin = rich[i]
    const { name, classname, time } = twin?.attributes ?? {}
    expect(one.attributes).toEqual({ name, classname, time })
    const child = (from: XmlElement | undefined, element: string): XmlElement | undefined =>
      from?.children.find((each) => each.name === element)
    for (const result of ['failure', 'error', 'skipped']) expect(child(one, result)).toEqual(child(twin, result))
    const properties = child(twin, 'properties')?.children.map(({ attributes }) => Object.values(attributes))
    expect(propertyLines(one)).toEqual(properties)
    // What people read comes first: some tools show only the beginning.
    expect(child(one, 'system-out')?.text.startsWith(child(twin, 'system-out')?.text ?? '-')).toBe(true)
  }
})

test('a cell in full', () => {
  const xml = junitXml(reportOf({ cells: [aCell()], thresholds: [] }), 'jenkins-xunit')
  expect(xml.replace(/ {4}<properties>[^]*?<\/properties>\n/, '')).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="vitest-turbulence" time="43.400" tests="1" failures="0" errors="0">
      <testsuite name="load/shop.scenario.yaml" timestamp="2026-08-23T10:15:00" time="43.400" hostname="ci-7" id="0" file="load/shop.scenario.yaml" tests="1" failures="0" errors="0" skipped="0">
        <testcase classname="turbulence.shop" name="cycle 1 > shoppers" time="12.400">
          <system-out><![CDATA[cell        cycle 1 > shoppers
    iterations  500 begun, 500 ok, 0 failed (0 aborted), 0 dropped
    requests    1500 ok
    latency     p50 12.3 ms  p95 41.2 ms  p99 88.4 ms  max 121 ms
    threshold   pass: success_rate was 100 %, must be >= 95 % (+5 points) over 60 samples
    seed        42
    again       TURBULENCE_SEED=42 npx vitest run load/shop.scenario.yaml
    [[PROPERTY|turbulence.cycle=1]]
    [[PROPERTY|turbulence.group=shoppers]]
    [[PROPERTY|turbulence.iterations=500]]
    [[PROPERTY|turbulence.iterations.ok=500]]
    [[PROPERTY|turbulence.iterations.failed=0]]
    [[PROPERTY|turbulence.successRate=1.0000]]
    [[PROPERTY|turbulence.samples=1500]]
    [[PROPERTY|turbulence.p50_ms=12.3]]
    [[PROPERTY|turbulence.p95_ms=41.2]]
    [[PROPERTY|turbulence.p99_ms=88.4]]
    [[PROPERTY|turbulence.max_ms=120.7]]
    ]]></system-out>
        </testcase>
      </testsuite>
    </testsuites>"
  `)
})

test('a property whose value would end its line early has other brackets', () => {
  const properties = { 'a=b[0]': 'x]] y [[z' }
  const one = { classname: 'k', name: 'n', durationMs: 0, properties, output: 'o' }
  const [written] = casesOf(junitXml(withCases([one]), 'jenkins-xunit'))
  expect(written === undefined ? [] : propertyLines(written)).toEqual([['a_b(0)', 'x)) y ((z']])
})

test('a property that a service wrote into its answer is not one', () => {
  const one = { classname: 'k', name: 'n', durationMs: 0, properties: {}, output: 'body\n[[PROPERTY|a=b]]' }
  const [written] = casesOf(junitXml(withCases([one]), 'jenkins-xunit'))
  expect(written === undefined ? ['none'] : propertyLines(written)).toEqual([])
})

test('without suites it is still a report', () => {
  expect(jenkinsProblems(junitXml({ ...reportOf(), suites: [] }, 'jenkins-xunit'))).toEqual([])
})

test('whatever stands in a field, the file is well-formed and keeps to the schema', () => {
  fc.assert(
    fc.property(fc.array(anyJunitCase, { maxLength: 3 }), anyText, (cases, name) => {
      const suite = { ...reportOf().suites[0], name, hostname: name, file: name, startedAt: name }
      const report = { ...reportOf(), name, suites: [{ ...suite, durationMs: 1, properties: { [name]: name }, cases }] }
      const xml = junitXml(report, 'jenkins-xunit')
      expect(jenkinsProblems(xml)).toEqual([])
      for (const [i, one] of casesOf(xml).entries()) {
        const names = Object.keys(cases[i]?.properties ?? {})
        expect(propertyLines(one).map(([key]) => key)).toEqual(
          names.map((key) => attr(key).replaceAll('[', '(').replaceAll(']', ')').replaceAll('=', '_')),
        )
      }
    }),
    { numRuns: 300 },
  )
})
