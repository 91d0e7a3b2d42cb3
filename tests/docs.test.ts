// What the documents say, held against the product: every YAML loads, every metric, option and path
// exists and is documented, links lead somewhere, and the first screen of the README stays one.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { turbulence } from '../src/adapters/vitest/plugin.ts'
import { TurbulenceError } from '../src/errors.ts'
import { METRICS } from '../src/metrics/metric.ts'
import { OUTCOMES } from '../src/sample.ts'
import { loadScenario } from '../src/scenario/load.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const linesOf = (text: string): string[] => text.trimEnd().split('\n')
const byName = (names: Iterable<string>): string[] => [...names].sort()

const documents = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name.replaceAll('\\', '/')}`),
]

interface Block {
  readonly language: string
  readonly text: string
  readonly line: number
}

/** Fenced code, without the indentation of a list that it stands in. */
function blocksOf(document: string): Block[] {
  const text = read(document)
  return [...text.matchAll(/^( *)```(\w+)\n([\s\S]*?)^\1```$/gm)].map((fence) => {
    const [, indent = '', language = '', code = ''] = fence
    const line = text.slice(0, fence.index).split('\n').length
    return { language, text: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''), line }
  })
}

describe('YAML in the documents loads without a word', () => {
  // What CI services read has rules of its own: docs/ci.test.ts.
  const ours = documents.filter((document) => document !== 'docs/guides/ci.md')
  const yaml = ours.flatMap((document) =>
    blocksOf(document)
      .filter(({ language, text }) => language === 'yaml' && !isWorkflow(text))
      .map(({ text, line }) => [`${document}:${line}`, text] as const),
  )

  test.each(yaml)('%s', (_where, text) => {
    const value: unknown = parse(text)
    expect(complaints(isMapping(value) && 'id' in value ? { scenario: text } : completed(value, text))).toEqual([])
  })
})

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Of GitHub Actions. */
function isWorkflow(yaml: string): boolean {
  const value: unknown = parse(yaml)
  return isMapping(value) && 'jobs' in value
}

interface Files {
  readonly scenario: string
  readonly sut?: string
}

/** Errors and warnings about a scenario, as if it lay in fixtures/scenarios. */
function complaints({ scenario, sut }: Files): string[] {
  const folder = join(root, 'fixtures', 'scenarios')
  const files = new Map([[join(folder, 'document.scenario.yaml'), scenario]])
  if (sut !== undefined) files.set(join(folder, 'document.sut.yaml'), sut)
  const readFile = (path: string): string => files.get(path) ?? readFileSync(path, 'utf8')
  const loaded = loadScenario(join(folder, 'document.scenario.yaml'), { readFile })
  const problems = loaded.scenario?.warnings ?? loaded.problems
  const wrong = problems.filter(({ severity }) => severity !== 'hint')
  return wrong.map(({ path, message, hint }) => `${path}: ${message} ${hint ?? ''}`)
}

/** A part of a file: a SUT, a list of steps, or some keys, put into a scenario that has the rest. */
function completed(part: unknown, text: string): Files {
  const rest = {
    id: 'document',
    sut: { services: { shop: { base_url: 'http://127.0.0.1:3000' } } },
    agents: { shoppers: { count: 2000, vars: { category: 'books' } } },
    flow: [{ type: 'http', name: 'cart', method: 'POST', path: '/carts' }],
  }
  if (Array.isArray(part)) return { scenario: JSON.stringify({ ...rest, flow: part }) }
  if (!isMapping(part) || !('services' in part)) return { scenario: JSON.stringify({ ...rest, ...Object(part) }) }
  const [service] = Object.keys(Object(part['services']))
  const flow = rest.flow.map((step) => ({ ...step, service }))
  return { scenario: JSON.stringify({ ...rest, flow, sut: './document.sut.yaml' }), sut: text }
}

describe('README.md', () => {
  const readme = read('README.md')
  const screen = linesOf(readme).slice(0, 45).join('\n')

  test('is short, and so is ARCHITECTURE.md', () => {
    expect(linesOf(readme).length).toBeLessThan(200)
    expect(linesOf(read('ARCHITECTURE.md')).length).toBeLessThanOrEqual(200)
  })

  test('begins with the scenario that is run against the shop', () => {
    expect(blocksOf('README.md')[0]?.text).toBe(read('fixtures/scenarios/checkout.scenario.yaml'))
    expect(screen).toContain('npm install --save-dev vitest-turbulence vitest')
    expect(screen).toMatch(/^✓ .* 100$/m)
    expect(screen).toMatch(/^✗ .* 100$/m)
  })

  test('has the config of the demo, and so has the start', () => {
    const config = read('fixtures/shop/vitest.config.ts')
    for (const document of ['README.md', 'docs/start.md'])
      expect(blocksOf(document).find(({ language }) => language === 'ts')?.text).toBe(config)
  })

  test('says how to try it here', () => {
    expect(readme).toContain('npm ci && npm run demo')
    expect(readme).toContain('npm ci && npm test')
  })

  test('has one workflow, which keeps the JUnit file', () => {
    const workflows = blocksOf('README.md').filter(({ language, text }) => language === 'yaml' && isWorkflow(text))
    expect(workflows.length).toBe(1)
    expect(workflows[0]?.text).toContain('npx vitest run')
    expect(workflows[0]?.text).toContain('test-results/TEST-turbulence-junit*.xml')
  })

  test('lists all options of the plugin', () => {
    const given = { '?': true } as object
    expect(() => turbulence(given)).toThrow(TurbulenceError)
    const known = knownIn(() => turbulence(given))
    expect(byName(keysOf(readme, '## Options', 'option'))).toEqual(known)
  })
})

test('docs/reference/environment.md lists all environment variables', () => {
  const folder = 'src/adapters'
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
  const sources = files.filter((name) => name.endsWith('.ts')).map((name) => read(`${folder}/${name}`))
  const used = new Set(sources.flatMap((text) => text.match(/(?<=')TURBULENCE(?:_[A-Z_]+)?(?=')/g) ?? []))
  const page = read('docs/reference/environment.md')
  expect(byName(keysOf(page, '## Variables', 'variable'))).toEqual(byName(used))
})

/** The names that an error's hint offers. */
function knownIn(act: () => void): string[] {
  try {
    act()
  } catch (error) {
    if (error instanceof TurbulenceError) return namesIn(error.hint)
  }
  return []
}

const namesIn = (hint = ''): string[] => byName(hint.replace(/^.*: /s, '').replace(/\.$/, '').split(', '))

/** What stands in backticks in the first column of a section's table whose head begins with `column`. */
function keysOf(text: string, heading: string, column = 'key'): string[] {
  const lines = linesOf(text)
  const from = lines.indexOf(heading) + 1
  expect(from, `there is no section "${heading}"`).toBeGreaterThan(0)
  const length = lines.slice(from).findIndex((line) => /^#{1,6} /.test(line))
  const section = lines.slice(from, length < 0 ? undefined : from + length)
  const head = section.findIndex((line) => line.startsWith(`| ${column} |`))
  expect(head, `"${heading}" has no table of ${column}s`).toBeGreaterThanOrEqual(0)
  const rest = section.slice(head + 2)
  const end = rest.findIndex((line) => !line.startsWith('|'))
  const rows = rest.slice(0, end < 0 ? undefined : end)
  return rows.flatMap((row) => row.split('|')[1]?.match(/(?<=`)[^`\s]+(?=`)/g) ?? [])
}

describe('the concepts', () => {
  const metrics = read('docs/concepts/metrics-and-thresholds.md')

  test('name all metrics, and no others', () => {
    const listed = keysOf(metrics, '## Metrics', 'metric')
    expect(listed.filter((name) => !METRICS.has(name))).toEqual([])
    expect([...METRICS.keys()].filter((name) => !metrics.includes(`\`${name}\``))).toEqual([])
  })

  test('name outcomes that exist', () => {
    const listed = keysOf(read('docs/concepts/time-and-waiting.md'), '## What has a latency', 'outcome')
    expect(listed.filter((name) => !OUTCOMES.some((outcome) => outcome === name))).toEqual([])
    expect(listed.length).toBeGreaterThan(5)
  })
})

describe('ARCHITECTURE.md', () => {
  const text = read('ARCHITECTURE.md')

  test('names files that are there', () => {
    const named = [...new Set(text.match(/(?<=`)(?:src|tests|fixtures)\/[\w./-]+(?=`)/g))]
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
    expect(named.length).toBeGreaterThan(20)
  })

  test('has the import table that is enforced', () => {
    const rows = [...text.matchAll(/^\| (\d) \| ([^|]+) \|/gm)]
    const written = rows.flatMap(([, level, who = '']) =>
      [...who.matchAll(/`([\w.]+)\/?`/g)].map(([, name]) => `${level} ${name}`),
    )
    const enforced = /LEVELS[^{]*\{([^}]*)\}/.exec(read('tests/architecture.test.ts'))?.[1] ?? ''
    const levels = [...enforced.matchAll(/^ *'?([\w.]+)'?: (\d),$/gm)].map(([, name, level]) => `${level} ${name}`)
    expect(byName(written)).toEqual(byName(levels))
  })
})

describe('all documents', () => {
  test('link to what is there', () => {
    const dead = documents.flatMap((document) => {
      const links = [...read(document).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)]
      return links
        .filter(([, path = '', anchor]) => !leads(document, path, anchor))
        .map(([link]) => `${document} ${link}`)
    })
    expect(dead).toEqual([])
  })

  test('name scripts of package.json, and CONTRIBUTING.md all its dependencies', () => {
    const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string>>
    const scripts = new Set(documents.flatMap((document) => read(document).match(/(?<=npm run )[\w:]+/g) ?? []))
    expect([...scripts].filter((name) => manifest['scripts']?.[name] === undefined)).toEqual([])
    const reasons = keysOf(read('CONTRIBUTING.md'), '## Dependencies', 'package')
    const needed = { ...manifest['dependencies'], ...manifest['peerDependencies'] }
    expect(byName(reasons)).toEqual(byName(Object.keys(needed)))
  })
})

function leads(from: string, path: string, anchor: string | undefined): boolean {
  const target = path === '' ? join(root, from) : join(root, dirname(from), path)
  if (!existsSync(target)) return false
  if (anchor === undefined) return true
  const headings = read(relative(root, target)).match(/(?<=^#{1,6} ).+$/gm) ?? []
  return headings.some((heading) => slug(heading) === anchor)
}

/** As GitHub makes anchors from headings. */
function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(' ', '-')
}
