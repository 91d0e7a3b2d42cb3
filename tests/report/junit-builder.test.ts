// One test for everything that is known about the insides of junit-report-builder. When one fails after
// an upgrade, the adapter needs the same look as the test.
import { createRequire } from 'node:module'
import { beforeEach, expect, test } from 'vitest'
import {
  type Builder,
  type BuilderSuite,
  dropSkippedCount,
  newBuilder,
  setAttributes,
  setRootAttributes,
  skip,
} from '../../src/report/junit-builder.ts'
import { text } from '../../src/report/junit-text.ts'
import { parseXml } from '../support/xml.ts'

let builder: Builder
let suite: BuilderSuite

beforeEach(() => {
  builder = newBuilder()
  suite = builder.testSuite()
})

const built = (): ReturnType<typeof parseXml> => parseXml(builder.build())
const builtCase = (): ReturnType<typeof parseXml> | undefined => built().children[0]?.children[0]

test('is the version whose insides are known', () => {
  const { version } = createRequire(import.meta.url)('junit-report-builder/package.json') as { version: string }
  expect(version).toBe('5.1.2')
})

test('takes attributes of the root element through its field', () => {
  setRootAttributes(builder, { name: 'all', time: '1.500', timestamp: '2026-08-23T10:15:00' })
  expect(built().attributes).toMatchObject({ name: 'all', time: '1.500', timestamp: '2026-08-23T10:15:00', tests: '0' })
})

test('takes hostname, id and file of a suite, and times as they are', () => {
  const given = { name: 's', hostname: 'h', id: '0', file: 'a.yaml', time: '0.000', timestamp: '2026-01-01T00:00:00' }
  setAttributes(suite, given)
  const counts = { tests: '0', failures: '0', errors: '0', skipped: '0' }
  expect(built().children[0]?.attributes).toEqual({ ...given, ...counts })
})

test('takes line and timestamp of a case, and leaves out what is undefined', () => {
  setAttributes(suite.testCase(), { name: 'c', classname: 'k', time: '1.000', line: 7, file: undefined })
  expect(builtCase()?.attributes).toEqual({ name: 'c', classname: 'k', time: '1.000', line: '7' })
})

test('writes the reason of a skipped case as attribute and as text, and counts it', () => {
  skip(suite.testCase(), 'nobody <due>', 'nobody <due> & more ]]>')
  const skipped = builtCase()?.children[0]
  expect(skipped).toEqual({
    name: 'skipped',
    attributes: { message: 'nobody <due>' },
    children: [],
    text: 'nobody <due> & more ]]>',
  })
  expect(built().attributes['skipped']).toBe('1')
})

test('keeps its counts', () => {
  suite.testCase().failure('m', 'T')
  suite.testCase().error('m', 'T', 'c')
  suite.testCase()
  expect(built().attributes).toMatchObject({ tests: '3', failures: '1', errors: '1', skipped: '0' })
})

test('drops the count of skipped cases from the root element alone, every time it builds', () => {
  dropSkippedCount(builder)
  skip(suite.testCase(), 'why', 'why')
  for (let i = 0; i < 2; i++) {
    expect(built().attributes).toEqual({ tests: '1', failures: '0', errors: '0' })
    expect(built().children[0]?.attributes['skipped']).toBe('1')
  }
})

test('writes properties, result and system-out in this order, bodies as CDATA', () => {
  const one = suite.testCase()
  one.standardOutput('out')
  one.failure('message', 'Type')
  one.stacktrace('body <1>')
  one.property('key', 'value')
  expect(builtCase()?.children.map((child) => [child.name, child.text])).toEqual([
    ['properties', ''],
    ['failure', 'body <1>'],
    ['system-out', 'out'],
  ])
  expect(builder.build()).toContain('<![CDATA[body <1>]]>')
})

test('writes malformed XML for two ends of CDATA, which cleaned texts never hold', () => {
  const raw = 'a ]]> b ]]> c'
  suite.testCase().standardOutput(raw)
  expect(built).toThrow(']]> in text')
  builder = newBuilder()
  builder.testSuite().testCase().standardOutput(text(raw))
  expect(builtCase()?.children[0]?.text).toBe('a ]] > b ]] > c')
})

test('can build a report twice', () => {
  skip(suite.testCase(), 'why', 'why')
  expect(builder.build()).toBe(builder.build())
})
