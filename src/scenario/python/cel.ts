// From a Python expression to the same in CEL, as far as there is the same. What becomes of functions and methods
// is calls.ts, of names and what is inside them paths.ts.
import { callToCel } from './calls.ts'
import { OF_THE_ANSWER, pathToCel } from './paths.ts'
import { PythonError } from './tokens.ts'
import type { Comparison, Loop, Python } from './tree.ts'

/** How tight a piece of CEL holds together, to know where parentheses are needed. */
export const TIGHT = { choice: 0, or: 1, and: 2, compare: 3, sum: 4, product: 5, unary: 6, whole: 7 } as const

export interface Cel {
  readonly text: string
  readonly tight: number
}

export const whole = (text: string): Cel => ({ text, tight: TIGHT.whole })

/** With parentheses where it would fall apart. */
export function inside(tree: Python, least: number): string {
  const { text, tight } = toCel(tree)
  return tight < least ? `(${text})` : text
}

/** @throws PythonError */
export function toCel(tree: Python): Cel {
  switch (tree.is) {
    case 'value':
      return whole(literal(tree.value))
    case 'template':
      return whole(tree.source)
    case 'name':
    case 'attribute':
    case 'item':
      return whole(pathToCel(tree))
    case 'call':
      return callToCel(tree)
    case 'not':
      return notToCel(tree.of)
    case 'minus':
      return { text: `-${inside(tree.of, TIGHT.unary)}`, tight: TIGHT.unary }
    case 'and':
    case 'or':
      return joined(tree.is === 'and' ? '&&' : '||', TIGHT[tree.is], truth(tree.left), truth(tree.right))
    case 'arithmetic':
      return arithmeticToCel(tree.sign, tree.left, tree.right)
    case 'compare':
      return compareToCel(tree.first, tree.rest)
    case 'choice':
      return {
        text: `${wrapped(truth(tree.when), TIGHT.or)} ? ${inside(tree.yes, TIGHT.or)} : ${inside(tree.no, TIGHT.choice)}`,
        tight: TIGHT.choice,
      }
    case 'list':
      return whole(`[${tree.items.map((item) => toCel(item).text).join(', ')}]`)
    case 'mapping':
      return whole(`{${tree.entries.map(([key, value]) => `${toCel(key).text}: ${toCel(value).text}`).join(', ')}}`)
    case 'text':
      return textToCel(tree.parts)
    case 'loop':
      return whole(loopToCel(tree))
  }
}

export function literal(value: string | number | boolean | null): string {
  if (typeof value !== 'string') return String(value)
  const text = value
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\t', String.raw`\t`)
  return value.includes("'") && !value.includes('"') ? `"${text}"` : `'${text.replaceAll("'", String.raw`\'`)}'`
}

const wrapped = ({ text, tight }: Cel, least: number): string => (tight < least ? `(${text})` : text)

/** What counts as true in Python: here only a length is known to be a number. */
function truth(tree: Python): Cel {
  const isLength = tree.is === 'call' && tree.of.is === 'name' && tree.of.name === 'len'
  return isLength ? { text: `${toCel(tree).text} > 0`, tight: TIGHT.compare } : toCel(tree)
}

function notToCel(of: Python): Cel {
  if (of.is === 'compare' && of.rest.length === 1) {
    const [only] = of.rest
    const turned = TURNED.get(only?.sign ?? '')
    if (only !== undefined && turned !== undefined) return compareToCel(of.first, [{ sign: turned, right: only.right }])
  }
  return { text: `!${wrapped(truth(of), TIGHT.unary)}`, tight: TIGHT.unary }
}

const TURNED: ReadonlyMap<string, string> = new Map([
  ['==', '!='],
  ['!=', '=='],
  ['is', 'is not'],
  ['is not', 'is'],
  ['in', 'not in'],
  ['not in', 'in'],
])

function joined(sign: string, tight: number, left: Cel, right: Cel): Cel {
  return { text: `${wrapped(left, tight)} ${sign} ${wrapped(right, tight)}`, tight }
}

function arithmeticToCel(sign: string, left: Python, right: Python): Cel {
  if (sign === '**') throw new PythonError('it raises to a power (**)')
  if (sign === '%' && (left.is === 'text' || (left.is === 'value' && typeof left.value === 'string')))
    throw new PythonError('it fills in a text (%)')
  if (sign === '//') return whole(`int(${inside(left, TIGHT.product)} / ${inside(right, TIGHT.unary)})`)
  const tight = sign === '+' || sign === '-' ? TIGHT.sum : TIGHT.product
  return { text: `${inside(left, tight)} ${sign} ${inside(right, tight + 1)}`, tight }
}

/** `a < b < c` compares twice. */
function compareToCel(first: Python, rest: readonly Comparison[]): Cel {
  const all = rest.map(({ sign, right }, index) => oneComparison(rest[index - 1]?.right ?? first, sign, right))
  const [only] = all
  if (all.length === 1 && only !== undefined) return only
  return { text: all.map((one) => wrapped(one, TIGHT.compare)).join(' && '), tight: TIGHT.and }
}

const isNone = (tree: Python): boolean => tree.is === 'value' && tree.value === null

function oneComparison(left: Python, sign: string, right: Python): Cel {
  const compare = (operator: string, a: string, b: string): Cel => ({
    text: `${a} ${operator} ${b}`,
    tight: TIGHT.compare,
  })
  if (isNone(right)) return withNothing(left, sign)
  if (sign === 'in' || sign === 'not in') {
    const isIn = membership(left, right)
    return sign === 'in' ? isIn : { text: `!${wrapped(isIn, TIGHT.unary)}`, tight: TIGHT.unary }
  }
  const operator = sign === 'is' ? '==' : sign === 'is not' ? '!=' : sign
  return compare(operator, inside(left, TIGHT.sum), inside(right, TIGHT.sum))
}

/** `x is None`: what is not there has no value, so it gets one to compare. */
function withNothing(left: Python, sign: string): Cel {
  const isNot = sign === 'is not' || sign === '!='
  const text = inside(left, TIGHT.sum)
  const question = isThere(text)
  // What is there may still be null; only headers never are.
  if (question !== undefined && !text.startsWith('headers'))
    return isNot
      ? { text: `${question} && ${text} != null`, tight: TIGHT.and }
      : { text: `!${question} || ${text} == null`, tight: TIGHT.or }
  if (question !== undefined) return isNot ? whole(question) : { text: `!${question}`, tight: TIGHT.unary }
  const name = OF_THE_ANSWER.includes(text) ? undefined : /^(?:\{\{)?([A-Za-z_]\w*)(?:\}\})?$/.exec(text)?.[1]
  const asked = name === undefined ? text : `{{${name} | default: null}}`
  return { text: `${asked} ${isNot ? '!=' : '=='} null`, tight: TIGHT.compare }
}

/** Of a path: whether its last part is there. */
function isThere(text: string): string | undefined {
  if (/^[A-Za-z_]\w*(?:\.\w+)+$/.test(text)) return `has(${text})`
  const [, holder, key] = /^([\w.]+)\[('[^']*')\]$/.exec(text) ?? []
  return holder === undefined ? undefined : `(${key} in ${holder})`
}

function membership(left: Python, right: Python): Cel {
  const isText =
    right.is === 'text' ||
    (right.is === 'value' && typeof right.value === 'string') ||
    (right.is === 'call' && right.of.is === 'attribute' && ['lower', 'upper', 'strip'].includes(right.of.name)) ||
    (right.is === 'call' && right.of.is === 'name' && right.of.name === 'str')
  if (isText) return whole(`${inside(right, TIGHT.whole)}.contains(${toCel(left).text})`)
  return { text: `${inside(left, TIGHT.sum)} in ${inside(withoutKeys(right), TIGHT.sum)}`, tight: TIGHT.compare }
}

/** `k in d.keys()` is `k in d`. */
function withoutKeys(tree: Python): Python {
  return tree.is === 'call' && tree.of.is === 'attribute' && tree.of.name === 'keys' ? tree.of.of : tree
}

function textToCel(parts: readonly (string | Python)[]): Cel {
  const texts = parts.map((part) => (typeof part === 'string' ? literal(part) : `string(${toCel(part).text})`))
  if (texts.length === 0) return whole("''")
  return texts.length === 1 ? whole(texts[0] ?? '') : { text: texts.join(' + '), tight: TIGHT.sum }
}

/** The list that a loop makes. */
export function loopToCel({ item, variable, over, when }: Loop): string {
  const list = inside(over, TIGHT.whole)
  const chosen = when === undefined ? list : `${list}.filter(${variable}, ${truth(when).text})`
  const isSame = item.is === 'name' && item.name === variable
  return isSame ? chosen : `${chosen}.map(${variable}, ${toCel(item).text})`
}

/** `all(…)` and `any(…)` over a loop. */
export function everyOrSome({ item, variable, over, when }: Loop, is: 'all' | 'exists'): string {
  const list = inside(over, TIGHT.whole)
  const holds = truth(item)
  if (when === undefined) return `${list}.${is}(${variable}, ${holds.text})`
  const chosen = `${list}.filter(${variable}, ${truth(when).text})`
  return `${chosen}.${is}(${variable}, ${holds.text})`
}
