// Lines in batches: all of them, in their order, one write at a time; a disk that is slow or fails costs
// lines, is told once, and never throws.
import { describe, expect, test } from 'vitest'
import { LineFile } from '../../src/store/line-file.ts'
import type { LineDisk } from '../../src/store/line-file.ts'

const LONG = 'x'.repeat(10_000)

interface FakeDisk extends LineDisk {
  readonly writes: string[]
  /** Ends the write that is under way. */
  release(error?: Error): void
}

function fakeDisk(): FakeDisk {
  const writes: string[] = []
  let end: ((error?: Error) => void) | undefined
  return {
    writes,
    appendFile: (_, text) => {
      expect(end).toBeUndefined()
      writes.push(text)
      return new Promise((resolve, reject) => {
        end = (error) => {
          end = undefined
          if (error === undefined) resolve()
          else reject(error)
        }
      })
    },
    release: (error) => end?.(error),
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('a file of lines', () => {
  test('writes them in batches, in their order', async () => {
    const texts: string[] = []
    const file = new LineFile('/x', { appendFile: async (_, text) => void texts.push(text) })
    const lines = Array.from({ length: 50 }, (_, n) => `${n} ${LONG}`)
    for (const line of lines) file.add(line)
    await file.drained()
    expect(texts.join('')).toBe(`${lines.join('\n')}\n`)
    expect(texts.length).toBeLessThan(25)
    expect(file.lost).toBeUndefined()
  })

  test('knows how many bytes it will have, also of what is not written yet', async () => {
    const texts: string[] = []
    const file = new LineFile('/x', { appendFile: async (_, text) => void texts.push(text) }, 7)
    const lines = Array.from({ length: 150 }, (_, n) => `${n} grün`)
    for (const line of lines) file.add(line)
    expect(file.bytes).toBe(7 + Buffer.byteLength(`${lines.join('\n')}\n`))
    await file.drained()
    expect(texts.join('')).toBe(`${lines.join('\n')}\n`)
    expect(file.bytes).toBe(7 + Buffer.byteLength(texts.join('')))
  })

  test('touches no disk for nothing', async () => {
    const disk = fakeDisk()
    const file = new LineFile('/x', disk)
    file.flush()
    await file.drained()
    expect(disk.writes).toEqual([])
  })

  test('has one write under way, and gathers meanwhile', async () => {
    const disk = fakeDisk()
    const file = new LineFile('/x', disk)
    file.add('a')
    file.flush()
    for (const line of ['b', 'c']) file.add(line)
    file.flush()
    expect(disk.writes).toEqual(['a\n'])
    const closed = file.drained()
    disk.release()
    await turn()
    disk.release()
    await closed
    expect(disk.writes).toEqual(['a\n', 'b\nc\n'])
  })

  test('keeps no more than a bound for a disk that does not keep up, and says how much is lost', async () => {
    const disk = fakeDisk()
    const file = new LineFile('/x', disk)
    for (let n = 0; n < 3000; n++) file.add(LONG)
    expect(file.lost?.reason).toBe('the disk was too slow')
    expect(file.lost?.lines).toBeGreaterThan(1200)
    const closed = file.drained()
    for (let n = 0; n < 5; n++) {
      disk.release()
      await turn()
    }
    await closed
    expect(disk.writes.join('').split('\n').length - 1 + (file.lost?.lines ?? 0)).toBe(3000)
  })

  test('gives up after the first failure', async () => {
    const disk = fakeDisk()
    const file = new LineFile('/x', disk)
    file.add('a')
    file.flush()
    disk.release(Object.assign(new Error('full'), { code: 'ENOSPC' }))
    await turn()
    file.add('b')
    await file.drained()
    expect(disk.writes).toEqual(['a\n'])
    expect(file.lost).toEqual({ lines: 2, reason: 'no space is left on the disk (ENOSPC)' })
  })
})
