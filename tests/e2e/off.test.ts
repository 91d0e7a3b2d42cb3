// Runs without load: turned off on purpose, because nothing matches `include`, or because nobody happens to act. None
// may look like a load test that passed.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { runTree } from '../support/e2e.ts'
import { removeCopies, runFixture, withOptions } from '../support/run-fixture.ts'

afterAll(removeCopies)
vi.setConfig({ testTimeout: 60_000 })

describe('turned off', () => {
  test.each([
    ['TURBULENCE=off', 'setup-teardown', { env: { TURBULENCE: 'off' } }],
    ['turbulence({ enabled: false })', 'start', { arrange: withOptions('{ enabled: false }') }],
  ])('by %s: all of %s is skipped with that reason, in JUnit too, and nothing is sent', async (by, name, options) => {
    const run = await runTree(name, options)
    expect(run.code).toBe(0)
    expect(run.received).toEqual({})
    expect(run.tree).toMatch(/^(↓ .+\n?)+$/)
    expect(run.stdout).toContain(`Scenarios are turned off by ${by}: nothing was sent.`)
    expect(run.junit).not.toBe('')
    const cases = run.junit.match(/<testcase /g) ?? []
    expect(cases).toHaveLength(run.tree.split('\n').length)
    expect(run.junit.match(/<skipped message="turned off by [^"]*">/g)).toHaveLength(cases.length)
    expect(run.file('.turbulence')).toBeUndefined()
  })

  test('TURBULENCE=on wins over the option', async () => {
    const run = await runFixture('beside-units', {
      env: { TURBULENCE: 'on' },
      arrange: withOptions('{ enabled: false }'),
    })
    expect(run.received).toEqual({ 'GET /products': 3 })
  })

  test.each(['env-missing', 'wrong-file'])('%s does not fail: nothing of it is wanted', async (name) => {
    const run = await runFixture(name, { env: { TURBULENCE: 'off' } })
    expect(run.code).toBe(0)
  })

  test('TURBULENCE=no is an error that says what it can be', async () => {
    const run = await runFixture('beside-units', { env: { TURBULENCE: 'no' } })
    expect(run.code).toBe(1)
    expect(run.stderr).toContain('TURBULENCE is "no".')
    expect(run.received).toEqual({})
  })
})

test('nobody happens to act: an error, in the terminal and in JUnit', async () => {
  const run = await runFixture('passing', {
    arrange: (folder) =>
      writeFileSync(
        join(folder, 'passing.scenario.yaml'),
        `id: passing
sut: { services: { api: { base_url: "{{env.SHOP_URL}}" } } }
agents: { a: { count: 1, activity: { frequency: 0.0001 } } }
flow: [{ type: http, name: list, path: /products }]
`,
      ),
  })
  const message = 'Nothing was judged (cycle 1 &gt; a: no agent was due: none was active in this cycle)'
  expect([run.code, run.received]).toEqual([1, {}])
  expect(run.stderr).toContain(`NothingJudged: ${message.replace('&gt;', '>')}: it would have passed`)
  expect(run.stderr).toContain('passing.scenario.yaml:3:11')
  expect(run.junit.replaceAll('>', '&gt;')).toContain(`error message="${message}`)
})

describe('no file matches include', () => {
  const nowhere = (more = ''): ((folder: string) => void) => withOptions(`{ include: ['nowhere/**/*.yaml']${more} }`)
  const missing = 'No scenario file matches nowhere/**/*.yaml.'

  test('is one line of warning', async () => {
    const run = await runFixture('watch', { arrange: nowhere() })
    expect(run.code).toBe(0)
    expect(run.stderr.split('\n').filter((line) => line.includes(missing))).toEqual([`Warning: ${missing}`])
  })

  test('is an error with requireScenarios', async () => {
    const run = await runFixture('watch', { arrange: nowhere(', requireScenarios: true') })
    expect(run.code).toBe(1)
    expect(run.stderr.split('\n').filter((line) => line.includes(missing))).toEqual([
      `Error: ${missing} turbulence({ requireScenarios: true }) wants at least one.`,
    ])
  })

  test.each([['price'], ['--project', '!other'], ['--shard=1/1']])('is as asked for after %s %s', async (...args) => {
    const run = await runFixture('watch', {
      args: ['run', ...args],
      arrange: nowhere(', requireScenarios: true'),
    })
    expect(run.code).toBe(0)
    expect(run.stderr).not.toContain(missing)
  })
})

test('in the plugins of a project it says that it does nothing there, and where it belongs', async () => {
  const project = "{ plugins: [turbulence()], test: { name: 'one', include: ['price.test.ts'] } }"
  const run = await runFixture('watch', {
    arrange: (folder) =>
      writeFileSync(
        join(folder, 'vitest.config.ts'),
        `import { turbulence } from 'vitest-turbulence'\nexport default { test: { projects: [${project}] } }\n`,
      ),
  })
  expect(run.stderr).toContain('Warning: turbulence() does nothing in the project "one"')
  expect(run.stderr).toContain('the plugins of the config that names the projects')
  expect(run.received).toEqual({})
})
