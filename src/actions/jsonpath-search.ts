// Walks a value by a compiled JSONPath, and counts each step of the walk: a path and a value that together
// make millions of matches are given up. json-p3 checks and parses the path; what its parts mean is RFC 9535.
import type { JSONPathQuery, jsonpath } from 'json-p3'
import { spend } from '../effort.ts'

/** The classes that a path is made of. */
type Parts = Pick<typeof jsonpath, 'selectors' | 'expressions'>
type Values = readonly unknown[]
type Segment = JSONPathQuery['segments'][number]
type Selector = Segment['selectors'][number]
type Expression = InstanceType<Parts['expressions']['LogicalExpression']>['expression']

/** What a name or function gives that is not there. */
const NOTHING = Symbol('nothing')

/** The functions of filters, by name: values and lists of matches go in. */
export type Functions = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>

/** A query inside a filter: its matches, told apart from a list that is a value. */
class Matches {
  readonly values: Values

  constructor(values: Values) {
    this.values = values
  }

  /** The one value, as comparisons have it. */
  get only(): unknown {
    return this.values.length === 1 ? this.values[0] : NOTHING
  }
}

export interface Means {
  readonly functions: Functions
  readonly parts: Parts
}

/** All matches, in document order. */
export function search(query: JSONPathQuery, root: unknown, means: Means): unknown[] {
  return new Search(root, means).run(query, root)
}

/** Their classes are not exported; `..` tells them apart. */
const descendants = new WeakMap<Segment, boolean>()

function isDescendant(segment: Segment): boolean {
  let known = descendants.get(segment)
  if (known === undefined) descendants.set(segment, (known = segment.toString().startsWith('..')))
  return known
}

class Search {
  readonly #root: unknown
  readonly #functions: Functions
  readonly #parts: Parts

  constructor(root: unknown, { functions, parts }: Means) {
    this.#root = root
    this.#functions = functions
    this.#parts = parts
  }

  run({ segments }: JSONPathQuery, start: unknown): unknown[] {
    let values: unknown[] = [start]
    for (const segment of segments) {
      const found: unknown[] = []
      const isDeep = isDescendant(segment)
      for (const value of values) {
        if (isDeep) this.#descend(segment, value, found)
        else this.#select(segment, value, found)
      }
      values = found
    }
    return values
  }

  #descend(segment: Segment, value: unknown, found: unknown[]): void {
    this.#select(segment, value, found)
    if (typeof value !== 'object' || value === null) return
    for (const item of Object.values(value)) this.#descend(segment, item, found)
  }

  #select({ selectors: wanted }: Segment, value: unknown, found: unknown[]): void {
    spend(2)
    if (typeof value !== 'object' || value === null) return
    for (const selector of wanted) this.#pick(selector, value, found)
  }

  #pick(selector: Selector, value: object, found: unknown[]): void {
    const { selectors } = this.#parts
    if (selector instanceof selectors.NameSelector) {
      if (!Array.isArray(value) && Object.hasOwn(value, selector.name))
        found.push((value as Record<string, unknown>)[selector.name])
    } else if (selector instanceof selectors.IndexSelector) {
      if (Array.isArray(value) && selector.index >= -value.length && selector.index < value.length)
        found.push(value.at(selector.index) as unknown)
    } else if (selector instanceof selectors.SliceSelector) {
      if (Array.isArray(value)) this.#slice(selector, value, found)
    } else {
      const items: Values = Object.values(value)
      spend(items.length * 2)
      const isFilter = selector instanceof selectors.FilterSelector
      for (const item of items) if (!isFilter || this.#holds(selector.expression, item)) found.push(item)
    }
  }

  #slice(selector: InstanceType<Parts['selectors']['SliceSelector']>, list: Values, found: unknown[]): void {
    const { start, stop, step = 1 } = selector
    if (step === 0) return
    const bound = (at: number, least: number, most: number): number =>
      Math.min(Math.max(at < 0 ? at + list.length : at, least), most)
    const [least, most] = step > 0 ? [0, list.length] : [-1, list.length - 1]
    const from = start === undefined ? (step > 0 ? least : most) : bound(start, least, most)
    const to = stop === undefined ? (step > 0 ? most : least) : bound(stop, least, most)
    for (let at = from; step > 0 ? at < to : at > to; at += step) {
      spend(1)
      found.push(list[at])
    }
  }

  #holds(expression: Expression, current: unknown): boolean {
    const value = this.#evaluate(expression, current)
    return value instanceof Matches ? value.values.length > 0 : value !== false && value !== NOTHING
  }

  #evaluate(expression: Expression, current: unknown): unknown {
    const { expressions } = this.#parts
    spend(2)
    if (expression instanceof expressions.LogicalExpression) return this.#holds(expression.expression, current)
    if (expression instanceof expressions.PrefixExpression) return !this.#holds(expression.right, current)
    if (expression instanceof expressions.InfixExpression) return this.#infix(expression, current)
    if (expression instanceof expressions.RelativeQuery) return new Matches(this.run(expression.path, current))
    if (expression instanceof expressions.RootQuery) return new Matches(this.run(expression.path, this.#root))
    if (expression instanceof expressions.NullLiteral) return null
    if (
      expression instanceof expressions.BooleanLiteral ||
      expression instanceof expressions.StringLiteral ||
      expression instanceof expressions.NumberLiteral
    )
      return expression.value
    if (expression instanceof expressions.FunctionExtension) {
      const args = expression.args.map((arg) => this.#evaluate(arg, current))
      const takesMatches = expression.name === 'count' || expression.name === 'value'
      const given = args.map((arg) => (arg instanceof Matches ? (takesMatches ? arg.values : arg.only) : arg))
      return this.#functions[expression.name]?.(...given) ?? NOTHING
    }
    throw new Error(`a JSONPath holds ${expression.constructor.name}`)
  }

  #infix({ operator, left, right }: InstanceType<Parts['expressions']['InfixExpression']>, current: unknown): boolean {
    if (operator === '&&') return this.#holds(left, current) && this.#holds(right, current)
    if (operator === '||') return this.#holds(left, current) || this.#holds(right, current)
    const [a, b] = [this.#comparable(left, current), this.#comparable(right, current)]
    if (operator === '==') return isEqual(a, b)
    if (operator === '!=') return !isEqual(a, b)
    const isBelow = operator.startsWith('<') ? isLess(a, b) : isLess(b, a)
    return isBelow || (operator.endsWith('=') && isEqual(a, b))
  }

  #comparable(expression: Expression, current: unknown): unknown {
    const value = this.#evaluate(expression, current)
    return value instanceof Matches ? value.only : value
  }
}

function isLess(a: unknown, b: unknown): boolean {
  return (
    (typeof a === 'number' && typeof b === 'number' && a < b) ||
    (typeof a === 'string' && typeof b === 'string' && a < b)
  )
}

function isEqual(a: unknown, b: unknown): boolean {
  spend(1)
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  const [one, other] = [a as Record<string, unknown>, b as Record<string, unknown>]
  return keys.every((key) => Object.hasOwn(other, key) && isEqual(one[key], other[key]))
}
