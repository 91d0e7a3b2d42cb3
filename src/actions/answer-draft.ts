// The parts of an answer that is made up, as they come together: values at JSONPaths, headers, texts. Two
// wishes for one place are one wish.
import type { MockAnswer, StepContext, Tools } from './action.ts'
import type { Expect } from './expect.ts'
import type { Extract } from './extract.ts'
import { shown } from './failure.ts'
import type { JsonSchema } from './json-schema.ts'
import { jsonPath } from './jsonpath.ts'
import { wayOf, withValue } from './made-document.ts'
import type { Operators } from './operators.ts'
import { OPERATORS } from './operators.ts'
import { textFor } from './pattern-text.ts'
import { ANYTHING, satisfyingValue } from './satisfying-value.ts'
import { valueOfSchema } from './schema-value.ts'
import { valueAt } from './value-at.ts'

/** Numbers, and lists of things, by what people call them. */
const NUMBERS =
  /(?:^|_)(?:amount|balance|count|discount|number|page|price|quantity|rows|size|stock|sum|total|subtotal)$/
const LISTS = /^(?:data|entries|items|list|records|results)$/

interface Wish {
  /** All of them must hold. */
  readonly operators: readonly Operators[]
  /** When it cannot be met, the step cannot be answered. */
  readonly isNeeded: boolean
}

export class Draft {
  readonly #tools: Tools
  readonly #context: StepContext
  readonly #headers: Record<string, string> = {}
  readonly #texts: string[] = []
  readonly #paths = new Map<string, Wish>()
  readonly #named = new Map<string, Wish>()
  #root: unknown
  #wrong: string | undefined

  constructor(tools: Tools, context: StepContext) {
    this.#tools = tools
    this.#context = context
  }

  schema(schema: JsonSchema): void {
    this.#root = valueOfSchema(schema)
  }

  expect(expect: Expect): void {
    this.#note(expect, true)
  }

  /** What is met if it can be. */
  wish(expect: Expect): void {
    this.#note(expect, false)
  }

  #note({ jsonpath, header, body_contains: text, ...rest }: Expect, isNeeded: boolean): void {
    if (jsonpath !== undefined) add(this.#paths, jsonpath, rest, isNeeded)
    if (header !== undefined) add(this.#named, header.name, header, isNeeded)
    if (text === undefined) return
    if (isNeeded) this.#texts.push(this.#tools.text(text)(this.#context))
    else this.#softly(() => this.#texts.push(this.#tools.text(text)(this.#context)))
  }

  /** Outer places before those inside them. */
  settle(): void {
    const depth = (path: string): number => wayOf(path)?.length ?? 0
    for (const [path, wish] of [...this.#paths].toSorted(([a], [b]) => depth(a) - depth(b))) {
      const isList = !jsonPath(path).isSingular
      this.#meet(wish, { name: path, isList }, (value) => this.#put(path, value), standing(this.#root, path))
    }
    for (const [name, wish] of this.#named)
      this.#meet(wish, { name: `header ${name}`, isText: true }, (value) => {
        this.#headers[name.toLowerCase()] = String(value)
      })
  }

  #meet(
    { operators, isNeeded }: Wish,
    subject: { name: string; isList?: boolean; isText?: boolean },
    keep: (value: unknown) => void,
    preferred?: unknown,
  ): void {
    if (operators.some(({ exists }) => exists === false)) return
    const [first = {}] = operators
    const meet = (): void => {
      const find = (given: readonly Operators[]): { readonly value: unknown } | undefined =>
        satisfyingValue(given, subject, this.#tools, this.#context, preferred)
      // Of those that contradict each other the step's own counts.
      const made = find(operators) ?? find([first])
      if (made !== undefined) keep(made.value)
      else if (isNeeded) this.#fail(`nothing was found that ${subject.name.replace(/^header/, 'the header')} could be`)
    }
    if (isNeeded) meet()
    else this.#softly(meet)
  }

  extractable(rule: Extract[string]): void {
    const from: Readonly<Record<string, unknown>> = typeof rule === 'string' ? { path: rule } : { ...rule }
    if (Object.hasOwn(from, 'default')) return
    const { path, header, regex } = from
    if (typeof header === 'string') this.#headers[header.toLowerCase()] ??= ANYTHING
    if (typeof regex === 'string') {
      const text = textFor(regex)
      if (text === undefined) this.#fail(`nothing was found that ${shown(regex)} matches`)
      else this.#texts.push(text)
    }
    if (typeof path !== 'string') return
    const way = wayOf(path)
    if (way === undefined || valueAt(this.#root, way) === undefined) this.#put(path, byName(way?.at(-1)))
  }

  finish(): Pick<MockAnswer, 'headers' | 'body' | 'wrong'> {
    const texts = this.#texts
    const wrong = this.#wrong === undefined ? {} : { wrong: this.#wrong }
    if (this.#root === undefined && texts.length > 0)
      return { headers: this.#headers, body: texts.join('\n'), ...wrong }
    const root = texts.length === 0 ? this.#root : withValue(this.#root, ['texts'], texts)?.root
    const headers = { 'content-type': 'application/json', ...this.#headers }
    return { headers, body: JSON.stringify(root ?? {}), ...wrong }
  }

  #put(path: string, value: unknown): void {
    const way = wayOf(path)
    const made = way === undefined ? undefined : withValue(this.#root, way, value)
    if (way === undefined) this.#fail(`a value at ${path} cannot be made up`)
    else if (made === undefined) this.#fail(`${path} and another path of the step cannot both have a value`)
    else this.#root = made.root
  }

  /** An assertion that cannot be met fails by itself, and says why. */
  #softly(act: () => void): void {
    const before = { root: this.#root, wrong: this.#wrong }
    try {
      act()
    } catch {
      this.#root = before.root
    }
    this.#wrong = before.wrong
  }

  #fail(why: string): void {
    this.#wrong ??= why
  }
}

function add(wishes: Map<string, Wish>, name: string, given: Operators, isNeeded: boolean): void {
  const operators = Object.fromEntries(
    OPERATORS.filter((key) => given[key] !== undefined).map((key) => [key, given[key]]),
  )
  const before = wishes.get(name)
  wishes.set(name, {
    operators: [...(before?.operators ?? []), operators],
    isNeeded: isNeeded || before?.isNeeded === true,
  })
}

function standing(root: unknown, path: string): unknown {
  const way = wayOf(path)
  return (way === undefined ? undefined : valueAt(root, way)) ?? byName(way?.at(-1))
}

function byName(key: string | number | undefined): unknown {
  if (typeof key !== 'string') return ANYTHING
  if (NUMBERS.test(key)) return 1
  return LISTS.test(key) ? [{ id: ANYTHING }] : ANYTHING
}
