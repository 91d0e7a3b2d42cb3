// What is printed while a scenario runs, by TURBULENCE_LOG_LEVEL.
import { expect, test } from 'vitest'
import { Progress } from '../../../src/adapters/vitest/progress.ts'
import type { LogLevel } from '../../../src/adapters/environment.ts'
import type { Tick } from '../../../src/run.ts'
import { aPlan } from '../../support/a-plan.ts'

const tick = (elapsedMs: number): Tick => ({
  scenario: 'shop',
  runId: 'shop-1',
  cycle: 1,
  cycles: 1,
  agentsActive: 1,
  requests: 1,
  rpsAchieved: 1,
  errors: 0,
  elapsedMs,
})

function printed(level: LogLevel | undefined): string[] {
  const lines: string[] = []
  const screen = {
    coloured: false,
    columns: 80,
    lines: (more: readonly string[]) => lines.push(...more),
    live: () => false,
  }
  const progress = new Progress({ screen: screen as never, root: '/', level })
  progress.hear({ kind: 'begin', plan: aPlan('flow: [{ type: http, name: list, path: /items }]') })
  for (let second = 1; second <= 12; second++) progress.hear({ kind: 'tick', tick: tick(second * 1000) })
  progress.hear({ kind: 'notice', text: '! memory' })
  progress.hear({ kind: 'cycle', tick: tick(13_000), cells: [] })
  return lines
}

const ticks = (lines: readonly string[]): number => lines.filter((line) => line.includes('in this cycle')).length

test('error: nothing, warn: what people should know', () => {
  expect(printed('error')).toEqual([])
  expect(printed('warn')).toEqual(['! memory'])
})

test('info: the header, a line per cycle, and one every ten seconds within it', () => {
  const lines = printed('info')
  expect(lines.join('\n')).toContain('agents')
  expect(ticks(lines)).toBe(1)
  expect(printed(undefined)).toEqual(lines)
})

test('debug: a line every second', () => {
  expect(ticks(printed('debug'))).toBe(12)
})
