// A small XML reader for tests: well-formedness, elements, attributes, text and CDATA. No doctypes,
// no namespaces, no comments: nothing we write has them, so they are errors.

export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  /** Its own text, CDATA included. */
  readonly text: string
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const NAME = '[A-Za-z_][\\w.-]*'
/** A little stricter than XML, which lets some control characters pass. */
const ILLEGAL = /(?![\t\n\r])[\p{Cc}\p{Surrogate}\ufffe\uffff]/u

export function parseXml(source: string): XmlElement {
  const illegal = ILLEGAL.exec(source)
  if (illegal !== null) throw new Error(`illegal character ${illegal[0].codePointAt(0)} at ${illegal.index}`)
  // A reader must take CR LF and CR for LF before anything else.
  const text = source.replace(/\r\n?/g, '\n')
  const start = /^<\?xml version="1\.0"( encoding="UTF-8")?\?>\s*/.exec(text)
  if (start === null) throw new Error('no XML declaration')
  const reader = { text, at: start[0].length }
  const root = element(reader)
  if (reader.text.slice(reader.at).trim() !== '') throw fail(reader, 'text after the root element')
  return root
}

interface Reader {
  readonly text: string
  at: number
}

function element(reader: Reader): XmlElement {
  const name = take(reader, new RegExp(`<(${NAME})`, 'y'), 'an element')
  const attributes: Record<string, string> = {}
  for (let pair = next(reader, ATTRIBUTE); pair !== undefined; pair = next(reader, ATTRIBUTE)) {
    const [, key = '', value = ''] = pair
    if (key in attributes) throw fail(reader, `attribute ${key} twice`)
    attributes[key] = unescape(reader, value.replace(/[\t\n]/g, ' '))
  }
  if (next(reader, /\s*\/>/y) !== undefined) return { name, attributes, children: [], text: '' }
  take(reader, /\s*(>)/y, 'the end of a tag')
  const children: XmlElement[] = []
  let text = ''
  for (;;) {
    const data = next(reader, /<!\[CDATA\[([\s\S]*?)\]\]>/y)
    const plain = data === undefined ? next(reader, /[^<]+/y) : undefined
    if (data !== undefined) text += data[1] ?? ''
    else if (plain !== undefined) text += content(reader, plain[0])
    else if (reader.text.startsWith('</', reader.at)) break
    else children.push(element(reader))
  }
  const end = take(reader, new RegExp(`</(${NAME})\\s*>`, 'y'), 'a closing tag')
  if (end !== name) throw fail(reader, `</${end}> closes <${name}>`)
  return { name, attributes, children, text: children.length > 0 ? text.trim() : text }
}

const ATTRIBUTE = new RegExp(`\\s+(${NAME})="([^"<]*)"`, 'y')

function content(reader: Reader, text: string): string {
  if (text.includes(']]>')) throw fail(reader, ']]> in text')
  return unescape(reader, text)
}

function unescape(reader: Reader, text: string): string {
  return text.replace(
    /&(?:#x([0-9A-Fa-f]+)|#(\d+)|(\w+))?;?/g,
    (whole, hex?: string, decimal?: string, name?: string) => {
      const named = name === undefined ? undefined : ENTITIES[name]
      if (!whole.endsWith(';')) throw fail(reader, `bare ${whole}`)
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
      if (decimal !== undefined) return String.fromCodePoint(Number(decimal))
      if (named === undefined) throw fail(reader, `unknown entity ${whole}`)
      return named
    },
  )
}

function next(reader: Reader, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = reader.at
  const match = pattern.exec(reader.text)
  if (match === null) return undefined
  reader.at += match[0].length
  return match
}

function take(reader: Reader, pattern: RegExp, what: string): string {
  const match = next(reader, pattern)
  if (match === undefined) throw fail(reader, `${what} expected`)
  return match[1] ?? ''
}

function fail({ text, at }: Reader, message: string): Error {
  return new Error(`${message} at ${at}: ${JSON.stringify(text.slice(at, at + 40))}`)
}
