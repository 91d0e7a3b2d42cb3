// What the environment changes about a scenario, through the real Vitest: which tests there are, what is
// printed, stored and named in the command that runs it again.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { runTree } from '../support/e2e.ts'
import { removeCopies } from '../support/run-fixture.ts'

afterAll(removeCopies)

describe('overrides', () => {
  test('change which tests there are, and are printed and stored', async () => {
    const env = { TURBULENCE_CYCLES: '1', TURBULENCE_AGENTS_SCALE: '2', TURBULENCE_RECORD: 'all' }
    const run = await runTree('passing', { env })
    expect(run.tree.split('\n')).toEqual([
      '✓ passing > cycle 1 > shoppers',
      '✓ passing > cycle 1 > browsers',
      '✓ passing > thresholds > success_rate >= 99%',
      '✓ passing > thresholds > p95 < 5s',
    ])
    expect(run.stdout).toContain('20 (shoppers 10, browsers 10) × 1 cycle')
    expect(run.stdout).toContain('TURBULENCE_CYCLES=1  TURBULENCE_AGENTS_SCALE=2  TURBULENCE_RECORD=all')
    const runs = join(run.folder, '.turbulence/runs')
    const [id = ''] = readdirSync(runs)
    const read = (name: string): string => readFileSync(join(runs, id, name), 'utf8')
    expect(JSON.parse(read('manifest.json'))).toMatchObject({
      overrides: Object.entries(env).map((pair) => pair.join('=')),
    })
    expect(read('instances.jsonl').trimEnd().split('\n')).toHaveLength(30)
    expect(read('steps.jsonl').trimEnd().split('\n')).toHaveLength(50)
  })

  test('that cannot be fail every scenario, and nothing is sent', async () => {
    const run = await runTree('passing', { env: { TURBULENCE_CYCLES: 'many' } })
    expect(run.tree).toContain('TURBULENCE_CYCLES is "many".')
    expect(run.stderr).toContain('It is a whole number from 1 to 100000.')
    expect(run.code).toBe(1)
  })
})
