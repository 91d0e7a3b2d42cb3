// Makes what a condition costs visible while it runs: calls are put into its text that count how large the values
// of its loops, comparisons and functions are. The language itself is condition-language.ts.
import type { ASTNode, Environment } from '@marcbachmann/cel-js'
import { pattern } from '../actions/pattern.ts'
import { indexOfText, spendSearch } from '../actions/text-search.ts'
import { spend } from '../effort.ts'
import { below } from './condition-tree.ts'

/** Names that nobody would write. */
const ALL_OF = 'effort_all__'
const SIZE_OF = 'effort_size__'
const ROUNDS_OF = 'effort_rounds__'

const LOOPS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter'])
const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', 'in', '+'])
/** Whose own search takes long for what a service can choose; they get another name. */
const SEARCHES: ReadonlySet<string> = new Set(['contains', 'indexOf', 'lastIndexOf', 'matches', 'split'])
const LINEAR = 'Linear__'
const FREE: ReadonlySet<string> = new Set(['has', 'type', 'dyn'])
const TEXT_PER_UNIT = 16
const UNITS_PER_NODE = 2
/** Functions copy lists, and sort them. */
const UNITS_PER_ITEM = 5
/** Comparing two values takes their types first. */
const UNITS_PER_COMPARED = 4
/** Of a round: it may end in an error that nobody sees. */
const UNITS_PER_ROUND = 20

/** Teaches the language to count. */
export function teachEffort(cel: Environment): void {
  const counting = (count: (value: unknown, more: unknown) => void) => (value: unknown, more?: unknown) => {
    count(value, more)
    return value
  }
  cel.registerFunction(`${ALL_OF}(dyn): dyn`, counting(spendAll))
  cel.registerFunction(
    `${SIZE_OF}(dyn): dyn`,
    counting((value) => spend(lengthOf(value) * UNITS_PER_ITEM)),
  )
  cel.registerFunction(
    `${ROUNDS_OF}(dyn, int): dyn`,
    counting((value, nodes) => spend(lengthOf(value) * (UNITS_PER_ROUND + Number(nodes) * UNITS_PER_NODE))),
  )
  teachSearches(cel)
}

/** The same functions by their other names. */
function teachSearches(cel: Environment): void {
  const inside = (text: string, at: bigint): number => {
    if (at < 0n || at > text.length) throw new Error('the index is out of range')
    return Number(at)
  }
  const costly = (text: string, part: string): void => spendSearch(text, part)
  const functions: Readonly<Record<string, (text: string, part: string, more: bigint) => unknown>> = {
    // RE2, whatever the text says.
    'matches(string): bool': (text, source) => pattern(source).isIn(text),
    'contains(string): bool': (text, part) => indexOfText(text, part) >= 0,
    'indexOf(string): int': (text, part) => BigInt(indexOfText(text, part)),
    'indexOf(string, int): int': (text, part, from) => {
      const start = inside(text, from)
      const at = indexOfText(text.slice(start), part)
      return BigInt(at < 0 ? at : at + start)
    },
    'lastIndexOf(string): int': (text, part) => (costly(text, part), BigInt(text.lastIndexOf(part))),
    'lastIndexOf(string, int): int': (text, part, to) => {
      costly(text, part)
      return BigInt(text.lastIndexOf(part, inside(text, to)))
    },
    'split(string): list<string>': (text, part) => (costly(text, part), text.split(part)),
    'split(string, int): list<string>': (text, part, most) => {
      costly(text, part)
      const parts = text.split(part)
      const count = Number(most)
      if (count < 0 || parts.length <= count) return parts
      return count === 0 ? [] : [...parts.slice(0, count - 1), parts.slice(count - 1).join(part)]
    },
  }
  for (const [signature, run] of Object.entries(functions))
    cel.registerFunction(`string.${signature.replace('(', `${LINEAR}(`)}`, run)
}

/** The condition's text with calls that count. */
export function countedText(ast: ASTNode): string {
  const calls: Call[] = []
  collect(ast, calls)
  const at = calls.flatMap(({ start, end, open, close }) => [
    { at: start, text: open, order: -end },
    { at: end, text: close, order: start },
  ])
  // Of two calls around the same value the outer one opens first and closes last.
  at.sort((a, b) => a.at - b.at || a.order - b.order)
  let text = ''
  let from = 0
  for (const { at: to, text: inserted } of at) {
    text += ast.input.slice(from, to) + inserted
    from = to
  }
  return text + ast.input.slice(from)
}

interface Call {
  readonly start: number
  readonly end: number
  readonly open: string
  readonly close: string
}

function collect(node: ASTNode, calls: Call[]): void {
  const around = ({ start, end, op }: ASTNode, name: string, more = ''): void => {
    if (op !== 'value') calls.push({ start, end, open: `${name}(`, close: `${more})` })
  }
  if (node.op === 'rcall') {
    const [name, receiver, args] = node.args
    // It names a variable first.
    if (name === 'bind') return args.slice(1).forEach((each) => collect(each, calls))
    const isLoop = LOOPS.has(name) && args.length > 1
    const inside = isLoop ? args.slice(1) : args
    if (isLoop) {
      const nodes = inside.reduce((sum, each) => sum + nodesOf(each), 1)
      calls.push({ start: receiver.start, end: receiver.end, open: `${ROUNDS_OF}(`, close: `, ${nodes})` })
    } else for (const each of [receiver, ...args]) around(each, name === 'join' ? ALL_OF : SIZE_OF)
    if (SEARCHES.has(name)) {
      const at = node.input.indexOf(name, receiver.end) + name.length
      calls.push({ start: at, end: at, open: LINEAR, close: '' })
    }
    for (const each of [receiver, ...inside]) collect(each, calls)
    return
  }
  if (node.op === 'call') {
    if (node.args[0] === 'has') return
    if (!FREE.has(node.args[0])) for (const each of node.args[1]) around(each, SIZE_OF)
  } else if (COMPARISONS.has(node.op)) {
    const sides = below(node)
    // Held against what is written in the file, a value is not looked at for long.
    if (!sides.some(({ op }) => op === 'value')) for (const each of sides) around(each, ALL_OF)
  }
  for (const each of below(node)) collect(each, calls)
}

const nodesOf = (node: ASTNode): number => below(node).reduce((sum, each) => sum + nodesOf(each), 1)

function lengthOf(value: unknown): number {
  if (typeof value === 'string') return value.length / TEXT_PER_UNIT
  if (typeof value !== 'object' || value === null) return 0
  if (Array.isArray(value)) return value.length
  return value instanceof Map ? value.size : Object.keys(value).length
}

function spendAll(value: unknown): void {
  spend(UNITS_PER_COMPARED)
  if (typeof value === 'string') return spend(value.length / TEXT_PER_UNIT)
  if (typeof value !== 'object' || value === null) return
  for (const item of value instanceof Map ? value.values() : Object.values(value)) spendAll(item)
}
