// The line between the worker, where the load runs, and the main process, where people look: a local
// socket with one JSON message per line. What must not be lost goes over `task.meta` instead.
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { createServer, connect as connectSocket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CellRecord, Plan, Tick } from '../../run.ts'

export type Message =
  /** Nothing was sent yet; the plan comes without its environment. */
  | { readonly kind: 'begin'; readonly plan: Plan }
  | { readonly kind: 'tick'; readonly tick: Tick }
  | { readonly kind: 'cycle'; readonly tick: Tick; readonly cells: readonly CellRecord[] }
  | { readonly kind: 'notice'; readonly text: string }

/** A fresh address: a named pipe on Windows, a socket in the temporary folder elsewhere. */
export function freshAddress(): string {
  const name = `turbulence-${randomBytes(6).toString('hex')}`
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`)
}

/** Listens until closed; keeps no process alive. A line that is no message is dropped. */
export function listen(address: string, hear: (message: Message) => void): () => void {
  const server = createServer((socket) => {
    let rest = ''
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const message = parse(line)
        if (message !== undefined) hear(message)
      }
    })
    socket.on('error', () => socket.destroy())
    socket.unref()
  })
  // Without the channel people see no progress; the run and its results do not depend on it.
  server.on('error', () => undefined)
  server.listen(address)
  server.unref()
  return () => {
    server.close()
    if (process.platform !== 'win32') rmSync(address, { force: true })
  }
}

export interface Sender {
  send(message: Message): void
  /** Resolves when everything sent has left this process. */
  close(): Promise<void>
}

/** The worker's end. Never fails: without a listener, messages go nowhere. */
export function connect(address: string | undefined): Sender {
  if (address === undefined) return { send: () => undefined, close: () => Promise.resolve() }
  const socket = connectSocket(address)
  let open = true
  socket.on('error', () => {
    open = false
  })
  socket.unref()
  return {
    send: (message) => {
      if (open) socket.write(`${JSON.stringify(message)}\n`)
    },
    close: () =>
      new Promise((resolve) => {
        if (!open) return resolve()
        socket.once('close', () => resolve())
        socket.end(() => resolve())
      }),
  }
}

function parse(line: string): Message | undefined {
  try {
    return JSON.parse(line) as Message
  } catch {
    return undefined
  }
}
