import { describe, expect, test } from 'vitest'
import { displayWidth } from '../../src/report/clean-text.ts'
import { cycleLine, liveLines, tickLine } from '../../src/report/live.ts'
import { plain } from '../../src/report/paint.ts'
import type { Tick } from '../../src/report/tick.ts'
import { aCell } from '../support/a-record.ts'
import { aTick } from '../support/a-tick.ts'

const tick = aTick({
  cycle: 2,
  cycles: 12,
  agentsActive: 37,
  requests: 1312,
  requestsExpected: 2000,
  rpsAchieved: 49.83,
  rpsWanted: 50,
  p50: 12.3,
  p95: 41.2,
  p99: 88.4,
  successRate: 99.43,
  errors: 2,
  waitRateLimitMs: 120.4,
  elapsedMs: 6300,
  leftMs: 40_000,
})
const first = aTick()

describe('the live block', () => {
  const block = (of: Tick, columns = 80): string[] => liveLines(of, { columns, paint: plain })

  test('shows where the run stands', () => {
    expect(`\n${block(tick).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      shop  cycle 2 of 12  ━━━─────────────────────
        agents    37 active
        requests  1,312 of 2,000   49.8/s, wanted 50/s
        latency   p50 12.3 ms  p95 41.2 ms  p99 88.4 ms
        success   99.4 % ok   2 errors
        waiting   120 ms per request for the rate limit
        time      6.3 s in this cycle, about 40 s left
      "
    `)
  })

  test('shows nothing that is not known yet', () => {
    expect(`\n${block(first).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      shop  cycle 1 of 1  ────────────────────────
        agents    1 active
        requests  0   0/s
        latency   nothing measured yet
        success   nobody has finished yet
        time      0 ms in this cycle
      "
    `)
  })

  test.each([200, 80, 40, 10, 1])('has at most eight lines and fits %d columns', (columns) => {
    const lines = block({ ...tick, scenario: '長い名前'.repeat(20) }, columns)
    expect(lines.length).toBeLessThanOrEqual(8)
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns)
  })

  test('gives up what matters least where there are fewer rows', () => {
    const full: Tick = {
      ...tick,
      breaker: { failed: 11, agents: 200, phase: 'paused' },
      generator: { delayMs: 1, utilisation: 0.1 },
      memory: { rssMb: 100, heapMb: 20 },
      pausedMs: 1000,
    }
    const shown = (rows: number): string[] =>
      liveLines(full, { columns: 80, rows, paint: plain, keys: 'r go on' }).map(
        (line) => line.trim().split(' ', 1)[0] ?? '',
      )
    expect([12, 11, 8, 5, 2, 1, 0].map((rows) => shown(rows).join(' '))).toEqual([
      'shop agents requests latency success waiting breaker generator memory time paused r',
      'shop agents requests latency success waiting breaker generator time paused r',
      'shop requests latency success breaker time paused r',
      'shop success breaker paused r',
      'shop r',
      'shop',
      '',
    ])
  })

  test('more requests than expected do not overflow the bar', () => {
    expect(block({ ...tick, requests: 9999, cycle: 12 })[0]).toMatch(/━{24}$/)
  })
})

test('the line within a cycle', () => {
  expect(tickLine(tick, plain)).toMatchInlineSnapshot(
    `"shop  cycle  2 of 12   6.3 s in this cycle, about 40 s left   1,312 requests at 49.8/s   p50 12.3 ms  p95 41.2 ms  p99 88.4 ms   99.4 % ok   2 errors"`,
  )
  expect(tickLine(first, plain)).toMatchInlineSnapshot(`"shop  cycle 1 of 1   0 ms in this cycle   0 requests at 0/s"`)
})

describe('the line of a finished cycle', () => {
  test.each([
    ['passed', [aCell(), aCell({ state: 'skipped' })]],
    ['failed: shoppers', [aCell({ state: 'failed' }), aCell({ group: 'admins' })]],
  ])('leads with %s', (verdict, cells) => {
    expect(cycleLine(tick, cells, plain)).toContain(`of 12   ${verdict}   6.3 s`)
  })

  test('has the numbers of the cycle', () => {
    expect(cycleLine(tick, [aCell()], plain)).toMatchInlineSnapshot(
      `"shop  cycle  2 of 12   passed   6.3 s   1,312 requests at 49.8/s   p50 12.3 ms  p95 41.2 ms  p99 88.4 ms   99.4 % ok   2 errors"`,
    )
  })

  test('gives the reason when all of it was skipped', () => {
    const cells = [aCell({ state: 'skipped', reason: 'the breaker is open' })]
    expect(cycleLine({ ...tick, requests: 0 }, cells, plain)).toBe(
      'shop  cycle  2 of 12   skipped: the breaker is open',
    )
    const idle = [aCell({ state: 'skipped', reason: 'nobody was active' })]
    expect(cycleLine(tick, idle, plain)).toMatch(/skipped: nobody was active {3}6\.3 s {3}1,312 requests at 49\.8\/s/)
  })
})
