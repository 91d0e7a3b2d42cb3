import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NameError } from '../../src/actions/action.ts'
import { compileCondition, conditionNames } from '../../src/scenario/condition.ts'
import { partsOf, prospectOf } from '../../src/scenario/condition-facts.ts'
import { LanguageError } from '../../src/scenario/template-syntax.ts'
import { answerWith, namesWith } from '../support/agent-names.ts'

const answer = answerWith('{"items":[{"price":4.5},{"price":1}],"constructor":"Inc.","none":null}')
const holds = (source: string, vars: Record<string, unknown> = {}): boolean =>
  compileCondition(source)(namesWith(vars), answer)

describe('a condition that holds', () => {
  test.each([
    ['status == 200'],
    ['x + 1 == 3 && x - 0.5 < 2 && 2 * x == 4.0 && x / 2 == 1 && 7 % x == 1.0'],
    ['2 * x + 1 == 5 && (x + 1) * (x + 1) - 1 == 8 && 1 + 1 == 2.0 && 1.5 != 1 && 3 == x + 1'],
    ['size(body.items) * 2 == x * 2 && size(body.items) / x == 1'],
    ['x > 1 && x >= 2 && x < 3.5 && x != 5 && x in [1, 2]'],
    ['size(body.items) == 2 && body.items[0].price > 4'],
    ['body.items.exists(i, i.price < 2) && !body.items.all(i, i.price < 2)'],
    ['body.items.map(i, i.price + 1)[0] == 5.5'],
    ['body.constructor == "Inc."'],
    ['body.none == null'],
    ['headers["content-type"].startsWith("application/")'],
    ['agent.vars.tier == "gold" && cycle == 3 && memory.seen == 2'],
    ['has(memory.seen) && !has(memory.other)'],
    ['name.matches("^[a-z]+$") && !name.matches("^b")'],
    ['name.contains("nn") ? true : false'],
    ['"{{agent.vars.tier}}" == "gold"'],
    ["'{{name}}-{{x}}' == 'anna-2'"],
    ['{{x}} + {{ y | default: 1 }} == 3'],
    ['{{ y | default: "b" }} == "b"'],
    ['type(name) == string'],
    ['sum(body.items.map(i, i.price)) == 5.5 && avg(body.items.map(i, i.price)) == 2.75'],
    ['min(prices) == 0.5 && max(prices) == 20 && p95(prices) == 19 && sum(prices) - 209.5 == 0'],
    ['sum([]) == 0 && sum([1, 2.5, x]) == 5.5 && max([x]) == 2'],
    ['"a-b".split("-")[1] == "b" && name.upperAscii() == "ANNA" && name.substring(1, 3).size() == 2'],
    ['!has(cart.id) && !has(memory.other)'],
  ])('%s', (source) => {
    const prices = [20, 0.5, ...Array.from({ length: 18 }, (_, index) => index + 2)]
    expect(holds(source, { x: 2, name: 'anna', prices })).toBe(true)
  })
})

test('a condition that does not hold is false', () => {
  expect(holds('status == 500')).toBe(false)
  expect(holds('x == "2"', { x: 2 })).toBe(false)
})

describe('a condition that cannot be decided is the failure of the step', () => {
  test.each(['missing > 1', 'x', 'x > "a"', 'x.y.z == 1', '{{missing}} > 1', 'name.matches(bad)'])('%s', (source) => {
    expect(() => holds(source, { x: 2, name: 'a', bad: '(' })).toThrow(NameError)
  })

  test.each([
    ['avg([]) > 0', 'avg() of an empty list'],
    ['p95(body.items) > 0', 'p95() takes a list of numbers, and {"price":4.5} is none'],
    ['sum(name) > 0', 'no matching overload'],
  ])('%s', (source, why) => {
    expect(() => holds(source, { name: 'a' })).toThrow(why)
  })
})

describe('for any numbers', () => {
  const numbers = fc.array(
    fc.oneof(fc.integer({ min: -1e6, max: 1e6 }), fc.double({ min: -1e6, max: 1e6, noNaN: true })),
    {
      minLength: 1,
      maxLength: 50,
    },
  )

  test('functions over lists are what a slow look at the list gives', () => {
    fc.assert(
      fc.property(numbers, (list) => {
        const sorted = list.toSorted((a, b) => a - b)
        const rank = sorted.findIndex((_, index) => (index + 1) / sorted.length >= 0.95)
        const vars = { nums: list, least: sorted[0], most: sorted.at(-1), rank: sorted[rank] }
        expect(holds('min(nums) == least && max(nums) == most && p95(nums) == rank', vars)).toBe(true)
        expect(holds('avg(nums) >= least - 0.001 && avg(nums) <= most + 0.001', vars)).toBe(true)
        expect(holds('max(nums) < most || min(nums) > least', vars)).toBe(false)
      }),
    )
  })

  test('comparisons are those of JavaScript, whole numbers or not', () => {
    const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))
    fc.assert(
      fc.property(number, number, (a, b) => {
        const said = ['<', '<=', '>', '>=', '==', '!='].map((op) => holds(`a ${op} b`, { a, b }))
        expect(said).toEqual([a < b, a <= b, a > b, a >= b, a === b, a !== b])
      }),
    )
  })

  test('what is not known to hold is never called decided', () => {
    const atom = fc.constantFrom(
      'cycle > 2',
      'cycle == 1',
      '!(cycle < 3)',
      'x > 1',
      'flag',
      'true',
      'false',
      'x == cycle',
    )
    const condition = fc.letrec<{ one: string }>((tie) => ({
      one: fc.oneof(
        { depthSize: 'small' },
        atom,
        fc.tuple(tie('one'), fc.constantFrom('&&', '||'), tie('one')).map(([a, op, b]) => `(${a} ${op} ${b})`),
        tie('one').map((inside) => `!(${inside})`),
        fc.tuple(tie('one'), tie('one'), tie('one')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
      ),
    })).one
    const values = fc.record({ x: fc.integer({ min: 0, max: 4 }), flag: fc.boolean(), cycle: fc.constantFrom(1, 2, 3) })
    fc.assert(
      fc.property(condition, values, (source, { x, flag, cycle }) => {
        const { canHold, canFail } = prospectOf(source, new Map([['cycle', [1, 2, 3]]]))
        const names = namesWith({ x, flag })
        const at = { ...names, builtin: (name: string) => (name === 'cycle' ? cycle : names.builtin(name)) }
        const held = compileCondition(source)(at, undefined)
        expect(held ? canHold : canFail).toBe(true)
        // What holds when it holds does so one by one, and the same of its opposite.
        for (const part of partsOf(source, !held)) expect(compileCondition(part)(at, undefined)).toBe(true)
      }),
    )
  })
})

test('it tells what its names stand for, shortened', () => {
  const told = (source: string): string =>
    compileCondition(source).told(namesWith({ x: 2, long: 'a'.repeat(200) }), answer)
  expect(told('status == 500 && body.items[1].price > x')).toBe('status is 200, body.items[1].price is 1, x is 2')
  expect(told('"{{agent.vars.tier}}" == "silver" || memory.seen > 5')).toBe(
    'memory.seen is 2, {{agent.vars.tier}} is "gold"',
  )
  expect(told('long == ""').length).toBeLessThan(100)
  expect(told('body.none == 1 && body.nothing == 1')).toBe('body.none is null, body.nothing is nothing')
  expect(told('1 > 2')).toBe('')
})

describe('a condition that is wrong is found when it is compiled', () => {
  test.each([
    ['1 +', 'not valid'],
    ['status = 200', 'not valid'],
    ['1 + 1', 'gives int'],
    ['nofunction(1) == 2', 'not valid'],
    ['name.matches("(?=a)")', 'pattern'],
    ['name.matches("(a")', 'pattern'],
    ['a.all(x, b.all(y, c.all(z, true)))', 'nests more than 2'],
    [`status == ${'1 + '.repeat(600)}1`, 'at most 2000'],
    [`${'('.repeat(100)}true${')'.repeat(100)}`, 'not valid'],
    ['{{ x | uper }} == 1', 'not a filter'],
  ])('%s', (source, message) => {
    expect(() => compileCondition(source)).toThrow(LanguageError)
    expect(() => compileCondition(source)).toThrow(message)
  })
})

test('the names it uses are listed, without the variables of loops', () => {
  const paths = conditionNames('items.exists(i, i.price > limit) && has(memory.token) && "{{agent.id}}" != env.NAME')
  expect(paths.map(({ path, hasDefault }) => `${path.join('.')}${hasDefault ? '?' : ''}`)).toEqual([
    'items',
    'limit',
    'memory.token?',
    'env.NAME',
    'agent.id',
  ])
})

test('a pattern that hangs other engines is linear here', () => {
  expect(holds('name.matches("^(a+)+$")', { name: `${'a'.repeat(5000)}!` })).toBe(false)
})

test('any text compiles or is a LanguageError', () => {
  const piece = fc.constantFrom(
    'x',
    '.',
    '(',
    ')',
    '&&',
    '==',
    '1',
    '2.5',
    '"a"',
    '{{',
    '}}',
    '[',
    ']',
    '.map(',
    ',',
    '?',
    ':',
    '!',
    ' ',
    'matches',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      expect(refusal(() => conditionNames(pieces.join('')))).toBe(refusal(() => compileCondition(pieces.join(''))))
    }),
  )
})

/** How it was refused; anything but a LanguageError goes on. */
function refusal(run: () => unknown): string | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    if (error instanceof LanguageError) return error.message
    throw error
  }
}
