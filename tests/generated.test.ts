// What is made from the schema is current: the JSON Schemas for editors, the tables of the reference page,
// and the types for TypeScript. `npm run generate` makes them anew: look at the difference, and commit it.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { inputFiles } from '../scripts/input-files.ts'
import { mappingsOf } from '../scripts/mappings.ts'
import { notOnPage, withTables } from '../scripts/reference.ts'
import { editorSchema } from '../scripts/scenario-schema.ts'

const pathOf = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))
const PAGE = pathOf('docs/reference/scenario.md')

describe('is current; else run `npm run generate`', () => {
  test('schema/scenario.schema.json', async () => {
    await expect(editorSchema('scenario')).toMatchFileSnapshot(pathOf('schema/scenario.schema.json'))
  })

  test('schema/sut.schema.json', async () => {
    await expect(editorSchema('sut')).toMatchFileSnapshot(pathOf('schema/sut.schema.json'))
  })

  test.each([...inputFiles(mappingsOf())])('src/scenario/input/%s', async (file, text) => {
    await expect(text).toMatchFileSnapshot(pathOf(`src/scenario/input/${file}`))
  })

  test('and nothing else is in src/scenario/input/', () => {
    const made = inputFiles(mappingsOf())
    expect(readdirSync(pathOf('src/scenario/input')).filter((file) => !made.has(file))).toEqual([])
  })

  test('the tables of docs/reference/scenario.md', async () => {
    await expect(withTables(readFileSync(PAGE, 'utf8'), mappingsOf())).toMatchFileSnapshot(PAGE)
  })
})

describe('every key', () => {
  const keys = [...mappingsOf().values()].flatMap((mapping) =>
    mapping.keys.map((key) => ({ of: mapping.name, ...key })),
  )

  test('says what it means: `.meta({ description })` in its schema', () => {
    const mute = keys.filter(({ schema }) => schema.description === undefined)
    expect(mute.map(({ of, name }) => `${of}.${name}`)).toEqual([])
  })

  test('says what holds without it: a default, `unset`, or nothing does', () => {
    // Bare numbers of a transformed default would be in another unit than what a user writes.
    const unclear = keys.filter(({ schema: { title, unset, default: value } }) => {
      return title === 'duration' && unset === undefined && value !== undefined
    })
    expect(unclear.map(({ of, name }) => `${of}.${name}`)).toEqual([])
  })

  test('has a line on the page: put `<!-- keys: NAME -->` and `<!-- end -->` where its table shall stand', () => {
    expect(notOnPage(readFileSync(PAGE, 'utf8'), mappingsOf())).toEqual([])
  })
})
