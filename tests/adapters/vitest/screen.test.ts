// Where our lines go: beside Vitest's own, unless a report for programs has stdout.
import { expect, test } from 'vitest'
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
