// Turns a request into its bytes (RFC 9112 §§ 2-3). Framing headers are ours to write, and a header or path with a
// character that could begin a new line is refused, so that a value from a service cannot smuggle in a request.
import type { Socket } from 'node:net'
import { notSendable } from './errors.ts'

export interface Request {
  readonly method: string
  /** Path and query as they go on the wire. */
  readonly path: string
  /** Name, value, name, value …; freeze a list that is sent again and again: its text is then made once. */
  readonly headers: readonly string[]
  readonly body: string | Uint8Array | undefined
}

/** What a list of headers comes to. */
interface Lines {
  /** The lines, each with its CRLF; without those that are written for each request (`host` and the framing). */
  readonly text: string
  readonly host: string | undefined
  /** As the caller gave it, in bytes; checked against the body. */
  readonly contentLength: number | undefined
  /** `connection: close` was asked for. */
  readonly isLast: boolean
}

export interface RequestHead {
  /** With the empty line at its end; one byte for each character. */
  readonly text: string
  /** The value of the `host` header, with its port. */
  readonly host: string
  /** The connection is not used again. */
  readonly isLast: boolean
}

const TOKEN = /^[!#$%&'*+\-.^`|~\w]+$/
const NOT_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/
const NOT_IN_PATH = /[^\x21-\xff]/
/** Methods that expect a body: without one they are sent with `content-length: 0`. */
export const WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH'])
/** Headers about framing and the connection, which a caller may not set. */
const FRAMING: ReadonlySet<string> = new Set(['transfer-encoding', 'keep-alive', 'upgrade'])

/** Of frozen lists. */
const known = new WeakMap<readonly string[], Lines>()

/**
 * @param serviceHost with its port unless that is the scheme's
 * @throws Http1Error NOT_SENDABLE
 */
export function requestHead({ method, path, headers, body }: Request, serviceHost: string): RequestHead {
  if (!TOKEN.test(method)) throw notSendable(`${JSON.stringify(method)} is not a valid method`)
  if (method === 'CONNECT') throw notSendable('tunnels (CONNECT) are not carried')
  if (path === '' || NOT_IN_PATH.test(path)) throw notSendable(`the path ${JSON.stringify(path)} has to be encoded`)
  const lines = linesOf(headers)
  const bytes = lengthOf(body)
  if (lines.contentLength !== undefined && lines.contentLength !== bytes)
    throw notSendable(`content-length says ${lines.contentLength}, the body has ${bytes} bytes`)
  const length = bytes > 0 || WITH_BODY.has(method) ? `content-length: ${bytes}\r\n` : ''
  const connection = lines.isLast ? 'close' : 'keep-alive'
  const host = lines.host ?? serviceHost
  const first = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: ${connection}\r\n`
  return { text: `${first}${lines.text}${length}\r\n`, host, isLast: lines.isLast }
}

/** In one write where possible, so that a short request leaves in one packet. @param text its head */
export function writeRequest(socket: Socket, text: string, body: Request['body']): void {
  if (body === undefined || body.length === 0) socket.write(text, 'latin1')
  else if (typeof body === 'string' && Buffer.byteLength(body) === body.length) socket.write(text + body, 'latin1')
  else {
    socket.cork()
    socket.write(text, 'latin1')
    socket.write(body)
    socket.uncork()
  }
}

function linesOf(headers: readonly string[]): Lines {
  const before = known.get(headers)
  if (before !== undefined) return before
  const lines = makeLines(headers)
  if (Object.isFrozen(headers)) known.set(headers, lines)
  return lines
}

function makeLines(headers: readonly string[]): Lines {
  if (headers.length % 2 !== 0) throw notSendable('a header has a name and no value')
  let text = ''
  let [host, contentLength]: [string | undefined, number | undefined] = [undefined, undefined]
  let isLast = false
  for (let at = 0; at < headers.length; at += 2) {
    const [name = '', value = ''] = [headers[at], headers[at + 1]]
    if (!TOKEN.test(name)) throw notSendable(`${JSON.stringify(name)} is not a valid header name`)
    if (NOT_IN_VALUE.test(value))
      throw notSendable(
        `the header ${name} has a character that no header may have (a control character, or one beyond Latin-1)`,
      )
    const lower = name.toLowerCase()
    if (FRAMING.has(lower) || lower === 'expect')
      throw notSendable(`the header ${name} is not the scenario's to send: leave it out`)
    if (lower === 'host') host = value
    else if (lower === 'content-length') contentLength = lengthGiven(value)
    else if (lower === 'connection') isLast ||= isClose(value)
    else text += `${name}: ${value}\r\n`
  }
  return { text, host, contentLength, isLast }
}

function lengthGiven(value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw notSendable(`${JSON.stringify(value)} is not a valid content-length`)
  return Number(value)
}

function isClose(value: string): boolean {
  const token = value.trim().toLowerCase()
  if (token !== 'close' && token !== 'keep-alive')
    throw notSendable(`connection is close or keep-alive, not ${JSON.stringify(value)}`)
  return token === 'close'
}

/** In bytes. */
function lengthOf(body: Request['body']): number {
  if (body === undefined) return 0
  return typeof body === 'string' ? Buffer.byteLength(body) : body.length
}
