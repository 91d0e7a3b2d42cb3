// Functions and methods of Python that conditions of Turbulence could call, and what CEL has for them.
import { everyOrSome, inside, literal, loopToCel, TIGHT, toCel, whole } from './cel.ts'
import type { Cel } from './cel.ts'
import { getToCel } from './paths.ts'
import { PythonError } from './tokens.ts'
import type { Python } from './tree.ts'

type Call = Extract<Python, { is: 'call' }>
type Args = readonly Python[]

/** @throws PythonError */
export function callToCel({ of, args }: Call): Cel {
  if (of.is === 'attribute') return method(of.of, of.name, args)
  if (of.is !== 'name') throw new PythonError('it calls what is no function')
  const known = Object.hasOwn(FUNCTIONS, of.name) ? FUNCTIONS[of.name] : undefined
  if (known === undefined) throw new PythonError(`it calls ${of.name}()`)
  return known(args)
}

/** Functions of Python that mean something else here, or are not there. */
export const PYTHON_FUNCTIONS: ReadonlySet<string> = new Set([
  'len',
  'any',
  'all',
  'str',
  'float',
  'isinstance',
  'abs',
  'round',
  'sorted',
  'range',
  'set',
  'dict',
  'tuple',
  'enumerate',
  'zip',
])

export const PYTHON_METHODS: ReadonlySet<string> = new Set([
  'get',
  'startswith',
  'endswith',
  'lower',
  'upper',
  'strip',
  'keys',
  'values',
  'items',
  'isdigit',
  'format',
  'count',
  'find',
])

const one = (name: string, args: Args): Python => {
  const [first] = args
  if (first === undefined || args.length !== 1) throw new PythonError(`it calls ${name}() with ${args.length} values`)
  return first
}

const named =
  (name: string, as: string) =>
  (args: Args): Cel =>
    whole(`${as}(${toCel(one(name, args)).text})`)

/** A list, or several values: `min(a, b)`. */
const overList =
  (name: string) =>
  (args: Args): Cel => {
    const list = args.length > 1 ? { is: 'list' as const, items: args } : one(name, args)
    return whole(`${name}(${list.is === 'loop' ? loopToCel(list) : toCel(list).text})`)
  }

const quantified =
  (name: string, is: 'all' | 'exists') =>
  (args: Args): Cel => {
    const list = one(name, args)
    if (list.is === 'loop') return whole(everyOrSome(list, is))
    return whole(`${inside(list, TIGHT.whole)}.${is}(item, item)`)
  }

const FUNCTIONS: Readonly<Record<string, (args: Args) => Cel>> = {
  len: named('len', 'size'),
  str: named('str', 'string'),
  int: named('int', 'int'),
  float: named('float', 'double'),
  bool: (args) => toCel(one('bool', args)),
  list: (args) => toCel(one('list', args)),
  sum: overList('sum'),
  min: overList('min'),
  max: overList('max'),
  all: quantified('all', 'all'),
  any: quantified('any', 'exists'),
  abs(args) {
    const value = one('abs', args)
    const text = inside(value, TIGHT.sum)
    return whole(`(${text} < 0 ? -${inside(value, TIGHT.unary)} : ${text})`)
  },
  isinstance: ([value, type]) => {
    if (value === undefined || type === undefined) throw new PythonError('it calls isinstance() with one value')
    const types = (type.is === 'list' ? type.items : [type]).map(typeName)
    const tests = [...new Set(types)].map((name) => `type(${toCel(value).text}) == ${name}`)
    return { text: tests.join(' || '), tight: tests.length > 1 ? TIGHT.or : TIGHT.compare }
  },
}

/** Every number of an answer is a double. */
const TYPES: Readonly<Record<string, string>> = {
  str: 'string',
  int: 'double',
  float: 'double',
  bool: 'bool',
  list: 'list',
  dict: 'map',
}

function typeName(tree: Python): string {
  const type = tree.is === 'name' && Object.hasOwn(TYPES, tree.name) ? TYPES[tree.name] : undefined
  if (type === undefined) throw new PythonError('it asks for a type that JSON does not have')
  return type
}

const METHODS: Readonly<Record<string, string>> = {
  startswith: 'startsWith',
  endswith: 'endsWith',
  lower: 'lowerAscii',
  upper: 'upperAscii',
  strip: 'trim',
  split: 'split',
  find: 'indexOf',
}

function method(of: Python, name: string, args: Args): Cel {
  const [first, second] = args
  if (name === 'get' && first !== undefined) return whole(getToCel(of, first, second))
  if (name === 'keys' && args.length === 0) return toCel(of)
  if (name === 'isdigit') return whole(`${inside(of, TIGHT.whole)}.matches(${literal('^[0-9]+$')})`)
  if (name === 'join' && first !== undefined)
    return whole(`${first.is === 'loop' ? loopToCel(first) : inside(first, TIGHT.whole)}.join(${toCel(of).text})`)
  const known = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined
  if (known === undefined) throw new PythonError(`it calls .${name}()`)
  return whole(`${inside(of, TIGHT.whole)}.${known}(${args.map((arg) => toCel(arg).text).join(', ')})`)
}
