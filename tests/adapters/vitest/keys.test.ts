// The keys of whoever watches a scenario: when they are heard, what they ask for, and what is shown of them.
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Message, Order } from '../../../src/adapters/vitest/channel.ts'
import type { Keyboard } from '../../../src/adapters/vitest/keyboard.ts'
import { grant, Keys, keysLine } from '../../../src/adapters/vitest/keys.ts'
import type { Wish } from '../../../src/adapters/vitest/keys.ts'
import { Progress } from '../../../src/adapters/vitest/progress.ts'
import { askAtTerminal } from '../../../src/adapters/vitest/question.ts'
import type { Run } from '../../../src/run.ts'
import { aPlan, play } from '../../support/a-plan.ts'
import { aTick } from '../../support/a-tick.ts'

interface FakeKeyboard extends Keyboard {
  /** The terminal comes to this process. */
  comes(): void
  press(keys: string): void
  /** How often it was woken. */
  readonly woken: number
  /** How many listen. */
  readonly listening: number
}

function fakeKeyboard(isThere = true): FakeKeyboard {
  const listeners: ((key: string) => void)[] = []
  let isHere = isThere
  let woken = 0
  return {
    isThere: () => isHere,
    comes: () => void (isHere = true),
    wake: () => void woken++,
    get woken() {
      return woken
    },
    listen: (hear) => {
      listeners.push(hear)
      return () => void listeners.splice(listeners.indexOf(hear), 1)
    },
    press: (keys) => keys.split('').forEach((key) => listeners.at(-1)?.(key)),
    get listening() {
      return listeners.length
    },
  }
}

const vitest = (watch = false): never => ({ config: { watch } }) as never

function heard(keyboard: FakeKeyboard, watch = false): { keys: Keys; orders: Order[] } {
  const orders: Order[] = []
  return { keys: new Keys(vitest(watch), keyboard, (order) => orders.push(order)), orders }
}

// This test may itself be run by a CI service.
let ci: string | undefined
beforeEach(() => {
  ci = process.env['CI']
  delete process.env['CI']
})
afterEach(() => {
  if (ci === undefined) delete process.env['CI']
  else process.env['CI'] = ci
})

test('each key is a wish, in either case, from the begin of a scenario to its end', () => {
  const keyboard = fakeKeyboard()
  const { keys, orders } = heard(keyboard)
  keyboard.press('p')
  keys.begin()
  keys.begin()
  expect([keys.areHeard, keyboard.listening, keys.wantsEnd]).toEqual([true, 1, false])
  keyboard.press('pRsxc q')
  keys.end()
  keyboard.press('p')
  expect(orders.map((order) => order.kind === 'wish' && order.wish)).toEqual([
    'pause',
    'go on',
    'statistics',
    'checkpoint',
    'finish',
  ])
  expect([keys.areHeard, keyboard.listening, keys.wantsEnd]).toEqual([false, 0, true])
})

test.each([
  ['in watch mode, whose keys are Vitest’s', fakeKeyboard(), true, undefined],
  ['without a terminal', fakeKeyboard(false), false, undefined],
  ['in CI, terminal or not', fakeKeyboard(), false, '1'],
])('none is heard %s', (_, keyboard, watch, inCi) => {
  if (inCi !== undefined) process.env['CI'] = inCi
  const { keys } = heard(keyboard, watch)
  keys.begin()
  expect([keys.areHeard, keyboard.listening]).toEqual([false, 0])
})

test('while a question is open they answer that, and are wishes again afterwards', () => {
  const keyboard = fakeKeyboard()
  const { keys, orders } = heard(keyboard)
  keys.begin()
  const answers: Order[] = []
  const said: string[] = []
  askAtTerminal(vitest(), keyboard, (line) => said.push(line)).ask('it opened', (order) => answers.push(order))
  keyboard.press('psr')
  keyboard.press('r')
  expect(answers).toEqual([{ kind: 'decision', goesOn: true }])
  expect(said).toEqual(['! Paused: it opened. Press r to go on, q to end the run.', 'The run goes on.'])
  expect(orders).toEqual([{ kind: 'wish', wish: 'go on' }])
})

test('what they do now is said in one short line', () => {
  const rest = 's statistics · c checkpoint · q end after this cycle · Ctrl-C stop'
  expect(keysLine({})).toBe(`p pause · ${rest}`)
  expect(keysLine({ pausedMs: 0 })).toBe(`r go on · ${rest}`)
  expect(keysLine({ breaker: { phase: 'paused', failed: 1, agents: 2 } })).toBe('r go on · q end the run')
  expect(keysLine({}).length).toBeLessThan(77)
})

test('where nothing can be redrawn the line is printed, and none where keys are not wanted', () => {
  const printed = (parts: object, hasBlock = false): string[] => {
    const lines: string[] = []
    const live = (block?: () => readonly string[]): boolean => block !== undefined && hasBlock
    const screen = { coloured: false, columns: 80, lines: (more: string[]) => lines.push(...more), live }
    const progress = new Progress({ screen: screen as never, root: '/', ...parts })
    progress.hear({ kind: 'begin', plan: aPlan('flow: [{ type: http, name: list, path: /items }]') })
    progress.end()
    return lines.filter((line) => line.startsWith('Keys: '))
  }
  const { keys } = heard(fakeKeyboard())
  expect(printed({ keys })).toEqual([`Keys: ${keysLine({})}`])
  expect(keys.areHeard).toBe(false)
  expect(printed({ keys }, true)).toEqual([])
  expect(printed({ keys, level: 'warn' })).toEqual([])
  expect(printed({})).toEqual([])
})

test('a run that began in the background hears them in the foreground', () => {
  const keyboard = fakeKeyboard(false)
  const { keys } = heard(keyboard)
  const lines: string[] = []
  const screen = { coloured: false, columns: 80, lines: (more: string[]) => lines.push(...more), live: () => false }
  const progress = new Progress({ screen: screen as never, root: '/', keys })
  const isTold = (): boolean => lines.includes(`Keys: ${keysLine({})}`)
  progress.hear({ kind: 'begin', plan: aPlan('flow: [{ type: http, name: list, path: /items }]') })
  progress.hear({ kind: 'tick', tick: aTick() })
  expect([keys.areHeard, isTold()]).toEqual([false, false])
  keyboard.comes()
  progress.hear({ kind: 'tick', tick: aTick() })
  expect([keys.areHeard, isTold(), keyboard.woken]).toEqual([true, true, 0])
  progress.hear({ kind: 'tick', tick: aTick() })
  expect([lines.filter((line) => line.startsWith('Keys: ')).length, keyboard.woken]).toEqual([1, 1])
  progress.end()
  // One that was under way.
  progress.hear({ kind: 'tick', tick: aTick() })
  expect(keyboard.listening).toBe(0)
})

test('the worker does what is wished, and says so', async () => {
  const messages: Message[] = []
  const sender = { send: (message: Message) => void messages.push(message), close: () => Promise.resolve() }
  const wishes: readonly (readonly [number, Wish])[] = [
    [5, 'pause'],
    [6, 'pause'],
    [20, 'statistics'],
    [2005, 'go on'],
    [2006, 'checkpoint'],
    [2007, 'finish'],
  ]
  const { record } = await play(
    'simulation: { cycles: 3 }\nagents: { a: { count: 1, workload: { iterations: 2 } } }\nflow: [{ type: http, name: list, path: /items }]',
    {
      during: (run: Run, clock) => {
        for (const [at, wish] of wishes) clock.at(at, () => grant(wish, run, sender))
      },
    },
  )
  expect(messages.map((message) => (message.kind === 'notice' ? message.text : message.kind))).toEqual([
    'Paused in cycle 1: no iteration begins, those under way come to their end. Press r to go on.',
    'The run is paused already. Press r to go on.',
    'statistics',
    'The run goes on, after 2 s.',
    'No checkpoint: nothing of this run is kept on disk.',
    'The run ends after cycle 1, without a checkpoint: nothing of this run is kept on disk.',
  ])
  expect(messages[2]).toMatchObject({ statistics: { cycle: 1, cycles: 3, steps: [{ step: 'list', attempts: 1 }] } })
  expect(record.stopped).toBe('ended by the key q after cycle 1')
})
