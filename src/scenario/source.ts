// A file: its text, its value, and where in the text each part of the value stands. It is YAML, unless its
// value is handed in. Aliases and merge keys are resolved; a file that bombs, loops or nests without end is refused.
import { LineCounter, isAlias, isMap, isNode, isPair, isScalar, isSeq, parseDocument } from 'yaml'
import type { Document, Node, Pair } from 'yaml'
import type { Place, Problem, Severity } from '../errors.ts'
import { formatPath } from './diagnostic.ts'
import type { DataPath } from './diagnostic.ts'
import { DEEPEST, isBounded, tooLarge, wrongAlias } from './yaml-size.ts'
import { findDuplicates, findTraps, notText, syntaxProblem } from './yaml-traps.ts'

const MOST_ALIASES = 50
/** Of a message, a hint, a path: they may name something that is as long as the file. */
const MOST_SAID = 1_000

/** Who has made more mistakes has made one that explains them. */
const MOST_PROBLEMS = 100

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
  #lines: LineCounter
  /** Parts that YAML reads as something else than was meant: nothing more is said about them. */
  #trapped: readonly DataPath[] = []
  readonly #given: Given | undefined

  constructor(file: string, text: string, given?: Given) {
    this.file = file
    this.#given = given
    this.#lines = new LineCounter()
    // A byte order mark would shift every column of the first line.
    this.text = text.replace(/^\uFEFF/, '')
    const refused = given === undefined ? (notText(this.text) ?? tooLarge(this.text)) : undefined
    this.#document = parseDocument(refused !== undefined || given !== undefined ? '' : this.text, {
      lineCounter: this.#lines,
      merge: true,
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
    })
    if (given !== undefined || refused !== undefined) this.#lines = linesOf(this.text)
    if (refused !== undefined) this.#note([], this.#placeAt(refused.at), { code: 'yaml', ...refused })
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
    const [syntax] = errors
    const wrong = syntax === undefined ? findDuplicates(contents) : [syntaxProblem(syntax, this.text)]
    for (const { at, ...said } of wrong) this.#note([], this.#placeAt(at), said)
    if (syntax !== undefined) return undefined
    const traps = findTraps(contents, this.text)
    for (const { path, at, ...said } of traps) this.#note(path, this.#placeAt(at), said)
    const value = this.#toValue()
    this.#trapped = traps.map(({ path }) => path)
    return value
  }

  #toValue(): unknown {
    const wrong = wrongAlias(this.#document)
    if (wrong !== undefined) {
      const { at, ...said } = wrong
      this.#note([], this.#placeAt(at), { code: 'yaml', ...said })
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

  /** Notes a problem; where it stands is looked up. */
  add({ path, atKey, offset, ...said }: Finding): void {
    // Before its place is looked up: thousands of keys would each be held against all others.
    if (this.isFull) return
    const owner = this.#ownerOf(path)
    if (owner.#trapped.some((trap) => trap.every((key, index) => path[index] === key))) return
    this.#note(path, owner.#placeAt(owner.#find(path, atKey, offset).at), said)
  }

  /** So many problems were found that no more are looked for. */
  get isFull(): boolean {
    return this.problems.length > MOST_PROBLEMS
  }

  #note(path: DataPath, place: Place, { code, severity = 'error', message, hint }: Omit<Finding, 'path'>): void {
    if (this.isFull) return
    if (this.problems.length === MOST_PROBLEMS) {
      // An error, because an error may be among those that nobody sees.
      const more = `There are more than ${MOST_PROBLEMS} problems in this file; the others are not shown.`
      this.problems.push({ code: 'too-many', severity: 'error', path: '', place, message: more })
      return
    }
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

/** Of a text that yaml does not read. */
function linesOf(text: string): LineCounter {
  const lines = new LineCounter()
  lines.addNewLine(0)
  for (const { index } of text.matchAll(/\n/g)) lines.addNewLine(index + 1)
  return lines
}

const isEmptyScalar = (node: Node): boolean => isScalar(node) && node.value === null && node.source === ''
