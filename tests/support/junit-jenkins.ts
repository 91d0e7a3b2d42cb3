// What Jenkins' xUnit plugin accepts: it validates against a schema and skips a file that breaks it.
// Written from the rules of that schema, plus ours for the dialect: properties of cases as lines of text.
import { type XmlElement, parseXml } from './xml.ts'

const TIME = /^\d+(\.\d{1,3})?$/

interface Rule {
  readonly needed: readonly string[]
  readonly more: readonly string[]
  readonly children: readonly string[]
  readonly hasText?: boolean
}

const RESULT: Rule = { needed: [], more: ['type', 'message'], children: [], hasText: true }
const OUTPUT: Rule = { needed: [], more: [], children: [], hasText: true }
const RULES: Readonly<Record<string, Rule>> = {
  testsuites: { needed: [], more: ['name', 'time', 'tests', 'failures', 'errors'], children: ['testsuite'] },
  testsuite: {
    needed: ['name', 'tests', 'failures', 'errors'],
    more: ['group', 'time', 'skipped', 'timestamp', 'hostname', 'id', 'package', 'file', 'log', 'url', 'version'],
    children: ['properties', 'testcase', 'system-out', 'system-err'],
  },
  testcase: {
    needed: ['name'],
    more: ['time', 'classname', 'group'],
    children: ['skipped', 'error', 'failure', 'system-out', 'system-err'],
  },
  properties: { needed: [], more: [], children: ['property'] },
  property: { needed: ['name', 'value'], more: [], children: [] },
  failure: RESULT,
  error: RESULT,
  skipped: RESULT,
  'system-out': OUTPUT,
  'system-err': OUTPUT,
}

/** Every violation, as `element: what`; throws when it is not well-formed. */
export function jenkinsProblems(xml: string): string[] {
  const root = parseXml(xml)
  const problems = root.name === 'testsuites' ? [] : [`${root.name}: is not testsuites`]
  return [...problems, ...elementProblems(root)]
}

/** Name and value of each property line of a case. */
export function propertyLines(one: XmlElement): [string, string][] {
  const output = one.children.find(({ name }) => name === 'system-out')?.text ?? ''
  return [...output.matchAll(/^\[\[PROPERTY\|([^=\]]*)=([^\]]*)\]\]$/gm)].map(([, name = '', value = '']) => [
    name,
    value,
  ])
}

function elementProblems(one: XmlElement): string[] {
  const rule = RULES[one.name]
  if (rule === undefined) return [`${one.name}: is not known`]
  const names = Object.keys(one.attributes)
  const problems = [
    ...rule.needed.filter((name) => !names.includes(name)).map((name) => `has no ${name}`),
    ...names
      .filter((name) => ![...rule.needed, ...rule.more].includes(name))
      .map((name) => `has the attribute ${name}`),
    ...one.children.filter(({ name }) => !rule.children.includes(name)).map(({ name }) => `holds ${name}`),
  ]
  const { time } = one.attributes
  if (time !== undefined && !TIME.test(time)) problems.push(`has the time ${time}`)
  if (rule.hasText !== true && one.text.trim() !== '') problems.push('holds text')
  if (one.name === 'testcase') problems.push(...caseProblems(one))
  const where = `${one.name} ${one.attributes['name'] ?? ''}`.trim()
  return [...problems.map((problem) => `${where}: ${problem}`), ...one.children.flatMap(elementProblems)]
}

function caseProblems(one: XmlElement): string[] {
  const names = one.children.map(({ name }) => name)
  const problems = /^(?:(?:failure|error|skipped) )?system-out$/.test(names.join(' '))
    ? []
    : [`holds ${names.join(', ')}`]
  const output = one.children.find(({ name }) => name === 'system-out')?.text ?? ''
  const marks = output.split('[[PROPERTY|').length - 1
  return marks === propertyLines(one).length ? problems : [...problems, 'has a property line that cannot be read']
}
