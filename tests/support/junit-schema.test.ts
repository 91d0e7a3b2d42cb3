import { expect, test } from 'vitest'
import { junitProblems } from './junit-schema.ts'
import { parseXml } from './xml.ts'

const file = (cases: string, suite = 'tests="1" failures="0" errors="0" skipped="0"'): string =>
  `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="all" time="1.000" timestamp="2026-01-01T00:00:00" ${suite}>
  <testsuite name="s" time="1.000" timestamp="2026-01-01T00:00:00" id="0" ${suite}>${cases}</testsuite>
</testsuites>`
const one = (inside: string, attributes = 'classname="k" name="n" time="0.000"'): string =>
  `<testcase ${attributes}>${inside}</testcase>`
const OUT = '<system-out>o</system-out>'
const FAILURE = '<failure type="AssertionFailed" message="m">m</failure>'
const FAILED = 'tests="1" failures="1" errors="0" skipped="0"'

test('a sound file has no problems', () => {
  expect(junitProblems(file(one(OUT)))).toEqual([])
  expect(junitProblems(file(one(FAILURE + OUT), FAILED))).toEqual([])
})

test.each([
  ['no system-out', one('')],
  ['two of them', one(OUT + OUT)],
  ['a result after the output', one(OUT + FAILURE), FAILED],
  ['two results', one(`${FAILURE}<skipped/>${OUT}`), 'tests="1" failures="1" errors="0" skipped="1"'],
  ['an unknown type', one(`<failure type="yaml"/>${OUT}`), FAILED],
  ['counts that do not add up', one(FAILURE + OUT)],
  ['a time with nine decimals', one(OUT, 'classname="k" name="n" time="0.000000001"')],
  ['a name with a dot', one(OUT, 'classname="k" name="p99.9" time="0.000"')],
  ['line 0', one(OUT, 'classname="k" name="n" time="0.000" line="0"')],
  ['no classname', one(OUT, 'name="n" time="0.000"')],
  ['equal names', one(OUT) + one(OUT), 'tests="2" failures="0" errors="0" skipped="0"'],
  ['a nested suite', `<testsuite name="t"/>${one(OUT)}`],
])('finds %s', (_what, cases, counts?: string) => {
  expect(junitProblems(file(cases, counts))).not.toEqual([])
})

test.each([
  ['a tag that is not closed', '<a><b></a>'],
  ['an end of CDATA in text', '<a>]]></a>'],
  ['a bare ampersand', '<a>&</a>'],
  ['an unknown entity', '<a>&nbsp;</a>'],
  ['a less-than sign in an attribute', '<a b="<"/>'],
  ['an attribute twice', '<a b="" b=""/>'],
  ['a control character', '<a>\u0001</a>'],
  ['half a character', '<a>\ud800</a>'],
  ['text after the end', '<a/>x'],
  ['CDATA that does not end', '<a><![CDATA[x]]</a>'],
])('the XML reader refuses %s', (_what, xml) => {
  expect(() => parseXml(`<?xml version="1.0"?>${xml}`)).toThrow(/ at \d+/)
})

test('the XML reader reads entities, CDATA and white space as a reader must', () => {
  const root = parseXml('<?xml version="1.0"?><a b="1&#xA;2\n3">x&lt;<![CDATA[&]]>\r\ny</a>')
  expect(root).toEqual({ name: 'a', attributes: { b: '1\n2 3' }, children: [], text: 'x<&\ny' })
})
