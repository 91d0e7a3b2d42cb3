// Ctrl-C and SIGTERM while load runs: what was measured is kept and reported, nothing is passed on part
// of the load, and a second signal stops at once.
import { afterAll, describe, expect, test } from 'vitest'
import { settle } from '../support/e2e.ts'
import { removeCopies, runFixture } from '../support/run-fixture.ts'

afterAll(removeCopies)

describe.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s while a cycle runs', (signal, code) => {
  test('ends with its exit code, after teardown, with JUnit, record and table, also when it comes twice at once', async () => {
    const run = await runFixture('long', {
      interrupt: { when: 'seed      1', signals: [signal], isDoubled: true },
    })
    expect(run.code).toBe(code)
    expect(run.received['GET /coupons']).toBe(1)
    expect(run.stdout).toContain(`Stopped early: interrupted by ${signal}`)
    expect(run.stdout).toContain('not evaluated')
    expect(run.junit).not.toBe('')
    const skips = [...settle(run.junit).matchAll(/<testcase [^>]*name="(cycle[^"]*)"|<skipped message="([^"]*)"/g)]
    expect(skips.map(([, name, reason]) => name ?? reason)).toEqual([
      'cycle 1 > browsers',
      `cut short: interrupted by ${signal}`,
      'cycle 2 > browsers',
      `interrupted by ${signal}`,
      'cycle 3 > browsers',
      `interrupted by ${signal}`,
    ])
    expect(run.junit).toContain('type="GateInconclusive"')
  })
})

test('a second signal stops at once', async () => {
  const run = await runFixture('long', {
    shop: { latency: { min: 2000, median: 2500, p99: 2900 } },
    interrupt: { when: 'seed      1', signals: ['SIGINT', 'SIGINT'] },
  })
  expect(run.code).toBe(130)
  expect(run.junit).toBe('')
})

test('a signal before any scenario is left to Vitest', async () => {
  const run = await runFixture('beside-units', { interrupt: { when: 'RUN', signals: ['SIGINT'] } })
  expect(run.code).toBe(130)
  expect(run.received).toEqual({})
})

test('--bail ends the load of the cells that still run, and keeps what was measured', async () => {
  const run = await runFixture('failing-cell', { args: ['run', '--bail', '1'] })
  expect(run.code).toBe(1)
  expect(run.received).toEqual({ 'POST /carts': 3 })
  expect(run.junit).not.toBe('')
  expect(run.junit).toMatch(/cycle 2 > shoppers[\s\S]*<skipped message="Vitest cancelled the run">/)
})
