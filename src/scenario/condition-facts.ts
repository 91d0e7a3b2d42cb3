// What can be said about a condition before the run: whether it can hold at all, given the values that its
// names can have, and under which other conditions it surely does. What is not known is taken to be possible.
import type { ASTNode } from '@marcbachmann/cel-js'
import { OPPOSITE, SWAPPED } from './comparison.ts'
import { conditionTree } from './condition.ts'
import type { Alias } from './condition.ts'
import { parseCel, serialize } from './condition-language.ts'
import { celNames, pathText } from './condition-tree.ts'
import { print } from './filters.ts'

/** A name, as it is written → all values that it can have. */
export type Domains = ReadonlyMap<string, readonly unknown[]>

export interface Prospect {
  readonly canHold: boolean
  readonly canFail: boolean
  /** The names that it depends on, with what they can be. */
  readonly because: Domains
}

/** Combinations of values that are tried. */
const MOST_TRIED = 4000

/** Throws LanguageError. */
export function prospectOf(source: string, domains: Domains): Prospect {
  const { ast, aliases } = conditionTree(source)
  const paths = new Set(celNames(ast).map(({ path }) => aliases.get(path[0])?.name ?? pathText(path)))
  const known = [...domains].filter(([name]) => paths.has(name)).toSorted(([, a], [, b]) => a.length - b.length)
  let count = 1
  const because = new Map(known.filter(([, values]) => (count *= values.length) <= MOST_TRIED))
  const ends = new Set<boolean | undefined>()
  for (const at of combinations([...because])) ends.add(new Trial(at, aliases).truth(ast))
  const isOpen = ends.has(undefined)
  return { canHold: isOpen || ends.has(true), canFail: isOpen || ends.has(false), because }
}

type Values = ReadonlyMap<string, unknown>
type Aliases = ReadonlyMap<string, Alias>

function* combinations([first, ...rest]: readonly (readonly [string, readonly unknown[]])[]): Generator<Values> {
  if (first === undefined) return yield new Map()
  const [name, values] = first
  for (const inside of combinations(rest)) for (const value of values) yield new Map([...inside, [name, value]])
}

/** The condition when some names have these values, and nothing is known of the others. */
class Trial {
  readonly #at: Values
  readonly #aliases: Aliases

  constructor(at: Values, aliases: Aliases) {
    this.#at = at
    this.#aliases = aliases
  }

  truth(node: ASTNode): boolean | undefined {
    if (node.op === '!_') return negated(this.truth(node.args))
    if (node.op === '&&' || node.op === '||') {
      const [a, b] = [this.truth(node.args[0]), this.truth(node.args[1])]
      const deciding = node.op === '||'
      if (a === deciding || b === deciding) return deciding
      return a === undefined || b === undefined ? undefined : !deciding
    }
    if (node.op === '?:') {
      const [asked, yes, no] = [this.truth(node.args[0]), this.truth(node.args[1]), this.truth(node.args[2])]
      return asked === undefined ? (yes === no ? yes : undefined) : asked ? yes : no
    }
    return this.#value(node)
  }

  #value(node: ASTNode): boolean | undefined {
    const context: Record<string, unknown> = Object.create(null)
    for (const { path } of celNames(node)) {
      const alias = this.#aliases.get(path[0])
      const name = alias?.name ?? pathText(path)
      if (!this.#at.has(name)) return undefined
      const value = this.#at.get(name)
      put(context, alias === undefined ? path : [path[0]], alias?.isText === true ? print(value) : value)
    }
    try {
      const value: unknown = parseCel(serialize(node))(context)
      return typeof value === 'boolean' ? value : undefined
    } catch {
      // At this place it fails its step; that is told when it happens.
      return undefined
    }
  }
}

function put(context: Record<string, unknown>, [root, ...rest]: readonly (string | number)[], value: unknown): void {
  const [key] = rest
  if (root === undefined) return
  if (key === undefined) context[root] = value
  else {
    const inside = (context[root] ??= Object.create(null)) as Record<string, unknown>
    put(inside, rest, value)
  }
}

const negated = (truth: boolean | undefined): boolean | undefined => (truth === undefined ? undefined : !truth)

/**
 * Its parts that all hold when it holds (or, with `isNegated`, when it does not), each in one way of writing:
 * what holds under `a && b` also holds under `b`. Empty when it cannot be read.
 */
export function partsOf(source: string, isNegated = false): string[] {
  try {
    const { ast, aliases } = conditionTree(source)
    return parts(ast, isNegated, aliases)
  } catch {
    return []
  }
}

function parts(node: ASTNode, isNegated: boolean, aliases: Aliases): string[] {
  if (node.op === '!_') return parts(node.args, !isNegated, aliases)
  if (node.op === (isNegated ? '||' : '&&')) return node.args.flatMap((arg) => parts(arg, isNegated, aliases))
  const text = (one: ASTNode): string => plainly(one, aliases)
  const opposite = OPPOSITE[node.op]
  if (opposite === undefined) return [isNegated ? `!(${text(node)})` : text(node)]
  const [left, right] = (node.args as readonly [ASTNode, ASTNode]).map(text)
  const op = isNegated ? opposite : node.op
  return left! <= right! ? [`${left} ${op} ${right}`] : [`${right} ${SWAPPED[op]} ${left}`]
}

function plainly(node: ASTNode, aliases: Aliases): string {
  return serialize(node).replaceAll(/\btemplate_\d+\b/g, (name) => aliases.get(name)?.name ?? name)
}
