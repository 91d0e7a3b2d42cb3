// What an answer would have to be for a condition to hold, as far as its comparisons say so one by one: for
// answers that are made up. Of an `||` it is the first side; whether it holds in the end, the condition itself says.
import type { ASTNode } from '@marcbachmann/cel-js'
import type { Expect } from '../actions/expect.ts'
import type { Operators } from '../actions/operators.ts'
import { OPPOSITE, SWAPPED } from './comparison.ts'
import { dottedPath, literalOf, pathText } from './condition-tree.ts'

type Path = readonly (string | number)[]

interface Scene {
  /** Variables of loops → the way to the item that is thought of. */
  readonly items: ReadonlyMap<string, Path>
  readonly isNegated: boolean
  /** What names in the tree stand for. */
  readonly templates: ReadonlyMap<string, { readonly source: string }>
}

/** Empty where nothing can be told. */
export function wishesOf(ast: ASTNode, templates: ReadonlyMap<string, { readonly source: string }>): Expect[] {
  return wishes(ast, { items: new Map(), isNegated: false, templates })
}

const COMPARED: Readonly<Record<string, keyof Operators>> = {
  '==': 'equals',
  '!=': 'not_equals',
  '>': 'gt',
  '>=': 'gte',
  '<': 'lt',
  '<=': 'lte',
}
/** A text that is the wanted part has it anywhere. */
const PARTS: readonly string[] = ['startsWith', 'endsWith', 'contains']

function wishes(node: ASTNode, scene: Scene): Expect[] {
  const { isNegated } = scene
  if (node.op === '!_') return wishes(node.args, { ...scene, isNegated: !isNegated })
  if (node.op === '&&' || node.op === '||') {
    const isBoth = (node.op === '&&') !== isNegated
    return (isBoth ? node.args : node.args.slice(0, 1)).flatMap((side) => wishes(side, scene))
  }
  if (Object.hasOwn(COMPARED, node.op)) {
    const [left, right] = node.args as readonly [ASTNode, ASTNode]
    const op = isNegated ? (OPPOSITE[node.op] ?? '') : node.op
    const there = compared(left, op, right, scene)
    return there.length > 0 ? there : compared(right, SWAPPED[op] ?? '', left, scene)
  }
  if (node.op === 'rcall' && !isNegated) return called(node, scene)
  if (node.op === 'in' && !isNegated) return within(node.args[0], node.args[1], scene)
  const [asked] = node.op === 'call' && node.args[0] === 'has' ? node.args[1] : []
  if (asked !== undefined) return isNegated ? [] : at(asked, { exists: true }, scene)
  return at(node, { equals: !isNegated }, scene)
}

function compared(subject: ASTNode, op: string, value: ASTNode, scene: Scene): Expect[] {
  const wanted = operand(value, scene)
  const operator = COMPARED[op]
  if (wanted === undefined || operator === undefined) return []
  const sized = sizeOf(subject)
  if (sized === undefined) return at(subject, { [operator]: wanted.value }, scene)
  const count = Number(wanted.value)
  const length = { '>': count + 1, '<': count - 1, '!=': count + 1 }[op] ?? count
  return Number.isInteger(length) ? at(sized, { length: Math.max(0, length) }, scene) : []
}

function called(node: ASTNode & { op: 'rcall' }, scene: Scene): Expect[] {
  const [name, subject, given] = node.args
  const wanted = given[0] === undefined ? undefined : operand(given[0], scene)
  if (PARTS.includes(name) && wanted !== undefined) return at(subject, { equals: wanted.value }, scene)
  if (name.startsWith('matches') && wanted !== undefined) return at(subject, { matches: String(wanted.value) }, scene)
  const [variable, body] = given
  const list = wayTo(subject, scene)
  if (
    !['exists', 'exists_one', 'all'].includes(name) ||
    variable?.op !== 'id' ||
    body === undefined ||
    list === undefined
  )
    return []
  return wishes(body, { ...scene, items: new Map(scene.items).set(variable.args, [...list, 0]) })
}

function within(subject: ASTNode, list: ASTNode, scene: Scene): Expect[] {
  const items = list.op === 'list' ? list.args.map((item) => operand(item, scene)) : []
  if (items.length === 0 || items.includes(undefined)) return []
  return at(subject, { one_of: items.map((item) => item?.value) }, scene)
}

function at(subject: ASTNode, operators: Operators, scene: Scene): Expect[] {
  const [root, ...path] = wayTo(subject, scene) ?? []
  if (root === 'body') return [{ jsonpath: `$${pathText(['', ...path])}`, ...operators }]
  const [name] = path
  if (root === 'headers' && typeof name === 'string') return [{ header: { name, ...operators } }]
  const { equals, one_of: oneOf } = operators
  const status: unknown = Array.isArray(oneOf) ? oneOf[0] : equals
  return root === 'status' && typeof status === 'number' ? [{ status_code: status }] : []
}

/** From the last answer: `body.items[0].id`. */
function wayTo(node: ASTNode, { items }: Scene): Path | undefined {
  const path = dottedPath(node)
  if (path === undefined) return undefined
  const [root, ...rest] = path
  const item = items.get(root)
  if (item !== undefined) return [...item, ...rest]
  if (root !== 'last_response') return path
  return rest[0] === 'status_code' ? ['status', ...rest.slice(1)] : rest
}

function sizeOf(node: ASTNode): ASTNode | undefined {
  if (node.op === 'call' && node.args[0] === 'size') return node.args[1][0]
  return node.op === 'rcall' && node.args[0] === 'size' ? node.args[1] : undefined
}

/** A value of its own, or a name, which is then a template. */
function operand(node: ASTNode, { templates }: Scene): { readonly value: unknown } | undefined {
  const literal = literalOf(node)
  if (literal !== undefined) return literal
  const path = dottedPath(node)
  if (path === undefined || ['body', 'headers', 'status', 'last_response'].includes(path[0])) return undefined
  return { value: templates.get(path[0])?.source ?? `{{${pathText(path)}}}` }
}
