// Steps that call functions of the project, as Vite loads them: TypeScript, aliases, and what is said
// when a module or a function is not there.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { failures, runTree } from '../support/e2e.ts'
import { removeCopies } from '../support/run-fixture.ts'

afterAll(removeCopies)

const change = (what: string | RegExp, into: string) => (folder: string) => {
  const file = join(folder, 'calls.scenario.yaml')
  writeFileSync(file, readFileSync(file, 'utf8').replace(what, into))
}

describe('a scenario with calls', () => {
  test('runs TypeScript, by path and by alias, and judges what it records', async () => {
    const run = await runTree('calls')
    expect(run.tree).toMatchInlineSnapshot(`
      "✓ calls > cycle 1 > agents
      ✓ calls > thresholds > chosen == 3
      × calls > thresholds > chosen{step:choose} > 3"
    `)
    expect(run.code).toBe(2)
    expect(run.received).toEqual({ 'GET /products': 3, 'GET /products/:id': 3 })
    expect(failures(run)).toContain('ThresholdError: chosen{step:choose} was 3, must be > 3')
  })

  test.each([
    ['a function', "'@/check'", "'@/first', export: last", '"@/first" has no export "last".'],
    ['a module', "'@/check'", "'@/nowhere'", 'The module "@/nowhere" cannot be loaded:'],
  ])('says that %s is not there, at its line, before it sends anything', async (_, what, into, said) => {
    const run = await runTree('calls', { arrange: change(what, into) })
    expect(run.tree).toMatch(/^× calls > line 18: /m)
    expect(failures(run)).toContain(said)
    expect(run.received).toEqual({})
    expect(run.code).toBe(1)
  })

  test('has the message of what a function throws as the cause', async () => {
    const run = await runTree('calls', { arrange: change("id: '{{product_id}}'", 'id: other') })
    expect(failures(run)).toContain('call default: Error: another product')
  })
})
