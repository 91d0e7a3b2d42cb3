import { expect, test } from 'vitest'
import { jenkinsProblems, propertyLines } from './junit-jenkins.ts'
import { parseXml } from './xml.ts'

const file = (inside: string, root = 'name="all" time="1.000" tests="1" failures="0" errors="0"'): string =>
  `<?xml version="1.0" encoding="UTF-8"?><testsuites ${root}><testsuite name="s" tests="1" failures="0" errors="0" skipped="0" timestamp="2026-01-01T00:00:00" time="1.000" hostname="h" id="0" file="a.yaml">${inside}</testsuite></testsuites>`
const one = (inside: string, attributes = 'classname="k" name="n" time="0.000"'): string =>
  `<testcase ${attributes}>${inside}</testcase>`
const OUT = '<system-out>o</system-out>'

test('a sound file has no problems', () => {
  expect(jenkinsProblems(file(one(OUT)))).toEqual([])
  expect(jenkinsProblems(file(one(`<failure type="T" message="m">m</failure>${OUT}`)))).toEqual([])
  expect(jenkinsProblems(file(`<properties><property name="a" value=""/></properties>${one(OUT)}`))).toEqual([])
})

test.each([
  ['a line of a case', one(OUT, 'name="n" line="3"'), 'has the attribute line'],
  ['a file of a case', one(OUT, 'name="n" file="a.yaml"'), 'has the attribute file'],
  ['a start of a case', one(OUT, 'name="n" timestamp="2026-01-01T00:00:00"'), 'has the attribute timestamp'],
  ['properties of a case', one(`<properties/>${OUT}`), 'holds properties'],
  ['a time with four decimals', one(OUT, 'name="n" time="0.0001"'), 'has the time'],
  ['a case without a name', one(OUT, 'classname="k"'), 'has no name'],
  ['two outputs', one(OUT + OUT), 'holds system-out, system-out'],
  ['two results', one(`<error/><failure/>${OUT}`), 'holds error, failure'],
  ['an unknown element', one(`<note/>${OUT}`), 'holds note'],
  ['a property without a value', `<properties><property name="a"/></properties>${one(OUT)}`, 'has no value'],
  ['a property line with a bracket inside', one('<system-out>[[PROPERTY|a=[b]]]</system-out>'), 'cannot be read'],
])('finds %s', (_what, inside, problem) => {
  expect(jenkinsProblems(file(inside)).join('\n')).toContain(problem)
})

test.each(['skipped="0"', 'timestamp="2026-01-01T00:00:00"'])('finds %s of the root element', (attribute) => {
  expect(jenkinsProblems(file(one(OUT), attribute))).toHaveLength(1)
})

test('reads property lines', () => {
  const xml =
    '<?xml version="1.0"?><testcase><system-out>a\n[[PROPERTY|b=c &lt; 1]]\n[[PROPERTY|d=]]</system-out></testcase>'
  expect(propertyLines(parseXml(xml))).toEqual([
    ['b', 'c < 1'],
    ['d', ''],
  ])
})
