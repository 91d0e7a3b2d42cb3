// Steps that call functions of the project, as Vite loads them: TypeScript, aliases, and what is said
// when a module or a function is not there.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { failures, runTree } from '../support/e2e.ts'
import { removeCopies } from '../support/run-fixture.ts'

afterAll(removeCopies)

const change = (what: string | RegExp, into: string) => (folder: string) => {
  const file = join(folder, 'calls.scenario.yaml')
  writeFileSync(file, readFileSync(file, 'utf8').replace(what, into))
}

/** Every way in which a config can say what a name stands for, and names that it says nothing about. */
const RESOLVED: readonly (readonly [module: string, what: string])[] = [
  ['./src/check.ts', 'a path'],
  ['./src/check', 'a path without its ending'],
  ['./src/check.js', 'a path with the ending of what it is compiled to'],
  ['@/check', 'an alias'],
  ['lib/check', 'an alias by a pattern'],
  ['~check', 'a plugin'],
  ['a-package', 'a package'],
  ['a-package/deep', 'a part of a package'],
]

const config = (test: string): string => `import { fileURLToPath } from 'node:url'
import { turbulence } from 'vitest-turbulence'
import { defineConfig } from 'vitest/config'

const src = fileURLToPath(new URL('./src', import.meta.url))
const paths = { name: 'paths', resolveId: (source: string) => (source.startsWith('~') ? src + '/' + source.slice(1) + '.ts' : undefined) }
export default defineConfig({
  plugins: [paths, turbulence()],
  resolve: { alias: [{ find: '@', replacement: src }, { find: /^lib\\/(.*)$/, replacement: src + '/$1.ts' }] },
  ${test}
})
`

function withAllModules(test: string): (folder: string) => void {
  return (folder) => {
    const write = (path: string, text: string): void => {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    write('vitest.config.ts', config(test))
    const exported = '{ "name": "a-package", "type": "module", "exports": { ".": "./a.js", "./deep": "./b.js" } }'
    write('node_modules/a-package/package.json', exported)
    for (const file of ['a', 'b']) write(`node_modules/a-package/${file}.js`, 'export default () => undefined')
    const calls = RESOLVED.map(([module, name]) => `  - { type: call, name: ${name}, module: '${module}', args: *id }`)
    write(
      'calls.scenario.yaml',
      `id: calls
sut: { services: { shop: { base_url: '{{env.SHOP_URL}}' } } }
flow:
  - { type: set, name: given, vars: { product_id: p1 } }
  - { type: call, name: first, module: ./src/check.ts, args: &id { id: p1 } }
${calls.join('\n')}
  - { type: http, name: products, path: /products }
`,
    )
  }
}

describe('the module of a call', () => {
  const passed = '✓ calls > cycle 1 > agents'

  test('is found as it is in a test: by path, alias, plugin and package', async () => {
    const run = await runTree('calls', { arrange: withAllModules('') })
    expect(run.tree, failures(run)).toBe(passed)
    expect(run.received).toEqual({ 'GET /products': 1 })
  })

  test('also in a config with projects', async () => {
    const test = "test: { projects: [{ test: { name: 'units', include: ['units/*.test.ts'] } }] },"
    const run = await runTree('calls', { arrange: withAllModules(test) })
    expect(run.tree, failures(run)).toBe(passed)
  })
})

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
