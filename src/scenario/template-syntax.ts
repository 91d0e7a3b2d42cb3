// The grammar of `{{ path | filter: argument }}`: from text to parts. What names and filters mean is
// template.ts and filters.ts.

/** A template or an expression is written wrongly, or names what cannot exist; found when it is compiled. */
export class LanguageError extends Error {
  override readonly name = 'LanguageError'
  readonly hint: string | undefined
  /** Where in the text. */
  readonly offset: number

  constructor(message: string, offset: number, hint?: string) {
    super(message)
    this.offset = offset
    this.hint = hint
  }
}

export type Primary =
  | { readonly kind: 'path'; readonly path: NamePath }
  | { readonly kind: 'literal'; readonly value: unknown }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Primary[] }

/** A name and the way into its value. */
export type NamePath = readonly [root: string, ...rest: (string | number)[]]

export interface FilterUse {
  readonly name: string
  /** Undefined = none was given. */
  readonly argument: unknown
  readonly offset: number
}

export interface TemplatePart {
  /** As written, with its braces. */
  readonly source: string
  readonly offset: number
  readonly primary: Primary
  readonly filters: readonly FilterUse[]
}

const LONGEST = 1000
const PATH = /^[A-Za-z_]\w*(?:\.[\w-]+|\[\d{1,9}\]|\['[^']*'\]|\["[^"]*"\])*$/
const SEGMENT = /\.([\w-]+)|\[(\d+)\]|\['([^']*)'\]|\["([^"]*)"\]/g
const NUMBER = /^-?\d+(?:\.\d+)?$/
const UNREACHABLE: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** The parts of a text: literal text, and templates. Throws LanguageError. */
export function parseTemplate(text: string): readonly (string | TemplatePart)[] {
  const parts: (string | TemplatePart)[] = []
  let from = 0
  for (let open = text.indexOf('{{'); open >= 0; open = text.indexOf('{{', from)) {
    if (open > from) parts.push(text.slice(from, open))
    const close = closeOf(text, open)
    parts.push(parsePart(text.slice(open, close + 2), open))
    from = close + 2
  }
  if (from < text.length || parts.length === 0) parts.push(text.slice(from))
  return parts
}

/** The path of a dotted name; throws LanguageError for one that leads to a prototype. */
function parsePath(text: string, offset: number): NamePath | undefined {
  if (!PATH.test(text)) return undefined
  const root = /^\w+/.exec(text)?.[0] ?? ''
  const path: [string, ...(string | number)[]] = [root]
  for (const [, name, index, single, double] of text.slice(root.length).matchAll(SEGMENT))
    path.push(index === undefined ? (name ?? single ?? double ?? '') : Number(index))
  const unreachable = path.find((key) => typeof key === 'string' && UNREACHABLE.has(key))
  if (unreachable !== undefined)
    throw new LanguageError(
      `"${unreachable}" is not a name.`,
      offset,
      'Templates reach own values only, never a prototype.',
    )
  return path
}

function parsePart(source: string, offset: number): TemplatePart {
  if (source.length > LONGEST) throw new LanguageError(`A template has at most ${LONGEST} characters.`, offset)
  const [first = '', ...rest] = split(source.slice(2, -2), '|')
  if (first.trim() === '') throw new LanguageError(`${source} names nothing.`, offset, 'Write a name: {{agent.id}}')
  let at = offset + 2 + first.length + 1
  const filters = rest.map((text): FilterUse => {
    const use = parseFilter(text, at, source)
    at += text.length + 1
    return use
  })
  return { source, offset, primary: parsePrimary(first.trim(), offset, source), filters }
}

function parseFilter(text: string, offset: number, source: string): FilterUse {
  const match = /^\s*([A-Za-z_]\w*)\s*(?::\s*(.*?))?\s*$/s.exec(text)
  if (match?.[1] === undefined)
    throw new LanguageError(
      `"${text.trim()}" in ${source} is not a filter.`,
      offset,
      'Write {{ name | filter: argument }}.',
    )
  return { name: match[1], argument: match[2] === undefined ? undefined : literal(match[2]), offset }
}

function parsePrimary(text: string, offset: number, source: string): Primary {
  if (isQuoted(text) || NUMBER.test(text)) return { kind: 'literal', value: literal(text) }
  const call = /^([A-Za-z_]\w*)\s*\((.*)\)$/s.exec(text)
  if (call?.[1] !== undefined) {
    const args = (call[2] ?? '').trim() === '' ? [] : split(call[2] ?? '', ',')
    return { kind: 'call', name: call[1], args: args.map((arg) => parsePrimary(arg.trim(), offset, source)) }
  }
  const path = parsePath(text, offset)
  if (path !== undefined) return { kind: 'path', path }
  throw new LanguageError(
    `${source} is not a template.`,
    offset,
    'Write a name (agent.id, items[0].id), a function (uuid, random_int(1, 6)), then perhaps filters: | default: 0',
  )
}

/** Arguments are plain values: a number, true, false, null; all else is text, with or without quotes. */
function literal(text: string): unknown {
  if (isQuoted(text)) return text.slice(1, -1).replace(/\\(["'\\])/g, '$1')
  if (NUMBER.test(text)) return Number(text)
  if (text === 'true' || text === 'false') return text === 'true'
  return text === 'null' ? null : text
}

const isQuoted = (text: string): boolean =>
  text.length >= 2 && (text.startsWith('"') || text.startsWith("'")) && quoteEnd(text, 0) === text.length - 1

function closeOf(text: string, open: number): number {
  const close = walk(text, open + 2, (at) => text.startsWith('}}', at))
  if (close >= 0) return close
  throw new LanguageError(
    'A template that {{ opens is never closed.',
    open,
    'Close it with }}, or write {{ "{{" }} for two braces as text.',
  )
}

function split(text: string, separator: string): string[] {
  const parts: string[] = []
  let from = 0
  for (;;) {
    const at = walk(text, from, (index) => text[index] === separator)
    if (at < 0) return [...parts, text.slice(from)]
    parts.push(text.slice(from, at))
    from = at + 1
  }
}

/** The first index from `from` on, outside of quotes, where `stop` holds; −1 = nowhere. */
function walk(text: string, from: number, stop: (at: number) => boolean): number {
  let before = '('
  for (let at = from; at < text.length; at++) {
    const char = text.charAt(at)
    // A quote inside a word (`it's`) opens nothing.
    const opens = (char === '"' || char === "'") && ':([,|'.includes(before)
    const end = opens ? quoteEnd(text, at) : -1
    if (end >= 0) at = end
    else if (stop(at)) return at
    if (char !== ' ') before = char
  }
  return -1
}

function quoteEnd(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === text[open]) return at
  }
  return -1
}
