// The worker's question over the real socket: answered, refused, or never heard.
import { describe, expect, test } from 'vitest'
import { connect, freshAddress, listen } from '../../../src/adapters/vitest/channel.ts'
import type { Order } from '../../../src/adapters/vitest/channel.ts'
import { Needs } from '../../../src/adapters/vitest/needs.ts'
import type { CellRecord, Plan } from '../../../src/run.ts'

const START: Plan['start'] = [
  {
    service: 'api',
    baseUrl: 'http://127.0.0.1:3000',
    command: 'node server.mjs',
    cwd: '/project',
    env: {},
    timeoutMs: 1000,
    place: { file: '/project/shop.sut.yaml', line: 5, column: 5 },
  },
]

/** What becomes of a need that the main process answers so. */
async function meet(...answers: readonly Order[]): Promise<{ error?: string; notices: string[]; asked: number }> {
  const address = freshAddress()
  let asked = 0
  const hub = listen(address, (message, answer) => {
    if (message.kind !== 'need') return
    asked++
    answers.forEach((each) => answer(each))
  })
  const notices: string[] = []
  const needs = new Needs(notices)
  const sender = connect(address, (order) => needs.hear(order))
  try {
    await needs.meet(START, sender)
    return { notices, asked }
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? '') : '', notices, asked }
  } finally {
    await sender.close()
    hub.close()
  }
}

test('ready: it goes on', async () => {
  expect(await meet({ kind: 'ready' })).toEqual({ notices: [], asked: 1 })
})

test('failed: an error at the line of start', async () => {
  const place = START[0]!.place
  const { error } = await meet({ kind: 'failed', message: 'It did not start.\nIt wrote nothing.', place })
  expect(error).toBe('StartError: It did not start.\n    at /project/shop.sut.yaml:5:5')
})

test('stopped while it waits: nothing is sent', async () => {
  const { error } = await meet({ kind: 'stop', reason: 'interrupted by SIGINT', graceMs: 0 })
  expect(error).toContain('Nothing was sent: interrupted by SIGINT.')
})

test('a service that ends later becomes a notice', async () => {
  expect(await meet({ kind: 'notice', text: 'it ended' }, { kind: 'ready' })).toEqual({
    notices: ['it ended'],
    asked: 1,
  })
})

test.each([
  ['no address', undefined],
  ['nobody listening', freshAddress()],
])('with %s it fails at once', async (_, address) => {
  const needs = new Needs([])
  const sender = connect(address, (order) => needs.hear(order))
  await expect(needs.meet(START, sender)).rejects.toThrow('The main process of Vitest cannot be reached.')
})

test('without anything to start, nobody is asked', async () => {
  const needs = new Needs([])
  const nobody = connect(undefined, (order) => needs.hear(order))
  await expect(needs.meet([], nobody)).resolves.toBeUndefined()
})

describe('what a service said when it ended', () => {
  const cell = (requests: Readonly<Record<string, number>>): CellRecord => ({ requests }) as unknown as CellRecord
  const sender = { send: () => undefined, close: () => Promise.resolve() }

  async function met(notices: string[]): Promise<Needs> {
    const needs = new Needs(notices)
    const done = needs.meet(START, sender)
    needs.hear({ kind: 'ready' })
    await done
    return needs
  }

  test('is waited for when requests were cut off', async () => {
    const notices: string[] = []
    const needs = await met(notices)
    const waited = needs.lastWords([cell({ ok: 3 }), cell({ reset: 1 })])
    needs.hear({ kind: 'notice', text: 'it ended' })
    await waited
    expect(notices).toEqual(['it ended'])
  })

  test('is not waited for when none were, and when nothing was started', async () => {
    const order: string[] = []
    const late = new Promise<void>((resolve) => setImmediate(resolve)).then(() => order.push('later'))
    await (await met([])).lastWords([cell({ ok: 3, failed: 1 })])
    await new Needs([]).lastWords([cell({ connection: 3 })])
    order.push('at once')
    await late
    expect(order).toEqual(['at once', 'later'])
  })
})
