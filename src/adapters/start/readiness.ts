// Whether a service is there: its port accepts a connection, or a path answers below 500. Asked again
// and again until it is, with a limit. Nothing of it is measured.
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { connect } from 'node:net'
import type { Clock } from '../../clock.ts'

/** Undefined when it is ready; else why it is not, e.g. `nothing listens at 127.0.0.1:3000`. */
export type Probe = (patienceMs: number) => Promise<string | undefined>

const LOOK_EVERY_MS = 100
/** How long one look may take. */
export const LOOK_MS = 5000
/** Also when the time is nearly up: a look that could not see anything would hide what the others saw. */
const SHORTEST_LOOK_MS = 500

/** `127.0.0.1:3000`, with the scheme's port where the URL names none. */
export function hostAndPort(baseUrl: string): string {
  const { hostname, port, protocol } = new URL(baseUrl)
  return `${hostname}:${port === '' ? (protocol === 'https:' ? 443 : 80) : port}`
}

export function portAccepts(baseUrl: string): Probe {
  const address = hostAndPort(baseUrl)
  const colon = address.lastIndexOf(':')
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '')
  const port = Number(address.slice(colon + 1))
  return (timeout) =>
    new Promise((resolve) => {
      const socket = connect({ host, port, timeout })
      const end = (why: string | undefined): void => {
        socket.destroy()
        resolve(why)
      }
      socket.once('connect', () => end(undefined))
      socket.once('timeout', () => end(`${address} does not accept connections`))
      socket.on('error', (error) => end(unreachable(error, address)))
    })
}

/** The path is appended to the base URL, as a step's is. */
export function pathAnswers(baseUrl: string, path: string): Probe {
  const url = `${baseUrl}${path}`
  const address = hostAndPort(baseUrl)
  const request = url.startsWith('https:') ? requestHttps : requestHttp
  return (timeout) =>
    new Promise((resolve) => {
      // Only whether it answers matters here; whom to trust is decided when the load is sent.
      const asked = request(url, { agent: false, timeout, rejectUnauthorized: false }, (answer) => {
        answer.on('error', () => undefined)
        answer.resume()
        const { statusCode = 0 } = answer
        resolve(statusCode < 500 ? undefined : `GET ${url} answers with status ${statusCode}`)
      })
      asked.once('timeout', () => {
        resolve(`GET ${url} does not answer`)
        asked.destroy()
      })
      asked.on('error', (error) => resolve(unreachable(error, address)))
      asked.end()
    })
}

function unreachable(error: Error, address: string): string {
  const code = 'code' in error ? error.code : undefined
  return code === 'ECONNREFUSED' ? `nothing listens at ${address}` : `${address}: ${error.message || String(code)}`
}

/** Undefined when it became ready in time, or the signal came first; else why it still is not. */
export async function untilReady(
  probe: Probe,
  { clock, timeoutMs, signal }: { clock: Clock; timeoutMs: number; signal: AbortSignal },
): Promise<string | undefined> {
  const latest = clock.now() + timeoutMs
  for (;;) {
    const why = await probe(Math.min(LOOK_MS, Math.max(SHORTEST_LOOK_MS, latest - clock.now())))
    if (why === undefined || signal.aborted) return undefined
    await clock.sleep(LOOK_EVERY_MS, signal)
    if (clock.now() >= latest) return why
  }
}
