// A condition that takes for ever over what a service answers is given up, wherever in it the work hides; its
// value is otherwise the same as if nobody counted.
import { afterEach, describe, expect, test } from 'vitest'
import { beginStretch, EffortError, endStretch } from '../../src/effort.ts'
import { compileCondition } from '../../src/scenario/condition.ts'
import { answerWith, namesWith } from '../support/agent-names.ts'

afterEach(endStretch)

const xs = Array.from({ length: 10_000 }, (_, id) => ({ id, tags: ['a', 'b'] }))
const ids = xs.map(({ id }) => id)
const long = 'a'.repeat(1_000_000)
const ask = (source: string, vars: Record<string, unknown> = {}): boolean => {
  const holds = compileCondition(source)
  beginStretch()
  return holds(namesWith({ xs, ids, long, ...vars }), answerWith('{}'))
}

describe('gives up', () => {
  test.each([
    ['loops in loops', 'ids.all(a, ids.all(b, a + b >= 0))'],
    ['a list held against each of its items', 'xs.all(x, x in xs)'],
    ['a list held against itself, often', `xs.all(x, xs.map(y, y) == xs)`],
    ['a text in a text, often', 'ids.exists(i, long.contains(long + "b"))'],
    ['a part that makes the engine slow', 'long.lastIndexOf(part) == 3'],
    ['splitting at what makes the engine slow', 'size(long.split(part)) == 3'],
    ['a text that grows', 'size(ids.map(i, long).join(long)) > 0'],
    ['a text in capitals, often', 'ids.all(i, long.upperAscii() != "A")'],
    [
      'lists that double',
      'cel.bind(a, ids + ids, cel.bind(b, a + a, cel.bind(c, b + b, cel.bind(d, c + c, cel.bind(e, d + d, cel.bind(f, e + e, size(f + f) > 0))))))',
    ],
    ['sorting, often', 'ids.exists(i, p95(ids) < 0.0)'],
    ['a pattern over a long text, often', 'ids.exists(i, long.matches("(a|aa)*b"))'],
    ['very much data', 'size(deep) > 0'],
  ])('%s', (_, source) => {
    const deep = Array.from({ length: 300 }, () => ids.slice(0, 2_000))
    const part = `${'a'.repeat(500)}b${'a'.repeat(500)}`
    expect(() => ask(source, { part, deep, c: {} })).toThrow(EffortError)
  })
})

test('a loop that swallows what its rounds throw ends all the same', () => {
  const before = Error.stackTraceLimit
  expect(() => ask('ids.exists(a, ids.exists(b, c.d == a + b))', { c: {} })).toThrow(/No such key: d|too much work/)
  expect(Error.stackTraceLimit).toBe(before)
  expect(ask('ids.all(a, ids.all(b, a == b) || true)')).toBe(true)
})

describe('is no effort', () => {
  test.each([
    ['size(xs) == 10000 && xs[0].id == 0'],
    ['xs.all(x, x.id >= 0)'],
    ['xs.exists(x, x.id == 9999 && "b" in x.tags)'],
    ['ids.filter(i, i > 9990).map(i, i * 2)[0] == 9991 * 2'],
    ['size(long) == 1000000 && !long.contains("b") && long.startsWith("aa")'],
    ['sum(ids) > 0.0 && max(ids) == 9999.0'],
  ])('%s', (source) => {
    expect(ask(source)).toBe(true)
  })
})

describe('gives what it gave', () => {
  test.each([
    ['"a-b-c".split("-") == ["a", "b", "c"] && "a-b-c".split("-", 2) == ["a", "b-c"]'],
    ['"abcabc".indexOf("c") == 2 && "abcabc".indexOf("c", 3) == 5 && "abc".indexOf("x") == -1'],
    ['"abcabc".lastIndexOf("a") == 3 && "abcabc".lastIndexOf("a", 2) == 0'],
    ['("a" + s).contains("b" + "") && !(s.contains("x") || s.contains(s + s))'],
    ['[s, s + s].exists(x, x.contains(s)) && {"k": s}["k"] == s && [1, 2] + [3] == [1, 2, 3]'],
    ['s in [s] && s + s == "bb" && (s == "x" ? "1" : s) == s'],
    ['tiny == 0.00000000001 && s.matches("^b$") && tiny < 0.0000001'],
    ['has(o.a) && !has(o.b) && o.a.all(x, x > 0) && type(s) == string && -n == -2'],
    ['o.map(k, k)[0] == "a" && o.exists(k, k == "a") && size(o) == 1'],
  ])('%s', (source) => {
    expect(ask(source, { s: 'b', o: { a: [1] }, n: 2, tiny: 1e-11 })).toBe(true)
  })
})

test('bytes are none of its business', () => {
  expect(() => compileCondition('bytes(s).json().a == 1')).toThrow('bytes() is not known here')
})
