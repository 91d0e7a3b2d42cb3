import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NameError } from '../../src/actions/action.ts'
import { LanguageError } from '../../src/scenario/template-syntax.ts'
import { compileText, compileValue, templateNames } from '../../src/scenario/template.ts'
import { namesWith } from '../support/agent-names.ts'

const value = (text: unknown, vars?: Record<string, unknown>): unknown => compileValue(text)(namesWith(vars))

describe('a value that is one template alone keeps its type', () => {
  test.each([
    ['{{x}}', 5, 5],
    ['{{ x }}', [1, { a: 2 }], [1, { a: 2 }]],
    ['{{x.a[1].b}}', { a: [0, { b: true }] }, true],
    ['{{x.a.1}}', { a: [0, 7] }, 7],
    ["{{x['content-type']}}", { 'content-type': 'text' }, 'text'],
    ['{{x}}', null, null],
    ['{{ x | int }}', '42.9', 42],
    ['{{ x | float }}', '42.5', 42.5],
    ['{{ x | round: 1 }}', 1.25, 1.3],
    ['{{ x | round }}', 1.5, 2],
  ])('%s of %j is %j', (text, x, expected) => {
    expect(value(text, { x })).toEqual(expected)
  })
})

describe('inside text a value is printed', () => {
  test.each([
    ['a{{x}}b', 5, 'a5b'],
    ['{{x}}{{x}}', 'y', 'yy'],
    ['{{ x | upper }}!', 'abc', 'ABC!'],
    ['{{ x | lower }}!', 'ABC', 'abc!'],
    ['{{ x | trim }}!', ' a ', 'a!'],
    ['<{{ x | json }}>', { a: [1] }, '<{"a":[1]}>'],
    ['<{{x}}>', { a: [1] }, '<{"a":[1]}>'],
    ['/{{ x | urlencode }}', 'a b/ü\ud800', '/a%20b%2F%C3%BC%EF%BF%BD'],
    ['{{ x | base64 }}.', 'a:b', 'YTpi.'],
    ['{"a":{"b":{{x}}}}', 1, '{"a":{"b":1}}'],
    ['{{ "{{" }}x}}', 1, '{{x}}'],
  ])('%s of %j is %s', (text, x, expected) => {
    expect(compileText(text)(namesWith({ x }))).toBe(expected)
  })
})

describe('a default stands in for what is missing', () => {
  test.each([
    ['{{ y | default: http://127.0.0.1:3000/a?b=c }}', 'http://127.0.0.1:3000/a?b=c'],
    ['{{ y | default: "a | b }}" }}', 'a | b }}'],
    ["{{ y | default: it's }}", "it's"],
    ['{{ y | default: 5 }}', 5],
    ['{{ y | default: "5" }}', '5'],
    ['{{ y | default: true }}', true],
    ['{{ y | default: null }}', null],
    ['{{ y.a.b | upper | default: none }}', 'none'],
    ['{{ nothing | default: 3 }}', 3],
    ['{{ x.a | default: 3 }}', 1],
  ])('%s', (text, expected) => {
    expect(value(text, { x: { a: 1 }, nothing: null })).toBe(expected)
  })
})

test('arrays and mappings are walked, static values stay the same object', () => {
  const json = { id: '{{x}}', list: ['{{x}}', 'n{{x}}', 2], plain: { a: 1 } }
  expect(value(json, { x: 4 })).toEqual({ id: 4, list: [4, 'n4', 2], plain: { a: 1 } })
  expect(value(json.plain)).toBe(json.plain)
})

test('functions draw from the stream of the step', () => {
  const draws = (): unknown[] => {
    const names = namesWith({ list: ['a', 'b'] })
    return [
      '{{uuid}}',
      '{{uuid()}}',
      '{{random_int(1, 6)}}',
      '{{random_choice("a", 2)}}',
      '{{random_choice(list)}}',
    ].map((text) => compileValue(text)(names))
  }
  const [first, second, die, choice, item] = draws()
  expect(first).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
  expect(second).not.toBe(first)
  expect([1, 2, 3, 4, 5, 6]).toContain(die)
  expect(['a', 2]).toContain(choice)
  expect(['a', 'b']).toContain(item)
  expect(draws()).toEqual([first, second, die, choice, item])
})

describe('a name without a value is the failure of the step', () => {
  test.each(['{{y}}', 'a{{x.b}}', '{{agent.vars.none}}', '{{ y | upper }}', '{{random_int(1, y)}}', '{{ x | int }}'])(
    '%s',
    (text) => {
      expect(() => value(text, { x: { a: 1 } })).toThrow(NameError)
    },
  )
})

describe('what cannot be right is found when it is compiled', () => {
  test.each([
    ['{{x', 'never closed', 0],
    ['a {{}}', 'names nothing', 2],
    ['{{ x | uper }}', 'not a filter', 6],
    ['{{ x | }}', 'not a filter', 6],
    ['{{ randm(1) }}', 'not a function', 0],
    ['{{ random_int(1) }}', '1 arguments', 0],
    ['{{ a + b }}', 'not a template', 0],
    ['{{ x.__proto__ }}', 'not a name', 0],
    ['{{ constructor }}', 'not a name', 0],
    ['{{ x["prototype"] }}', 'not a name', 0],
  ])('%s', (text, message, offset) => {
    let thrown: unknown
    try {
      compileValue(text)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(LanguageError)
    expect(thrown).toMatchObject({ message: expect.stringContaining(message) as unknown, offset })
  })
})

test('the names of a text are listed with their places', () => {
  expect(templateNames('a {{x.y[0]}} {{ env.A | default: 1 }} {{random_int(lo, 6)}} {{uuid}}')).toEqual([
    { path: ['x', 'y', 0], hasDefault: false, offset: 2 },
    { path: ['env', 'A'], hasDefault: true, offset: 13 },
    { path: ['lo'], hasDefault: false, offset: 38 },
    { path: ['uuid'], hasDefault: false, offset: 60 },
  ])
})

test('a value never becomes a template', () => {
  expect(value('{{x}} and {{y}}', { x: '{{agent.id}}', y: '{{' })).toBe('{{agent.id}} and {{')
})

describe('for any input', () => {
  test('a text without braces is itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(!text.includes('{{'))
        expect(compileText(text)(namesWith())).toBe(text)
        expect(value(text)).toBe(text)
      }),
    )
  })

  test('a lone template gives the very value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (x) => {
        expect(value('{{x}}', { x })).toBe(x)
      }),
    )
  })

  test('no path reaches a prototype', () => {
    const inherited = [
      'toString',
      'hasOwnProperty',
      'valueOf',
      '__proto__',
      'constructor',
      'prototype',
      'length',
      'map',
      'call',
    ]
    const key = fc.oneof(fc.constantFrom(...inherited), fc.string())
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 4 }), fc.jsonValue(), (keys, x) => {
        const own = keys.reduce<unknown>(
          (at, name) =>
            typeof at === 'object' && at !== null && Object.hasOwn(at, name)
              ? (at as Record<string, unknown>)[name]
              : undefined,
          x,
        )
        const text = `{{x${keys.map((name) => `[${JSON.stringify(name)}]`).join('')} | default: "nothing"}}`
        expect(['nothing', own, 'refused']).toContain(refused(() => value(text, { x })))
      }),
    )
  })

  test('compiling gives a template or a LanguageError, in a moment', () => {
    const piece = fc.constantFrom(
      '{{',
      '}}',
      '|',
      ':',
      '"',
      "'",
      '(',
      ')',
      ',',
      '.',
      '[',
      ']',
      'x',
      'default',
      'uuid',
      ' ',
      '\\',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        expect(() => refused(() => templateNames(pieces.join('')))).not.toThrow()
      }),
    )
  })
})

/** `refused` for a LanguageError; anything else that is thrown goes on. */
function refused(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    if (error instanceof LanguageError) return 'refused'
    throw error
  }
}
