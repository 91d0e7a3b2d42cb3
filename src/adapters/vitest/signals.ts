// Ctrl-C and SIGTERM while load runs: the first one stops it gently, so that what was measured is kept
// and reported; the second one stops at once. Outside of that time Vitest's own handling is untouched.
import type { Vitest } from 'vitest/node'
import { wallClock } from '../../clock.ts'
import type { Cancel } from '../../clock.ts'
import type { Order } from './channel.ts'

export type StopSignal = 'SIGINT' | 'SIGTERM'

const SIGNALS: readonly StopSignal[] = ['SIGINT', 'SIGTERM']
const EXIT_CODES: Readonly<Record<StopSignal, number>> = { SIGINT: 130, SIGTERM: 143 }
/** For running requests; `teardown` gets as long again. */
const GRACE_MS = 3000
/** `timeout`, npm and the like send one to the process and to its whole group: it comes twice. */
const ECHO_MS = 500
/** A worker that is too busy to answer is cancelled all the same. */
const HEARD_WITHIN_MS = 500

export interface SignalWatch {
  /** The exit code to end with, once a signal has come. */
  exitCode(): number | undefined
  /** The worker has heard the order to stop. */
  heard(): void
  /** Gives the signals back to whoever had them. */
  end(): void
}

/** Takes the signals over until `end`. `say` gets one line for people. */
export function watchSignals(vitest: Vitest, tell: (order: Order) => void, say: (line: string) => void): SignalWatch {
  const theirs = new Map(SIGNALS.map((signal) => [signal, process.listeners(signal)]))
  const handlers = new Map(SIGNALS.map((signal) => [signal, (): void => stop(signal)]))
  let received: StopSignal | undefined
  let receivedMs = 0
  let ended = false

  const end = (): void => {
    if (ended) return
    ended = true
    for (const [signal, handler] of handlers) process.off(signal, handler)
    for (const [signal, listeners] of theirs) for (const listener of listeners) process.on(signal, listener)
  }
  const stop = (signal: StopSignal): void => {
    if (received !== undefined) {
      if (wallClock.now() - receivedMs < ECHO_MS) return
      end()
      process.exitCode = EXIT_CODES[signal]
      process.kill(process.pid, signal)
      return
    }
    received = signal
    receivedMs = wallClock.now()
    say(`${signal}: no more load; running requests have ${GRACE_MS / 1000} s. Once more stops at once.`)
    tell({ kind: 'stop', reason: `interrupted by ${signal}`, graceMs: GRACE_MS })
    cancelAtLatest = wallClock.at(wallClock.now() + HEARD_WITHIN_MS, cancel)
  }
  // Vitest's own cancel must come second: whoever comes first gives the reason that is reported.
  let cancelAtLatest: Cancel = () => undefined
  const cancel = (): void => {
    cancelAtLatest()
    if (!ended) void vitest.cancelCurrentRun('keyboard-input')
  }
  for (const signal of SIGNALS) process.removeAllListeners(signal)
  for (const [signal, handler] of handlers) process.on(signal, handler)
  const exitCode = (): number | undefined => (received === undefined ? undefined : EXIT_CODES[received])
  return { exitCode, heard: cancel, end }
}

const ignore = (): void => undefined

/** In a worker: a terminal sends Ctrl-C to it as well, but when to stop is for the main process to say. */
export function ignoreSignals(on: boolean): void {
  for (const signal of SIGNALS) {
    process.off(signal, ignore)
    if (on) process.on(signal, ignore)
  }
}
