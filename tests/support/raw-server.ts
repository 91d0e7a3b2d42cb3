// A service that speaks HTTP by hand, so that it can speak it wrongly: each request, read whole, is answered with
// whatever bytes the test wants, in whatever pieces. `await using` closes it.
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

export interface RawRequest {
  readonly path: string
  /** As it came. */
  readonly head: string
  readonly body: Buffer
  readonly socket: Socket
}

export interface RawServer extends AsyncDisposable {
  readonly url: string
  /** In their order. */
  readonly sockets: Socket[]
  /** Resolves when the connection that was opened as this one is closed by both sides. */
  closed(at: number): Promise<void>
}

const HEAD_END = '\r\n\r\n'

/** @param isEager hears of a request as soon as its head has come, and its body is not read */
export async function startRawServer(
  answer: (request: RawRequest) => void,
  { isEager = false, host = '127.0.0.1' }: { isEager?: boolean; host?: string } = {},
): Promise<RawServer> {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket.setNoDelay(true).on('error', () => {}))
    let all = Buffer.alloc(0)
    socket.on('data', (bytes) => {
      all = Buffer.concat([all, bytes])
      const end = all.indexOf(HEAD_END)
      if (end < 0) return
      const head = all.toString('latin1', 0, end)
      const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0)
      const body = all.subarray(end + HEAD_END.length)
      if (!isEager && body.length < length) return
      if (isEager) socket.pause()
      all = Buffer.alloc(0)
      answer({ path: head.split(' ')[1] ?? '', head, body, socket })
    })
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve))
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`,
    sockets,
    closed: (at) =>
      new Promise((resolve) => {
        if (sockets[at]?.closed === true) resolve()
        else sockets[at]?.once('close', () => resolve())
      }),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
