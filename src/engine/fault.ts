// Why there is no whole answer: an error of the network, of TLS or of HTTP becomes an outcome, a
// stable code and one plain line. The line names the service's address as the user wrote it.
import { maxHeaderSize } from 'node:http'
import { formatMs, formatCount } from '../units.ts'
import type { Reply } from './transport.ts'

export type Fault = NonNullable<Reply['error']>

/** What was known of the exchange when the error came. */
export interface Situation {
  /** e.g. `127.0.0.1:4000`. */
  readonly host: string
  readonly timeoutMs: number
  /** Whether the request went to a socket, and whether an answer began. */
  readonly started: boolean
  readonly answering: boolean
}

type Line = (at: Situation, detail: string) => string

const closed: Line = ({ host, started, answering }) => {
  if (!started) return `connection closed by ${host} before the request was sent`
  return answering ? `connection closed by ${host} within the answer` : `connection closed by ${host} before an answer`
}
const streamReset: Line = ({ host, answering }, detail) =>
  `request ended by ${host} ${answering ? 'within the answer' : 'before an answer'} (HTTP/2 ${detail})`
const sessionReset: Line = (at, detail) => `${closed(at, detail)} (${detail})`
const unreachable: Line = ({ host }, detail) => `no way to reach ${host} (${detail})`
const connectTimeout: Line = ({ host, timeoutMs }) => `no connection to ${host} within ${formatMs(timeoutMs)}`
const noFile: Line = ({ host }, detail) => `no socket left on this machine to connect to ${host} (${detail})`
const unknownHost: Line = ({ host }, detail) => `the name of ${host} could not be resolved (${detail})`
const resolveTimeout: Line = ({ host, timeoutMs }) =>
  `the name of ${host} was not resolved within ${formatMs(timeoutMs)}`
const handshake: Line = ({ host }, detail) => `TLS with ${host} failed: ${detail}`
const untrusted: Line = (at, detail) => `${handshake(at, detail)} (tls: { ca: … } of the service says whom to trust)`
const noCertificate: Line = (at) =>
  handshake(at, 'it wants to see a certificate (tls: { cert: …, key: … } of the service says which)')
const noTls: Line = (at) => handshake(at, 'what answers there does not speak TLS; is it http://?')
const notHttp: Line = ({ host }, detail) => `the answer of ${host} is not valid HTTP: ${detail}`
const headersTooLong: Line = ({ host }) => {
  const most = formatCount(maxHeaderSize)
  return `the headers of ${host}'s answer are longer than the ${most} bytes that are read (NODE_OPTIONS=--max-http-header-size=${maxHeaderSize * 4} reads more)`
}
const notSendable: Line = (_, detail) => `the request cannot be sent: ${detail}`
const stopped: Line = ({ host }) => `request to ${host} stopped by the run`

const KNOWN: Readonly<Record<string, readonly [Fault['outcome'], Line]>> = {
  ECONNREFUSED: ['connection', ({ host }) => `connection refused by ${host}`],
  EHOSTUNREACH: ['connection', unreachable],
  EHOSTDOWN: ['connection', unreachable],
  ENETUNREACH: ['connection', unreachable],
  ENETDOWN: ['connection', unreachable],
  EACCES: ['connection', unreachable],
  EPERM: ['connection', unreachable],
  EADDRNOTAVAIL: ['connection', noFile],
  EMFILE: ['connection', noFile],
  ENFILE: ['connection', noFile],
  ENOBUFS: ['connection', noFile],
  CONNECT_TIMEOUT: ['connection', connectTimeout],
  // Of undici, which opens connections for HTTP/2.
  UND_ERR_CONNECT_TIMEOUT: ['connection', connectTimeout],
  ECONNRESET: ['reset', closed],
  ECONNABORTED: ['reset', closed],
  EPIPE: ['reset', closed],
  ENOTCONN: ['reset', closed],
  CLOSED: ['reset', closed],
  STREAM_RESET: ['reset', streamReset],
  ERR_HTTP2_SESSION_ERROR: ['reset', sessionReset],
  ENOTFOUND: ['dns', unknownHost],
  ENODATA: ['dns', unknownHost],
  DNS_TIMEOUT: ['dns', resolveTimeout],
  EPROTO: ['tls', handshake],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['tls', untrusted],
  SELF_SIGNED_CERT_IN_CHAIN: ['tls', untrusted],
  UNABLE_TO_GET_ISSUER_CERT: ['tls', untrusted],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['tls', untrusted],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['tls', untrusted],
  // The first bytes of an answer in plain HTTP, as one OpenSSL and the next read them.
  ERR_SSL_WRONG_VERSION_NUMBER: ['tls', noTls],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: ['tls', noTls],
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: ['tls', noCertificate],
  BAD_ANSWER: ['protocol', notHttp],
  ERR_HTTP2_ERROR: ['protocol', notHttp],
  HEADERS_TOO_LONG: ['protocol', headersTooLong],
  NOT_SENDABLE: ['protocol', notSendable],
  STOPPED: ['aborted', stopped],
}

const FAMILIES: readonly (readonly [RegExp, Fault['outcome'], Line])[] = [
  [/^EAI_/, 'dns', unknownHost],
  [
    /^ERR_(TLS|SSL|OSSL)|CERT|^CRL_|^UNABLE_TO_|^INVALID_(CA|PURPOSE)|^HOSTNAME_|^PATH_LENGTH_|^AKID_/,
    'tls',
    handshake,
  ],
]

/** What an error came to. */
export function faultOf(error: unknown, at: Situation): Fault {
  const code = codeOf(error)
  const detail = detailOf(error, code)
  if (code === 'ETIMEDOUT')
    return at.started
      ? { outcome: 'reset', code, message: `connection to ${at.host} lost` }
      : { outcome: 'connection', code, message: connectTimeout(at, detail) }
  const known = Object.hasOwn(KNOWN, code) ? KNOWN[code] : undefined
  if (known !== undefined) return { outcome: known[0], code, message: known[1](at, detail) }
  for (const [family, outcome, line] of FAMILIES)
    if (family.test(code)) return { outcome, code, message: line(at, detail) }
  return at.started
    ? { outcome: 'protocol', code, message: `the exchange with ${at.host} failed: ${detail}` }
    : { outcome: 'connection', code, message: unreachable(at, detail) }
}

export function timeoutFault(at: Situation): Fault {
  const within = `within ${formatMs(at.timeoutMs)}`
  const message = at.answering ? `answer of ${at.host} not complete ${within}` : `no answer from ${at.host} ${within}`
  return { outcome: 'timeout', code: 'TIMEOUT', message }
}

export function tooLargeFault(host: string, maxBodyBytes: number): Fault {
  const message = `answer of ${host} cut off: its body is longer than ${formatCount(maxBodyBytes)} bytes`
  return { outcome: 'too_large', code: 'TOO_LARGE', message }
}

export function abortedFault(at: Situation): Fault {
  return { outcome: 'aborted', code: 'ABORTED', message: stopped(at, '') }
}

function codeOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string')
    return error.code
  return error instanceof Error ? error.name : 'UNKNOWN'
}

/** A thread, a number, the library, its function; what it has to say; and a place in its source. */
const OPENSSL = /^[\dA-F]+:error:[\dA-F]+:[^:]*:[^:]*:([^:]+)/

/** The first line of the error's own words; `localhost` may have failed in two ways, of which the first is told. */
function detailOf(error: unknown, code: string): string {
  const told: unknown = error instanceof AggregateError && error.message === '' ? error.errors[0] : error
  const message = told instanceof Error ? told.message : String(told)
  const line = message.trim().split(/\r?\n/, 1)[0] || code
  return OPENSSL.exec(line)?.[1] ?? line
}
