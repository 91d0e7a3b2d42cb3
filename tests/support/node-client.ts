// What Node's own HTTP client makes of the bytes of an answer, without a network: the oracle for ours.
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

export interface NodeHeard {
  readonly status: number | undefined
  readonly headers: Record<string, string | string[]>
  readonly body: string
  readonly informational: readonly number[]
  /** Whole, broken off, or the code and the words of the refusal. */
  readonly end: string
}

/** The connection ends behind the bytes. */
export function nodeHears(bytes: Buffer, method: string): Promise<NodeHeard> {
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done(), final: (done) => done() })
  const body: Buffer[] = []
  const informational: number[] = []
  let answer: IncomingMessage | undefined
  return new Promise<NodeHeard>((resolve) => {
    const ended = (end: string): void =>
      resolve({
        status: answer?.statusCode,
        headers: listed(answer?.rawHeaders ?? []),
        body: Buffer.concat(body).toString('latin1'),
        informational,
        end,
      })
    const failed = (error: NodeJS.ErrnoException): void => ended(`${error.code}: ${error.message}`)
    const asking = request({ method, createConnection: () => socket as unknown as Socket })
    asking.on('information', ({ statusCode }) => informational.push(statusCode))
    asking.on('upgrade', () => ended('upgrade'))
    asking.on('error', failed)
    asking.on('response', (response) => {
      answer = response
      response.on('data', (part: Buffer) => body.push(part))
      response.on('error', failed)
      response.on('end', () => ended(response.complete ? 'whole' : 'cut'))
    })
    asking.on('finish', () => {
      socket.push(bytes)
      socket.push(null)
    })
    asking.end()
  }).finally(() => socket.destroy())
}

/** In lower case, UTF-8, one list for a name that comes several times. */
function listed(raw: readonly string[]): Record<string, string | string[]> {
  const lists = new Map<string, string[]>()
  for (let at = 0; at < raw.length; at += 2) {
    const name = (raw[at] ?? '').toLowerCase()
    lists.set(name, [...(lists.get(name) ?? []), Buffer.from(raw[at + 1] ?? '', 'latin1').toString()])
  }
  return Object.fromEntries([...lists].map(([name, values]) => [name, values.length > 1 ? values : (values[0] ?? '')]))
}
