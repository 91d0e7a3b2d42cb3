// The keys of whoever sits at the terminal, one by one as they are pressed. What a terminal does of itself with
// some of them (Ctrl-C and its like) it does not do meanwhile, so it is done here; and it is left as it was found,
// however the process ends. What a key means is for others to say.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

export interface Keyboard {
  /** Whether anybody can press one that would be heard. */
  isThere(): boolean
  /** Each key goes to the last that listens, until its result is called. */
  listen(hear: (key: string) => void): () => void
  /** For those that listen, when the terminal may have come to this process since: no shell says so. */
  wake(): void
}

const CTRL_C = '\u0003'
/** Signals that a terminal sends to all processes of a command: to stop for a while, and to end with a dump. */
const TO_ALL: Readonly<Record<string, NodeJS.Signals>> = { '\u001A': 'SIGTSTP', '\u001C': 'SIGQUIT' }
/** Arrows and other keys that are more than one character. */
// oxlint-disable-next-line no-control-regex
const SEQUENCES = /\u001B(?:\[[0-?]*[ -/]*[@-~]|O.|[^\u001B])?/gs

/** The part of a process that is used. */
export type Terminal = Pick<NodeJS.Process, 'pid' | 'platform' | 'kill' | 'on' | 'once' | 'off' | 'emit'> & {
  readonly stdin: Pick<NodeJS.ReadStream, 'isTTY' | 'setRawMode' | 'on' | 'off' | 'resume' | 'pause' | 'unref'>
  readonly stdout: { readonly isTTY?: boolean }
}

/** @param isForeground whether the terminal is this process's now */
export function terminalKeyboard(terminal: Terminal = process, isForeground: () => boolean = hasTheTerminal): Keyboard {
  const { stdin, stdout, platform, pid } = terminal
  const listeners: ((key: string) => void)[] = []
  let isOpen = false

  const isThere = (): boolean => stdin.isTTY === true && stdout.isTTY === true && isForeground()
  /** False where the terminal has gone. */
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
    // Nobody has to press one before the process may end.
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
  // As if the terminal had done it; on Windows a process that sends itself a signal ends without a word.
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

/** A command in the background (`vitest run &`) that reads from the terminal, or changes how it reads, is stopped. */
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

/** @param stat of a process, as Linux tells it */
export function isInForeground(stat: string): boolean {
  // After the name, which may hold anything: state, parent, group, session, terminal, the terminal's group.
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return foreground === group || foreground === '-1'
}
