// Files that are large, deep or full of aliases: refused in a sentence with a place and a way out, before
// anything is made of them.
import { describe, expect, test } from 'vitest'
import { loadScenario } from '../../src/scenario/load.ts'
import { readTable } from '../../src/scenario/data-file.ts'
import { bundleSchema } from '../../src/scenario/schema-files.ts'

const HEAD = `id: large
sut: { services: { api: { base_url: "http://127.0.0.1:1" } } }
`
const FLOW = 'flow: [{ type: http, name: a, path: / }]\n'

const problemsOf = (text: string): readonly { message: string; line: number; hint: string | undefined }[] =>
  loadScenario('/project/a.scenario.yaml', { readFile: () => text }).problems.map(({ message, place, hint }) => ({
    message,
    line: place.line,
    hint,
  }))

const times = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, i) => make(i)).join('')

/** What it is, the file, what is said, at which line. */
const LARGE: readonly [what: string, text: string, said: RegExp, line: number][] = [
  [
    '50 MB of text',
    `${HEAD}description: "${'a'.repeat(50_000_000)}"`,
    /^The file has 50,0\d\d,\d+ characters; at most 1,000,000/,
    1,
  ],
  ['a million steps', `${HEAD}flow:\n${'- a\n'.repeat(240_000)}`, /more than 40,000 keys, entries and lines/, 19_998],
  [
    'a long flow',
    `${HEAD}flow:\n${times(1_001, (i) => `- { type: http, name: s${i}, path: / }\n`)}`,
    /^There are 1,001 steps in this list/,
    4,
  ],
  ['keys that nobody knows', `${HEAD}${times(5_000, (i) => `k${i}: 1\n`)}`, /^There is no key "k0"/, 3],
  ['a key five thousand times', `${HEAD}${'x: 1\n'.repeat(5_000)}`, /^"x" stands here twice/, 4],
  ['lists in lists', `${HEAD}flow: ${'['.repeat(30_000)}`, /nests too deep to be read/, 3],
  ['lists in lists, in one line', `${HEAD}flow:\n${'- '.repeat(30_000)}`, /nests deeper than 60 levels/, 4],
  ['keys in keys, in one line', `${HEAD}${'? '.repeat(30_000)}`, /nests deeper than 60 levels/, 3],
  ['lists in lists, closed', `${HEAD}x: ${'['.repeat(70)}${']'.repeat(70)}`, /nests deeper than 60 levels/, 1],
  [
    'aliases of aliases',
    `a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [${'*a,'.repeat(9)}]\nc: &c [${'*b,'.repeat(9)}]\nd: [${'*c,'.repeat(9)}]`,
    /^Aliases repeat more than 50 parts/,
    1,
  ],
  ['an alias in itself', 'a: &a [*a]', /an alias holds itself/, 1],
  [
    'a large mapping, merged again and again',
    `a: &a {${times(3_000, (i) => `k${i}: 1,`)}}\nb:\n${'- { <<: *a }\n'.repeat(40)}`,
    /^Aliases repeat too much/,
    16,
  ],
  ['very many aliases', `a: &a 1\nb: [${'*a,'.repeat(1_500)}]`, /^Aliases repeat too much/, 2],
  [
    'more cycles than tests can be',
    `${HEAD}${FLOW}simulation: { cycles: 90000 }\nagents: { a: {}, b: {} }`,
    /are 180,000 tests/,
    4,
  ],
  [
    'more agents than memory',
    `${HEAD}${FLOW}agents: { a: { count: 900000 }, b: { count: 900000 } }`,
    /There are 1,800,000 agents/,
    4,
  ],
  [
    'more thresholds than tests',
    `${HEAD}${FLOW}thresholds:\n${'- p95 < 1s\n'.repeat(1_001)}`,
    /There are 1,001 thresholds/,
    4,
  ],
  [
    'a flow of many groups',
    `${HEAD}agents:\n${times(1_001, (i) => `  g${i}: { flow: f }\n`)}flows:\n  f:\n${times(20, (i) => `  - { type: http, name: s${i}, path: / }\n`)}`,
    /The steps of all groups are 20,020/,
    3,
  ],
]

describe('a file that is too large says so', () => {
  test.each(LARGE)('%s', (_, text, said, line) => {
    const [first, ...more] = problemsOf(text)
    expect(first?.message).toMatch(said)
    expect(first?.line).toBe(line)
    expect(more.length).toBeLessThanOrEqual(100)
  })
})

test('of very many mistakes the first hundred are told, and that there are more', () => {
  const problems = problemsOf(`${HEAD}${FLOW}${times(300, (i) => `k${i}: 1\n`)}`)
  expect(problems).toHaveLength(101)
  expect(problems.map(({ message }) => message)).toContain(
    'There are more than 100 problems in this file; the others are not shown.',
  )
})

test('what would be an error among those left out is one all the same', () => {
  const hints = times(150, (i) => `- { type: http, name: s${i}, path: /, extract: { v${i}: $.a } }\n`)
  const { scenario, problems } = loadScenario('/project/a.scenario.yaml', { readFile: () => `${HEAD}flow:\n${hints}` })
  expect(scenario).toBeUndefined()
  expect(problems.map(({ code }) => code)).toContain('too-many')
})

test('what is large, but not too large, is read', () => {
  const steps = times(900, (i) => `- { type: http, name: s${i}, path: "/items/${i}" }\n`)
  expect(problemsOf(`${HEAD}flow:\n${steps}`)).toEqual([])
  expect(problemsOf(`${HEAD}description: "${'a,'.repeat(30_000)}"\n${FLOW}`)).toEqual([])
})

describe('a data file that is too large says so', () => {
  test.each([
    ['a.csv', `a\n${'1\n'.repeat(1_000_001)}`, 'more than 1,000,000 rows'],
    ['a.csv', `${times(1_001, (i) => `c${i},`)}x\n1`, 'more than 1,000 columns'],
    ['a.csv', 'a'.repeat(17_000_000), 'more than 16,777,216 characters'],
    ['a.json', '['.repeat(1_000_000), 'nests deeper than 60 levels'],
    ['a.json', `[${'0,'.repeat(4_000_000)}0]`, 'more than 4,000,000 values'],
    ['a.yaml', '- { a: 1 }\n'.repeat(30_000), 'more than 40,000 keys, entries and lines'],
  ])('%s %#', (file, text, said) => {
    const { table, problems } = readTable(`/project/${file}`, text)
    expect(table).toBeUndefined()
    expect(problems.map(({ message, hint = '' }) => `${message} ${hint}`).join('\n')).toContain(said)
  })
})

describe('a schema in a file', () => {
  const bundle = (text: string, ref = './a.json'): string | undefined =>
    bundleSchema({ $ref: ref }, '/project', { read: () => text, root: '/project' }).wrong?.message

  test.each([
    ['too long', `{ "a": "${'x'.repeat(1_000_001)}" }`, /is not a JSON Schema: The file has 1,000,0\d\d characters/],
    ['too deep', `${'{"a":'.repeat(70)}1${'}'.repeat(70)}`, /nests deeper than 60 levels/],
    ['in itself', 'a: &a { b: *a }', /nests deeper than 60 levels/],
    ['full of aliases', `a: &a 1\nb: [${'*a,'.repeat(1_500)}]`, /Aliases repeat too much/],
    ['no YAML', '{ "a": ', /is not a JSON Schema/],
  ])('that is %s', (_, text, said) => {
    expect(bundle(text)).toMatch(said)
  })

  test('whose name is no path is a mistake of the file, not ours', () => {
    expect(bundle('{}', './%zz.json')).toBe('$ref: "./%zz.json" is no path.')
  })
})
