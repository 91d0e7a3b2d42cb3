// Python expressions of Turbulence, and what is recommended instead: it reads like CEL, and it holds when the
// original does. What holds in Python was worked out with Python.
import { describe, expect, test } from 'vitest'
import type { Answer, Names } from '../../../src/actions/action.ts'
import { compileCondition } from '../../../src/scenario/condition.ts'
import { pythonIn } from '../../../src/scenario/python/index.ts'

const BODY = {
  status: 'success',
  total: 60,
  code: 200,
  name: 'Ann',
  'odd-key': 1,
  entries: [{ amount: 10 }, { amount: 20 }, { amount: 30 }],
  items: [
    { status: 'shipped', price: 2, quantity: 3 },
    { status: 'open', price: 5, quantity: 1 },
  ],
  tags: ['a', 'b'],
}
const VARS = { x: 'y', count: 3, flag: true, off: false, status: 'done', price: 19.5, list: [1, 2] }
const HEADERS = { 'x-request-id': 'req_123', 'content-type': 'application/json' }

const names: Names = {
  vars: Object.assign(Object.create(null) as Record<string, unknown>, VARS),
  builtin: (name) =>
    name === 'last_response'
      ? { status_code: 200, body: BODY }
      : name === 'entry'
        ? { seed_data: { a: 'b' } }
        : undefined,
  random: () => {
    throw new Error('no chance here')
  },
}
const answer: Answer = {
  status: 200,
  headers: HEADERS,
  latencyMs: 1,
  text: () => JSON.stringify(BODY),
  json: () => ({ value: BODY }),
}

describe('the same in CEL', () => {
  test.each<[python: string, cel: string, holds: boolean]>([
    ["context.get('x') == 'y'", "x == 'y'", true],
    ['context["x"] != "y"', "x != 'y'", false],
    ["context.get('x') == 'y' and context.get('count') > 2", "x == 'y' && count > 2", true],
    ["context['off'] or not context['flag']", 'off || !flag', false],
    ["not (context['x'] == 'y')", "x != 'y'", false],
    ["not (context['off'] or context['flag'])", '!(off || flag)', false],
    ["context.get('x') in ['y', 'z']", "x in ['y', 'z']", true],
    ["context.get('x') not in ('y', 'z')", "!(x in ['y', 'z'])", false],
    ["context.get('missing') is None", '{{missing | default: null}} == null', true],
    ["context.get('x') is not None", '{{x | default: null}} != null', true],
    ["context.get('missing', 0) < 1", '{{missing | default: 0}} < 1', true],
    ["context['status'] == 'done'", "{{status}} == 'done'", true],
    ["context['last_response']['status_code'] == 200", 'last_response.status_code == 200', true],
    ["context.get('entry', {}).get('seed_data', {}).get('a') == 'b'", "entry.seed_data.a == 'b'", true],
    ["body.get('status') == 'success'", "body.status == 'success'", true],
    ["body.get('code', 0) == 200", '(has(body.code) ? body.code : 0) == 200', true],
    ["body.get('nothing') is None", '!has(body.nothing) || body.nothing == null', true],
    ["headers.get('X-None') is None", "!('x-none' in headers)", true],
    ["headers['Content-Type'] is not None", "('content-type' in headers)", true],
    ["context.get('cart', {}).get('id') is None", '!has(cart.id) || cart.id == null', true],
    [
      "all(i.get('price') is not None for i in body['items'])",
      'body.items.all(i, has(i.price) && i.price != null)',
      true,
    ],
    ["body['odd-key'] == 1 and True", "body['odd-key'] == 1 && true", true],
    ["headers['X-Request-ID'].startswith('req_')", "headers['x-request-id'].startsWith('req_')", true],
    ["'json' in headers.get('Content-Type').lower()", "headers['content-type'].lowerAscii().contains('json')", true],
    ["len(body['items']) == 2", 'size(body.items) == 2', true],
    ["len(body['items']) and True", 'size(body.items) > 0 && true', true],
    ["sum([e['amount'] for e in body['entries']]) == 60", 'sum(body.entries.map(e, e.amount)) == 60', true],
    [
      "sum(i['price'] * i['quantity'] for i in body['items']) == 11",
      'sum(body.items.map(i, i.price * i.quantity)) == 11',
      true,
    ],
    ["all(i['status'] == 'shipped' for i in body['items'])", "body.items.all(i, i.status == 'shipped')", false],
    [
      "any(i['price'] > 4 for i in body['items'] if i['status'] == 'open')",
      "body.items.filter(i, i.status == 'open').exists(i, i.price > 4)",
      true,
    ],
    ["len([i for i in body['items'] if i['price'] > 4]) == 1", 'size(body.items.filter(i, i.price > 4)) == 1', true],
    ["min(i['price'] for i in body['items']) >= 0", 'min(body.items.map(i, i.price)) >= 0', true],
    ["max(1, context['count']) == 3", 'max([1, count]) == 3', true],
    ["1 < context['count'] < 3", '1 < count && count < 3', false],
    ["context['count'] * (2 + 1) == 9 if context['flag'] else False", 'flag ? count * (2 + 1) == 9 : false', true],
    ["abs(context['count'] - 5) == 2", '(count - 5 < 0 ? -(count - 5) : count - 5) == 2', true],
    ["isinstance(body['total'], (int, float))", 'type(body.total) == double', true],
    [
      "isinstance(body['name'], str) and body['name'].upper() == 'ANN'",
      "type(body.name) == string && body.name.upperAscii() == 'ANN'",
      true,
    ],
    [
      "body['tags'][-1] == 'b' and 'a' in body['tags']",
      "body.tags[size(body.tags) - 1] == 'b' && 'a' in body.tags",
      true,
    ],
    ["f\"{context['x']}-{body['name']}\" == 'y-Ann'", "string(x) + '-' + string(body.name) == 'y-Ann'", true],
    [
      "'name' in body.keys() and body['name'] is not None",
      "'name' in body && has(body.name) && body.name != null",
      true,
    ],
    ["','.join(body['tags']) == 'a,b'", "body.tags.join(',') == 'a,b'", true],
    ['{{count}} > 5 or {{count}} > 2', '{{count}} > 5 || {{count}} > 2', true],
    ['not {{flag}}', '!{{flag}}', false],
    ['{{flag}} == True', '{{flag}} == true', true],
    ['("{{x}}" == "y" or {{price}} > 50) and {{flag}}', "('{{x}}' == 'y' || {{price}} > 50) && {{flag}}", true],
    ["-context['count'] == -3 and 7 % 4 == 3 and 2 ** 2", '', false],
  ])('%s', (python, cel, holds) => {
    const found = pythonIn(python)
    if (cel === '') return expect(found).toMatchObject({ because: 'it raises to a power (**)' })
    expect(found).toMatchObject({ cel })
    return expect(compileCondition(cel)(names, answer)).toBe(holds)
  })
})

describe('what has none says why', () => {
  test.each([
    ["body['items'][1:] == []", undefined],
    ["len(body['items'][1:]) == 1", 'it takes a part of a list (a slice)'],
    ["sorted(body['tags']) == ['a', 'b']", 'it calls sorted()'],
    ['any(lambda x: x)', 'it makes a function (lambda)'],
    ['all(v for k, v in body.items())', 'a loop in it has two variables'],
    ['any(a == b for a in x for b in y)', 'a loop in it has another one inside'],
    ['len({1, 2}) == 2', 'it makes a set'],
    ['len(x, key=1)', 'it calls a function with named arguments'],
    ["'%s' % body['name'] == 'Ann' and True", 'it fills in a text (%)'],
    ["f'{price:.2f}' == '1.00'", 'an f-string in it says how a value is to be printed'],
    ["__import__('os').system('x') and True", 'it calls .system()'],
    ["context.get('x') ==", undefined],
    [`${'('.repeat(60)}not x${')'.repeat(60)}`, 'it nests too deep'],
  ])('%s', (python, because) => {
    const found = pythonIn(python)
    expect(found?.cel).toBeUndefined()
    if (because !== undefined) expect(found).toMatchObject({ because })
  })
})

describe('CEL is not Python', () => {
  test.each([
    'status == 200 && size(body.items) > 0',
    "{{x}} == 'y'",
    "x in ['a', 'b'] ? true : !flag",
    "body.items.all(i, i.price > 0 || i.status == 'not open')",
    'status == 200 // and this is not Python',
    "has(body.x) && body.name.startsWith('None')",
    'max(list) > min(list)',
    "'unclosed",
    '“curly”',
    '',
  ])('%s', (source) => expect(pythonIn(source)).toBeUndefined())

  test('a variable may be called context', () => {
    expect(pythonIn("context['a'] == 1", true)).toBeUndefined()
    expect(pythonIn("context['a'] == 1")).toMatchObject({ cel: 'a == 1', at: 0 })
  })
})
