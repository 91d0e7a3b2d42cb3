import { PassThrough } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { LastLines } from '../../../src/adapters/start/last-lines.ts'

async function written(...chunks: readonly string[]): Promise<readonly string[]> {
  const lines = new LastLines()
  const stream = new PassThrough()
  lines.follow(stream)
  for (const chunk of chunks) stream.write(chunk)
  await turn()
  return lines.lines()
}

describe('the last lines', () => {
  test('are put together from pieces, without colours and empty lines', async () => {
    expect(await written('lis', 'tening\r\n\n\u001b[31mred', '\u001b[39m\n', 'no line break')).toEqual([
      'listening',
      'red',
      'no line break',
    ])
  })

  test('are fifty at most, however much is written', async () => {
    const lines = await written(Array.from({ length: 10_000 }, (_, i) => `line ${i}\n`).join(''))
    expect(lines).toHaveLength(50)
    expect(lines.at(-1)).toBe('line 9999')
  })

  test('are cut, also one that never ends', async () => {
    const lines = await written(...Array.from({ length: 100 }, () => 'x'.repeat(10_000)))
    expect(lines.map(({ length }) => length)).toEqual([2000])
  })
})
