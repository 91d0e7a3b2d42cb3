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
    'simulation: { cycles: 9 }',
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

  test.each(['cycle > 1 && agent.index == 1', '!(cycle <= 1)', '1 < cycle', '{{cycle}} > 1'])(
    'is right under a condition of which that is a part: %s',
    (condition) => {
      expect(said([given, uses('b', 'id', `, condition: '${condition}'`)])).toEqual([])
    },
  )

  test.each(['cycle <= 1', 'cycle > 1 || agent.index == 1', 'cycle > 2 || cycle < 2'])(
    'is no better under a condition of which that is none: %s',
    (condition) => {
      expect(said([given, uses('b', 'id', `, condition: '${condition}'`)])).toEqual([perhaps(4, 'id', 'if cycle > 1')])
    },
  )

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

  test('each way has its own condition, and what holds on it may be used there', () => {
    const other = branch(get('a'), gives('o', 'id'))
    const onOne = perhaps(4, 'id', 'on one way of "b"')
    expect(said([other, uses('c', 'id', ', condition: cycle > 1')])).toEqual([onOne])
    expect(said([other, uses('c', 'id', ', condition: "!(cycle > 1)"')])).toEqual([])
    expect(said([other, uses('c', 'id', ', condition: cycle <= 1')])).toEqual([])
    const given = gives('a', 'id', ', condition: cycle > 1')
    expect(said([given, branch(uses('c', 'id'))])).toEqual([])
    expect(said([given, branch(get('c'), uses('d', 'id'))])).toEqual([perhaps(4, 'id', 'if cycle > 1')])
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
    ['"true"', ['3 always-holds "a" always runs: its condition always holds.']],
    ['"!(1 > 2)"', ['3 always-holds "a" always runs: its condition always holds.']],
    ['"!(2 > 1)"', ['3 never-runs "a" never runs: its condition is always false.']],
    ['false && cycle > 1', ['3 never-runs "a" never runs: its condition is always false.']],
    ['cycle > 2', []],
    ['has(memory.x) || true', ['3 always-holds "a" always runs: its condition always holds.']],
  ])('%s', (condition, expected) => {
    const keeps = '{ type: set, name: k, vars: { x: 1 }, scope: agent }'
    expect(said([get('a', `, condition: ${condition}`), keeps])).toEqual(expected)
  })

  test('makes a branch always go one way', () => {
    const branch = (condition: string, ways: string): string[] =>
      said([`{ type: branch, name: b, condition: "${condition}", ${ways} }`])
    const [yes, no] = [`if_true: [${get('a')}]`, `if_false: [${get('c')}]`]
    expect(branch('true', yes)).toEqual(['3 always-holds "b" always takes if_true: its condition always holds.'])
    expect(branch('true', `${yes}, ${no}`)).toEqual([
      '3 never-runs "b" never takes if_false: its condition always holds.',
    ])
    expect(branch('1 > 2', yes)).toEqual(['3 never-runs "b" never takes if_true: its condition is always false.'])
    expect(branch('cycle > 1', `${yes}, ${no}`)).toEqual([])
  })

  test.each([
    ['while: 1 > 2', 'never-runs "r" never runs: its while is always false.'],
    ['while: 1 < 2', 'always-holds "r" never ends by itself, and fails after max rounds: its while always holds.'],
    ['times: 0', 'never-runs The steps of "r" never run: times is 0.'],
    ['for_each: [], as: i', 'never-runs The steps of "r" never run: its list is empty.'],
  ])('makes a loop never begin, or never end: %s', (how, expected) => {
    expect(said([`{ type: repeat, name: r, ${how}, steps: [${get('a')}] }`])).toEqual([`3 ${expected}`])
    const sound = how.startsWith('while') ? 'while: cycle < 3' : 'times: 1'
    expect(said([`{ type: repeat, name: r, ${sound}, steps: [${get('a')}] }`])).toEqual([])
  })

  test('makes an expression that expects nothing, or what cannot be', () => {
    const expects = (expression: string): string[] => said([get('a', `, expect: { expression: "${expression}" }`)])
    expect(expects('status > 0')).toEqual(['3 always-holds "a" expects nothing: its expression always holds.'])
    expect(expects('status == 20')).toEqual(['3 never-holds "a" always fails: its expression never holds.'])
    expect(expects('status == 200 && body.x > 0')).toEqual([])
  })
})

describe('a condition over what the file fixes', () => {
  const never = (line: number, name: string): string =>
    `${line} never-runs "${name}" never runs: its condition is always false.`
  const when = (condition: string, more = ''): string[] => said([get('a', `, condition: '${condition}'`)], more)

  test.each([
    ['cycle > 9'],
    ['{{cycle}} > 9'],
    ['"{{cycle}}" == "10"'],
    ['cycle > 3 && cycle < 3'],
    ['!(cycle >= 1)'],
    ['agent.group == "buyers"'],
    ['agent.vars.tier == "silver"'],
    ['variation.coupon'],
    ['variation.size > 9'],
    ['!variation.eager || cycle > 9'],
  ])('%s never holds', (condition) => {
    expect(when(condition, FIXED)).toEqual([never(3, 'a')])
  })

  test.each([
    ['cycle > 8'],
    ['"{{cycle}}" == "9"'],
    ['agent.group == "shoppers"'],
    ['agent.vars.tier == "gold"'],
    ['variation.size > 1'],
    ['variation.price > 99'],
    ['agent.index > 99'],
    ['{{cycle | int}} > 9'],
  ])('%s may hold', (condition) => {
    expect(when(condition, FIXED)).toEqual([])
  })

  test('what a decision never comes to', () => {
    const decide = (options: string): string => `{ type: decide, name: d, decision: way, options: { ${options} } }`
    const asks = (way: string): string => get('a', `, condition: way == "${way}"`)
    expect(said([decide('left: 1, right: 1'), asks('right')])).toEqual([])
    expect(said([decide('left: 1, right: 1'), asks('rihgt')])).toEqual([never(4, 'a')])
    expect(said([decide('left: 1, right: 1, up: 0'), asks('up')])).toEqual([never(4, 'a')])
    // Somebody else may give it another value.
    expect(said([decide('left: 1, right: 1'), set('s', 'way'), asks('up')])).toEqual([])
  })
})

const FIXED = `agents: { shoppers: { vars: { tier: gold } }, visitors: { vars: { tier: none } } }
variation:
  parameters: { size: { type: choice, values: [1, 5] }, price: { type: range, min: 1, max: 9 } }
  toggles: [{ name: coupon, probability: 0 }, { name: eager, probability: 1 }]`

describe('the last answer', () => {
  const noAnswer = (line: number, name: string): string =>
    `${line} used-before-set There is no answer yet that "${name}" could look at: nothing was sent before it.`

  test.each([
    [get('a', ', query: { q: "{{last_response.status_code}}" }')],
    [get('a', ', condition: status == 200')],
    ['{ type: assert, name: a, expect: { status_code: 200 } }'],
    ['{ type: assert, name: a, expect: { jsonpath: $.x, equals: 1 } }'],
    ['{ type: assert, name: a, expect: { expression: body.x == 1 } }'],
    ['{ type: repeat, name: a, while: status == 202, steps: [{ type: pause, name: p, for: 1s }] }'],
  ])('is not there before the first request: %s', (step) => {
    expect(said([step])).toEqual([noAnswer(3, 'a')])
    expect(said([get('first'), step])).toEqual([])
    expect(said([`{ type: wait, name: first, path: / }`, step])).toEqual([])
    // In the second round there is one.
    const later = step.replace('name: a', 'name: b')
    expect(said([`{ type: repeat, name: r, times: 2, steps: [${later}, ${get('c')}] }`])).toEqual([])
  })

  test('is that of the step itself in what it expects, and not needed to look at names', () => {
    expect(said([get('a', ', expect: { expression: status == 200, status_code: 200 }')])).toEqual([])
    expect(said([set('s', 'x'), '{ type: assert, name: a, expect: { context_path: x, equals: 1 } }'])).toEqual([])
    expect(said([get('a', ', condition: has(body.x)')])).toEqual([])
  })

  test('is there for what runs after a failure, and for assertions', () => {
    const after = 'agents: { a: { on_failure: [{ type: http, name: c, path: "/{{last_response.status_code}}" }] } }'
    expect(said([get('a')], after)).toEqual([])
    expect(said([get('a')], 'assertions: [{ name: b, expect: { status_code: 200 } }]')).toEqual([])
    const idle = 'agents: { a: { flow: flow, idle_flow: [{ type: assert, name: b, expect: { status_code: 200 } }] } }'
    expect(said([get('a')], idle)).toEqual([noAnswer(5, 'b')])
  })
})

test('with an error in the file there are no hints: what is misspelt is not used', () => {
  expect(said([gives('a', 'cart_id'), uses('b', 'card_id')])).toEqual([
    '4 unknown-name There is no name "card_id" here.',
  ])
})
