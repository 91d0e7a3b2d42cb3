// Where the keys of an object literal stand in a TypeScript file: a scan of brackets, strings, comments and
// commas, no parser. What it cannot see (spread, computed keys, values made elsewhere) ends the way there.

/** One value as it is written. */
export interface Written {
  readonly at: number
  readonly keys?: ReadonlyMap<string, { readonly at: number; readonly value: Written }>
  /** Up to the first one that may be several. */
  readonly items?: readonly Written[]
}

/** The argument of `defineScenario`, else what is exported as default, else the start of the file. */
export function findLiteral(text: string): Written {
  const code = withoutComments(text)
  const call = /\bdefineScenario\s*(?:<[^()]*>)?\s*\(/.exec(code) ?? /\bexport\s+default\b/.exec(code)
  if (call === null) return { at: 0 }
  const written = new Scan(code, call.index + call[0].length).value()
  return written.keys === undefined ? { at: call.index } : written
}

const CLOSERS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

class Scan {
  readonly #code: string
  #at: number

  constructor(code: string, at: number) {
    this.#code = code
    this.#at = at
  }

  value(): Written {
    this.#space()
    const at = this.#at
    const char = this.#code.charAt(at)
    const known = char === '{' ? this.#object(at) : char === '[' ? this.#list(at) : { at }
    this.#skip()
    return known
  }

  #object(at: number): Written {
    const keys = new Map<string, { at: number; value: Written }>()
    this.#at++
    for (this.#space(); !this.#isOver('}'); this.#space()) {
      const from = this.#at
      const key = this.#key()
      this.#space()
      if (key !== undefined && this.#code.charAt(this.#at) === ':') {
        this.#at++
        keys.set(key, { at: from, value: this.value() })
      } else {
        if (key !== undefined) keys.set(key, { at: from, value: { at: from } })
        this.#skip()
      }
      if (this.#code.charAt(this.#at) === ',') this.#at++
      if (this.#at === from) break
    }
    this.#at++
    return { at, keys }
  }

  #list(at: number): Written {
    const items: Written[] = []
    let isCounted = true
    this.#at++
    for (this.#space(); !this.#isOver(']'); this.#space()) {
      const from = this.#at
      isCounted &&= !this.#code.startsWith('...', this.#at)
      const item = this.value()
      if (isCounted) items.push(item)
      if (this.#code.charAt(this.#at) === ',') this.#at++
      if (this.#at === from) break
    }
    this.#at++
    return { at, items }
  }

  #key(): string | undefined {
    const found = /^(?:([\p{L}_$][\p{L}\p{N}_$]*)|'([^'\\\n]*)'|"([^"\\\n]*)"|(\d+))/u.exec(
      this.#code.slice(this.#at, this.#at + 300),
    )
    if (found === null) return undefined
    this.#at += found[0].length
    return found[1] ?? found[2] ?? found[3] ?? found[4]
  }

  /** To the comma or bracket that ends the value, over all that is inside. */
  #skip(): void {
    const open: string[] = []
    for (; this.#at < this.#code.length; this.#at++) {
      const char = this.#code.charAt(this.#at)
      if (open.length === 0 && (char === ',' || ')]}'.includes(char))) return
      const closer = CLOSERS[char]
      if (closer !== undefined) open.push(closer)
      else if (char === open.at(-1)) open.pop()
      else if (char === '"' || char === "'" || char === '`') this.#at = endOfText(this.#code, this.#at)
    }
  }

  #space(): void {
    while (/\s/.test(this.#code.charAt(this.#at))) this.#at++
  }

  #isOver(closer: string): boolean {
    return this.#at >= this.#code.length || this.#code.charAt(this.#at) === closer
  }
}

/** Where the text that begins here ends. */
function endOfText(code: string, from: number): number {
  const quote = code.charAt(from)
  for (let at = from + 1; at < code.length; at++) {
    const char = code.charAt(at)
    if (char === '\\') at++
    else if (char === quote) return at
  }
  return code.length
}

/** Blanks for comments: places stay what they were. */
function withoutComments(text: string): string {
  let code = ''
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at)
    let end = at
    if ('"\'`'.includes(char)) end = endOfText(text, at)
    const comment = text.startsWith('//', at) ? '\n' : text.startsWith('/*', at) ? '*/' : undefined
    if (comment === undefined) code += text.slice(at, end + 1)
    else {
      const found = text.indexOf(comment, at + 2)
      end = found < 0 ? text.length - 1 : found + comment.length - 1
      code += text.slice(at, end + 1).replaceAll(/[^\n]/g, ' ')
    }
    at = end
  }
  return code
}
