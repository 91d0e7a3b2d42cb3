// Keys one by one: who hears them, what the terminal would have done with some of them, and how it is left. What a
// real terminal makes of it is e2e/terminal.test.ts.
import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { isInForeground, terminalKeyboard } from '../../../src/adapters/vitest/keyboard.ts'
import type { Keyboard, Terminal } from '../../../src/adapters/vitest/keyboard.ts'

interface Desk {
  readonly keyboard: Keyboard
  /** What is done to the terminal and to processes, in order. */
  readonly done: string[]
  type(keys: string): void
  /** A signal comes, or the process ends. */
  comes(event: string): void
  /** Reading fails. */
  breaks(): void
  /** Nobody listens to anything any more. */
  isLeftAlone(): boolean
}

function desk({
  platform = 'linux',
  isTTY = true,
  isForeground = (): boolean => true,
  hasGone = (): boolean => false,
} = {}): Desk {
  const done: string[] = []
  const process = new EventEmitter()
  const stdin = new EventEmitter()
  const note = (what: string): unknown => done.push(what)
  const terminal = Object.assign(process, {
    pid: 7,
    platform,
    kill: (pid: number, signal: string) => note(`${signal} to ${pid}`),
    stdout: { isTTY },
    stdin: Object.assign(stdin, {
      isTTY,
      setRawMode: (raw: boolean) => {
        if (hasGone()) throw new Error('setRawMode EIO')
        note(raw ? 'raw' : 'cooked')
      },
      resume: () => note('reads'),
      pause: () => note('reads no more'),
      unref: () => undefined,
    }),
  })
  return {
    keyboard: terminalKeyboard(terminal as unknown as Terminal, isForeground),
    done,
    type: (keys) => void stdin.emit('data', Buffer.from(keys)),
    comes: (event) => void process.emit(event),
    breaks: () => void stdin.emit('error', new Error('read EIO')),
    isLeftAlone: () => [...process.eventNames(), ...stdin.eventNames()].length === 0,
  }
}

test('each goes to the last that listens, and the terminal is left as it was found', () => {
  const { keyboard, done, type, isLeftAlone } = desk()
  const heard: string[] = []
  const first = keyboard.listen((key) => heard.push(`1 ${key}`))
  type('pé')
  const second = keyboard.listen((key) => heard.push(`2 ${key}`))
  type('r')
  second()
  second()
  type('q')
  expect(done).toEqual(['raw', 'reads'])
  first()
  type('x')
  expect(heard).toEqual(['1 p', '1 é', '2 r', '1 q'])
  expect(done.slice(2)).toEqual(['cooked', 'reads no more'])
  expect(isLeftAlone()).toBe(true)
})

test('arrows and the like are no letters', () => {
  const { keyboard, type } = desk()
  const heard: string[] = []
  keyboard.listen((key) => heard.push(key))
  type('\u001B[A\u001B[1;5Cs\u001BOP\u001B\u001B[15~c')
  expect(heard.join('')).toBe('sc')
})

test('Ctrl-C interrupts; Ctrl-Z stops all of the command with the terminal as it was, until it is continued', () => {
  const { keyboard, done, type, comes } = desk()
  const heard: string[] = []
  keyboard.listen((key) => heard.push(key))
  type('\u0003')
  type('\u001A')
  expect(done).toEqual(['raw', 'reads', 'SIGINT to 7', 'cooked', 'reads no more', 'SIGTSTP to 0'])
  comes('SIGCONT')
  type('\u001C')
  expect(done.slice(6)).toEqual(['raw', 'reads', 'cooked', 'reads no more', 'SIGQUIT to 0'])
  expect(heard).toEqual([])
})

test('back in the foreground without a signal, as after `bg` and `fg`, it reads again once it is woken', () => {
  let isForeground = true
  const { keyboard, done, type, comes } = desk({ isForeground: () => isForeground })
  keyboard.wake()
  const forget = keyboard.listen(() => undefined)
  type('\u001A')
  isForeground = false
  comes('SIGCONT')
  keyboard.wake()
  expect(done.slice(2)).toEqual(['cooked', 'reads no more', 'SIGTSTP to 0'])
  isForeground = true
  keyboard.wake()
  keyboard.wake()
  expect(done.slice(5)).toEqual(['raw', 'reads'])
  forget()
})

test('on Windows a signal to itself would be its end', () => {
  const { keyboard, done, type } = desk({ platform: 'win32' })
  keyboard.listen(() => undefined)
  type('\u0003\u001A')
  expect(done).toEqual(['raw', 'reads'])
})

test('the end of the process gives the terminal back', () => {
  const { keyboard, done, comes } = desk()
  keyboard.listen(() => undefined)
  comes('exit')
  expect(done).toEqual(['raw', 'reads', 'cooked', 'reads no more'])
})

test('a terminal that goes away takes nothing with it', () => {
  let hasGone = false
  const { keyboard, done, breaks, isLeftAlone } = desk({ hasGone: () => hasGone })
  const forget = keyboard.listen(() => undefined)
  hasGone = true
  breaks()
  forget()
  expect(done).toEqual(['raw', 'reads', 'reads no more'])
  keyboard.listen(() => undefined)()
  expect(done).toHaveLength(3)
  expect(isLeftAlone()).toBe(true)
})

test('without a terminal, and in the background, nothing is touched', () => {
  let isForeground = false
  for (const one of [desk({ isTTY: false }), desk({ isForeground: () => isForeground })]) {
    expect(one.keyboard.isThere()).toBe(false)
    const forget = one.keyboard.listen(() => undefined)
    expect(one.done).toEqual([])
    forget()
    expect(one.isLeftAlone()).toBe(true)
  }
  // Whoever brings it to the foreground continues it.
  const { keyboard, done, comes } = desk({ isForeground: () => isForeground })
  keyboard.listen(() => undefined)
  isForeground = true
  comes('SIGCONT')
  expect(done).toEqual(['raw', 'reads'])
})

test.each([
  ['its own group has the terminal', '42 (node) R 1 42 40 34816 42 4194304', true],
  ['another one has', '42 (node) R 1 42 40 34816 40 4194304', false],
  ['nobody has: there is no job control', '42 (node) R 1 42 40 0 -1 4194304', true],
  ['its name is a trap', '42 (a) R 1 9 9 9 9 (b) S 1 42 40 34816 40 4194304', false],
])('whether a process is in the foreground: %s', (_, stat, expected) => {
  expect(isInForeground(stat)).toBe(expected)
})
