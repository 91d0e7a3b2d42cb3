import { describe, expect, test } from 'vitest'
import { breakerSchema } from '../../src/limits/breaker-schema.ts'
import { junitSuite, liveLines, plain } from '../../src/report/index.ts'
import type { Tick } from '../../src/report/index.ts'
import type { RunRecord } from '../../src/store/record.ts'
import { play } from '../support/a-plan.ts'
import { aRecord } from '../support/a-record.ts'

const RULES = { ...breakerSchema.parse({}), phase: 'closed', events: [] } as const

function breakerProperties(breaker: RunRecord['breaker']): [string, string][] {
  const record = breaker === undefined ? aRecord() : aRecord({ breaker })
  const { properties } = junitSuite(record, { root: '/repo' })
  return Object.entries(properties ?? {}).filter(([name]) => name.includes('breaker'))
}

test('JUnit properties tell whether the breaker opened, and with which numbers', () => {
  expect(breakerProperties(undefined)).toEqual([])
  expect(breakerProperties(RULES)).toEqual([['turbulence.breaker', 'closed']])
  const opened = { cycle: 2, group: 'shoppers', failed: 11, agents: 200 }
  expect(breakerProperties({ ...RULES, phase: 'open', opened, events: [{ phase: 'open', ...opened }] })).toEqual([
    ['turbulence.breaker', 'open'],
    ['turbulence.breaker.cycle', '2'],
    ['turbulence.breaker.failed', '11'],
    ['turbulence.breaker.agents', '200'],
  ])
})

describe('what is shown while a run goes on', () => {
  async function ticksOf(yaml: string): Promise<Tick[]> {
    const ticks: Tick[] = []
    await play(yaml, { onTick: (tick) => ticks.push(tick), respond: () => ({ latencyMs: 100 }) })
    return ticks
  }
  const live = (tick: Tick | undefined): string =>
    tick === undefined ? '' : liveLines(tick, { columns: 100, paint: plain }).join('\n')

  test('has the breaker, if there is one', async () => {
    const agents = 'agents: { a: { count: 40, workload: { duration: 3s } } }'
    const flow = 'flow: [{ type: http, name: list, path: /items }]'
    const [guarded] = await ticksOf(`circuit_breaker: {}\n${agents}\n${flow}`)
    expect(guarded?.breaker).toEqual({ failed: 0, agents: 40, phase: 'closed' })
    expect(live(guarded)).toMatch(/^ {2}breaker {3}closed: 0 of 40 agents failed$/m)
    if (guarded !== undefined)
      expect(live({ ...guarded, breaker: { failed: 3, agents: 40, phase: 'open' } })).toContain(
        'open: 3 of 40 agents failed',
      )
    const [other] = await ticksOf(`${agents}\n${flow}`)
    expect(live(other)).not.toContain('breaker')
  })

  test('has the rate that an open workload asks for, and the time that is left of it', async () => {
    const ticks = await ticksOf(`simulation: { cycles: 2 }
agents: { a: { count: 40, workload: { rate: 30/s, duration: 4s } } }
flow: [{ type: http, name: one, path: /one }, { type: http, name: two, path: /two }]`)
    expect(ticks.map(({ rpsWanted, leftMs, requestsExpected }) => [rpsWanted, leftMs, requestsExpected])[0]).toEqual([
      60, 7000, 240,
    ])
  })
})
