// What a JUnit file must look like for the CI tools that read it: elements and their order, required
// attributes, forms of times, counts that add up, one result and one system-out per case, unique names.
import { type XmlElement, parseXml } from './xml.ts'

const TIME = /^\d+\.\d{3}$/
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/
const COUNTS = ['tests', 'failures', 'errors', 'skipped'] as const
const TYPES: Readonly<Record<string, readonly string[]>> = {
  failure: ['ThresholdBreached', 'GateInconclusive', 'AssertionFailed'],
  error: ['ExecutionError'],
}
const RESULTS = ['failure', 'error', 'skipped']

/** Every violation, as `where: what`; throws when it is not well-formed. */
export function junitProblems(xml: string): string[] {
  const problems: string[] = []
  const root = parseXml(xml)
  const see = (where: string, holds: boolean, what: string): void => {
    if (!holds) problems.push(`${where}: ${what}`)
  }
  see(root.name, root.name === 'testsuites', 'is not testsuites')
  attributes(root, 'testsuites', ['name', 'time', 'timestamp', ...COUNTS], [], see)
  see(
    'testsuites',
    root.children.every((child) => child.name === 'testsuite'),
    'holds more than suites',
  )
  for (const suite of root.children) suiteProblems(suite, see)
  for (const count of COUNTS) {
    const sum = root.children.reduce((total, suite) => total + Number(suite.attributes[count]), 0)
    see('testsuites', Number(root.attributes[count]) === sum, `${count} is not the sum of the suites`)
  }
  return problems
}

type See = (where: string, holds: boolean, what: string) => void

function suiteProblems(suite: XmlElement, see: See): void {
  const where = `suite ${suite.attributes['name']}`
  attributes(suite, where, ['name', 'timestamp', 'time', 'id', ...COUNTS], ['hostname', 'file'], see)
  const names = suite.children.map((child) => child.name)
  see(where, /^(properties )?(testcase )*$/.test(names.map((name) => `${name} `).join('')), `holds ${names.join(', ')}`)
  const cases = suite.children.filter((child) => child.name === 'testcase')
  const count = (name: string): number =>
    cases.filter((one) => one.children.some((child) => child.name === name)).length
  const counts = { tests: cases.length, failures: count('failure'), errors: count('error'), skipped: count('skipped') }
  for (const name of COUNTS)
    see(where, suite.attributes[name] === String(counts[name]), `${name} is not ${counts[name]}`)
  const keys = cases.map((one) => JSON.stringify([one.attributes['classname'], one.attributes['name']]))
  see(where, new Set(keys).size === keys.length, 'has two cases of one name')
  for (const child of suite.children) {
    if (child.name === 'properties') propertyProblems(child, where, see)
    else caseProblems(child, see)
  }
}

function caseProblems(one: XmlElement, see: See): void {
  const where = `case ${one.attributes['name']}`
  attributes(one, where, ['classname', 'name', 'time'], ['timestamp', 'file', 'line'], see)
  const name = one.attributes['name'] ?? ''
  see(
    where,
    name.length > 0 && name.length <= 200 && !name.includes('.'),
    'has a name that is empty, too long or dotted',
  )
  const names = one.children.map((child) => child.name)
  const order = new RegExp(`^(properties )?((${RESULTS.join('|')}) )?system-out $`)
  see(where, order.test(names.map((child) => `${child} `).join('')), `holds ${names.join(', ')}`)
  for (const child of one.children) {
    if (child.name === 'properties') propertyProblems(child, where, see)
    if (!RESULTS.includes(child.name)) continue
    see(where, (child.attributes['message'] ?? '').length <= 300, 'has a message that is too long')
    see(where, !/\n/.test(child.attributes['message'] ?? ''), 'has a message of several lines')
    const types = TYPES[child.name]
    see(
      where,
      types === undefined || types.includes(child.attributes['type'] ?? ''),
      `is of type ${child.attributes['type']}`,
    )
  }
}

function propertyProblems(properties: XmlElement, where: string, see: See): void {
  for (const property of properties.children) {
    see(where, property.name === 'property', `has ${property.name} among its properties`)
    attributes(property, `${where} property`, ['name', 'value'], [], see)
  }
}

function attributes(
  one: XmlElement,
  where: string,
  needed: readonly string[],
  more: readonly string[],
  see: See,
): void {
  const mayBeEmpty = one.name === 'property'
  for (const name of needed)
    see(where, mayBeEmpty ? name in one.attributes : (one.attributes[name] ?? '') !== '', `has no ${name}`)
  for (const [name, value] of Object.entries(one.attributes)) {
    see(where, needed.includes(name) || more.includes(name), `has the attribute ${name}`)
    if (name === 'time') see(where, TIME.test(value), `has the time ${value}`)
    if (name === 'timestamp') see(where, TIMESTAMP.test(value), `has the timestamp ${value}`)
    if (name === 'line') see(where, /^[1-9]\d*$/.test(value), `has the line ${value}`)
    if ((COUNTS as readonly string[]).includes(name)) see(where, /^\d+$/.test(value), `has ${value} ${name}`)
  }
}
