// What the syntax tree of a condition says: the names it uses, how deep its loops nest, where it
// matches patterns. Loops (`all`, `map`, …) are bounded here, because their cost multiplies.
import type { ASTNode } from '@marcbachmann/cel-js'
import { wrongPattern } from '../actions/pattern.ts'
import type { NameUse } from './template.ts'
import type { NamePath } from './template-syntax.ts'
import { LanguageError } from './template-syntax.ts'

/** Identifiers that are types, not names of ours. */
const TYPES: ReadonlySet<string> = new Set([
  'bool',
  'bytes',
  'double',
  'dyn',
  'int',
  'list',
  'map',
  'null_type',
  'string',
  'type',
  'uint',
])

const LOOPS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter'])
const MOST_NESTED = 2

/** The nodes right below a node. */
export function below(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return []
    case '.':
    case '.?':
      return [node.args[0]]
    case 'call':
      return node.args[1]
    case 'rcall':
      return [node.args[1], ...node.args[2]]
    case 'list':
      return node.args
    case 'map':
      return node.args.flat()
    case '!_':
    case '-_':
      return [node.args]
    default:
      return node.args
  }
}

/** The variable a loop binds, if this node is one. */
function loopVariable(node: ASTNode): string | undefined {
  if (node.op !== 'rcall' || !LOOPS.has(node.args[0]) || node.args[2].length < 2) return undefined
  const [variable] = node.args[2]
  return variable?.op === 'id' ? variable.args : undefined
}

export function checkNesting(node: ASTNode, depth = 0): void {
  const within = depth + (loopVariable(node) === undefined ? 0 : 1)
  if (within > MOST_NESTED)
    throw new LanguageError(
      `The condition nests more than ${MOST_NESTED} loops.`,
      0,
      'Extract the list with a JSONPath first.',
    )
  if (node.op === 'call' && node.args[0] === 'bytes')
    throw new LanguageError('bytes() is not known here.', 0, 'A condition is about texts, numbers, lists and mappings.')
  for (const child of below(node)) checkNesting(child, within)
}

/** Every name with the way into it, loop variables left out. */
export function celNames(node: ASTNode, bound: ReadonlySet<string> = new Set()): readonly NameUse[] {
  const path = dottedPath(node)
  if (path !== undefined)
    return bound.has(path[0]) || (path.length === 1 && TYPES.has(path[0]))
      ? []
      : [{ path, hasDefault: false, offset: node.start }]
  const variable = loopVariable(node)
  if (variable === undefined || node.op !== 'rcall') {
    // `has(memory.x)` asks whether it is there.
    const isQuestion = node.op === 'call' && node.args[0] === 'has'
    const names = below(node).flatMap((child) => celNames(child, bound))
    return isQuestion ? names.map((use) => ({ ...use, hasDefault: true })) : names
  }
  const [, list, body] = node.args
  const inner = new Set(bound).add(variable)
  return [...celNames(list, bound), ...body.slice(1).flatMap((child) => celNames(child, inner))]
}

/** The name with the way into it that a node is. */
export function dottedPath(node: ASTNode): NamePath | undefined {
  if (node.op === 'id') return [node.args]
  if (node.op !== '.' && node.op !== '[]') return undefined
  const head = dottedPath(node.args[0])
  const key = node.op === '.' ? node.args[1] : literalKey(node.args[1])
  return head === undefined || key === undefined ? undefined : [...head, key]
}

/** `items[0]`, `headers["etag"]`; not `items[n]`. */
function literalKey(node: ASTNode): string | number | undefined {
  const value = literalOf(node)?.value
  return typeof value === 'number' || typeof value === 'string' ? value : undefined
}

/** A value that stands there, as JSON has it. */
export function literalOf(node: ASTNode): { readonly value: unknown } | undefined {
  if (node.op === '-_') {
    const value = literalOf(node.args)?.value
    return typeof value === 'number' ? { value: -value } : undefined
  }
  if (node.op !== 'value') return undefined
  const value: unknown = node.args
  return { value: typeof value === 'bigint' ? Number(value) : value }
}

/** As it is written: `body.items[0].id`, `headers["content-type"]`. */
export function pathText([root, ...rest]: NamePath): string {
  const texts = rest.map((key) =>
    typeof key === 'number' ? `[${key}]` : /^\w+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`,
  )
  return [root, ...texts].join('')
}

/** Throws LanguageError for a pattern that is none. On which engine it runs is condition-effort.ts's. */
export function checkPatterns(node: ASTNode): void {
  if (node.op === 'rcall' && node.args[0] === 'matches') {
    const [source] = node.args[2]
    const wrong = source?.op === 'value' && typeof source.args === 'string' ? wrongPattern(source.args) : undefined
    if (wrong !== undefined)
      throw new LanguageError(
        `The pattern in .matches() is wrong: ${wrong}.`,
        0,
        'RE2 syntax: no look-around, no back-references.',
      )
  }
  for (const child of below(node)) checkPatterns(child)
}
