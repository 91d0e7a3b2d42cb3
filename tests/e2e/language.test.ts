// What a user sees of presets, of a run without services, and of a scenario written in TypeScript.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { runTree } from '../support/e2e.ts'
import { removeCopies, runFixture } from '../support/run-fixture.ts'

afterAll(removeCopies)

/** Changes a file of the copy. */
function edit(name: string, from: string, to: string): (folder: string) => void {
  return (folder) => {
    const path = join(folder, name)
    writeFileSync(path, readFileSync(path, 'utf8').replace(from, to))
  }
}

describe('a preset', () => {
  test('gives what the file does not say: cycles, limits, thresholds', async () => {
    const run = await runTree('preset')
    expect(run.code).toBe(0)
    expect(run.tree.split('\n')).toEqual([
      '✓ preset > cycle 1 > agents',
      '✓ preset > cycle 2 > agents',
      '✓ preset > cycle 3 > agents',
      '✓ preset > thresholds > success_rate >= 99%',
    ])
    expect(run.received).toEqual({ 'GET /products': 12 })
    expect(run.stdout).toContain('at 50/s')
  })

  test('of one’s own is blamed for its own mistakes', async () => {
    const run = await runFixture('preset', {
      shop: false,
      arrange: (folder) => {
        edit('preset.scenario.yaml', 'preset: ci', 'preset: ./mine.yaml')(folder)
        writeFileSync(join(folder, 'mine.yaml'), 'simulation:\n  cycels: 3\n')
      },
    })
    expect(run.code).toBe(1)
    expect(run.stderr).toContain('There is no key "cycels" here.\nDid you mean "cycles"?')
    expect(run.stderr).toContain('mine.yaml:2:3')
  })
})

describe('TURBULENCE_MOCK=api', () => {
  test('runs a scenario without its services, and says so', async () => {
    const run = await runTree('mocked', { shop: false, env: { TURBULENCE_MOCK: 'api' } })
    expect(run.stderr).toBe('')
    expect(run.code).toBe(0)
    expect(run.tree.split('\n')).toEqual([
      '✓ mocked > cycle 1 > agents',
      '✓ mocked > thresholds > success_rate >= 99%',
      '✓ mocked > thresholds > requests{step:product} == 3',
    ])
    expect(run.stdout).toContain('no service is asked')
    expect(run.stdout).toContain('Mocked: no service was asked.')
    expect(run.stdout).toContain('TURBULENCE_MOCK=api')
  })

  test('lets a wrong type fail all the same, and judges thresholds', async () => {
    const run = await runTree('mocked', {
      shop: false,
      env: { TURBULENCE_MOCK: 'api' },
      arrange: edit('mocked.scenario.yaml', 'price: 12.5', 'price: free'),
    })
    expect(run.code).toBe(1)
    expect(run.tree).toContain('× mocked > cycle 1 > agents')
    expect(run.tree).toContain('× mocked > thresholds > success_rate >= 99%')
    expect(run.stderr).toContain('$.price is "free", expected type "number"')
  })

  test('can be an option of the plugin, and be turned off', async () => {
    const arrange = edit('vitest.config.ts', 'turbulence()', "turbulence({ mock: 'api' })")
    const mocked = await runFixture('mocked', { shop: false, arrange })
    expect(mocked.code).toBe(0)
    const real = await runFixture('mocked', { shop: false, arrange, env: { TURBULENCE_MOCK: 'off' } })
    expect(real.stderr).toContain('The environment variable NOWHERE_URL is not set.')
  })

  test('is api or off', async () => {
    const run = await runFixture('mocked', { shop: false, env: { TURBULENCE_MOCK: 'yes' } })
    expect(run.code).toBe(1)
    expect(run.stderr).toContain('TURBULENCE_MOCK is "yes".')
  })
})

describe('a scenario in TypeScript', () => {
  const TREE = [
    '✓ typescript > cycle 1 > buyers_p1',
    '✓ typescript > cycle 1 > buyers_p2',
    '✓ typescript > cycle 2 > buyers_p1',
    '✓ typescript > cycle 2 > buyers_p2',
    '✓ typescript > thresholds > success_rate >= 99%',
  ]

  test('makes the same suites', async () => {
    const run = await runTree('typescript')
    expect(run.stderr).toBe('')
    expect(run.code).toBe(0)
    expect(run.tree.split('\n')).toEqual(TREE)
    expect(run.received).toEqual({ 'GET /products/:id': 8 })
  })

  test('is listed without a request', async () => {
    const run = await runFixture('typescript', { args: ['list'] })
    expect(run.stdout.match(/typescript > .*/g)?.map((name) => `✓ ${name}`)).toEqual(TREE)
    expect(run.received).toEqual({})
  })

  test('fails at the lines of its mistakes', async () => {
    const run = await runFixture('typescript-wrong', { shop: false })
    expect(run.code).toBe(1)
    for (const place of ['7:25', '8:50', '9:16'])
      expect(run.stderr).toContain(`❯ typescript-wrong.scenario.ts:${place}`)
    expect(run.stderr).toContain('"cycles" must be at least 1, not 0.')
  })

  test.each([
    ['throws', 'id: missing.id', /cannot be run: missing is not defined/],
    ['cannot be parsed', 'id: [', /cannot be run: /],
    ['gives another value each time', "id: 'a' + Math.random()", /another scenario than before/],
  ])('that %s says so', async (_, id, said) => {
    const run = await runFixture('typescript-wrong', {
      shop: false,
      arrange: (folder) => {
        edit('typescript-wrong.scenario.ts', "id: 'typescript-wrong'", id)(folder)
        edit('typescript-wrong.scenario.ts', 'cycles: 0', 'cycles: 1')(folder)
        edit('typescript-wrong.scenario.ts', "path: 'products'", "path: '/products'")(folder)
        edit('typescript-wrong.scenario.ts', 'p95 < 300', 'p95 < 300ms')(folder)
      },
    })
    expect(run.code).toBe(1)
    expect(run.stderr).toMatch(said)
  })
})
