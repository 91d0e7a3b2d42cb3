import { describe, expect, test } from 'vitest'
import { loadScenario } from '../../src/scenario/load.ts'
import type { Loaded } from '../../src/scenario/load.ts'

const sut = { services: { api: { base_url: 'http://127.0.0.1:3000' } } }

/** @param value what the text would export */
function load(text: string, value: unknown): Loaded {
  return loadScenario('/p/a.scenario.ts', { value, readFile: () => text })
}

const said = ({ scenario, problems }: Loaded): string[] =>
  (scenario?.warnings ?? problems).map(({ place, message }) => `${place.line}:${place.column} ${message}`)

const TEXT = `import { defineScenario } from 'vitest-turbulence'

// defineScenario({ id: 'not this' })
const many = [1, 2].map((index) => ({ type: 'http', name: \`get, \${index}\`, path: '/' }))

export default defineScenario({
  id: 'a', /* the id: 'b' */
  sut: { services: { api: { base_url: 'http://127.0.0.1:3000' } } },
  simulation: { cycles: 0, 'seed': -1 },
  agents: { shoppers: { count: twice(2), "flow": 'byu' } },
  flows: {
    buy: [
      { type: 'http', name: "a { [ , brace", path: '/', methd: 'GET' },
      ...many,
      { type: 'http', name: 'b', path: 'no slash' },
    ],
  },
  thresholds: ['p95 < 1s', 'p99 < 3'],
  ...{ max_steps: 0 },
})
`

const VALUE = {
  id: 'a',
  sut,
  simulation: { cycles: 0, seed: -1 },
  agents: { shoppers: { count: 4, flow: 'byu' } },
  flows: {
    buy: [
      { type: 'http', name: 'a', path: '/', methd: 'GET' },
      { type: 'http', name: 'get 1', path: '/' },
      { type: 'http', name: 'b', path: 'no slash' },
    ],
  },
  thresholds: ['p95 < 1s', 'p99 < 3'],
  max_steps: 0,
}

describe('a scenario in TypeScript', () => {
  test('is checked as one in YAML, and its mistakes stand where the literal has them', () => {
    expect(said(load(TEXT, VALUE))).toEqual([
      // Behind a spread: at what is around it.
      '6:31 "max_steps" must be at least 1, not 0.',
      '9:25 "cycles" must be at least 1, not 0.',
      '9:36 "seed" must be at least 0, not -1.',
      '10:50 There is no flow "byu".',
      // Behind a spread in a list: at the list.
      '12:10 "no slash" does not begin with a slash.',
      '13:57 There is no key "methd" here.',
      '18:28 "latency.p99" is a time and needs a unit.',
    ])
  })

  test('loads, with a hash of its text and its value', () => {
    const value = { id: 'a', sut, flow: [{ type: 'http', name: 'get', path: '/', condition: undefined }] }
    const one = load('export default {}', value).scenario
    expect(one?.flows['flow']?.[0]?.step).toMatchObject({ type: 'http', method: 'GET' })
    expect(one?.groups[0]?.place).toMatchObject({ file: '/p/a.scenario.ts', line: 1 })
    expect(load('export default {}', { ...value, max_steps: 7 }).scenario?.sha256).not.toBe(one?.sha256)
  })

  test.each([
    ['made elsewhere', 'const x = {}\nexport default defineScenario(x)\n', '2:16'],
    ['typed', "export default defineScenario<Foo<'a'>>({\n  id: 1,\n})\n", '2:7'],
    ['without defineScenario', 'export default {\n  id: 1,\n} satisfies ScenarioInput\n', '2:7'],
    ['a default', 'const s = 1\nexport default s\n', '2:1'],
    ['nothing', 'const s = 1\n', '1:1'],
    ['cut off', 'export default defineScenario({ id: [1, {', '1:37'],
    ['with a shorthand', 'export default defineScenario({\n  sut,\n  id })\n', '3:3'],
  ])('says the nearest place when it is %s', (_, text, at) => {
    const [first] = said(load(text, { id: 1, sut, flow: [{ type: 'http', name: 'get', path: '/' }] }))
    expect(first).toBe(`${at} "id" must be text, not 1.`)
  })

  test('is plain data', () => {
    const flow = [{ type: 'http', name: 'get', path: '/', json: { when: new Date(0), how: () => 1 } }]
    const text = 'export default defineScenario({ flow: [{ json: { when: new Date(0),\n how: () => 1 } }] })'
    expect(said(load(text, { id: 'a', sut, flow, max_steps: Infinity, id2: Symbol('a') }))).toEqual(
      expect.arrayContaining([
        '1:56 A scenario is plain data: texts, numbers, true, false, null, lists and mappings.',
        '2:7 A scenario is plain data: texts, numbers, true, false, null, lists and mappings.',
      ]),
    )
  })

  test('that holds itself is refused', () => {
    const value: Record<string, unknown> = { id: 'a' }
    value['sut'] = value
    expect(said(load('export default {}', value))[0]).toContain('plain data')
  })

  test.each([undefined, null, 7, [], 'text'])('is a mapping, not %j', (value) => {
    expect(said(load('export default 1', value)).length).toBeGreaterThan(0)
  })

  test('cannot be read without being run', () => {
    const loaded = loadScenario('/p/a.scenario.ts', { readFile: () => TEXT })
    expect(said(loaded)).toEqual(['1:1 A scenario in TypeScript is a module: it has to be run before it can be read.'])
  })

  test.each(['a.scenario.mjs', 'a.scenario.js', 'a.ts'])('is not run when it is called %s', (name) => {
    const { problems } = loadScenario(`/p/${name}`, { readFile: () => TEXT })
    expect(problems.map(({ message, hint }) => [message, hint])).toEqual([
      [
        `A scenario that is a module has a name like shop.scenario.ts: ${name} is not run.`,
        'Rename it to a.scenario.ts.',
      ],
    ])
  })
})
