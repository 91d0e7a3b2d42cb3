// Keeps secrets out of everything that is shown or stored: by the name of a header or of a query
// parameter or a key in JSON, and by value, wherever a known secret turns up. Finding values is left to others.

const MASK = '***'
/** Shorter values occur by chance too often; masking them would garble every text. */
const SHORTEST_SECRET = 4
const SECRET_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
])
/** Of headers and of query parameters. */
const SECRET_NAME = /token|secret|passw|api[-_]?key|credential|(^|[-_])(auth|session|signature)([-_]|$)/i
/** Of keys in JSON and in forms; what only begins so (`token_type`, `passwords`) counts or describes. */
const SECRET_KEY =
  /(^|[^a-z])pwd$|(passw(or)?d|passphrase|passcode|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|secret[-_]?key|credentials?|authorization)$/i
/** `https://user:password@host` */
const USER_INFO = /(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#@"'<>]{1,500}@/gi
const SECRET_ENV = /token|secret|passw|passphrase|api_?key|credential|(^|_)(auth|cookie|jwt|key|pass|pwd|session)(_|$)/i
/** The registered schemes; any other first word of an Authorization header may be part of the secret. */
const AUTH_SCHEMES: ReadonlySet<string> = new Set(
  'apikey aws4-hmac-sha256 basic bearer digest dpop gnap hawk hoba mutual negotiate ntlm oauth privatetoken token vapid'.split(
    ' ',
  ),
)

export interface Redactor {
  /** The header's value as it may be shown. */
  header(name: string, value: string): string
  /** The text with every known secret replaced by `***`. */
  text(text: string): string
  /** A URL: secrets as in `text`, and the values of query parameters whose names look secret. */
  url(url: string): string
  /** JSON-like data: what stands under the keys, and every known secret in its texts. */
  value(value: unknown): unknown
  /** The same, that knows these values, too: however short, they are masked where they stand alone. */
  knowing(values: readonly string[]): Redactor
}

export interface Known {
  readonly values: readonly string[]
  readonly headerNames?: readonly string[]
  /** Of JSON, queries, forms and headers: what stands under them is never shown. */
  readonly keys?: readonly string[]
}

export function createRedactor(known: Known): Redactor {
  const keys = (known.keys ?? []).map((key) => key.toLowerCase())
  const names = new Set([...SECRET_HEADERS, ...keys, ...(known.headerNames ?? []).map((name) => name.toLowerCase())])
  const needles = [...new Set(known.values.filter((value) => value.length >= SHORTEST_SECRET).flatMap(formsOf))]
  const own = new Set(keys)
  const isSecret = (name: string): boolean => own.has(name.toLowerCase()) || isSecretKey(name)
  const text = (from: string): string => maskAll(maskKeys(from.replace(USER_INFO, `$1${MASK}@`), isSecret), needles)
  return {
    text,
    header(name, value) {
      const lower = name.toLowerCase()
      if (lower === 'authorization') return maskAuthorization(value)
      return names.has(lower) || isSecretHeader(lower) ? MASK : text(value)
    },
    url: (from) =>
      text(
        from.replace(/([?&])([^=&#\s]+)=([^&#\s]+)/g, (pair: string, before: string, name: string) =>
          SECRET_NAME.test(name) ? `${before}${name}=${MASK}` : pair,
        ),
      ),
    value: (value) => maskValue(value, isSecret, text),
    knowing(values) {
      if (values.length === 0) return this
      const more = createRedactor({ ...known, values: [...known.values, ...values] })
      const short = new Set(values.filter((value) => value !== '' && value.length < SHORTEST_SECRET))
      return short.size === 0 ? more : { ...more, text: (from) => maskAlone(more.text(from), short) }
    },
  }
}

type IsSecret = (name: string) => boolean

function maskValue(value: unknown, isSecret: IsSecret, text: (from: string) => string): unknown {
  if (typeof value === 'string') return text(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => maskValue(item, isSecret, text))
  const entries = Object.entries(value)
  return Object.fromEntries(entries.map(([key, item]) => [key, isSecret(key) ? MASK : maskValue(item, isSecret, text)]))
}

/** Whole words only: a `1` within `p100` is not meant. */
function maskAlone(text: string, values: ReadonlySet<string>): string {
  return text.replace(/[\p{L}\p{N}_.-]+/gu, (word) => (values.has(word) ? MASK : word))
}

/** What stands under the keys in JSON (`"key": …`), in a query or a form (`key=…`), in a part of a multipart form. */
function maskKeys(text: string, isSecret: IsSecret): string {
  const pairs = text.replace(/(^|[?&\s])([^=&#\s"']+)=([^&#\s"']*)/g, (pair: string, before: string, name: string) =>
    isSecret(decoded(name)) ? `${before}${name}=${MASK}` : pair,
  )
  const parts = pairs.replace(
    /(^Content-Disposition:[^\r\n]*\bname="([^"\r\n]+)"[^\r\n]*(?:\r\n[^\r\n]+){0,10}\r\n\r\n)[\s\S]*?(?=\r\n--|$(?![\r\n]))/gim,
    (part: string, head: string, name: string) => (isSecret(name) ? `${head}${MASK}` : part),
  )
  let masked = ''
  let from = 0
  for (const found of parts.matchAll(/"((?:[^"\\]|\\.){1,200})"\s*:\s*/g)) {
    const start = found.index + found[0].length
    if (found.index < from || !isSecret(found[1] ?? '')) continue
    masked += `${parts.slice(from, start)}"${MASK}"`
    from = endOfJson(parts, start)
  }
  return masked + parts.slice(from)
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

/** Behind the JSON value that begins here; the end of the text when it was cut off within it. */
function endOfJson(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    const character = text[at]
    if (character === '"') {
      for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === '\\') at++
      if (depth === 0) return Math.min(at + 1, text.length)
    } else if (character === '{' || character === '[') depth++
    else if (character === '}' || character === ']') {
      if (depth === 0) return at
      if (--depth === 0) return at + 1
    } else if (depth === 0 && /[,\s]/.test(character ?? '')) return at
  }
  return text.length
}

/** Whether a header's value is a secret, by its name. */
export function isSecretHeader(name: string): boolean {
  return SECRET_HEADERS.has(name.toLowerCase()) || SECRET_NAME.test(name)
}

/** Whether what stands under a key is a secret, by its name. */
export function isSecretKey(name: string): boolean {
  return SECRET_KEY.test(name)
}

/** What of the value of a secret header is the secret: the values of cookies, what comes after a scheme, a password in base64. */
export function secretsOfHeader(name: string, value: string): readonly string[] {
  const lower = name.toLowerCase()
  if (lower === 'cookie') return value.split(';').map(afterEquals)
  if (lower === 'set-cookie') return [afterEquals(value.split(';', 1)[0] ?? '')]
  const [, scheme = '', rest = ''] = /^\s*(\S+)\s+(\S.*?)\s*$/.exec(value) ?? []
  if (!AUTH_SCHEMES.has(scheme.toLowerCase())) return [value.trim()]
  const login = scheme.toLowerCase() === 'basic' ? Buffer.from(rest, 'base64').toString('utf8') : ''
  return login.includes(':') ? [rest, login, login.slice(login.indexOf(':') + 1)] : [rest]
}

const afterEquals = (pair: string): string => pair.slice(pair.indexOf('=') + 1).trim()

/** Whether the value of an environment variable of this name is to be treated as a secret. */
export function secretEnvNames(name: string): boolean {
  return SECRET_ENV.test(name)
}

/** Keeps the values of those variables out whose names say that they are secret, and what stands under the keys. */
export function environmentRedactor(env: Readonly<Record<string, string>>, keys: readonly string[] = []): Redactor {
  const values = Object.keys(env).flatMap((name) => (secretEnvNames(name) ? [env[name] ?? ''] : []))
  return createRedactor({ values, keys })
}

function maskAuthorization(value: string): string {
  const scheme = /^\s*(\S+)\s+\S/.exec(value)?.[1]
  return scheme !== undefined && AUTH_SCHEMES.has(scheme.toLowerCase()) ? `${scheme} ${MASK}` : MASK
}

/** How a value looks in a URL's query and in its path, in a form, in JSON and in base64. */
function formsOf(value: string): string[] {
  const wellFormed = value.replace(/\p{Surrogate}/gu, '\ufffd')
  const url = encodeURIComponent(wellFormed)
  const lowerUrl = url.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase())
  const form = new URLSearchParams({ v: wellFormed }).toString().slice(2)
  // A path is sent as it was written, but for what no request line may hold.
  const path = wellFormed.replace(/[^\x21-\x7e]+|#/g, encodeURIComponent)
  return [value, url, lowerUrl, path, form, JSON.stringify(value).slice(1, -1), ...base64FormsOf(wellFormed)]
}

/**
 * Base64 of the value alone, and the part of it that is the same inside a longer text (`user:value`):
 * which part that is depends on how many bytes, modulo 3, stand before it.
 */
function base64FormsOf(value: string): string[] {
  const forms = [Buffer.from(value).toString('base64').replace(/=+$/, '')]
  for (const before of [0, 1, 2]) {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)])
    const whole = bytes.subarray(0, bytes.length - (bytes.length % 3)).toString('base64')
    forms.push(whole.slice(before === 0 ? 0 : 4))
  }
  const long = forms.filter((form) => form.length >= SHORTEST_SECRET)
  return long.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')])
}

/** Secrets may overlap, so all places are found first; a run of places that touch becomes one mask. */
function maskAll(text: string, needles: readonly string[]): string {
  const places: { from: number; to: number }[] = []
  for (const needle of needles) {
    for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1))
      places.push({ from: at, to: at + needle.length })
  }
  if (places.length === 0) return text
  places.sort((a, b) => a.from - b.from)
  let masked = ''
  let end = 0
  for (const { from, to } of places) {
    if (from >= end && (from > end || end === 0)) masked += text.slice(end, from) + MASK
    end = Math.max(end, to)
  }
  return masked + text.slice(end)
}
