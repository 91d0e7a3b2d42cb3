// What the documents promise: every YAML block in them can be read, and the JUnit file is where they say.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { resolveOptions } from '../../src/adapters/vitest/options.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const files = [
  'README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((file) => join('docs', file)),
]
  .filter((file) => file.endsWith('.md'))
  .map((file) => ({ file: file.split(sep).join('/'), text: readFileSync(join(root, file), 'utf8') }))

interface Block {
  readonly place: string
  readonly language: string
  readonly code: string
}

/** Fenced blocks; one that stands in a list is indented with its fence. */
function blocksOf({ file, text }: (typeof files)[number]): Block[] {
  return [...text.matchAll(/^( *)```(\w*)[^\n]*\n([^]*?)^\1```$/gm)].map((match) => ({
    place: `${file}:${text.slice(0, match.index).split('\n').length}`,
    language: match[2] ?? '',
    code: (match[3] ?? '').replaceAll(new RegExp(`^${match[1] ?? ''}`, 'gm'), ''),
  }))
}

const blocks = files.flatMap(blocksOf)
const yaml = blocks.filter(({ language }) => language === 'yaml' || language === 'yml')

test('every fence is closed', () => {
  for (const { file, text } of files) expect([file, (text.match(/^ *```/gm)?.length ?? 0) % 2]).toEqual([file, 0])
})

test.each(yaml)('$place is YAML', ({ code }) => {
  const problems = parseAllDocuments(code).flatMap((document) => [...document.errors, ...document.warnings])
  expect(problems.map(({ message }) => message)).toEqual([])
})

describe('the JUnit file', () => {
  const file = relative('/project', resolveOptions({}, '/project').junitFile ?? '')
    .split(sep)
    .join('/')
  /** With a star for the files that follow it. */
  const known = [file, file.replace(/\.xml$/, '*.xml')]
  const named = (text: string): string[] => text.match(/[\w./*-]*TEST-[\w*.-]*xml/g) ?? []

  test.each(files)('has its default name in $file', ({ text }) => {
    expect(named(text).filter((path) => !known.includes(path))).toEqual([])
  })

  test('is collected with all its parts by every recipe that names it', () => {
    const guide = blocks.filter(({ place, code }) => place.startsWith('docs/guides/ci.md') && named(code).length > 0)
    expect(guide.length).toBeGreaterThanOrEqual(5)
    for (const { place, code } of guide) expect([place, ...new Set(named(code))]).toEqual([place, known[1]])
  })
})

test('every recipe that keeps records leaves out their checkpoints, which hold live credentials', () => {
  const keeping = blocks.filter(({ code }) => /\.turbulence\/runs(?!\/\*\/)/.test(code) && /artifact/i.test(code))
  expect(keeping.map(({ place }) => place)).toHaveLength(3)
  for (const { place, code } of keeping) expect([place, code.includes('/checkpoints/**')]).toEqual([place, true])
})

describe('the guide to CI', () => {
  const guide = files.find(({ file }) => file === 'docs/guides/ci.md')?.text ?? ''
  const sections = guide.split(/^## /m).slice(1)

  test.each(['GitHub Actions', 'GitLab', 'Jenkins', 'Azure Pipelines', 'CircleCI', 'Buildkite', 'Bitbucket'])(
    'says of %s where results appear, and has a whole recipe',
    (name) => {
      const section = sections.find((text) => text.startsWith(`${name}\n`)) ?? ''
      expect(section).toMatch(/^[^\n]*\n\n[^\n]* appear [^\n]*\n/)
      expect(section).toMatch(/```(yaml|groovy)\n[^]*npm ci[^]*npx vitest run[^]*```/)
    },
  )
})
