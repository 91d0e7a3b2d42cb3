// A file: its text, its value, and where in the text each part of the value stands. It is YAML, unless its
// value is handed in. Aliases and merge keys are resolved; a file that bombs, loops or nests without end is refused.
import { LineCounter, isAlias, isMap, isNode, isPair, isScalar, isSeq, parseDocument, visit } from 'yaml'
import type { Alias, Document, Node, Pair } from 'yaml'
import type { Place, Problem, Severity } from '../errors.ts'
import { formatPath } from './diagnostic.ts'
import type { DataPath } from './diagnostic.ts'
import { findTraps, syntaxProblem } from './yaml-traps.ts'

const MOST_ALIASES = 50
const DEEPEST = 60
const LONGEST = 2_000_000
/** Of a message, a hint, a path: they may name something that is as long as the file. */
const MOST_SAID = 1_000

const clip = (text: string): string => (text.length <= MOST_SAID ? text : `${text.slice(0, MOST_SAID - 1)}…`)

/** What there is to say about one part of a file. */
export interface Finding {
  readonly code: string
  readonly path: DataPath
  readonly message: string
  readonly hint?: string | undefined
  readonly severity?: Severity
  /** At the key instead of its value. */
  readonly atKey?: boolean
  /** Within the text of the value. */
  readonly offset?: number | undefined
}

/** How many keys of a way are there, and where the last of them stands. */
export interface Found {
  readonly at: number
  readonly depth: number
}

/** What a file that is no YAML holds. */
export interface Given {
  readonly value: unknown
  readonly find: (path: DataPath, atKey: boolean) => Found
}

export class Source {
  readonly file: string
  readonly text: string
  readonly problems: Problem[] = []
  #value: unknown
  /** What lies below this file: a preset. */
  #lower: Source | undefined
  readonly #document: Document.Parsed
  readonly #lines: LineCounter
  /** Parts that YAML reads as something else than was meant: nothing more is said about them. */
  #trapped: readonly DataPath[] = []
  readonly #given: Given | undefined

  constructor(file: string, text: string, given?: Given) {
    this.file = file
    this.#given = given
    this.#lines = new LineCounter()
    // A byte order mark would shift every column of the first line.
    this.text = text.replace(/^\uFEFF/, '')
    const tooLong = this.text.length > LONGEST
    this.#document = parseDocument(tooLong || given !== undefined ? '' : this.text, {
      lineCounter: this.#lines,
      merge: true,
      prettyErrors: false,
      logLevel: 'error',
    })
    if (given !== undefined) for (const at of lineStarts(this.text)) this.#lines.addNewLine(at)
    if (tooLong) this.add({ code: 'yaml', path: [], message: `The file has more than ${LONGEST} characters.` })
    else this.#value = given === undefined ? this.#read() : given.value
  }

  /** Undefined when there is none, or none that can be read. */
  get value(): unknown {
    return this.#value
  }

  /** Lays this file over another: what only the other one says stands there. */
  layOver(lower: Source, merged: unknown): void {
    this.#lower = lower
    this.#value = merged
  }

  #read(): unknown {
    const { errors, contents } = this.#document
    const syntax = errors.find((error) => error.code !== 'DUPLICATE_KEY')
    for (const error of syntax === undefined ? errors : [syntax]) {
      const { at, ...said } = syntaxProblem(error, this.text)
      this.#note([], this.#placeAt(at), said)
    }
    if (syntax !== undefined) return undefined
    const traps = findTraps(contents, this.text)
    for (const { path, at, ...said } of traps) this.#note(path, this.#placeAt(at), said)
    const value = this.#toValue()
    this.#trapped = traps.map(({ path }) => path)
    return value
  }

  #toValue(): unknown {
    const lost = this.#lostAlias()
    if (lost !== undefined) {
      const message = `There is no anchor &${lost.source} before the alias *${lost.source}.`
      const hint = 'Quote it if no alias was meant.'
      this.#note([], this.#placeAt(lost.range?.[0] ?? 0), { code: 'yaml', message, hint })
      return undefined
    }
    try {
      const value: unknown = this.#document.toJS({ maxAliasCount: MOST_ALIASES })
      if (isBounded(value)) return value
      const message = `The file nests deeper than ${DEEPEST} levels, or an alias holds itself.`
      this.add({ code: 'yaml', path: [], message })
    } catch {
      const message = `Aliases repeat more than ${MOST_ALIASES} parts of the file.`
      this.add({ code: 'yaml', path: [], message, hint: 'Write the parts out, or use fewer aliases within aliases.' })
    }
    return undefined
  }

  #lostAlias(): Alias | undefined {
    let lost: Alias | undefined
    visit(this.#document, {
      Alias: (_, alias) => {
        if (alias.resolve(this.#document) !== undefined) return undefined
        lost = alias
        return visit.BREAK
      },
    })
    return lost
  }

  /** Notes a problem; where it stands is looked up. */
  add({ path, atKey, offset, ...said }: Finding): void {
    const owner = this.#ownerOf(path)
    if (owner.#trapped.some((trap) => trap.every((key, index) => path[index] === key))) return
    this.#note(path, owner.#placeAt(owner.#find(path, atKey, offset).at), said)
  }

  #note(path: DataPath, place: Place, { code, severity = 'error', message, hint }: Omit<Finding, 'path'>): void {
    this.problems.push({
      code,
      severity,
      path: clip(formatPath(path)),
      place,
      message: clip(message),
      ...(hint !== undefined && { hint: clip(hint) }),
    })
  }

  /** The place of a value, or of the nearest thing around it that exists. */
  place(path: DataPath, atKey = false, offset?: number): Place {
    const owner = this.#ownerOf(path)
    return owner.#placeAt(owner.#find(path, atKey, offset).at)
  }

  /** Whichever of the two says more of the way. A list is one thing: of two, the upper one holds. */
  #ownerOf(path: DataPath): Source {
    const { depth } = this.#find(path)
    if (this.#lower === undefined || depth === path.length || typeof path[depth] === 'number') return this
    const inList = path.slice(0, depth).some((key) => typeof key === 'number')
    return inList || this.#lower.#find(path).depth <= depth ? this : this.#lower
  }

  #find(path: DataPath, atKey = false, offset?: number): Found {
    if (this.#given !== undefined) return this.#given.find(path, atKey)
    let node: unknown = this.#document.contents
    let start = isNode(node) ? node.range?.[0] : 0
    for (const [index, key] of path.entries()) {
      const pair = this.#below(node, key)
      if (pair === undefined) return { at: start ?? 0, depth: index }
      const { key: name, value } = pair
      const keyStart = isNode(name) ? name.range?.[0] : undefined
      node = value
      const isLast = index === path.length - 1
      const valueStart = isNode(value) && !isEmptyScalar(value) ? value.range?.[0] : undefined
      start = (atKey && isLast ? keyStart : undefined) ?? valueStart ?? keyStart ?? start
    }
    return { at: (start ?? 0) + (offset === undefined ? 0 : this.#shift(node, offset)), depth: path.length }
  }

  /** From the start of a scalar in the file to a position in its text; 0 when it is not written as it reads. */
  #shift(node: unknown, offset: number): number {
    const found = this.#resolve(node)
    if (!isScalar(found) || typeof found.value !== 'string' || found !== node || !found.range) return 0
    const quote = /^["']/.test(this.text.slice(found.range[0], found.range[0] + 1)) ? 1 : 0
    const start = found.range[0] + quote
    return this.text.startsWith(found.value.slice(0, offset), start) ? quote + offset : 0
  }

  #resolve(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.#document) : node
  }

  /** The pair or item at a key, also through aliases and merge keys. */
  #below(of: unknown, key: string | number): { key?: unknown; value: unknown } | undefined {
    const node = this.#resolve(of)
    if (isSeq(node)) return typeof key === 'number' && key < node.items.length ? { value: node.items[key] } : undefined
    if (!isMap(node)) return undefined
    const own = node.items.find((pair: Pair) => String(isScalar(pair.key) ? pair.key.value : pair.key) === String(key))
    if (own !== undefined) return own
    for (const pair of node.items) {
      if (!isPair(pair) || !isScalar(pair.key) || String(pair.key.value) !== '<<') continue
      const merged = this.#resolve(pair.value)
      for (const source of isSeq(merged) ? merged.items : [merged]) {
        const found = this.#below(source, key)
        if (found !== undefined) return found
      }
    }
    return undefined
  }

  #placeAt(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset)
    return { file: this.file, line: Math.max(1, line), column: Math.max(1, col) }
  }
}

/** After the first, which every document has. */
function lineStarts(text: string): number[] {
  return [...text.matchAll(/\n/g)].map(({ index }) => index + 1)
}

const isEmptyScalar = (node: Node): boolean => isScalar(node) && node.value === null && node.source === ''

/** No loop through an alias, and no deeper than the recursion of those who read it can go. */
function isBounded(value: unknown, depth = 0, around: Set<object> = new Set(), seen: Set<object> = new Set()): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (depth > DEEPEST || around.has(value)) return false
  if (seen.has(value)) return true
  around.add(value)
  const bounded = Object.values(value).every((item) => isBounded(item, depth + 1, around, seen))
  around.delete(value)
  seen.add(value)
  return bounded
}
