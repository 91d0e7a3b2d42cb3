// Reads single keys from the terminal, in raw mode. A terminal in raw mode does not turn Ctrl-C, Ctrl-Z and Ctrl-\ into
// signals, so that is done here; the mode is restored however the process ends. What a key means is keys.ts's business.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

export interface Keyboard {
  /** Whether a key that is pressed would be heard: there is a terminal, and this process is in its foreground. */
  isThere(): boolean
  /** Each key goes to the listener that was added last. @returns removes the listener */
  listen(hear: (key: string) => void): () => void
  /** Looks again whether this process is in the foreground: no signal tells that `fg` was typed while it ran. */
  wake(): void
}

const CTRL_C = '\u0003'
/** Ctrl-Z and Ctrl-\ and the signals that a terminal sends for them, to all processes of a command. */
const TO_ALL: Readonly<Record<string, NodeJS.Signals>> = { '\u001A': 'SIGTSTP', '\u001C': 'SIGQUIT' }
/** Escape sequences: arrows and other keys that are sent as several characters. */
// oxlint-disable-next-line no-control-regex
const SEQUENCES = /\u001B(?:\[[0-?]*[ -/]*[@-~]|O.|[^\u001B])?/gs

/** The part of `process` that is used. */
export type Terminal = Pick<NodeJS.Process, 'pid' | 'platform' | 'kill' | 'on' | 'once' | 'off' | 'emit'> & {
  readonly stdin: Pick<NodeJS.ReadStream, 'isTTY' | 'setRawMode' | 'on' | 'off' | 'resume' | 'pause' | 'unref'>
  readonly stdout: { readonly isTTY?: boolean }
}

/** @param isForeground whether this process is in the terminal's foreground now */
export function terminalKeyboard(terminal: Terminal = process, isForeground: () => boolean = hasTheTerminal): Keyboard {
  const { stdin, stdout, platform, pid } = terminal
  const listeners: ((key: string) => void)[] = []
  let isOpen = false

  const isThere = (): boolean => stdin.isTTY === true && stdout.isTTY === true && isForeground()
  /** False when the terminal is gone. */
  const setRaw = (isRaw: boolean): boolean => {
    try {
      stdin.setRawMode(isRaw)
      return true
    } catch {
      return false
    }
  }
  const open = (): void => {
    if (isOpen || listeners.length === 0 || !isThere()) return
    if (!setRaw(true)) return
    isOpen = true
    stdin.on('data', read)
    stdin.on('error', close)
    stdin.resume()
    // Waiting for a key must not keep the process alive.
    stdin.unref()
    terminal.once('exit', close)
  }
  const close = (): void => {
    if (!isOpen) return
    isOpen = false
    terminal.off('exit', close)
    stdin.off('data', read)
    stdin.off('error', close)
    setRaw(false)
    stdin.pause()
  }
  // On Windows, `kill` would end the process at once, without its handlers.
  const interrupt = (): unknown => (platform === 'win32' ? terminal.emit('SIGINT') : terminal.kill(pid, 'SIGINT'))
  const read = (keys: Buffer | string): void => {
    for (const key of String(keys).replaceAll(SEQUENCES, '')) {
      const signal = TO_ALL[key]
      if (key === CTRL_C) interrupt()
      else if (signal === undefined) listeners.at(-1)?.(key)
      else if (platform !== 'win32') {
        close()
        terminal.kill(0, signal)
      }
    }
  }
  return {
    isThere,
    listen(hear) {
      if (listeners.push(hear) === 1) terminal.on('SIGCONT', open)
      open()
      return () => {
        const at = listeners.indexOf(hear)
        if (at < 0) return
        listeners.splice(at, 1)
        if (listeners.length > 0) return
        terminal.off('SIGCONT', open)
        close()
      }
    },
    wake: open,
  }
}

/** A background command (`vitest run &`) is stopped by the system when it reads from the terminal or changes its mode. */
function hasTheTerminal(): boolean {
  const { platform, pid } = process
  if (platform === 'win32') return true
  try {
    if (platform === 'linux') return isInForeground(readFileSync('/proc/self/stat', 'utf8'))
    return execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).includes('+')
  } catch {
    return false
  }
}

/** @param stat the text of `/proc/<pid>/stat` */
export function isInForeground(stat: string): boolean {
  // After the name, which may hold anything: state, ppid, pgrp, session, tty_nr, tpgid (proc(5)).
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return foreground === group || foreground === '-1'
}
