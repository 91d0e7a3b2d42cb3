// Every key of the language does something: every-key.yaml names where, and here the key is taken away there
// and what the service and the verdict see is compared. A key that nobody shows fails.
//
// A new key: add it to every-key.yaml, with a scenario of fixtures/scenarios that uses it, or one in
// fixtures/keys (for runs that do not pass).
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Key } from '../../scripts/mappings.ts'
import { mappingsOf } from '../../scripts/mappings.ts'
import { keyOf, usesIn } from '../../scripts/uses.ts'
import type { Use } from '../../scripts/uses.ts'
import { seenOf } from '../support/seen.ts'

type Mapping = Record<string, unknown>

const root = fileURLToPath(new URL('../../', import.meta.url))
const fixtures = join(root, 'fixtures')
const yaml = (path: string): Mapping => parse(readFileSync(path, 'utf8'), { merge: true }) as Mapping

const mappings = mappingsOf()
const keys = [...mappings.values()].flatMap(({ name, keys: of }) =>
  of.filter((key) => !hasOneValue(key)).map((key) => keyOf(name, key.name)),
)
const shown = new Map(
  Object.entries(yaml(join(root, 'tests/scenario/every-key.yaml'))).flatMap(([mapping, names]) =>
    Object.entries(names as Mapping).map(([name, where]) => [keyOf(mapping, name), String(where)] as const),
  ),
)

/** It can only be what it is without the key. */
function hasOneValue({ schema }: Key): boolean {
  return schema.const !== undefined && schema.const === schema.default
}

/** A scenario below fixtures/, its SUT written into it. */
function scenarioAt(where: string): { file: string; value: Mapping } {
  const file = join(fixtures, `${where}.scenario.yaml`)
  const value = yaml(file)
  const { sut } = value
  return { file, value: typeof sut === 'string' ? { ...value, sut: yaml(resolve(dirname(file), sut)) } : value }
}

function without(value: Mapping, { at, name }: Use): Mapping {
  const copy = structuredClone(value)
  let holder: unknown = copy
  for (const key of at) holder = (holder as Record<string | number, unknown>)[key]
  delete (holder as Mapping)[name]
  return copy
}

const baselines = new Map<string, Promise<string>>()

/** Runs it with and without the key; where it stands several times, once would do. */
async function changes(
  key: string,
  where: string,
): Promise<'changes what is seen' | 'changes nothing' | 'is not in it'> {
  const { file, value } = scenarioAt(where)
  const uses = usesIn(value, mappings).filter((use) => use.key === key)
  if (!baselines.has(where)) baselines.set(where, seenOf(file, value))
  const before = await baselines.get(where)
  for (const use of uses) if ((await seenOf(file, without(value, use))) !== before) return 'changes what is seen'
  return uses.length === 0 ? 'is not in it' : 'changes nothing'
}

/** Where a key stands, for whoever has to name a place. */
function users(key: string): string {
  const all = ['scenarios', 'keys'].flatMap((folder) =>
    readdirSync(join(fixtures, folder))
      .filter((name) => name.endsWith('.scenario.yaml'))
      .map((name) => `${folder}/${name.replace('.scenario.yaml', '')}`),
  )
  const using = all.filter((where) => usesIn(scenarioAt(where).value, mappings).some((use) => use.key === key))
  return using.length === 0 ? 'no fixture uses it: write one' : `used in ${using.join(', ')}`
}

test('every key is in every-key.yaml', () => {
  const missing = keys.filter((key) => !shown.has(key))
  expect(missing.map((key) => `${key} (${users(key)})`)).toEqual([])
})

test('every-key.yaml names keys that are there', () => {
  expect([...shown.keys()].filter((key) => !keys.includes(key))).toEqual([])
})

describe('taking the key away changes what the service or the verdict sees', () => {
  const byFixture = [...shown].filter(([key, where]) => keys.includes(key) && /^(?:scenarios|keys)\//.test(where))

  test.each(byFixture)('%s, in %s', async (key, where) => {
    expect(await changes(key, where), users(key)).toBe('changes what is seen')
  })
})

test('where simulated time shows nothing, a test does', () => {
  const others = [...shown.values()].filter((where) => !/^(?:scenarios|keys)\//.test(where))
  expect(others.filter((where) => !where.startsWith('none, ') && !existsSync(join(root, where)))).toEqual([])
})

test('scenarios in fixtures/keys are there for a key', () => {
  const named = new Set(shown.values())
  const all = readdirSync(join(fixtures, 'keys')).filter((name) => name.endsWith('.scenario.yaml'))
  expect(all.filter((name) => !named.has(`keys/${name.replace('.scenario.yaml', '')}`))).toEqual([])
})
