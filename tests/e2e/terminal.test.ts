// On a terminal: colours, a live block that is redrawn in place, and Ctrl-C as people type it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { hasTerminal, removeCopies, runFixture } from '../support/run-fixture.ts'

afterAll(removeCopies)

const ESCAPE = '\u001B'
/** Keys come by lines, are shown, and Ctrl-C is a signal again. */
const AS_IT_WAS = 'modes isig icanon echo'

// Without `script` (util-linux) there is no way to make a pseudo-terminal from Node alone.
describe.skipIf(!hasTerminal)('on a terminal', () => {
  test('a live block shows the cycle, and Ctrl-C ends with 130, the table and JUnit', async () => {
    const run = await runFixture('long', { terminal: true, type: [{ when: 'waiting', keys: '\u0003' }] })
    expect(run.code).toBe(130)
    expect(run.stdout).toMatch(/cycle 1 of 3 {2}[━─]{24}/)
    expect(run.stdout).toContain('5 active')
    expect(run.stdout).toContain('Stopped early: interrupted by SIGINT')
    expect(run.received['GET /coupons']).toBe(1)
    expect(run.junit).not.toBe('')
    expect(run.stdout).toContain(AS_IT_WAS)
  })

  test('keys pause a run, let it go on, show how it stands, and end it after its cycle with a checkpoint', async () => {
    const run = await runFixture('long', {
      terminal: true,
      type: [
        { when: 'p pause', keys: 'p' },
        { when: 'r go on', keys: 's' },
        { when: 'so far, in cycle 1 of 3', keys: '\u001B[Ar' },
        { when: 'The run goes on', keys: 'q' },
      ],
      arrange: (folder) => {
        const file = join(folder, 'long.scenario.yaml')
        writeFileSync(file, readFileSync(file, 'utf8').replace('duration: 10s', 'duration: 3s'))
      },
    })
    expect(run.code).toBe(130)
    for (const text of [
      /Paused in cycle 1: no iteration begins.* Press r to go on\./,
      /paused +for .*: no iteration begins/,
      /products +\d+ +100 %/,
      'The run goes on, after ',
      'The run ends after cycle 1, with a checkpoint.',
      'A checkpoint after cycle 1 has been written.',
      '! Stopped early: ended by the key q after cycle 1',
      '! A checkpoint after cycle 1 is kept, 2 cycles before the end. To go on from there: TURBULENCE_RESUME=latest',
      '! Paused once, for ',
      AS_IT_WAS,
    ])
      expect(run.stdout).toMatch(text)
    // One cycle as planned, and then the teardown.
    expect(run.received['GET /products']).toBeLessThan(200)
    expect(run.received['GET /coupons']).toBe(1)
    expect(run.junit).toMatch(/name="cycle 1 > browsers"[^>]*>\s*<properties>[\s\S]*?turbulence\.paused_ms/)
    const skipped = [...run.junit.matchAll(/<skipped message="([^"]*)"/g)].map(([, reason]) => reason)
    expect(skipped).toEqual(Array(2).fill('ended by the key q after cycle 1'))
    const [id = ''] = readdirSync(join(run.folder, '.turbulence/runs'))
    expect(readdirSync(join(run.folder, '.turbulence/runs', id, 'checkpoints'))).toContain('cycle-000001.jsonl')
  })

  test('lines are coloured, whole, and begin at the left edge', async () => {
    const run = await runFixture('breached', { terminal: true, shop: { slowCheckoutMs: 600 } })
    expect(run.code).toBe(2)
    expect(run.raw).toContain(`${ESCAPE}[31m✗ p95{step:checkout}`)
    const before = run.raw.split(`${ESCAPE}[1mbreached${ESCAPE}[22m  cycle 1 of 2`)[0] ?? ''
    expect(before.at(-1)).toMatch(/[\n\rKJ]/)
  })

  test('a paused circuit breaker asks, and a key lets the run go on', async () => {
    const run = await runFixture('breaker', {
      terminal: true,
      type: [{ when: 'Press r to go on', keys: 'r' }],
      arrange: (folder) => {
        const file = join(folder, 'breaker.scenario.yaml')
        const yaml = readFileSync(file, 'utf8')
          .replace('percent: 5', 'percent: 5, on_open: pause')
          .replace('cycles: 2', 'cycles: 1')
        writeFileSync(
          file,
          yaml.replace('path: /nowhere', 'path: /nowhere, condition: agent.index <= 13').replace('30s', '2s'),
        )
      },
    })
    expect(run.code).toBe(1)
    expect(run.stdout).toContain('! Paused: the circuit breaker opened in cycle 1: 13 of 240 agents had failed')
    expect(run.stdout).toContain('The run goes on.')
    expect(run.stdout).toContain(
      'Circuit breaker: opened in cycle 1 (13 of 240 agents had failed), paused in cycle 1, closed in cycle 1',
    )
    expect(run.received).toEqual({ 'GET (unknown)': 13, 'GET /products': 40 })
  })

  test('FORCE_COLOR=0 is heeded', async () => {
    const run = await runFixture('passing', { terminal: true, env: { FORCE_COLOR: '0' } })
    expect(run.code).toBe(0)
    expect(run.raw).not.toContain(`${ESCAPE}[32m✓ success_rate`)
  })
})

test('off a terminal there are no escapes at all', async () => {
  const run = await runFixture('passing')
  expect(run.raw).not.toContain(ESCAPE)
})
