// CSV as RFC 4180 has it: fields in quotes may hold commas, quotes and line breaks; lines end in LF or
// CRLF. Every record keeps the line it begins in. What the records mean is data-file.ts.

export interface CsvRecord {
  readonly fields: readonly string[]
  /** From 1. */
  readonly line: number
}

export interface CsvMistake {
  readonly line: number
  readonly column: number
  readonly message: string
  readonly hint: string
}

const [LF, COMMA] = [10, 44]

/** All records, blank lines left out, up to the first mistake, or to one more than the most. */
export function parseCsv(
  text: string,
  most: number = Infinity,
): { readonly records: readonly CsvRecord[]; readonly mistake?: CsvMistake } {
  const reader = new CsvReader(text)
  const records: CsvRecord[] = []
  while (records.length <= most) {
    const record = reader.record()
    if (record === undefined) break
    if (record.fields.length > 1 || record.fields[0] !== '') records.push(record)
  }
  return { records, ...(reader.mistake !== undefined && { mistake: reader.mistake }) }
}

function fieldEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === COMMA || code === LF) return at
  }
  return text.length
}

class CsvReader {
  mistake: CsvMistake | undefined
  readonly #text: string
  #at = 0
  #line = 1
  #lineStart = 0

  constructor(text: string) {
    this.#text = text
  }

  record(): CsvRecord | undefined {
    if (this.mistake !== undefined || this.#at >= this.#text.length) return undefined
    const line = this.#line
    const fields: string[] = []
    for (;;) {
      const field = this.#text[this.#at] === '"' ? this.#quoted() : this.#bare()
      if (field === undefined) return undefined
      fields.push(field)
      if (this.#text[this.#at] !== ',') break
      this.#at++
    }
    this.#endLine()
    return { fields, line }
  }

  #bare(): string {
    const start = this.#at
    this.#at = fieldEnd(this.#text, start)
    const field = this.#text.slice(start, this.#at)
    // The other half of a line's end.
    return field.endsWith('\r') && this.#text[this.#at] !== ',' ? field.slice(0, -1) : field
  }

  #quoted(): string | undefined {
    const [open, line, column] = [this.#at, this.#line, this.#at - this.#lineStart + 1]
    let close = open
    do {
      close = this.#text.indexOf('"', close + 1)
      if (close < 0) return this.#refuse(line, column, 'This quote is not closed.', 'End the field with a quote.')
      if (this.#text[close + 1] !== '"') break
      close++
    } while (close > 0)
    for (let at = this.#text.indexOf('\n', open); at >= 0 && at < close; at = this.#text.indexOf('\n', at + 1)) {
      this.#line++
      this.#lineStart = at + 1
    }
    this.#at = close + 1
    if (this.#text[this.#at] === '\r' && (this.#at + 1 === this.#text.length || this.#text[this.#at + 1] === '\n'))
      this.#at++
    if (this.#at < this.#text.length && !/[,\n]/.test(this.#text.charAt(this.#at)))
      return this.#refuse(
        this.#line,
        this.#at - this.#lineStart + 1,
        'After the quote that ends a field comes a comma or the end of the line.',
        'Write a quote inside a field twice: "".',
      )
    return this.#text.slice(open + 1, close).replaceAll('""', '"')
  }

  #endLine(): void {
    if (this.#text[this.#at] !== '\n') return
    this.#at++
    this.#line++
    this.#lineStart = this.#at
  }

  #refuse(line: number, column: number, message: string, hint: string): undefined {
    this.mistake = { line, column, message, hint }
    return undefined
  }
}
