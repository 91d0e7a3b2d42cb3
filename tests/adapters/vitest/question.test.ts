// The worker's question whether a paused run goes on, over the real socket: answered, or never heard.
import { expect, test } from 'vitest'
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

const nobody = { isThere: () => false, listen: () => () => undefined }

test('without a terminal nobody is asked: the run ends at once', () => {
  const orders: Order[] = []
  const lines: string[] = []
  const asker = askAtTerminal({ config: { watch: false } } as never, nobody, (line) => lines.push(line))
  asker.ask('the circuit breaker opened', (order) => orders.push(order))
  expect(orders).toEqual([{ kind: 'decision', goesOn: false }])
  expect(lines).toEqual([])
})
