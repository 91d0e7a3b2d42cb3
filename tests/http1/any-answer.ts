// Bytes of answers for properties: whole ones of every framing, and such with one to three faults.
import fc from 'fast-check'

export interface AnyAnswer {
  readonly method: 'GET' | 'HEAD'
  readonly bytes: Buffer
  /** Where it is cut into pieces. */
  readonly cuts: readonly number[]
  readonly isValid: boolean
}

const CRLF = '\r\n'
const token = fc.stringMatching(/^[A-Za-z][A-Za-z-]{0,11}$/)
const value = fc.oneof(
  fc.stringMatching(/^[!-~](?:[ -~]{0,18}[!-~])?$/),
  fc.constantFrom('', 'a=1; Path=/', 'text/html', 'ü', 'a\tb', '€ 5', '100', 'close'),
)
const FRAMING = new Set(['connection', 'content-length', 'transfer-encoding', 'upgrade', 'trailer', 'keep-alive'])
const header = fc
  .tuple(
    fc.oneof(token, fc.constantFrom('Set-Cookie', 'constructor', '__proto__', 'x_a', "x!#$%&'*+.^`|~")),
    fc.constantFrom(': ', ':', ':\t ', ':  '),
    value,
    fc.constantFrom('', ' ', '\t'),
  )
  .filter(([name]) => !FRAMING.has(name.toLowerCase()))
  .map((parts) => latin1(parts.join('')))
const connection = fc.constantFrom(
  [],
  ['Connection: close'],
  ['Connection: keep-alive', 'Keep-Alive: timeout=5, max=100'],
  ['connection: Keep-Alive'],
)
const data = fc.oneof(
  fc.stringMatching(/^[ -~]{0,40}$/),
  fc.constantFrom('', 'HTTP/1.1 200 OK\r\n\r\n', '0\r\n\r\n', '\r\n'),
)

/** UTF-8, one character for each byte. */
const latin1 = (text: string): string => Buffer.from(text).toString('latin1')

const chunk = fc
  .tuple(data, fc.constantFrom('', ';a=b', ';x'), fc.boolean(), fc.nat(3))
  .filter(([bytes]) => bytes !== '')
  .map(([bytes, extension, isUpper, zeros]) => {
    const size = '0'.repeat(zeros) + bytes.length.toString(16)
    return `${isUpper ? size.toUpperCase() : size}${extension}${CRLF}${bytes}${CRLF}`
  })
const trailers = fc.array(
  fc.tuple(token, value).map(([name, text]) => latin1(`x-${name}: ${text}${CRLF}`)),
  { maxLength: 2 },
)
const chunked = fc
  .tuple(fc.array(chunk, { maxLength: 4 }), fc.constantFrom('0', '000', '0;last'), trailers)
  .map(([chunks, last, more]) => `${chunks.join('')}${last}${CRLF}${more.join('')}${CRLF}`)

const framed = fc.oneof(
  data.map((body) => ({ lines: [`Content-Length: ${body.length}`], body })),
  chunked.map((body) => ({ lines: ['Transfer-Encoding: chunked'], body })),
  data.map((body) => ({ lines: [], body })),
)
const interim = fc.constantFrom(
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n',
  'HTTP/1.1 102 \r\n\r\n',
)

const whole = fc
  .record({
    before: fc.oneof(
      { weight: 4, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(interim, { maxLength: 3 }) },
    ),
    version: fc.constantFrom('1.1', '1.1', '1.1', '1.0'),
    status: fc.constantFrom(200, 200, 200, 201, 204, 304, 404, 500, 999),
    reason: fc.constantFrom(' OK', ' ', '', ' Not Found (at all)', latin1(' Schön')),
    headers: fc.array(header, { maxLength: 4 }),
    connection,
    framed,
    isFirst: fc.boolean(),
  })
  .map(({ before, version, status, reason, headers, connection: kept, framed: { lines, body }, isFirst }) => {
    const all = isFirst ? [...lines, ...headers, ...kept] : [...headers, ...kept, ...lines]
    const head = [`HTTP/${version} ${status}${reason}`, ...all].map((line) => line + CRLF).join('')
    return `${before.join('')}${head}${CRLF}${body}`
  })

/** What may stand where it should not. */
const SCRAPS = [
  [
    '\0',
    '\r',
    '\n',
    '\r\n',
    ' ',
    '\t',
    ':',
    ';',
    ',',
    '0',
    '1',
    'F',
    'x',
    '+',
    '-',
    '.',
    '"',
    '\x7f',
    '\x80',
    '\xff',
    '\x0b',
  ],
  ['\r\n\r\n', '\r\n ', '\n\n', '0x', 'HTTP/1.1 ', 'chunked', ', chunked', 'gzip, ', 'f'.repeat(16), '9'.repeat(20)],
  ['\r\nContent-Length: 3', '\r\nContent-Length: 03', '\r\nContent-Length:', '\r\nTransfer-Encoding: chunked'],
  ['\r\nTransfer-Encoding: identity', '\r\nConnection: close', '\r\nConnection: upgrade\r\nUpgrade: x'],
  ['\r\nTransfer-Encoding:'],
].flat()
interface Fault {
  readonly kind: 'put' | 'instead' | 'without' | 'twice' | 'end'
  readonly at: number
  readonly length: number
  readonly scrap: string
}
const fault: fc.Arbitrary<Fault> = fc.record({
  kind: fc.constantFrom('put', 'put', 'instead', 'without', 'twice', 'end'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 1, max: 12 }),
  scrap: fc.constantFrom(...SCRAPS),
})

/** Mostly at the ends of lines, where it matters. */
function spoil(text: string, { kind, at, length, scrap }: Fault): string {
  const lines = [...text.matchAll(/\r\n/g)].map(({ index }) => index)
  const place = at < 0.5 ? (lines[Math.floor(at * 2 * lines.length)] ?? 0) : Math.floor((at - 0.5) * 2 * text.length)
  const [before, behind] = [text.slice(0, place), text.slice(place)]
  if (kind === 'end') return before
  if (kind === 'twice') return before + behind.slice(0, length) + behind
  if (kind === 'without') return before + behind.slice(length)
  return before + scrap + behind.slice(kind === 'put' ? 0 : scrap.length)
}

const faults: fc.Arbitrary<readonly Fault[]> = fc.oneof(
  fc.constant([]),
  fc.array(fault, { minLength: 1, maxLength: 3 }),
)

export const answers: fc.Arbitrary<AnyAnswer> = fc
  .record({
    method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD'),
    whole,
    faults,
    cuts: fc.array(fc.nat(400), { maxLength: 12 }),
  })
  .map(({ method, whole: text, faults: wrong, cuts }) => ({
    method: method as AnyAnswer['method'],
    bytes: Buffer.from(wrong.reduce(spoil, text), 'latin1'),
    cuts,
    isValid: wrong.length === 0,
  }))
