// Opens connections to one service, over TCP or TLS, within its timeout. What is sent over them is client.ts's.
import { connect as connectTcp, isIP } from 'node:net'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { ConnectionOptions } from 'node:tls'
import type { Clock } from '../clock.ts'
import { late } from './errors.ts'

export interface Connecting {
  /** The host of the first request, with its port; a certificate has to name it. */
  readonly host: string
  /** Bytes as they arrive. Unless they are `own`, the buffer is used again as soon as this returns. */
  readonly onBytes: (bytes: Buffer, length: number, own: boolean) => void
  readonly onOpen: () => void
}

/** Begins to open a connection; how it ends is told by `onOpen`, or by the socket's `error`. */
export type Connect = (listener: Connecting) => Socket

/** The name for SNI: the host without its port; undefined for an IP address, which SNI does not allow. */
export function serverName(host: string): string | undefined {
  const name = host.replace(/:\d*$/, '')
  return name === '' || name.startsWith('[') || isIP(name) !== 0 ? undefined : name
}

export interface ConnectSetup {
  readonly url: URL
  readonly timeoutMs: number
  readonly clock: Clock
  /** For https only. */
  readonly tls: Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized'> | undefined
}

/** How much is read from a socket at once. */
const READ_BYTES = 64 * 1024
const KEEP_ALIVE_MS = 60_000

export function connector({ url, timeoutMs, clock, tls }: ConnectSetup): Connect {
  const isTls = url.protocol === 'https:'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = url.port === '' ? (isTls ? 443 : 80) : Number(url.port)
  const options = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS }
  /** The TLS session of the last connection, to resume, and the name that it was made for. */
  let session: { readonly name: string | undefined; readonly bytes: Buffer } | undefined
  const openTls = ({ host: asked, onBytes, onOpen }: Connecting): Socket => {
    const name = serverName(asked) ?? serverName(url.hostname)
    const known = session === undefined || session.name !== name ? {} : { session: session.bytes }
    const named = name === undefined ? {} : { servername: name }
    const socket = connectTls({ ...options, ...tls, ...named, ...known, ALPNProtocols: ['http/1.1'] })
    // Node 20 ignores `noDelay` and `keepAlive` in the options of a TLS connection.
    socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS)
    socket.on('session', (bytes) => (session = { name, bytes }))
    socket.on('error', () => (session = undefined))
    socket.on('data', (bytes: Buffer) => onBytes(bytes, bytes.length, true))
    return socket.once('secureConnect', onOpen)
  }
  // One buffer for all: it is filled and handed over within one call, also on Windows, where libuv waits for bytes
  // with none. Thousands of idle connections cost no 64 KB each, and what is read stays in the processor's cache.
  let buffer: Buffer | undefined
  const openTcp = ({ onBytes, onOpen }: Connecting): Socket => {
    const read = (buffer ??= Buffer.allocUnsafeSlow(READ_BYTES))
    const callback = (length: number): boolean => {
      onBytes(read, length, false)
      return true
    }
    return connectTcp({ ...options, onread: { buffer: read, callback } }).once('connect', onOpen)
  }
  return (listener) => {
    let isResolved = isIP(host) !== 0
    const onOpen = (): void => (cancel(), listener.onOpen())
    const socket = (isTls ? openTls : openTcp)({ ...listener, onOpen })
    socket.once('lookup', () => (isResolved = true))
    // Node's own socket timeouts begin with the connection, not with the attempt to open one.
    const cancel = clock.after(timeoutMs, () => socket.destroy(late(isResolved)))
    socket.once('close', cancel)
    return socket
  }
}
