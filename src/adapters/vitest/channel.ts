// The line between the worker, where the load runs, and the main process, where people look: a local
// socket with one JSON message per line. What must not be lost goes over `task.meta` instead.
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { createServer, connect as connectSocket } from 'node:net'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Remainder, Statistics } from '../../report/index.ts'
import type { CellRecord, Place, Plan, Tick } from '../../run.ts'
import type { Wish } from './keys.ts'

export type Message =
  /** Answered with `ready` or `failed`. */
  | { readonly kind: 'need'; readonly start: Plan['start'] }
  /** Nothing was sent yet; the plan comes without its environment. */
  | { readonly kind: 'begin'; readonly plan: Plan; readonly only?: Remainder | undefined; readonly restored?: Restored }
  | { readonly kind: 'tick'; readonly tick: Tick }
  | { readonly kind: 'cycle'; readonly tick: Tick; readonly cells: readonly CellRecord[] }
  | { readonly kind: 'notice'; readonly text: string }
  /** Answered with `decision`: whether it goes on. */
  | { readonly kind: 'paused'; readonly reason: string }
  /** For the key `s`. */
  | { readonly kind: 'statistics'; readonly statistics: Statistics }
  /** A key has ended the run before its plan was. */
  | { readonly kind: 'finished' }
  /** The order to stop has been heard. */
  | { readonly kind: 'stopping' }

/** macOS takes a socket's path up to 103 bytes, Linux up to 107. */
const LONGEST_PATH_BYTES = 103

/** What a run that goes on reports from its checkpoint. */
export interface Restored {
  readonly after: number
  /** Of the checkpoint, as people are shown it. */
  readonly file: string
  readonly cells: readonly CellRecord[]
}

/** A fresh address: a named pipe on Windows, a socket in the temporary folder elsewhere. */
export function freshAddress(): string {
  const name = `turbulence-${randomBytes(6).toString('hex')}`
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`
  const path = join(tmpdir(), `${name}.sock`)
  return Buffer.byteLength(path) <= LONGEST_PATH_BYTES ? path : `/tmp/${name}.sock`
}

/** From the main process to the worker. */
export type Order =
  | { readonly kind: 'stop'; readonly reason: string; readonly graceMs: number }
  /** A key was pressed. */
  | { readonly kind: 'wish'; readonly wish: Wish }
  | { readonly kind: 'ready' }
  | { readonly kind: 'decision'; readonly goesOn: boolean }
  | { readonly kind: 'failed'; readonly message: string; readonly place?: Place }
  | { readonly kind: 'notice'; readonly text: string }

/** The main process's end. */
export interface Hub {
  /** To every worker that is connected. */
  tell(order: Order): void
  close(): void
}

/** Listens until closed; keeps no process alive. A line that is no message is dropped. */
export function listen(address: string, hear: (message: Message, answer: (order: Order) => void) => void): Hub {
  const workers = new Set<Socket>()
  const server = createServer((socket) => {
    workers.add(socket)
    const answer = (order: Order): void => void (socket.writable && socket.write(`${JSON.stringify(order)}\n`))
    onLine(socket, (line) => hear(line as Message, answer))
    socket.on('close', () => workers.delete(socket))
    socket.on('error', () => socket.destroy())
    socket.unref()
  })
  // Without the channel people see no progress; the run and its results do not depend on it.
  server.on('error', () => undefined)
  server.listen(address)
  server.unref()
  const forget = (): void => {
    if (process.platform !== 'win32') rmSync(address, { force: true })
  }
  // A second signal ends the process without closing anything.
  process.once('exit', forget)
  return {
    tell: (order) => {
      for (const socket of workers) socket.write(`${JSON.stringify(order)}\n`)
    },
    close: () => {
      server.close()
      process.off('exit', forget)
      forget()
    },
  }
}

/** The worker's end. */
export interface Sender {
  send(message: Message): void
  /** Resolves when everything sent has left this process. */
  close(): Promise<void>
}

/** Somebody waits for the answer. */
const isQuestion = (kind: Message['kind']): boolean => kind === 'need' || kind === 'paused'

/** Never fails: without a listener, messages go nowhere and no order comes. */
export function connect(address: string | undefined, obey: (order: Order) => void): Sender {
  // Only who waits for an answer has to know.
  const unheard = (): void => obey({ kind: 'failed', message: 'The main process of Vitest cannot be reached.' })
  if (address === undefined)
    return { send: ({ kind }) => (isQuestion(kind) ? unheard() : undefined), close: () => Promise.resolve() }
  const socket = connectSocket(address)
  let open = true
  socket.on('error', () => {
    open = false
    unheard()
  })
  onLine(socket, (line) => obey(line as Order))
  // Load without anyone to report to would go on unseen.
  const orphaned = (): void => {
    open = false
    obey({ kind: 'stop', reason: 'the main process of Vitest is gone', graceMs: 0 })
  }
  socket.once('connect', () => socket.once('close', orphaned))
  socket.unref()
  return {
    send: (message) => {
      if (open) socket.write(`${JSON.stringify(message)}\n`)
      else if (isQuestion(message.kind)) unheard()
    },
    close: () =>
      new Promise((resolve) => {
        socket.off('close', orphaned)
        if (!open) return resolve()
        socket.once('close', () => resolve())
        socket.end(() => resolve())
      }),
  }
}

/** Calls back with each line that is JSON. */
function onLine(socket: Socket, take: (line: unknown) => void): void {
  let rest = ''
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const parsed = parse(line)
      if (parsed !== undefined) take(parsed)
    }
  })
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
