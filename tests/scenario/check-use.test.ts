// In which order names are set and used, and what a file says in vain, each finding from both sides.
import { describe, expect, test } from 'vitest'
import { loadScenario } from '../../src/scenario/load.ts'

/** `line code message`; the flow's steps stand one per line, from line 3. */
function said(steps: readonly string[], more = ''): string[] {
  const text = [
    'id: a',
    'flow:',
    ...steps.map((step) => `  - ${step}`),
    'sut: { services: { api: { base_url: http://a.test } } }',
    more,
  ]
  const { scenario, problems } = loadScenario('/a.scenario.yaml', { readFile: () => text.join('\n') })
  return (scenario?.warnings ?? problems).map(({ code, message, place }) => `${place.line} ${code} ${message}`)
}

const get = (name: string, more = ''): string => `{ type: http, name: ${name}, path: "/${name}"${more} }`
const gives = (name: string, variable: string, more = ''): string => get(name, `, extract: { ${variable}: $.x }${more}`)
const uses = (name: string, variable: string, more = ''): string =>
  get(name, `, query: { q: "{{${variable}}}" }${more}`)
const set = (name: string, variable: string, more = ''): string =>
  `{ type: set, name: ${name}, vars: { ${variable}: 1 }${more} }`

const tooEarly = (line: number, name: string): string =>
  `${line} used-before-set "${name}" has no value here: it is used before anything sets it.`
const perhaps = (line: number, name: string, when: string): string =>
  `${line} maybe-unset "${name}" may have no value here: it is set only ${when}.`

describe('a name that is used before anything sets it', () => {
  test('is an error', () => {
    expect(said([uses('a', 'id'), gives('b', 'id'), uses('c', 'id')])).toEqual([tooEarly(3, 'id')])
  })

  test('also where the step itself sets it, and in conditions, and in what is expected', () => {
    expect(said([gives('a', 'id', ', query: { q: "{{id}}" }')])).toEqual([tooEarly(3, 'id')])
    expect(said([gives('a', 'id', ', expect: { jsonpath: $.x, equals: "{{id}}" }')])).toEqual([tooEarly(3, 'id')])
    expect(said([get('a', ', condition: id > 1'), gives('b', 'id'), uses('c', 'id')])).toEqual([tooEarly(3, 'id')])
  })

  test('is right with a default, after it was set, or where it is asked whether it is there', () => {
    expect(said([uses('a', 'id | default: 1'), gives('b', 'id')])).toEqual([])
    expect(said([gives('a', 'id'), uses('b', 'id')])).toEqual([])
    const asks = '{ type: assert, name: a, expect: { context_path: id, exists: false } }'
    expect(said([asks, gives('b', 'id')])).toEqual([])
    expect(said([asks.replace('exists: false', 'equals: 5'), gives('b', 'id')])).toEqual([tooEarly(3, 'id')])
  })

  test('is found in setup and in teardown, too', () => {
    const lists = `setup: [${uses('s', 'one')}, ${gives('t', 'one')}]\nteardown: [${uses('u', 'two')}, ${gives('v', 'two')}]`
    expect(said([get('a')], lists)).toEqual([tooEarly(5, 'one'), tooEarly(6, 'two')])
  })
})

describe('a name that is set only under a condition', () => {
  const given = gives('a', 'id', ', condition: cycle > 1')

  test('is a warning where it is used without', () => {
    expect(said([given, uses('b', 'id')])).toEqual([perhaps(4, 'id', 'if cycle > 1')])
  })

  test('is right under the same condition, with a default, or when another step sets it', () => {
    expect(said([given, uses('b', 'id', ', condition: cycle > 1')])).toEqual([])
    expect(said([given, uses('b', 'id | default: 1')])).toEqual([])
    expect(said([set('s', 'id'), given, uses('b', 'id')])).toEqual([])
    expect(said([given, set('s', 'id', ', condition: cycle == 1'), uses('b', 'id')])).toEqual([])
  })

  test('is seen from assertions, and from flows that use what setup sets', () => {
    const assertion = 'assertions: [{ name: fine, expect: { context_path: id, equals: 1 } }]'
    expect(said([given], assertion)).toEqual([perhaps(5, 'id', 'if cycle > 1')])
    expect(said([gives('a', 'id')], assertion)).toEqual([])
    const setup = `setup: [${gives('s', 'token', ', condition: 1 == cycle')}]`
    expect(said([uses('a', 'setup.token')], setup)).toEqual([perhaps(3, 'setup.token', 'if 1 == cycle')])
  })

  test('is seen from assertions when only some flows set it', () => {
    const flows = `assertions: [{ name: fine, expect: { context_path: id, equals: 1 } }]
flows: { other: [${get('o')}] }
agents: { a: { flow: flow }, b: { flow: other } }`
    expect(said([gives('a', 'id')], flows)).toEqual([perhaps(5, 'id', 'in some of the flows')])
  })
})

describe('steps inside steps', () => {
  const branch = (ifTrue: string, ifFalse?: string): string =>
    `{ type: branch, name: b, condition: cycle > 1, if_true: [${ifTrue}]${ifFalse === undefined ? '' : `, if_false: [${ifFalse}]`} }`

  test('one way of a branch sets a name perhaps, both ways set it', () => {
    expect(said([branch(gives('a', 'id')), uses('c', 'id')])).toEqual([perhaps(4, 'id', 'on one way of "b"')])
    expect(said([branch(gives('a', 'id'), gives('o', 'id')), uses('c', 'id')])).toEqual([])
    expect(said([branch(gives('a', 'id')), uses('c', 'id', ', condition: cycle > 1')])).toEqual([])
  })

  test('what stands before them, they may use', () => {
    expect(said([gives('a', 'id'), branch(uses('c', 'id'))])).toEqual([])
    expect(said([branch(uses('c', 'id')), gives('a', 'id')])).toEqual([tooEarly(3, 'id')])
  })

  test('a loop with a number sets names, one with a condition perhaps', () => {
    const loop = (how: string): string => `{ type: repeat, name: r, ${how}, steps: [${gives('a', 'id')}] }`
    expect(said([loop('times: 2'), uses('c', 'id')])).toEqual([])
    expect(said([loop('while: cycle < 2'), uses('c', 'id')])).toEqual([perhaps(4, 'id', 'in "r"')])
  })

  test('what a later step of a loop sets is there from the second round', () => {
    const loop = `{ type: repeat, name: r, times: 2, steps: [${uses('a', 'id')}, ${gives('b', 'id')}] }`
    expect(said([loop])).toEqual([perhaps(3, 'id', 'in an earlier round of "r"')])
    expect(said([set('s', 'id'), loop])).toEqual([])
  })

  test('the name of an item is there inside its loop', () => {
    expect(said([`{ type: repeat, name: r, for_each: [1, 2], as: item, steps: [${uses('a', 'item')}] }`])).toEqual([])
  })
})

describe('a value that is extracted for nobody', () => {
  const unused = (line: number, name: string): string => `${line} unused-extract Nobody uses "${name}".`

  test('is a hint', () => {
    expect(said([gives('a', 'id')])).toEqual([unused(3, 'id')])
    expect(said([get('a')], `setup: [${gives('s', 'token')}]`)).toEqual([unused(5, 'token')])
  })

  test('is used by templates, conditions, assertions, headers of the SUT, and code', () => {
    expect(said([gives('a', 'id'), uses('b', 'id')])).toEqual([])
    expect(said([gives('a', 'id'), get('b', ', condition: id > 1')])).toEqual([])
    expect(said([gives('a', 'id')], 'assertions: [{ name: x, expect: { context_path: id, equals: 1 } }]')).toEqual([])
    expect(said([uses('a', 'setup.token')], `setup: [${gives('s', 'token')}]`)).toEqual([])
    expect(said([gives('a', 'id'), '{ type: call, name: c, module: my-code }'])).toEqual([])
  })

  test('is used by the flow that runs after a failure', () => {
    const after = `agents: { a: { flow: flow, on_failure: [${uses('clean', 'id | default: 1')}] } }`
    expect(said([gives('a', 'id')], after)).toEqual([])
  })
})

describe('a condition that depends on nothing', () => {
  test.each([
    ['"false"', ['3 never-runs "a" never runs: its condition is always false.']],
    ['1 > 2', ['3 never-runs "a" never runs: its condition is always false.']],
    ['"true"', []],
    ['cycle > 2', []],
  ])('%s', (condition, expected) => {
    expect(said([get('a', `, condition: ${condition}`)])).toEqual(expected)
  })

  test('makes a branch always go one way, and a loop never begin', () => {
    expect(said([`{ type: branch, name: b, condition: "true", if_true: [${get('a')}] }`])).toEqual([
      '3 never-runs "b" never takes the other way: its condition is always true.',
    ])
    expect(said([`{ type: repeat, name: r, while: 1 > 2, steps: [${get('a')}] }`])).toEqual([
      '3 never-runs "r" never runs: its while is always false.',
    ])
  })
})

test('with an error in the file there are no hints: what is misspelt is not used', () => {
  expect(said([gives('a', 'cart_id'), uses('b', 'card_id')])).toEqual([
    '4 unknown-name There is no name "card_id" here.',
  ])
})
