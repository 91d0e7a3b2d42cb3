// A Python expression as a tree: as much of the language as conditions and expressions of Turbulence use.
import { parseText } from './f-text.ts'
import { PythonError, tokensOf } from './tokens.ts'
import type { Token } from './tokens.ts'
import type { Comparison, Python } from './tree.ts'

const DEEPEST = 40
const COMPARISONS: readonly string[] = ['==', '!=', '<', '<=', '>', '>=', 'in', 'is']
const LITERALS: ReadonlyMap<string, boolean | null> = new Map([
  ['True', true],
  ['true', true],
  ['False', false],
  ['false', false],
  ['None', null],
  ['null', null],
])
const RESERVED: readonly string[] = ['and', 'or', 'not', 'in', 'is', 'if', 'else', 'for', 'lambda', 'await', 'yield']

/** @throws PythonError */
export function parsePython(source: string): Python {
  const parser = new Parser(tokensOf(source))
  const tree = parser.expression()
  parser.end()
  return tree
}

class Parser {
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  end(): void {
    if (this.#next.kind !== 'end') throw new PythonError(`"${this.#next.text}" is not expected there`)
  }

  expression(): Python {
    if (++this.#depth > DEEPEST) throw new PythonError('it nests too deep')
    const yes = this.#or()
    this.#depth--
    if (!this.#has('if')) return yes
    const when = this.#or()
    this.#must('else')
    return { is: 'choice', when, yes, no: this.expression() }
  }

  get #next(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '', at: 0 }
  }

  #is(text: string, ahead = 0): boolean {
    const token = this.#tokens[this.#at + ahead]
    return token !== undefined && (token.kind === 'sign' || token.kind === 'name') && token.text === text
  }

  #has(text: string): boolean {
    if (!this.#is(text)) return false
    this.#at++
    return true
  }

  #must(text: string): void {
    if (!this.#has(text)) throw new PythonError(`"${text}" is missing`)
  }

  #or(): Python {
    let left = this.#and()
    while (this.#has('or')) left = { is: 'or', left, right: this.#and() }
    return left
  }

  #and(): Python {
    let left = this.#not()
    while (this.#has('and')) left = { is: 'and', left, right: this.#not() }
    return left
  }

  #not(): Python {
    if (!this.#has('not')) return this.#comparison()
    if (++this.#depth > DEEPEST) throw new PythonError('it nests too deep')
    const of = this.#not()
    this.#depth--
    return { is: 'not', of }
  }

  #comparison(): Python {
    const first = this.#sum()
    const rest: Comparison[] = []
    for (let sign = this.#comparisonSign(); sign !== undefined; sign = this.#comparisonSign())
      rest.push({ sign, right: this.#sum() })
    return rest.length === 0 ? first : { is: 'compare', first, rest }
  }

  #comparisonSign(): string | undefined {
    if (this.#is('not') && this.#is('in', 1)) {
      this.#at += 2
      return 'not in'
    }
    const sign = COMPARISONS.find((known) => this.#has(known))
    return sign === 'is' && this.#has('not') ? 'is not' : sign
  }

  #sum(): Python {
    return this.#binary(['+', '-'], () => this.#product())
  }

  #product(): Python {
    return this.#binary(['*', '/', '//', '%'], () => this.#unary())
  }

  #binary(signs: readonly string[], operand: () => Python): Python {
    let left = operand()
    for (;;) {
      const sign = signs.find((known) => this.#has(known))
      if (sign === undefined) return left
      left = { is: 'arithmetic', sign, left, right: operand() }
    }
  }

  #unary(): Python {
    let minuses = 0
    while (this.#is('-') || this.#is('+')) {
      if (this.#is('-')) minuses++
      this.#at++
    }
    const of = this.#power()
    return minuses % 2 === 0 ? of : { is: 'minus', of }
  }

  #power(): Python {
    const of = this.#postfix()
    return this.#has('**') ? { is: 'arithmetic', sign: '**', left: of, right: this.#unary() } : of
  }

  #postfix(): Python {
    let of = this.#atom()
    for (;;) {
      if (this.#has('.')) of = { is: 'attribute', of, name: this.#name() }
      else if (this.#has('[')) {
        const key = this.expression()
        if (this.#is(':')) throw new PythonError('it takes a part of a list (a slice)')
        this.#must(']')
        of = { is: 'item', of, key }
      } else if (this.#has('(')) of = { is: 'call', of, args: this.#items(')') }
      else return of
    }
  }

  #name(): string {
    const { kind, text } = this.#next
    if (kind !== 'name' || RESERVED.includes(text)) throw new PythonError(`"${text}" is not expected there`)
    this.#at++
    return text
  }

  #atom(): Python {
    const { kind, text } = this.#next
    if (kind === 'sign') return this.#bracketed()
    if (kind === 'name') return this.#named()
    this.#at++
    if (kind === 'number') return { is: 'value', value: Number(text.replaceAll('_', '')) }
    if (kind === 'text') return { is: 'value', value: text }
    if (kind === 'f-text') return { is: 'text', parts: parseText(text, parsePython) }
    if (kind === 'template') return { is: 'template', source: text }
    throw new PythonError('it ends too early')
  }

  #named(): Python {
    const { text } = this.#next
    if (LITERALS.has(text)) {
      this.#at++
      return { is: 'value', value: LITERALS.get(text) ?? null }
    }
    if (text === 'lambda') throw new PythonError('it makes a function (lambda)')
    return { is: 'name', name: this.#name() }
  }

  #bracketed(): Python {
    if (this.#has('(')) {
      const items = this.#items(')')
      const [only] = items
      return items.length === 1 && only !== undefined ? only : { is: 'list', items }
    }
    if (this.#has('[')) {
      const items = this.#items(']')
      const [only] = items
      return items.length === 1 && only?.is === 'loop' ? only : { is: 'list', items }
    }
    if (this.#has('{')) return this.#mapping()
    throw new PythonError(`"${this.#next.text}" is not expected there`)
  }

  /** Up to the closing bracket; one of them may be a loop. */
  #items(close: string): Python[] {
    const items: Python[] = []
    while (!this.#has(close)) {
      const item = this.expression()
      if (this.#is('=')) throw new PythonError('it calls a function with named arguments')
      items.push(this.#is('for') ? this.#loop(item) : item)
      if (!this.#has(',') && !this.#is(close)) throw new PythonError(`"${close}" is missing`)
    }
    return items
  }

  #loop(item: Python): Python {
    this.#must('for')
    const variable = this.#name()
    if (this.#is(',')) throw new PythonError('a loop in it has two variables')
    this.#must('in')
    const over = this.#or()
    const when = this.#has('if') ? this.#or() : undefined
    if (this.#is('for') || this.#is('if')) throw new PythonError('a loop in it has another one inside')
    return { is: 'loop', item, variable, over, when }
  }

  #mapping(): Python {
    const entries: [Python, Python][] = []
    while (!this.#has('}')) {
      const key = this.expression()
      if (!this.#has(':')) throw new PythonError('it makes a set')
      entries.push([key, this.expression()])
      if (this.#is('for')) throw new PythonError('it makes a mapping in a loop')
      if (!this.#has(',') && !this.#is('}')) throw new PythonError('"}" is missing')
    }
    return { is: 'mapping', entries }
  }
}
