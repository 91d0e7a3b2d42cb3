// The grammar of a condition, `selector op number unit?`: text in, its parts out, or every mistake
// with its position. What the parts mean for each metric is said in words.ts; options are threshold.ts.
import { BARE_VALUE } from './selector.ts'
import type { Selector } from './selector.ts'
import { readLabel, readLimit, readSubject } from './words.ts'
import { metricOf } from './metric.ts'
import type { Customs, Metric, MetricUnit } from './metric.ts'

export const OPERATORS = ['<', '<=', '>', '>=', '==', '!='] as const
export type Operator = (typeof OPERATORS)[number]

/** One mistake in a threshold. */
export interface ThresholdProblem {
  readonly message: string
  readonly hint?: string
  /** Where in the text of the condition, when it is about a part of it. */
  readonly offset?: number
  readonly length?: number
  /** The key of the long form it is about; absent for the condition itself. */
  readonly key?: string
}

export interface Condition {
  readonly selector: Selector
  readonly op: Operator
  /** In `unit`: milliseconds, percent, per second, or a count. */
  readonly limit: number
  readonly unit: MetricUnit
}

/** A piece of the text and where it stands. */
export interface Token {
  readonly text: string
  readonly offset: number
}

/** Says what is wrong with a token. */
export type Report = (token: Token, message: string, hint?: string) => void

const FORM = 'The form is: selector, operator, number with unit, e.g. p95 < 300ms or success_rate >= 99%.'

/**
 * The condition, if there is no mistake in it.
 * @param customs metrics that the scenario's own steps record
 */
export function parseCondition(
  text: string,
  customs: Customs = new Map(),
): { condition: Condition } | { problems: ThresholdProblem[] } {
  const problems: ThresholdProblem[] = []
  const report: Report = ({ text: wrong, offset }, message, hint) =>
    problems.push({ message, ...(hint !== undefined && { hint }), offset, length: wrong.length })
  const condition = readCondition(new Scanner(text), customs, report)
  return condition === undefined || problems.length > 0 ? { problems } : { condition }
}

function readCondition(scanner: Scanner, customs: Customs, report: Report): Condition | undefined {
  const head = scanner.take(/[\p{L}_][\p{L}\p{N}_.-]*(?:\(\s*[^\s(){}<>=!]*\s*\))?/uy)
  if (head === undefined) {
    report(scanner.rest(), 'A threshold begins with a metric or a statistic.', FORM)
    return undefined
  }
  const subject = readSubject(head, customs, report)
  const labels = readLabels(scanner, subject === undefined ? undefined : metricOf(subject), report)
  if (labels === undefined) return undefined
  const op = readOperator(scanner, head, report)
  if (op === undefined) return undefined
  const number = scanner.take(/-?\d+(?:\.\d+)?/y)
  if (number === undefined) {
    report(scanner.rest(), `There is no number after "${op}".`, FORM)
    return undefined
  }
  const unit = scanner.take(/[^\s\d][^\s]*/y) ?? { text: '', offset: number.offset + number.text.length }
  const rest = scanner.rest()
  if (rest.text !== '')
    report(rest, `"${rest.text}" follows a finished condition.`, 'Write one threshold per condition.')
  if (subject === undefined) return undefined
  const limit = readLimit(subject, number, unit, report)
  return limit === undefined ? undefined : { selector: { ...subject, labels }, op, ...limit }
}

function readOperator(scanner: Scanner, head: Token, report: Report): Operator | undefined {
  const sign = scanner.take(/[<>=!]+/y)
  const op = OPERATORS.find((known) => known === sign?.text)
  if (op !== undefined) return op
  const meant: Record<string, string> = { '=': '==', '=>': '>=', '=<': '<=', '<>': '!=', '===': '==', '!==': '!=' }
  const rest = scanner.rest()
  if (sign !== undefined) {
    const near = meant[sign.text]
    const known = `Operators: ${OPERATORS.join(' ')}`
    report(sign, `"${sign.text}" is not an operator.`, near === undefined ? known : `Did you mean "${near}"? ${known}`)
  } else if (rest.text === '') report(rest, `"${head.text}" says nothing that could hold.`, FORM)
  else report(rest, `An operator must follow "${head.text}", not "${rest.text}".`, `Operators: ${OPERATORS.join(' ')}`)
  return undefined
}

type Labels = Readonly<Record<string, string>>

/** The labels in braces, `{}` when there are none; undefined when reading cannot go on. */
function readLabels(scanner: Scanner, metric: Metric | undefined, report: Report): Labels | undefined {
  const labels = new Map<string, string>()
  if (scanner.take(/\{/y) === undefined || scanner.take(/\}/y) !== undefined) return {}
  for (;;) {
    const key = scanner.take(/[\p{L}_][\p{L}\p{N}_.-]*/uy)
    if (key === undefined || scanner.take(/:/y) === undefined) {
      report(scanner.rest(), 'A label is written key:value.', 'e.g. p95{step:order,status:2xx}')
      return undefined
    }
    const value = readValue(scanner, key, report)
    if (value === undefined) return undefined
    if (labels.has(key.text)) report(key, `The label "${key.text}" stands here twice.`, 'One value per label.')
    labels.set(key.text, readLabel(metric, key, value, report))
    if (scanner.take(/\}/y) !== undefined) return Object.fromEntries(labels)
    if (scanner.take(/,/y) === undefined) {
      const next = scanner.rest()
      const spaced = /^[^,{}<>=!]+/.exec(next.text)?.[0].trimEnd() ?? ''
      if (spaced === '') report(next, 'The labels do not end: "}" is missing.')
      else report(next, `"${value.text} ${spaced}" needs quotes.`, `${key.text}:"${value.text} ${spaced}"`)
      return undefined
    }
  }
}

function readValue(scanner: Scanner, key: Token, report: Report): Token | undefined {
  const quoted = scanner.take(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/y)
  if (quoted !== undefined) return { text: quoted.text.slice(1, -1).replace(/\\(.)/g, '$1'), offset: quoted.offset }
  const bare = scanner.take(/[^\s,{}"':]+/y)
  if (bare !== undefined && BARE_VALUE.test(bare.text)) return bare
  const rest = scanner.rest()
  if (/^["']/.test(rest.text)) report(rest, `The value of "${key.text}" has no closing quote.`)
  else report(rest, `The label "${key.text}" has no value.`, `e.g. ${key.text}:order`)
  return undefined
}

/** Takes tokens from the front of the text; blanks between them mean nothing. */
class Scanner {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** @param pattern sticky */
  take(pattern: RegExp): Token | undefined {
    this.#skipBlanks()
    pattern.lastIndex = this.#at
    const text = pattern.exec(this.#text)?.[0]
    if (text === undefined) return undefined
    const token = { text, offset: this.#at }
    this.#at += text.length
    return token
  }

  rest(): Token {
    this.#skipBlanks()
    return { text: this.#text.slice(this.#at).trimEnd(), offset: this.#at }
  }

  #skipBlanks(): void {
    while (this.#at < this.#text.length && this.#text.charAt(this.#at).trim() === '') this.#at++
  }
}
