// A request as one curl command that can be pasted into a POSIX shell, secrets masked. What curl adds
// or drops by itself is undone, so that the service sees the same request.
import type { Redactor } from './redact.ts'

/** Longer bodies are cut off: nobody pastes them, and they would drown the report. */
const MOST_BODY_CHARACTERS = 4000
const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\', "'": "\\'" }
/** curl computes these itself. */
const COMPUTED: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'connection'])

/** Their requests say that they have an empty body, where curl would say nothing, and some services refuse that. */
const WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH'])

export interface CurlRequest {
  readonly method: string
  /** In full, with its query. */
  readonly url: string
  /** Name, value, name, value … */
  readonly headers: readonly string[]
  readonly body: string | undefined
}

export function curl(request: CurlRequest, redactor: Redactor): string {
  const { method } = request
  const body = request.body ?? (WITH_BODY.has(method) ? '' : undefined)
  const url = redactor.url(request.url)
  const words = ['curl']
  if (method === 'HEAD') words.push('--head')
  else if (method !== (body === undefined ? 'GET' : 'POST')) words.push('-X', quote(method))
  // Otherwise curl takes these for ranges and lists.
  if (/[[\]{}]/.test(url)) words.push('--globoff')
  // Otherwise curl goes up and down the folders itself.
  if (/\/\.{1,2}(?:[/?]|$)/.test(url)) words.push('--path-as-is')
  words.push(quote(url))
  for (const [name, value] of pairs(request.headers)) {
    if (COMPUTED.has(name.toLowerCase())) continue
    const shown = redactor.header(name, value)
    // With a colon and no value, curl would take the header away.
    words.push('-H', quote(shown === '' ? `${name};` : `${name}: ${shown}`))
  }
  if (body !== undefined) {
    const typed = pairs(request.headers).some(([name]) => name.toLowerCase() === 'content-type')
    if (!typed) words.push('-H', quote('Content-Type:'))
    words.push('--data-raw', quote(clipBody(body, redactor)))
  }
  return words.join(' ')
}

function pairs(headers: readonly string[]): [string, string][] {
  const list: [string, string][] = []
  for (let i = 0; i + 1 < headers.length; i += 2) list.push([headers[i] ?? '', headers[i + 1] ?? ''])
  return list
}

function clipBody(body: string, redactor: Redactor): string {
  // So much more is masked that no secret is cut in two.
  const start = redactor.text(body.slice(0, 2 * MOST_BODY_CHARACTERS))
  const left = body.length - MOST_BODY_CHARACTERS
  if (left <= 0) return start
  return `${start.slice(0, MOST_BODY_CHARACTERS)}…(${left} more characters)`
}

/** One shell word: bare when it is harmless, `$'…'` when it holds control characters, else in single quotes. */
function quote(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word
  if (!/\p{Cc}/u.test(word)) return `'${word.replaceAll("'", `'\\''`)}'`
  const escaped = word.replace(/[\p{Cc}\\']/gu, (character) => ESCAPES[character] ?? octal(character))
  return `$'${escaped}'`
}

/** Always three digits, so that a digit which follows is not taken for part of it. */
function octal(character: string): string {
  return [...Buffer.from(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
}
