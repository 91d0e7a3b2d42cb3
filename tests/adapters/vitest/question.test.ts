// The worker's question whether a paused run goes on, over the real socket: answered, or never heard.
import { afterEach, describe, expect, test } from 'vitest'
import { connect, freshAddress, listen } from '../../../src/adapters/vitest/channel.ts'
import type { Order } from '../../../src/adapters/vitest/channel.ts'
import { askAtTerminal, Questions } from '../../../src/adapters/vitest/question.ts'

async function asked(answer: Order): Promise<{ answer: string; reasons: string[] }> {
  const address = freshAddress()
  const reasons: string[] = []
  const hub = listen(address, (message, reply) => {
    if (message.kind !== 'paused') return
    reasons.push(message.reason)
    reply(answer)
  })
  const questions = new Questions()
  const sender = connect(address, (order) => questions.hear(order))
  const answered = await questions.ask('the circuit breaker opened', sender)
  await sender.close()
  hub.close()
  return { answer: answered, reasons }
}

test.each<[Order, string]>([
  [{ kind: 'decision', goesOn: true }, 'go on'],
  [{ kind: 'decision', goesOn: false }, 'abort'],
  [{ kind: 'stop', reason: 'interrupted by SIGINT', graceMs: 0 }, 'abort'],
])('%j means %s', async (order, answer) => {
  expect(await asked(order)).toEqual({ answer, reasons: ['the circuit breaker opened'] })
})

test.each([[undefined], [freshAddress()]])('without a main process the run ends', async (address) => {
  const questions = new Questions()
  const sender = connect(address, (order) => questions.hear(order))
  expect(await questions.ask('the circuit breaker opened', sender)).toBe('abort')
  await sender.close()
})

describe('at the terminal', () => {
  // This test may itself be run by a CI service.
  const NONE = { CI: '', TURBULENCE_LOG_LEVEL: '' }
  const before = Object.fromEntries(Object.keys(NONE).map((name) => [name, process.env[name]]))
  afterEach(() => {
    for (const [name, value] of Object.entries(before))
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
  })

  const FILE = { project: { name: 'scenarios' } }

  /** What comes of a question, and who listens before and after the file that asked is over. */
  function ask({ isThere = true, watch = false, env = {} } = {}) {
    Object.assign(process.env, NONE, env)
    const [orders, lines, told]: [Order[], string[], unknown[]] = [[], [], []]
    let listening = 0
    const keyboard = {
      isThere: () => isThere,
      listen: () => (listening++, () => void (listening = 0)),
      wake: () => undefined,
    }
    const asker = askAtTerminal({ config: { watch } } as never, keyboard, (line) => lines.push(line))
    const provide = (name: string, value: unknown): void => void told.push([name, value])
    asker.onTestRunStart?.([{ project: { name: 'scenarios', provide } }, { project: { name: 'unit' } }] as never)
    asker.ask('the circuit breaker opened', (order) => orders.push(order))
    const listened = [listening]
    for (const file of [{ project: { name: 'unit' } }, FILE]) {
      void asker.onTestModuleEnd?.(file as never)
      listened.push(listening)
    }
    return { orders, lines, told, listened }
  }

  test('somebody is asked, until the file is over whatever came of it', () => {
    const { orders, lines, told, listened } = ask()
    expect(told).toEqual([['turbulenceAsks', true]])
    expect(lines).toEqual(['! Paused: the circuit breaker opened. Press r to go on, q to end the run.'])
    expect(orders).toEqual([])
    expect(listened).toEqual([1, 1, 0])
  })

  test.each([
    ['without one', { isThere: false }],
    ['in watch mode', { watch: true }],
    ['in CI, terminal or not', { env: { CI: 'true' } }],
    ['when nothing is printed', { env: { TURBULENCE_LOG_LEVEL: 'error' } }],
  ])('nobody is asked %s: the run ends at once', (_, surroundings) => {
    const { orders, lines, told, listened } = ask(surroundings)
    expect(told).toEqual([['turbulenceAsks', false]])
    expect(orders).toEqual([{ kind: 'decision', goesOn: false }])
    expect(lines).toEqual([])
    expect(listened).toEqual([0, 0, 0])
  })
})
