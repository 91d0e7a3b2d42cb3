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
  return new TerminalKeyboard(terminal, isForeground)
}

class TerminalKeyboard implements Keyboard {
  readonly #terminal: Terminal
  readonly #isForeground: () => boolean
  readonly #listeners: ((key: string) => void)[] = []
  /** The terminal is in raw mode, and read. */
  #isOpen = false

  constructor(terminal: Terminal, isForeground: () => boolean) {
    this.#terminal = terminal
    this.#isForeground = isForeground
  }

  isThere(): boolean {
    const { stdin, stdout } = this.#terminal
    return stdin.isTTY === true && stdout.isTTY === true && this.#isForeground()
  }

  listen(hear: (key: string) => void): () => void {
    if (this.#listeners.push(hear) === 1) this.#terminal.on('SIGCONT', this.#open)
    this.#open()
    return () => {
      const at = this.#listeners.indexOf(hear)
      if (at < 0) return
      this.#listeners.splice(at, 1)
      if (this.#listeners.length > 0) return
      this.#terminal.off('SIGCONT', this.#open)
      this.#close()
    }
  }

  wake(): void {
    this.#open()
  }

  readonly #open = (): void => {
    const { stdin } = this.#terminal
    if (this.#isOpen || this.#listeners.length === 0 || !this.isThere() || !this.#setRaw(true)) return
    this.#isOpen = true
    stdin.on('data', this.#read)
    stdin.on('error', this.#close)
    stdin.resume()
    // Waiting for a key must not keep the process alive.
    stdin.unref()
    this.#terminal.once('exit', this.#close)
  }

  readonly #close = (): void => {
    const { stdin } = this.#terminal
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#terminal.off('exit', this.#close)
    stdin.off('data', this.#read)
    stdin.off('error', this.#close)
    this.#setRaw(false)
    stdin.pause()
  }

  readonly #read = (keys: Buffer | string): void => {
    for (const key of String(keys).replaceAll(SEQUENCES, '')) {
      const signal = TO_ALL[key]
      if (key === CTRL_C) this.#interrupt()
      else if (signal === undefined) this.#listeners.at(-1)?.(key)
      else if (this.#terminal.platform !== 'win32') {
        this.#close()
        this.#terminal.kill(0, signal)
      }
    }
  }

  #interrupt(): void {
    const { platform, pid } = this.#terminal
    // On Windows, `kill` would end the process at once, without its handlers.
    if (platform === 'win32') this.#terminal.emit('SIGINT')
    else this.#terminal.kill(pid, 'SIGINT')
  }

  /** False when the terminal is gone. */
  #setRaw(isRaw: boolean): boolean {
    try {
      this.#terminal.stdin.setRawMode(isRaw)
      return true
    } catch {
      return false
    }
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
