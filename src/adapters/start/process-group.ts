// A command with everything it starts: one group of processes that ends as a whole, also when this
// process dies first. What the command is good for is not known here.
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import type { Clock } from '../../clock.ts'
import { LastLines } from './last-lines.ts'

export interface Command {
  /** A line for the shell, or a program with its arguments. */
  readonly command: string | readonly string[]
  readonly cwd: string
  /** All of it: nothing is inherited. */
  readonly env: NodeJS.ProcessEnv
}

/** `exit code 1`, `signal SIGKILL`, or why it could not be run at all. */
export type Ending = string

/** How long a group has to end by itself. */
const GRACE_MS = 5000
const LOOK_EVERY_MS = 30
/** What a process wrote last may come a little after its end. */
const LAST_WORDS_MS = 500

const onWindows = process.platform === 'win32'

export class ProcessGroup {
  /** Resolves when the command itself has ended; what it leaves behind is then stopped. */
  readonly whenEnded: Promise<Ending>
  readonly output: LastLines = new LastLines()
  readonly #child: ChildProcess
  readonly #guard: ChildProcess | undefined
  readonly #clock: Clock
  #ending: Ending | undefined
  #stopped: Promise<void> | undefined
  #wasStopped = false

  constructor({ command, cwd, env }: Command, clock: Clock) {
    this.#clock = clock
    const [program = '', ...args] = typeof command === 'string' ? [command] : command
    this.#child = spawn(program, args, {
      cwd,
      env,
      shell: typeof command === 'string',
      // A group of its own: it can be stopped as a whole, and Ctrl-C reaches it only through us.
      detached: !onWindows,
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream === null) continue
      this.output.follow(stream)
      ;(stream as Socket).unref()
    }
    this.#child.unref()
    this.#guard = this.#child.pid === undefined ? undefined : guard(this.#child.pid)
    this.whenEnded = this.#watch()
  }

  /** Undefined while it runs. */
  get ending(): Ending | undefined {
    return this.#ending
  }

  /** Did it end, or is it about to, because it was told to? */
  get wasStopped(): boolean {
    return this.#wasStopped
  }

  /** Asks the group to end, ends it after five seconds; resolves when it is gone. */
  stop(): Promise<void> {
    this.#wasStopped ||= this.#ending === undefined
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  /** Ends the group at once: for the last moment of this process, when nothing can be awaited. */
  kill(): void {
    this.#signal('SIGKILL')
  }

  #watch(): Promise<Ending> {
    return new Promise((resolve) => {
      const end = (ending: Ending): void => {
        this.#ending ??= ending
        void this.stop()
        const tell = (): void => resolve(this.#ending ?? ending)
        this.#child.once('close', tell)
        this.#clock.after(LAST_WORDS_MS, tell)
      }
      this.#child.once('error', (error) => end(`it could not be run (${error.message})`))
      this.#child.once('exit', (code, signal) => end(signal === null ? `exit code ${code}` : `signal ${signal}`))
    })
  }

  async #stop(): Promise<void> {
    this.#signal('SIGTERM')
    const latest = this.#clock.now() + GRACE_MS
    while (this.#isAlive() && this.#clock.now() < latest) await this.#clock.sleep(LOOK_EVERY_MS)
    if (this.#isAlive()) this.#signal('SIGKILL')
    // Nothing survives SIGKILL; only the processes that wait for it to be noticed are still counted.
    const noticed = this.#clock.now() + LAST_WORDS_MS
    while (this.#isAlive() && this.#clock.now() < noticed) await this.#clock.sleep(LOOK_EVERY_MS)
    this.#guard?.kill('SIGKILL')
  }

  #isAlive(): boolean {
    const { pid } = this.#child
    if (pid === undefined) return false
    if (this.#child.exitCode === null && this.#child.signalCode === null) return true
    return !onWindows && signalGroup(pid, 0) && hasLivingMember(pid)
  }

  #signal(signal: 'SIGTERM' | 'SIGKILL'): void {
    const { pid } = this.#child
    if (pid === undefined) return
    // Windows knows no request to end, and no groups: the tree below the command is ended.
    if (onWindows) spawnSync('taskkill', ['/pid', String(pid), '/t', '/f'], { stdio: 'ignore', windowsHide: true })
    else signalGroup(pid, signal)
  }
}

/** False when there is no such group any more. */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-leader, signal)
    return true
  } catch {
    return false
  }
}

/**
 * Where the first process of a container collects no others, those that have ended stay in their group:
 * Linux tells them apart.
 */
function hasLivingMember(leader: number): boolean {
  if (process.platform !== 'linux') return true
  return readdirSync('/proc').some((name) => /^\d+$/.test(name) && livesInGroup(name, leader))
}

function livesInGroup(pid: string, leader: number): boolean {
  try {
    // After the name in parentheses, which may hold anything: state, parent, group.
    const [state, , group] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return Number(group) === leader && state !== 'Z' && state !== 'X'
  } catch {
    return false
  }
}

/**
 * A shell that waits for the end of its input, which comes with the end of this process, even by SIGKILL:
 * then it ends the group.
 */
function guard(leader: number): ChildProcess | undefined {
  if (onWindows) return undefined
  const script = 'read line; kill -s TERM -- "-$1"; sleep 2; kill -s KILL -- "-$1"'
  const shell = spawn('/bin/sh', ['-c', script, 'sh', String(leader)], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  // Without a shell the group is still ended in every other way.
  shell.on('error', () => undefined)
  shell.stdin.on('error', () => undefined)
  ;(shell.stdin as Socket).unref()
  shell.unref()
  return shell
}
