// A connection without a network: what is written to it can be read, and the other side is played by the test.
import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { Http1Client } from '../../src/http1/client.ts'
import type { Connecting } from '../../src/http1/connect.ts'
import type { Controller, Handler } from '../../src/http1/handler.ts'
import type { Request } from '../../src/http1/request-head.ts'
import { virtualClock } from '../../src/clock.ts'

export class FakeSocket extends EventEmitter {
  /** Whom it is opened for, and who hears of it. */
  readonly told: Connecting
  /** One for each write that is not corked. */
  readonly writes: string[] = []
  destroyed = false
  closed = false
  writable = true
  writableNeedDrain = false
  #corked: string[] | undefined

  constructor(told: Connecting) {
    super()
    this.told = told
  }

  write(data: string | Uint8Array, encoding: BufferEncoding = 'utf8'): void {
    const text = (typeof data === 'string' ? Buffer.from(data, encoding) : Buffer.from(data)).toString('latin1')
    if (this.#corked === undefined) this.writes.push(text)
    else this.#corked.push(text)
  }

  cork(): void {
    this.#corked = []
  }

  uncork(): void {
    this.writes.push(this.#corked?.join('') ?? '')
    this.#corked = undefined
  }

  destroy(): void {
    if (this.destroyed) return
    this.destroyed = true
    this.writable = false
    process.nextTick(() => {
      this.closed = true
      this.emit('close')
    })
  }

  open(): void {
    this.told.onOpen()
  }

  /** The buffer is used again, as that of a socket is. */
  answer(text: string, own: boolean = false): void {
    const bytes = Buffer.from(text, 'latin1')
    this.told.onBytes(bytes, bytes.length, own)
    if (!own) bytes.fill('?')
  }

  /** A regular end. */
  end(): void {
    this.writable = false
    this.emit('end')
  }

  reset(): void {
    this.emit('error', Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }))
    this.destroy()
  }
}

/** One client, and all the connections it opened. */
export interface Wired {
  readonly client: Http1Client
  readonly sockets: FakeSocket[]
  readonly last: () => FakeSocket
  /** Moves time, which otherwise stands still. */
  readonly wait: (ms: number) => void
  /** Sends it, on an open connection. */
  readonly ask: (more?: Partial<Request>) => Told
}

export function wired(url = 'http://h'): Wired {
  const sockets: FakeSocket[] = []
  let nowMs = 0
  const client = new Http1Client({
    url: new URL(url),
    clock: { ...virtualClock(), now: () => nowMs },
    connect: (told) => {
      const socket = new FakeSocket(told)
      sockets.push(socket)
      return socket as unknown as Socket
    },
  })
  const last = (): FakeSocket => {
    const socket = sockets.at(-1)
    if (socket === undefined) throw new Error('no connection was opened')
    return socket
  }
  const ask: Wired['ask'] = (more = {}) => {
    const before = sockets.length
    const told = new Told()
    client.dispatch(aRequest(more), told)
    if (sockets.length > before) last().open()
    return told
  }
  return { client, sockets, last, wait: (ms) => void (nowMs += ms), ask }
}

export const aRequest = (more: Partial<Request> = {}): Request => ({
  method: 'GET',
  path: '/',
  headers: [],
  body: undefined,
  ...more,
})

/** A handler that notes what it is told, and does at one moment what a test wants. */
export class Told implements Handler {
  readonly calls: string[] = []
  readonly bytes: Buffer[] = []
  controller: Controller | undefined
  /** At the first call that begins so. */
  react: { readonly at: string; readonly run: () => void } | undefined

  onRequestStart(controller: Controller): void {
    this.controller = controller
    this.#note('start')
  }

  onResponseStarted(): void {
    this.#note('first byte')
  }

  onResponseStart(_: Controller, status: number): void {
    this.#note(`head ${status}`)
  }

  onResponseData(_: Controller, bytes: Buffer): void {
    this.bytes.push(bytes)
    this.#note(`data ${bytes.toString('latin1')}`)
  }

  onResponseEnd(): void {
    this.#note('end')
  }

  onResponseError(_: Controller | undefined, error: unknown): void {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    this.#note(`error ${code}`)
  }

  #note(call: string): void {
    this.calls.push(call)
    const { react } = this
    if (react === undefined || !call.startsWith(react.at)) return
    this.react = undefined
    react.run()
  }
}
