// Scenarios are ordinary tests of Vitest: they stand beside unit tests and projects, can be listed and
// filtered, and other reporters see them.
import { afterAll, describe, expect, test } from 'vitest'
import { runTree, settle } from '../support/e2e.ts'
import { removeCopies, runFixture, vitestMajor } from '../support/run-fixture.ts'

afterAll(removeCopies)

describe('beside unit tests', () => {
  test('both run, each once, and the unit tests keep their setup files', async () => {
    const run = await runTree('beside-units')
    expect(run.code).toBe(0)
    expect(run.tree.split('\n').toSorted().join('\n')).toMatchInlineSnapshot(`
      "✓ runs after the setup file
      ✓ shop > cycle 1 > agents
      ✓ takes the discount off"
    `)
  })

  test("the user's own projects stay, each test once", async () => {
    const run = await runTree('projects')
    expect(run.code).toBe(0)
    expect(run.tree.split('\n').toSorted().join('\n')).toMatchInlineSnapshot(`
      "✓ left runs once
      ✓ right runs once
      ✓ shop > cycle 1 > agents"
    `)
  })
})

describe('filters', () => {
  // Vitest 5 joins names with " > ", Vitest 4 with a space.
  const join = (...names: string[]): string => names.join(vitestMajor >= 5 ? ' > ' : ' ')

  test('-t runs one group of one cycle, and sends nothing else', async () => {
    const run = await runTree('filters', { args: ['run', '-t', join('cycle 2', 'browsers')] })
    expect(run.code).toBe(0)
    expect(run.received).toEqual({ 'GET /products': 2 })
    expect(run.tree).toMatchInlineSnapshot(`
      "↓ filters > cycle 1 > shoppers
      ↓ filters > cycle 1 > browsers
      ↓ filters > cycle 1 > returning
      ↓ filters > cycle 2 > shoppers
      ✓ filters > cycle 2 > browsers
      ↓ filters > cycle 2 > returning
      ↓ filters > thresholds > success_rate >= 99%
      ↓ filters > thresholds > errors == 0"
    `)
  })

  test('-t with one threshold alone still runs the whole load', async () => {
    const run = await runTree('filters', { args: ['run', '-t', 'errors == 0'] })
    expect(run.code).toBe(0)
    expect(run.received).toEqual({ 'POST /carts': 4, 'GET /products': 8 })
    expect(run.tree).toMatchInlineSnapshot(`
      "↓ filters > cycle 1 > shoppers
      ↓ filters > cycle 1 > browsers
      ↓ filters > cycle 1 > returning
      ↓ filters > cycle 2 > shoppers
      ↓ filters > cycle 2 > browsers
      ↓ filters > cycle 2 > returning
      ↓ filters > thresholds > success_rate >= 99%
      ✓ filters > thresholds > errors == 0"
    `)
  })

  test('file.yaml:line runs what stands in that line', async () => {
    const run = await runTree('filters', { args: ['run', 'filters.scenario.yaml:10'] })
    expect(run.code).toBe(0)
    expect(run.received).toEqual({ 'GET /products': 4 })
  })

  test('a path runs that file', async () => {
    const run = await runTree('beside-units', { args: ['run', 'shop.scenario'] })
    expect(run.tree).not.toContain('price')
    expect(run.received).toEqual({ 'GET /products': 3 })
  })
})

test('vitest list names every cell and threshold at its line, and sends nothing', async () => {
  const run = await runFixture('filters', { args: ['list', '--json'] })
  const listed = JSON.parse(run.stdout) as { name: string; location: { line: number; column: number } }[]
  expect(listed.map(({ name, location }) => `${name} @${location.line}:${location.column}`)).toMatchInlineSnapshot(`
    [
      "filters > cycle 1 > shoppers @9:3",
      "filters > cycle 1 > browsers @10:3",
      "filters > cycle 1 > returning @11:3",
      "filters > cycle 2 > shoppers @9:3",
      "filters > cycle 2 > browsers @10:3",
      "filters > cycle 2 > returning @11:3",
      "filters > thresholds > success_rate >= 99% @18:5",
      "filters > thresholds > errors == 0 @19:5",
    ]
  `)
  expect(run.received).toEqual({})
})

describe('other reporters', () => {
  test('--reporter=github-actions annotates the line in the YAML', async () => {
    const run = await runFixture('breached', {
      args: ['run', '--reporter=github-actions'],
      env: { GITHUB_ACTIONS: 'true' },
      shop: { slowCheckoutMs: 600 },
    })
    const annotation = settle(run.stdout + run.stderr)
      .split('\n')
      .filter((line) => line.startsWith('::error'))
    expect(annotation).toHaveLength(1)
    expect(annotation[0]).toContain('breached.scenario.yaml,')
    expect(annotation[0]).toMatch(/line=18,column=5/)
  })

  test('--reporter=json on stdout stays JSON; our lines go to stderr', async () => {
    const run = await runFixture('passing', { args: ['run', '--reporter=json'] })
    // Vitest 5 writes its JSON to a file and only says so on stdout.
    if (vitestMajor < 5) expect(() => JSON.parse(run.stdout) as unknown).not.toThrow()
    expect(run.stdout).not.toContain('cycle 1 of 2')
    expect(run.stderr).toContain('passing  cycle 1 of 2')
  })

  test('the built-in junit reporter can stand beside ours', async () => {
    const run = await runFixture('passing', {
      args: ['run', '--reporter=junit', '--outputFile=theirs.xml', '--reporter=default'],
    })
    expect(run.code).toBe(0)
    expect(run.file('theirs.xml')).toContain('cycle 1')
    expect(run.junit).toContain('turbulence.passing')
  })
})
