// Where our lines go: beside Vitest's own, unless a report for programs has stdout.
import { describe, expect, test } from 'vitest'
import type { Vitest } from 'vitest/node'
import { Screen } from '../../../src/adapters/vitest/screen.ts'

/** Lays down which of Vitest's two channels was written to. */
function channelOf(reporters: readonly unknown[], outputFile?: unknown): string {
  let channel = 'none'
  const logger = { log: () => (channel = 'stdout'), error: () => (channel = 'stderr') }
  new Screen({ config: { reporters, outputFile }, logger } as unknown as Vitest).lines(['text'])
  return channel
}

test.each([
  [['default'], undefined, 'stdout'],
  [['default', 'junit'], undefined, 'stderr'],
  [[['json', {}]], undefined, 'stderr'],
  [['default', 'junit'], 'junit.xml', 'stdout'],
  [['default', 'junit'], { junit: 'junit.xml' }, 'stdout'],
  [['default', 'junit'], { json: 'report.json' }, 'stderr'],
  [['default', ['junit', { outputFile: 'junit.xml' }]], undefined, 'stdout'],
])('with the reporters %j and the output file %j lines go to %s', (reporters, outputFile, channel) => {
  expect(channelOf(reporters, outputFile)).toBe(channel)
})

describe('the live block', () => {
  const THEIRS = ['', ' ❯ \u001B[1ma file with a long name\u001B[22m', '      Tests 0 passed', '']

  /** What stands in the window on a terminal of that size; undefined where there is no block. */
  function windowOn(columns: number, rows: number): string[] | undefined {
    const options = { getWindow: () => THEIRS }
    const reporters = [{ summary: { renderer: { options } } }]
    const stdout = { isTTY: true, columns, rows }
    const screen = new Screen({ config: { reporters: [] }, reporters } as unknown as Vitest, { stdout, stderr: stdout })
    const hasPlace = screen.live((most) => Array.from({ length: 9 }, (_, at) => `line ${at}`).slice(0, most))
    return hasPlace ? options.getWindow().slice(THEIRS.length) : undefined
  }

  test('stands under what Vitest shows, and ends in an empty line', () => {
    expect(windowOn(80, 40)).toEqual([...Array.from({ length: 9 }, (_, at) => `line ${at}`), ''])
  })

  test('is as high as the terminal has room for, or what goes out at its top would stay there at each redraw', () => {
    expect(windowOn(80, 8)).toEqual(['line 0', 'line 1', 'line 2', ''])
    // One of theirs takes two rows.
    expect(windowOn(20, 8)).toEqual(['line 0', 'line 1', ''])
    expect(windowOn(80, 4)).toEqual([])
  })

  test('is not there where the size of the terminal is not known', () => {
    expect(windowOn(0, 0)).toBeUndefined()
  })
})
