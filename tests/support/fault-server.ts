// A real HTTP server on 127.0.0.1 that misbehaves on request: each path follows a script. It notes
// what it received and how many connections there were. `await using` closes it.
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { CERTIFICATE, KEY } from './tls.ts'

export type Fault =
  /** Never answers. */
  | 'hang'
  /** A reset (RST) instead of an answer. */
  | 'reset'
  /** A regular end (FIN) instead of an answer. */
  | 'close'
  /** 10 bytes announced, 5 sent, then the end; with `connection: close` when `cut-body-close`. */
  | 'cut-body'
  | 'cut-body-close'
  /** A chunked body without its last chunk. */
  | 'cut-chunks'
  /** A status line and one byte of the body every 5 ms, without end. */
  | 'trickle'
  /** Headers that never end. */
  | 'half-headers'
  | 'garbage'
  | 'bad-status'
  | 'bad-header'
  /** 200 MB, announced by a length or in chunks, as fast as the client takes them. */
  | 'huge-body'
  | 'huge-chunks'
  /** 103 before the answer. */
  | 'early-hints'

export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | string[]>>
  /** Text as it is; anything else as JSON. */
  readonly body?: unknown
  /** Before the status line. */
  readonly delayMs?: number
  readonly fault?: Fault
}

/** What a path does: always the same, or one after the other (the last one again and again). */
export type Script = Readonly<Record<string, Answer | readonly Answer[]>>

export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** 0: no status line was sent. */
  readonly status: number
  readonly fault: Fault | undefined
  readonly atMs: number
}

export class FaultServer implements AsyncDisposable {
  readonly log: Received[] = []
  /** Connections open now, and the most there ever were at a time. */
  open = 0
  mostOpen = 0
  /** Connections made so far. */
  connected = 0
  /** Bytes that went out on connections that are closed by now. */
  sentBytes = 0
  readonly #script: Script
  readonly #isTls: boolean
  readonly #turns = new Map<string, number>()
  #server: Server | undefined
  #port = 0

  constructor(script: Script, isTls: boolean) {
    this.#script = script
    this.#isTls = isTls
  }

  get host(): string {
    return `127.0.0.1:${this.#port}`
  }

  get url(): string {
    return `${this.#isTls ? 'https' : 'http'}://${this.host}`
  }

  /** Listens again, on the same port after a `close`. */
  async listen(): Promise<void> {
    const handle = (request: IncomingMessage, response: ServerResponse): void => void this.#handle(request, response)
    const server = this.#isTls ? createTlsServer({ key: KEY, cert: CERTIFICATE }, handle) : createServer(handle)
    server.on('connection', (socket) => this.#count(socket))
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(this.#port, '127.0.0.1', resolve)
    })
    this.#server = server
    this.#port = (server.address() as AddressInfo).port
  }

  /** Drops all connections and refuses new ones. */
  async close(): Promise<void> {
    const server = this.#server
    if (server === undefined) return
    this.#server = undefined
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #count(socket: Socket): void {
    this.connected++
    this.mostOpen = Math.max(this.mostOpen, ++this.open)
    socket.on('error', () => {})
    socket.once('close', () => {
      this.open--
      this.sentBytes += socket.bytesWritten
    })
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/'
    const answer = this.#next(path)
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += String(chunk)
    const { method = '', headers } = request
    const status = answer.fault === undefined || answer.fault === 'early-hints' ? (answer.status ?? 200) : 0
    this.log.push({ method, path, headers, body, status, fault: answer.fault, atMs: performance.now() })
    if (answer.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, answer.delayMs))
    if (answer.fault === 'early-hints') response.writeEarlyHints({ link: '</style.css>; rel=preload' })
    if (status > 0) reply(response, answer, status)
    else if (request.socket.writable) misbehave(request.socket, answer.fault)
  }

  /** The path's turn; its query does not count. */
  #next(path: string): Answer {
    const name = path.split('?', 1)[0] ?? ''
    const script = this.#script[name] ?? { status: 404, body: { error: `no script for ${name}` } }
    if (!Array.isArray(script)) return script as Answer
    const turn = this.#turns.get(name) ?? 0
    this.#turns.set(name, turn + 1)
    return script[Math.min(turn, script.length - 1)] as Answer
  }
}

export async function startFaultServer(script: Script, more: { tls?: boolean } = {}): Promise<FaultServer> {
  const server = new FaultServer(script, more.tls ?? false)
  await server.listen()
  return server
}

/** A 302 to itself: a client that follows it never arrives. */
export function redirectLoop(path: string): Answer {
  return { status: 302, headers: { location: path } }
}

/** 429 or 503 that says when to come back. */
export function retryAfter(status: 429 | 503, value: string): Answer {
  return { status, headers: { 'retry-after': value }, body: { error: 'slow down' } }
}

function reply(response: ServerResponse, { headers = {}, body }: Answer, status: number): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  if (body !== undefined && typeof body !== 'string' && !response.hasHeader('content-type'))
    response.setHeader('content-type', 'application/json')
  response.writeHead(status)
  if (body === undefined) response.end()
  else response.end(typeof body === 'string' ? body : JSON.stringify(body))
}

function misbehave(socket: Socket, fault: Fault | undefined): void {
  switch (fault) {
    case 'reset':
      socket.resetAndDestroy()
      return
    case 'close':
      socket.end()
      return
    case 'cut-body':
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345')
      return
    case 'cut-body-close':
      socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 10\r\n\r\n12345')
      return
    case 'cut-chunks':
      socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n5\r\n12345\r\n')
      return
    case 'garbage':
      socket.end('this is not HTTP\r\n\r\n')
      return
    case 'bad-status':
      socket.end('HTTP/1.1 2OO OK\r\ncontent-length: 0\r\n\r\n')
      return
    case 'huge-body':
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${HUGE_BYTES}\r\n\r\n`)
      pour(socket, (block) => block)
      return
    case 'huge-chunks':
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n')
      pour(socket, (block) =>
        Buffer.concat([Buffer.from(`${block.length.toString(16)}\r\n`), block, Buffer.from('\r\n')]),
      )
      return
    case 'bad-header':
      socket.end('HTTP/1.1 200 OK\r\nx-bad header\0: 1\r\ncontent-length: 0\r\n\r\n')
      return
    case 'half-headers':
      socket.write('HTTP/1.1 200 OK\r\nx-first: 1\r\n')
      return
    case 'trickle':
      trickle(socket)
      return
    default:
  }
}

function trickle(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n')
  const timer = setInterval(() => socket.write('.'), 5)
  socket.once('close', () => clearInterval(timer))
}

const HUGE_BYTES = 200 * 1024 ** 2

/** Waits for the client after each block, and stops when it leaves. */
function pour(socket: Socket, framed: (block: Buffer) => Buffer): void {
  const block = framed(Buffer.alloc(65_536, 'x'))
  let left = HUGE_BYTES / 65_536
  const go = (): void => {
    while (left > 0 && !socket.destroyed) {
      left--
      if (!socket.write(block)) return void socket.once('drain', go)
    }
  }
  go()
}
