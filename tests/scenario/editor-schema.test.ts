// The JSON Schemas for editors take what the product takes: every valid fixture, and no key it does not know.
import { readFileSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import type { ValidateFunction } from 'ajv'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

const ajv = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true })
const scenario = ajv.compile(JSON.parse(read('schema/scenario.schema.json')) as object)
const sut = ajv.compile(JSON.parse(read('schema/sut.schema.json')) as object)

const filesIn = (folder: string, end: string): string[] =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(end))
    .map((name) => `${folder}/${name}`)

function wrong(check: ValidateFunction, value: unknown): string[] {
  check(value)
  return (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`)
}

describe('every valid file fits', () => {
  const scenarios = [...filesIn('fixtures/scenarios', '.scenario.yaml'), 'fixtures/shop/shop.scenario.yaml']

  test.each(scenarios.map((path) => [basename(path), path]))('%s', (_, path) => {
    expect(wrong(scenario, parse(read(path), { merge: true }))).toEqual([])
  })

  test.each(filesIn('presets', '.yaml').map((path) => [basename(path), path]))(
    'the preset %s below a file',
    (_, path) => {
      const rest = { id: 'a', sut: './shop.sut.yaml', flow: [{ type: 'http', name: 'get', path: '/' }] }
      expect(wrong(scenario, { ...rest, ...(parse(read(path)) as object) })).toEqual([])
    },
  )

  test('shop.sut.yaml', () => {
    expect(wrong(sut, parse(read('fixtures/scenarios/shop.sut.yaml')))).toEqual([])
  })
})

describe('what is wrong is marked', () => {
  const right = { id: 'a', sut: './a.sut.yaml', flow: [{ type: 'http', name: 'get', path: '/' }] }

  test.each([
    [{ ...right, flwo: [] }, 'must NOT have additional properties'],
    [{ ...right, simulation: { cycels: 1 } }, '/simulation must NOT have additional properties'],
    [{ ...right, simulation: { cycles: 'three' } }, '/simulation/cycles must be integer'],
    [{ ...right, flow: [{ type: 'http', name: 'get' }] }, "/flow/0 must have required property 'path'"],
    [{ ...right, flow: [{ type: 'htpt', name: 'get' }] }, '/flow/0/type must be equal to constant'],
    [
      { ...right, flow: [{ type: 'branch', name: 'b', condition: 'true', if_true: [{ type: 'set' }] }] },
      "/flow/0/if_true/0 must have required property 'vars'",
    ],
    [{ ...right, sut: { services: { api: {} } } }, "/sut/services/api must have required property 'base_url'"],
    [{ sut: './a.sut.yaml' }, "must have required property 'id'"],
  ])('%j', (value, message) => {
    expect(wrong(scenario, value).map((text) => text.trim())).toContain(message)
  })
})
