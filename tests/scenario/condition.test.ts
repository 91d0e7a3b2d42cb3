import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NameError } from '../../src/actions/action.ts'
import { compileCondition, conditionNames } from '../../src/scenario/condition.ts'
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
  ])('%s', (source) => {
    expect(holds(source, { x: 2, name: 'anna' })).toBe(true)
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
