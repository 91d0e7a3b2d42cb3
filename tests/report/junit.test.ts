import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { errorCase, type JunitCase, type JunitReport, junitXml } from '../../src/report/junit.ts'
import { attr, caseName, text } from '../../src/report/junit-text.ts'
import { anyJunitCase, anyText } from '../support/any-junit.ts'
import { junitProblems } from '../support/junit-schema.ts'
import { parseXml, type XmlElement } from '../support/xml.ts'

const aCase = (more: Partial<JunitCase> = {}): JunitCase => ({
  classname: 'turbulence.shop',
  name: 'cycle 1 > shoppers',
  durationMs: 12.3456,
  properties: {},
  output: 'all well',
  ...more,
})

const aReport = (cases: readonly JunitCase[], more: Partial<JunitReport['suites'][number]> = {}): JunitReport => ({
  name: 'vitest-turbulence',
  startedAt: '2026-08-23T10:15:00.000Z',
  durationMs: 1500,
  suites: [{ name: 'a.yaml', startedAt: '2026-08-23T10:15:00.000Z', durationMs: 1400, properties: {}, cases, ...more }],
})

const cases = (xml: string): readonly XmlElement[] =>
  parseXml(xml).children.flatMap((suite) => suite.children.filter((child) => child.name === 'testcase'))

test('writes every kind of result so that the schema holds', () => {
  const body = 'first\nsecond'
  const xml = junitXml(
    aReport([
      aCase({
        file: 'a.yaml',
        line: 3,
        startedAt: '2026-08-23T10:15:00.000Z',
        properties: { 'turbulence.cycle': '1' },
      }),
      aCase({ name: 'b', result: { kind: 'failure', type: 'AssertionFailed', message: 'first', body } }),
      aCase({ name: 'c', result: { kind: 'failure', type: 'GateInconclusive', message: 'first', body } }),
      aCase({ name: 'd', result: { kind: 'skipped', reason: 'nobody was due' } }),
      errorCase({ classname: 'turbulence.bad', name: 'scenario', message: 'wrong', body: 'at line 3' }),
    ]),
  )
  expect(junitProblems(xml)).toEqual([])
  expect(xml).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="vitest-turbulence" time="1.500" timestamp="2026-08-23T10:15:00" tests="5" failures="2" errors="1" skipped="1">
      <testsuite name="a.yaml" timestamp="2026-08-23T10:15:00" time="1.400" hostname="localhost" id="0" tests="5" failures="2" errors="1" skipped="1">
        <testcase classname="turbulence.shop" name="cycle 1 > shoppers" time="0.012" timestamp="2026-08-23T10:15:00" file="a.yaml" line="3">
          <properties>
            <property name="turbulence.cycle" value="1"/>
          </properties>
          <system-out><![CDATA[all well]]></system-out>
        </testcase>
        <testcase classname="turbulence.shop" name="b" time="0.012">
          <failure message="first" type="AssertionFailed"><![CDATA[first
    second]]></failure>
          <system-out><![CDATA[all well]]></system-out>
        </testcase>
        <testcase classname="turbulence.shop" name="c" time="0.012">
          <failure message="first" type="GateInconclusive"><![CDATA[first
    second]]></failure>
          <system-out><![CDATA[all well]]></system-out>
        </testcase>
        <testcase classname="turbulence.shop" name="d" time="0.012">
          <skipped message="nobody was due">nobody was due</skipped>
          <system-out><![CDATA[all well]]></system-out>
        </testcase>
        <testcase classname="turbulence.bad" name="scenario" time="0.000">
          <error message="wrong" type="ExecutionError"><![CDATA[wrong
    at line 3]]></error>
          <system-out><![CDATA[wrong]]></system-out>
        </testcase>
      </testsuite>
    </testsuites>"
  `)
})

test('without suites and without cases it is still a report', () => {
  expect(junitProblems(junitXml(aReport([])))).toEqual([])
  expect(junitProblems(junitXml({ ...aReport([]), suites: [] }))).toEqual([])
})

test('equal names in a class are numbered, so that tools which drop duplicates drop nothing', () => {
  const xml = junitXml(aReport([aCase({ name: 'p95' }), aCase({ name: 'p95' }), aCase({ name: 'p9.5' })]))
  expect(cases(xml).map((one) => one.attributes['name'])).toEqual(['p95', 'p95 (2)', 'p9_5'])
})

describe('an error case', () => {
  test('has the message as attribute and as first line of the body', () => {
    const [one] = cases(junitXml(aReport([errorCase({ classname: 'k', name: 'n', message: 'broken', body: 'why' })])))
    const error = one?.children.find((child) => child.name === 'error')
    expect(error).toMatchObject({ attributes: { message: 'broken', type: 'ExecutionError' }, text: 'broken\nwhy' })
  })

  test('does not say it twice when the body begins with it', () => {
    expect(errorCase({ classname: 'k', name: 'n', message: 'broken', body: 'broken\nwhy' }).result).toMatchObject({
      body: 'broken\nwhy',
    })
  })
})

test('impossible lines and times never reach the file', () => {
  const odd = aCase({ line: 0, durationMs: NaN, startedAt: 'now' })
  const xml = junitXml({ ...aReport([odd, aCase({ name: 'b', line: 1.5 })], { startedAt: '' }), startedAt: 'x' })
  expect(junitProblems(xml)).toEqual([])
})

describe('whatever stands in a field', () => {
  test('the file is well-formed, holds to the schema, and reads back as the cleaned texts', () => {
    fc.assert(
      fc.property(fc.array(anyJunitCase, { maxLength: 3 }), anyText, anyText, (list, name, hostname) => {
        const xml = junitXml({ ...aReport(list, { name, hostname, startedAt: name }), name })
        expect(junitProblems(xml)).toEqual([])
        const read = cases(xml)
        for (const [i, from] of list.entries()) {
          const one = read[i]
          const child = (element: string): XmlElement | undefined => one?.children.find((c) => c.name === element)
          expect(one?.attributes['classname']).toBe(attr(from.classname) || '-')
          expect(one?.attributes['name']?.startsWith(caseName(from.name))).toBe(true)
          expect(one?.attributes['file']).toBe(attr(from.file ?? ''))
          expect(child('system-out')?.text).toBe(text(from.output) || '-')
          const properties = Object.entries(from.properties).map(([key, value]) => ({
            name: attr(key),
            value: attr(value),
          }))
          expect(child('properties')?.children.map((p) => p.attributes) ?? []).toEqual(properties)
          if (from.result === undefined) continue
          const written = child(from.result.kind)
          const [message, body] =
            from.result.kind === 'skipped'
              ? [from.result.reason, from.result.reason]
              : [from.result.message, from.result.body]
          expect(written?.attributes['message'] ?? '').toBe(attr(message))
          expect(written?.text).toBe(text(body))
        }
      }),
      { numRuns: 300 },
    )
  })
})
