// The socket between worker and main process: one line per message, and nothing left behind.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { connect, freshAddress, listen } from '../../../src/adapters/vitest/channel.ts'
import type { Message, Order } from '../../../src/adapters/vitest/channel.ts'

const windows = process.platform === 'win32'
afterEach(() => vi.unstubAllEnvs())

function talk(address: string): Promise<{ heard: Message; order: Order }> {
  return new Promise((resolve) => {
    const hub = listen(address, (heard, answer) => {
      answer({ kind: 'ready' })
      said = heard
    })
    let said: Message | undefined
    const sender = connect(address, (order) => {
      void sender.close().then(() => {
        hub.close()
        if (said !== undefined) resolve({ heard: said, order })
      })
    })
    sender.send({ kind: 'notice', text: 'ü\n"' })
  })
}

test('a message arrives, so does its answer, and the socket is gone afterwards', async () => {
  const address = freshAddress()
  expect(await talk(address)).toEqual({ heard: { kind: 'notice', text: 'ü\n"' }, order: { kind: 'ready' } })
  if (!windows) expect(existsSync(address)).toBe(false)
})

test.skipIf(windows)('a temporary folder with a name too long for a socket does not silence it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'long-'))
  const long = join(folder, 'x'.repeat(120))
  mkdirSync(long)
  vi.stubEnv('TMPDIR', long)
  try {
    expect((await talk(freshAddress())).order).toEqual({ kind: 'ready' })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('without a listener, who needs a service is told so', async () => {
  const order = await new Promise<Order>((resolve) => {
    connect(freshAddress(), resolve).send({ kind: 'need', start: [] })
  })
  expect(order.kind).toBe('failed')
})
