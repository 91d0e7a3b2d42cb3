// How much memory the load generator takes: seen every second, kept as the most of it, and told once when it
// is more than the scenario allows.
import { expect, test } from 'vitest'
import { liveLines, plain, summaryLines } from '../../src/report/index.ts'
import type { Tick } from '../../src/report/index.ts'
import { memoryProbe } from '../../src/memory-probe.ts'
import { play } from '../support/a-plan.ts'
import type { Played, PlayOptions } from '../support/a-plan.ts'
import { memoryCheckpoints, stateIn } from '../support/checkpoints.ts'

/** 100 MB more each second. */
async function growing(
  limits: string,
  more: Partial<PlayOptions> = {},
): Promise<Played & { ticks: Tick[]; warnings: string[] }> {
  const ticks: Tick[] = []
  const warnings: string[] = []
  let looks = 0
  const played = await play(
    `limits: { ${limits} }
checkpoint: { every_cycles: 1 }
simulation: { cycles: 2 }
agents: { a: { count: 2, workload: { duration: 2500ms } } }
flow: [{ type: http, name: list, path: /items }]`,
    {
      memoryProbe: () => ({ rssMb: 100 * ++looks, heapMb: 40 * looks }),
      onTick: (tick) => ticks.push(tick),
      onWarning: (text) => warnings.push(text),
      ...more,
    },
  )
  return { ...played, ticks, warnings }
}

test('is in the live block, and its most in the record and the summary', async () => {
  const { ticks, record, warnings } = await growing('')
  expect(ticks.map(({ memory }) => memory?.rssMb)).toEqual([100, 200, 400, 500])
  expect(liveLines(ticks[1]!, { columns: 80, paint: plain })).toContain('  memory    200 MB, heap 80 MB')
  // Also at the end of each cycle.
  expect(record.memory).toEqual({ peakRssMb: 600, peakHeapMb: 240 })
  expect(summaryLines(record, { paint: plain })).toContain('  memory  600 MB at most, heap 240 MB')
  expect([warnings, record.notices]).toEqual([[], []])
})

test('is told at once and in the record, once, when it reaches memory_warning_mb', async () => {
  const { record, warnings } = await growing('memory_warning_mb: 400')
  const text =
    'The load generator took 400 MB of memory in cycle 2, limits.memory_warning_mb is 400 MB. ' +
    'Use fewer agents or cycles, or a machine with more memory.'
  expect(warnings).toEqual([`! ${text}`])
  expect(record.notices).toEqual([text])
})

test('counts in a run that goes on, whichever process took it', async () => {
  const checkpoints = memoryCheckpoints()
  const whole = await growing('memory_warning_mb: 300', { checkpoints })
  const resume = stateIn(checkpoints.texts.get(1))
  const small = { memoryProbe: () => ({ rssMb: 50, heapMb: 20 }) }
  const rest = await growing('memory_warning_mb: 300', { ...small, resume, checkpoints: memoryCheckpoints() })
  expect(rest.record.memory).toEqual({ peakRssMb: 300, peakHeapMb: 120 })
  expect([rest.warnings, rest.record.notices.slice(1)]).toEqual([[], whole.record.notices])
  const large = await growing('memory_warning_mb: 300', {
    resume,
    checkpoints: memoryCheckpoints(),
    memoryProbe: () => ({ rssMb: 700, heapMb: 20 }),
  })
  expect(large.warnings).toEqual([expect.stringContaining('took 700 MB of memory in cycle 2')])
  expect(large.record.notices.slice(1)).toEqual(whole.record.notices)
})

test('nobody looks on simulated time', async () => {
  const { record } = await play('flow: [{ type: http, name: list, path: /items }]')
  expect(record.memory).toBeUndefined()
})

test('the probe knows this process', () => {
  const { rssMb, heapMb } = memoryProbe()
  expect(heapMb).toBeGreaterThan(1)
  expect(rssMb).toBeGreaterThan(heapMb / 2)
})
