import { describe, expect, test } from 'vitest'
import { junitClassname, junitSuite } from '../../src/report/junit-suite.ts'
import { type JunitCase, junitXml } from '../../src/report/junit.ts'
import type { RunRecord } from '../../src/store/record.ts'
import { junitProblems } from '../support/junit-schema.ts'
import { aCause, aCell, aRecord, aVerdict } from '../support/a-record.ts'

const suite = (record: RunRecord): ReturnType<typeof junitSuite> => junitSuite(record, { root: '/repo' })
const xmlOf = (record: RunRecord): string =>
  junitXml({
    name: 'vitest-turbulence',
    startedAt: record.startedAt,
    durationMs: record.durationMs,
    suites: [suite(record)],
  })
const only = (record: Partial<RunRecord>): JunitCase | undefined =>
  suite(aRecord({ cells: [], thresholds: [], ...record })).cases[0]

test('a record becomes one suite of flat cases that the schema accepts', () => {
  expect(junitProblems(xmlOf(aRecord()))).toEqual([])
})

test('the file in full', () => {
  const record = aRecord()
  const few = aRecord({ cells: record.cells.slice(2), thresholds: record.thresholds.slice(1, 4) })
  expect(xmlOf(few)).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="vitest-turbulence" time="43.400" timestamp="2026-08-23T10:15:00" tests="5" failures="3" errors="0" skipped="2">
      <testsuite name="load/shop.scenario.yaml" timestamp="2026-08-23T10:15:00" time="43.400" hostname="ci-7" id="0" file="load/shop.scenario.yaml" tests="5" failures="3" errors="0" skipped="2">
        <properties>
          <property name="turbulence.run.id" value="shop-20260823-101500-a1b2"/>
          <property name="turbulence.seed" value="42"/>
          <property name="turbulence.rerun" value="TURBULENCE_SEED=42 npx vitest run load/shop.scenario.yaml"/>
          <property name="turbulence.scenario.id" value="shop"/>
          <property name="turbulence.scenario.file" value="load/shop.scenario.yaml"/>
          <property name="turbulence.scenario.sha256" value="9f2c41ab"/>
          <property name="turbulence.overrides" value="TURBULENCE_SEED=42"/>
          <property name="turbulence.hosts" value="http://127.0.0.1:3000"/>
          <property name="turbulence.samples" value="1500"/>
          <property name="turbulence.iterations" value="500"/>
          <property name="turbulence.successRate" value="0.1460"/>
          <property name="turbulence.rps" value="49.8"/>
          <property name="turbulence.rateLimitRps" value="50"/>
          <property name="turbulence.version.vitest-turbulence" value="0.1.0"/>
          <property name="turbulence.version.vitest" value="4.1.12"/>
          <property name="turbulence.machine.node" value="20.20.2"/>
          <property name="turbulence.machine.platform" value="linux"/>
          <property name="turbulence.machine.cpus" value="8"/>
        </properties>
        <testcase classname="turbulence.shop" name="cycle 2 > shoppers" time="31.000" timestamp="2026-08-23T10:15:12" file="load/shop.scenario.yaml" line="9">
          <properties>
            <property name="turbulence.cycle" value="2"/>
            <property name="turbulence.group" value="shoppers"/>
            <property name="turbulence.iterations" value="500"/>
            <property name="turbulence.iterations.ok" value="73"/>
            <property name="turbulence.iterations.failed" value="427"/>
            <property name="turbulence.successRate" value="0.1460"/>
            <property name="turbulence.samples" value="1500"/>
            <property name="turbulence.p50_ms" value="80.1"/>
            <property name="turbulence.p95_ms" value="412"/>
            <property name="turbulence.p99_ms" value="1320"/>
            <property name="turbulence.max_ms" value="30000"/>
            <property name="turbulence.errors.failed" value="414"/>
            <property name="turbulence.errors.timeout" value="13"/>
          </properties>
          <failure message="success_rate was 14.6 %, must be >= 95 % (-80.4 points) over 500 samples" type="AssertionFailed"><![CDATA[success_rate was 14.6 %, must be >= 95 % (-80.4 points) over 500 samples
        at cell (load/shop.scenario.yaml:9:3)
        at load.Cell(shop.scenario.yaml:9)
    412 ×  checkout (load/shop.scenario.yaml:31)  status_code: 500, expected 2xx
     13 ×  login (load/shop.scenario.yaml:31)     no answer within 30 s
      2 ×  browse (load/shop.scenario.yaml:31)    jsonpath $.items: missing
    example: agent shoppers-17, iteration 1: status_code: 500, expected 2xx
      curl http://127.0.0.1:3000/orders -H 'Authorization: Bearer ***' -H 'Content-Type: application/json' --data-raw '{"sku":7}'
      status 500
      body   {"error":"out of stock"}
    seed   42
    again  TURBULENCE_SEED=42 npx vitest run load/shop.scenario.yaml]]></failure>
          <system-out><![CDATA[cell        cycle 2 > shoppers
    iterations  500 begun, 73 ok, 427 failed (0 aborted), 0 dropped
    requests    1073 ok, 414 failed, 13 timeout
    latency     p50 80.1 ms  p95 412 ms  p99 1.32 s  max 30 s
    threshold   fail: success_rate was 14.6 %, must be >= 95 % (-80.4 points) over 500 samples

    success_rate was 14.6 %, must be >= 95 % (-80.4 points) over 500 samples
    412 ×  checkout (load/shop.scenario.yaml:31)  status_code: 500, expected 2xx
     13 ×  login (load/shop.scenario.yaml:31)     no answer within 30 s
      2 ×  browse (load/shop.scenario.yaml:31)    jsonpath $.items: missing
    example: agent shoppers-17, iteration 1: status_code: 500, expected 2xx
      curl http://127.0.0.1:3000/orders -H 'Authorization: Bearer ***' -H 'Content-Type: application/json' --data-raw '{"sku":7}'
      status 500
      body   {"error":"out of stock"}
    seed   42
    again  TURBULENCE_SEED=42 npx vitest run load/shop.scenario.yaml]]></system-out>
        </testcase>
        <testcase classname="turbulence.shop" name="cycle 2 > admins" time="0.000" file="load/shop.scenario.yaml" line="16">
          <properties>
            <property name="turbulence.cycle" value="2"/>
            <property name="turbulence.group" value="admins"/>
            <property name="turbulence.iterations" value="0"/>
            <property name="turbulence.iterations.ok" value="0"/>
            <property name="turbulence.iterations.failed" value="0"/>
            <property name="turbulence.samples" value="0"/>
          </properties>
          <skipped message="nobody was due in this cycle">nobody was due in this cycle</skipped>
          <system-out><![CDATA[nobody was due in this cycle]]></system-out>
        </testcase>
        <testcase classname="turbulence.shop.thresholds" name="p95{step:checkout}" time="0.000" file="load/shop.scenario.yaml" line="42">
          <properties>
            <property name="turbulence.metric" value="latency.p95{step:checkout}"/>
            <property name="turbulence.threshold" value="p95{step:checkout} &lt; 300ms"/>
            <property name="turbulence.threshold.op" value="&lt;"/>
            <property name="turbulence.threshold.limit" value="300"/>
            <property name="turbulence.threshold.actual" value="412"/>
            <property name="turbulence.unit" value="ms"/>
            <property name="turbulence.samples" value="1000"/>
            <property name="turbulence.verdict" value="fail"/>
          </properties>
          <failure message="p95{step:checkout} was 412 ms, must be &lt; 300 ms (+37.3 %) over 1,000 samples" type="ThresholdBreached"><![CDATA[p95{step:checkout} was 412 ms, must be < 300 ms (+37.3 %) over 1,000 samples
        at threshold (load/shop.scenario.yaml:42:5)
        at load.Threshold(shop.scenario.yaml:42)
    seed   42
    again  TURBULENCE_SEED=42 npx vitest run load/shop.scenario.yaml]]></failure>
          <system-out><![CDATA[p95{step:checkout} was 412 ms, must be < 300 ms (+37.3 %) over 1,000 samples
    seed   42
    again  TURBULENCE_SEED=42 npx vitest run load/shop.scenario.yaml]]></system-out>
        </testcase>
        <testcase classname="turbulence.shop.thresholds" name="p99_9" time="0.000" file="load/shop.scenario.yaml" line="43">
          <properties>
            <property name="turbulence.metric" value="latency.p99.9"/>
            <property name="turbulence.threshold" value="p99.9 &lt; 2s"/>
            <property name="turbulence.threshold.op" value="&lt;"/>
            <property name="turbulence.threshold.limit" value="2000"/>
            <property name="turbulence.threshold.actual" value="1320"/>
            <property name="turbulence.unit" value="ms"/>
            <property name="turbulence.samples" value="400"/>
            <property name="turbulence.samples.needed" value="1000"/>
            <property name="turbulence.verdict" value="inconclusive"/>
          </properties>
          <failure message="p99.9 is inconclusive: 400 of 1,000 samples needed; so far 1.32 s, must be &lt; 2 s" type="GateInconclusive"><![CDATA[p99.9 is inconclusive: 400 of 1,000 samples needed; so far 1.32 s, must be < 2 s
        at threshold (load/shop.scenario.yaml:43:5)
        at load.Threshold(shop.scenario.yaml:43)
    13 ×  login (load/shop.scenario.yaml:31)  no answer within 30 s
    example: agent shoppers-17, iteration 1: status_code: 500, expected 2xx
      curl http://127.0.0.1:3000/orders -H 'Authorization: Bearer ***' -H 'Content-Type: application/json' --data-raw '{"sku":7}'
      status 500
      body   {"error":"out of stock"}
    seed   42
    again  TURBULENCE_SEED=42 npx vitest run load/shop.scenario.yaml]]></failure>
          <system-out><![CDATA[p99.9 is inconclusive: 400 of 1,000 samples needed; so far 1.32 s, must be < 2 s
    13 ×  login (load/shop.scenario.yaml:31)  no answer within 30 s
    example: agent shoppers-17, iteration 1: status_code: 500, expected 2xx
      curl http://127.0.0.1:3000/orders -H 'Authorization: Bearer ***' -H 'Content-Type: application/json' --data-raw '{"sku":7}'
      status 500
      body   {"error":"out of stock"}
    seed   42
    again  TURBULENCE_SEED=42 npx vitest run load/shop.scenario.yaml]]></system-out>
        </testcase>
        <testcase classname="turbulence.shop.thresholds" name="p95{step:refund}" time="0.000" file="load/shop.scenario.yaml" line="44">
          <properties>
            <property name="turbulence.metric" value="latency.p95{step:refund}"/>
            <property name="turbulence.threshold" value="p95{step:refund} &lt; 300ms"/>
            <property name="turbulence.threshold.op" value="&lt;"/>
            <property name="turbulence.threshold.limit" value="300"/>
            <property name="turbulence.unit" value="ms"/>
            <property name="turbulence.samples" value="0"/>
            <property name="turbulence.verdict" value="no-data"/>
          </properties>
          <skipped message="p95{step:refund} has no data: no request of step refund was sent">p95{step:refund} has no data: no request of step refund was sent</skipped>
          <system-out><![CDATA[p95{step:refund} has no data: no request of step refund was sent]]></system-out>
        </testcase>
      </testsuite>
    </testsuites>"
  `)
})

test('an empty record is a suite without cases', () => {
  const record = aRecord({ cells: [], thresholds: [], steps: [], overrides: [], hosts: [], notices: [] })
  expect(junitProblems(xmlOf(record))).toEqual([])
})

test('names and class names hold no measured value and no limit', () => {
  expect(suite(aRecord()).cases.map(({ classname, name }) => `${classname} | ${name}`)).toEqual([
    'turbulence.shop | cycle 1 > shoppers',
    'turbulence.shop | cycle 1 > admins',
    'turbulence.shop | cycle 2 > shoppers',
    'turbulence.shop | cycle 2 > admins',
    'turbulence.shop.thresholds | success_rate',
    'turbulence.shop.thresholds | p95{step:checkout}',
    'turbulence.shop.thresholds | p99.9',
    'turbulence.shop.thresholds | p95{step:refund}',
    'turbulence.shop.thresholds | rps',
  ])
  expect(junitClassname('my.shop 2')).toBe('turbulence.my_shop_2')
})

describe('a verdict', () => {
  test.each([
    ['pass', false, undefined, undefined],
    ['fail', false, 'failure', 'ThresholdBreached'],
    ['inconclusive', false, 'failure', 'GateInconclusive'],
    ['no-data', false, 'failure', 'GateInconclusive'],
    ['not-evaluated', false, 'failure', 'GateInconclusive'],
    ['inconclusive', true, 'skipped', undefined],
    ['no-data', true, 'skipped', undefined],
  ] as const)('%s (skip: %s) is %s %s', (kind, skip, result, type) => {
    const one = only({ thresholds: [aVerdict({ kind, skip })] })
    expect(one?.result?.kind).toBe(result)
    expect(one?.result !== undefined && 'type' in one.result ? one.result.type : undefined).toBe(type)
  })

  test('without a place belongs to the scenario file and has no line', () => {
    const { place: _, ...placeless } = aVerdict({ kind: 'fail' })
    expect(only({ thresholds: [placeless] })).toMatchObject({ file: 'load/shop.scenario.yaml', line: undefined })
  })
})

describe('a cell', () => {
  test.each([
    ['passed', undefined],
    ['failed', { kind: 'failure', type: 'AssertionFailed' }],
    ['skipped', { kind: 'skipped', reason: 'not run' }],
  ] as const)('that %s', (state, result) => {
    const one = only({ cells: [aCell({ state })] })
    expect({ result: one?.result }).toMatchObject({ result })
  })

  test('that was skipped gives its reason in the output too, as most tools drop it elsewhere', () => {
    const one = only({ cells: [aCell({ state: 'skipped', reason: 'the breaker is open' })] })
    expect(one).toMatchObject({ result: { reason: 'the breaker is open' }, output: 'the breaker is open' })
  })

  test('that failed keeps seed and command within the first 900 characters, and all of the example in the output', () => {
    const body = 'x'.repeat(500)
    const example = { agent: 'a', iteration: 1, message: 'm', curl: `curl ${'y'.repeat(600)}`, status: 500, body }
    const cell = aCell({ state: 'failed', message: 'm', causes: [aCause({ example })] })
    const one = only({ cells: [cell] })
    const text = one?.result !== undefined && 'body' in one.result ? one.result.body : ''
    expect(text.length).toBeLessThanOrEqual(900)
    expect(text.split('\n').slice(0, 3)).toEqual([
      'm',
      '    at cell (load/shop.scenario.yaml:9:3)',
      '    at load.Cell(shop.scenario.yaml:9)',
    ])
    expect(text.split('\n').slice(-2)).toEqual(['seed   42', `again  ${aRecord().rerun}`])
    expect(one?.output).toContain(`curl ${'y'.repeat(600)}`)
    expect(one?.output).toContain(body)
  })

  test('without requests has no rate and no percentiles', () => {
    const idle = aRecord().cells[3]
    const properties = only({ cells: idle === undefined ? [] : [idle] })?.properties ?? {}
    expect(Object.keys(properties).filter((name) => /Rate|_ms/.test(name))).toEqual([])
    expect(properties['turbulence.samples']).toBe('0')
  })
})
