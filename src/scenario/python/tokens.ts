// The tokens of a Python expression, as conditions of Turbulence were written; templates inside are one token.

export interface Token {
  readonly kind: 'name' | 'number' | 'text' | 'f-text' | 'template' | 'sign' | 'end'
  /** A text without its quotes and escapes. */
  readonly text: string
  readonly at: number
}

/** It cannot be read as Python, or has no form in CEL: then `message` says why. */
export class PythonError extends Error {
  override readonly name = 'PythonError'
}

const BLANK = /\s+/y
const TEMPLATE = /\{\{[^{}]*\}\}/y
const NAME = /[A-Za-z_]\w*/y
const NUMBER = /(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y
const SIGN = /\*\*|\/\/|==|!=|<=|>=|:=|->|[-+*/%<>()[\]{},.:=|&^~@]/y
const TEXT = /([rRbBuUfF]{0,2})("""|'''|"|')/y

/** @throws PythonError */
export function tokensOf(source: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(source)?.[0]
  }
  while (at < source.length) {
    const blank = take(BLANK)
    if (blank !== undefined) {
      at += blank.length
      continue
    }
    const opens = take(TEXT)
    const token: Token & { readonly length: number } =
      opens === undefined ? plainToken(take, at) : textToken(source, at, opens)
    tokens.push({ kind: token.kind, text: token.text, at })
    at += token.length
  }
  return [...tokens, { kind: 'end', text: '', at }]
}

type Found = Token & { readonly length: number }

function plainToken(take: (pattern: RegExp) => string | undefined, at: number): Found {
  const kinds = [
    ['template', TEMPLATE],
    ['name', NAME],
    ['number', NUMBER],
    ['sign', SIGN],
  ] as const
  for (const [kind, pattern] of kinds) {
    const text = take(pattern)
    if (text !== undefined) return { kind, text, at, length: text.length }
  }
  throw new PythonError('it is not Python')
}

function textToken(source: string, at: number, opens: string): Found {
  const quote = opens.replace(/^[a-zA-Z]*/, '')
  const prefix = opens.slice(0, opens.length - quote.length).toLowerCase()
  let text = ''
  for (let index = at + opens.length; index < source.length; index++) {
    if (source.startsWith(quote, index)) {
      const length = index + quote.length - at
      return { kind: prefix.includes('f') ? 'f-text' : 'text', text, at, length }
    }
    const isEscape = source[index] === '\\' && !prefix.includes('r')
    text += isEscape ? unescaped(source.charAt(++index)) : source.charAt(index)
  }
  throw new PythonError('a text in it does not end')
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0' }

const unescaped = (char: string): string => (Object.hasOwn(ESCAPES, char) ? (ESCAPES[char] ?? char) : char)
