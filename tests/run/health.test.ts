// Whole runs on simulated time with a scripted probe: where the load generator's health comes in.
import { describe, expect, test } from 'vitest'
import { SATURATED, scriptedProbe, WELL } from '../support/scripted-probe.ts'
import { healthNotices } from '../../src/run/health-notices.ts'
import { aPlan, play } from '../support/a-plan.ts'

const scenario = (more: string): string => `
simulation: { cycles: 3 }
agents:
  shoppers: { count: 5, workload: { iterations: 10 } }
flow: [{ type: http, name: cart, path: / }]
${more}`

/** Slower than it may be. */
const slow = { respond: () => ({ latencyMs: 400 }) }
const LIMIT = 'thresholds: [p95 < 300ms]'

describe('a threshold of the run', () => {
  test('fails as ever when the generator kept up', async () => {
    const { record } = await play(scenario(LIMIT), { ...slow, loopProbe: scriptedProbe(WELL) })
    expect(record.thresholds).toMatchObject([{ kind: 'fail', value: expect.closeTo(400, 0) }])
    expect(record.notices).toEqual([])
    expect(record.health).toEqual([1, 2, 3].map((cycle) => ({ cycle, ...WELL })))
  })

  test('is inconclusive when it did not in one cycle, which it names, and a notice says so', async () => {
    const { record } = await play(scenario(LIMIT), { ...slow, loopProbe: scriptedProbe(WELL, SATURATED, WELL) })
    expect(record.thresholds).toMatchObject([{ kind: 'inconclusive', note: expect.stringContaining('in cycle 2') }])
    expect(record.notices).toEqual([
      'The load generator was saturated in cycle 2 (event-loop delay 80 ms, at most 30 ms may be; 99 % busy): ' +
        'times may be its own. Use fewer agents, a rate limit, or another machine.',
    ])
  })

  test('passes in spite of it, and is marked', async () => {
    const { record } = await play(scenario(LIMIT), { loopProbe: scriptedProbe(SATURATED) })
    expect(record.thresholds).toMatchObject([{ kind: 'pass', note: expect.stringContaining('80 ms') }])
    expect(record.cells.map(({ state }) => state)).toEqual(['passed', 'passed', 'passed'])
  })

  test('that ends the run when it fails does not while nobody can tell', async () => {
    const abort = 'thresholds: [{ that: p95 < 300ms, abort_on_fail: true }]'
    const late = await play(scenario(abort), { ...slow, loopProbe: scriptedProbe(SATURATED) })
    expect(late.record.stopped).toBeUndefined()
    const kept = await play(scenario(abort), { ...slow, loopProbe: scriptedProbe(WELL) })
    expect(kept.record.stopped).toMatch(/^abort_on_fail: p95 was 400 ms/)
  })
})

describe('a threshold of a group', () => {
  const yaml = `
simulation: { cycles: 3 }
agents:
  shoppers: { count: 5, workload: { iterations: 10 }, thresholds: [p95 < 300ms] }
flow: [{ type: http, name: cart, path: / }]`

  test('is judged by the health of its own cycle', async () => {
    const { record } = await play(yaml, { ...slow, loopProbe: scriptedProbe(WELL, SATURATED, WELL) })
    expect(record.cells.map(({ state, verdicts }) => [state, verdicts[0]?.kind])).toEqual([
      ['failed', 'fail'],
      ['failed', 'inconclusive'],
      ['failed', 'fail'],
    ])
    expect(record.cells[1]?.message).toContain('the load generator was saturated in cycle 2')
    expect(record.cells.map(({ health }) => health?.delayMs)).toEqual([0.4, 80, 0.4])
  })
})

describe('an open workload', () => {
  const yaml = `
agents:
  shoppers: { count: 5, workload: { rate: 50/s, duration: 2s } }
flow: [{ type: http, name: cart, path: / }]
thresholds: [p95 < 300ms, dropped < 1000]`

  test('below its rate on a saturated generator proves nothing, also where the times are good', async () => {
    const dropping = { respond: () => ({ latencyMs: 200 }), loopProbe: scriptedProbe(SATURATED) }
    const { record } = await play(yaml, dropping)
    expect(record.thresholds).toMatchObject([{ kind: 'inconclusive' }, { kind: 'pass' }])
    expect(record.health?.[0]?.openRate).toBeCloseTo(0.5, 1)
    expect(record.cells[0]?.health?.openRate).toBeCloseTo(0.5, 1)
  })

  test('below its rate for want of agents alone is judged by what was dropped', async () => {
    const { record } = await play(yaml, { respond: () => ({ latencyMs: 200 }), loopProbe: scriptedProbe(WELL) })
    expect(record.thresholds).toMatchObject([{ kind: 'pass' }, { kind: 'pass' }])
    expect(record.thresholds[0]).not.toHaveProperty('note')
  })

  test('at its rate passes', async () => {
    const { record } = await play(yaml, { loopProbe: scriptedProbe(SATURATED) })
    expect(record.thresholds).toMatchObject([{ kind: 'pass' }, { kind: 'pass' }])
    expect(record.health?.[0]?.openRate).toBe(1)
  })
})

describe('the numbers', () => {
  test('are asked for from the beginning of each cycle to its end, and shown while it runs', async () => {
    const probe = scriptedProbe(WELL)
    const shown: unknown[] = []
    await play(scenario(LIMIT), { ...slow, loopProbe: probe, onTick: (tick) => shown.push(tick.generator) })
    expect(probe.calls.filter((call) => call !== 'read')).toEqual(['begin', 'end', 'begin', 'end', 'begin', 'end'])
    expect(shown).not.toEqual([])
    expect(shown).toEqual(shown.map(() => WELL))
  })

  test('are not made up where nobody watched', async () => {
    const shown: unknown[] = []
    const { record } = await play(scenario(LIMIT), { ...slow, onTick: (tick) => shown.push(tick) })
    expect(record).not.toHaveProperty('health')
    expect(record.cells[0]).not.toHaveProperty('health')
    expect(shown[0]).not.toHaveProperty('generator')
  })

  test('warn of a loop that is busy all the time, and change no verdict', async () => {
    const busy = scriptedProbe({ delayMs: 1, utilisation: 0.97 })
    const { record } = await play(scenario(LIMIT), { ...slow, loopProbe: busy })
    expect(record.thresholds).toMatchObject([{ kind: 'fail' }])
    expect(record.notices).toEqual([
      'This is as much load as one core sends: the load generator was 97 % busy in cycle 1. ' +
        'Use fewer agents, a rate limit, or another machine.',
    ])
  })

  test('do not warn of a short cycle, nor of a rate that was reached', async () => {
    const busy = { delayMs: 1, utilisation: 1 }
    const short = await play(scenario(LIMIT), { loopProbe: scriptedProbe(busy) })
    expect(short.record.notices).toEqual([])
    const limited = `${scenario(LIMIT)}\nlimits: { rate_limit_rps: 20 }`
    expect((await play(limited, { loopProbe: scriptedProbe(busy) })).record.notices).toEqual([])
  })

  test('compare a rate limit that holds requests back with what it let through', async () => {
    const limited = `${scenario(LIMIT)}\nlimits: { rate_limit_rps: 20 }`
    const { record } = await play(limited, { loopProbe: scriptedProbe(WELL) })
    expect(record.health).toHaveLength(3)
    for (const { limitedRate } of record.health ?? []) expect(limitedRate).toBeCloseTo(1, 2)
    expect(record.notices).toEqual([])
    const ample = await play(`${scenario(LIMIT)}\nlimits: { rate_limit_rps: 20000 }`, {
      loopProbe: scriptedProbe(WELL),
    })
    expect(ample.record.health?.[0]).not.toHaveProperty('limitedRate')
  })

  test('tell of a rate limit whose pace was not kept, but not of small losses', () => {
    const told = (limitedRate: number): string[] =>
      healthNotices({
        plan: { ...aPlan(scenario(LIMIT)), rateLimit: { ratePerSecond: 500, burst: 5 } },
        health: [1, limitedRate].map((rate, at) => ({ cycle: at + 1, ...WELL, limitedRate: rate })),
        cells: [],
        verdicts: [],
      })
    expect(told(0.9)).toEqual([])
    expect(told(0.84)).toEqual([
      'The load generator did not keep up with the rate limit of 500/s in cycle 2: while requests waited for it, ' +
        '84 % of what it allows was sent.',
    ])
  })
})
