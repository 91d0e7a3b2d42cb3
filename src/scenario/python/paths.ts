// Names in Python expressions of Turbulence: `context` held all of them, `body` and `headers` the last answer.
// Here a name stands for itself.
import { inside, literal, TIGHT, toCel } from './cel.ts'
import { PythonError } from './tokens.ts'
import type { Python } from './tree.ts'

const IDENTIFIER = /^[A-Za-z_]\w*$/
/** Words that CEL keeps for itself. */
const TAKEN: readonly string[] = [
  'in',
  'as',
  'break',
  'const',
  'continue',
  'else',
  'for',
  'function',
  'if',
  'import',
  'let',
  'loop',
  'package',
  'namespace',
  'return',
  'var',
  'void',
  'while',
  'true',
  'false',
  'null',
]

export const OF_THE_ANSWER: readonly string[] = ['body', 'headers', 'status']

const isContext = (tree: Python): boolean => tree.is === 'name' && tree.name === 'context'
const isHeaders = (tree: Python): boolean => toCelOrNothing(tree) === 'headers'

function toCelOrNothing(tree: Python): string | undefined {
  return tree.is === 'name' ? tree.name : undefined
}

/** @throws PythonError */
export function pathToCel(tree: Python): string {
  if (tree.is === 'name') {
    if (tree.name === 'context') throw new PythonError('it uses all values at once (context)')
    return tree.name
  }
  if (tree.is === 'attribute') return isContext(tree.of) ? tree.name : `${inside(tree.of, TIGHT.whole)}.${tree.name}`
  if (tree.is === 'item') return keyToCel(tree.of, tree.key)
  throw new PythonError('it is not a name')
}

/** `of[key]`, and `of.get(key)`. */
function keyToCel(of: Python, key: Python): string {
  const name = key.is === 'value' && typeof key.value === 'string' ? key.value : undefined
  if (isContext(of)) {
    // What an answer calls so is not the variable.
    if (name !== undefined && OF_THE_ANSWER.includes(name)) return `{{${name}}}`
    if (name !== undefined && IDENTIFIER.test(name)) return name
    throw new PythonError('it takes a value of the context whose name is not fixed')
  }
  const before = inside(of, TIGHT.whole)
  // Names of headers arrive in lower case.
  if (name !== undefined && isHeaders(of)) return `${before}[${literal(name.toLowerCase())}]`
  if (name !== undefined && IDENTIFIER.test(name) && !TAKEN.includes(name)) return `${before}.${name}`
  const fromTheEnd = key.is === 'minus' && key.of.is === 'value' ? key.of.value : undefined
  if (typeof fromTheEnd === 'number') return `${before}[size(${before}) - ${fromTheEnd}]`
  return `${before}[${toCel(key).text}]`
}

/** `of.get(key, other)`: what stands for it when it is not there. */
export function getToCel(of: Python, key: Python, other: Python | undefined): string {
  const path = keyToCel(of, key)
  if (other === undefined || isEmpty(other)) return path
  if (isContext(of)) {
    if (other.is !== 'value') throw new PythonError('what it takes instead of a missing value is not fixed')
    return `{{${path.replace(/^\{\{|\}\}$/g, '')} | default: ${typeof other.value === 'string' ? literal(other.value) : String(other.value)}}}`
  }
  const question = /\.[A-Za-z_]\w*$/.test(path) ? `has(${path})` : `${toCel(key).text} in ${inside(of, TIGHT.sum)}`
  return `(${question} ? ${path} : ${toCel(other).text})`
}

/** `None`, `{}`, `[]`: only there so that the next call finds something. */
function isEmpty(tree: Python): boolean {
  if (tree.is === 'value') return tree.value === null
  return (tree.is === 'mapping' && tree.entries.length === 0) || (tree.is === 'list' && tree.items.length === 0)
}
