// docs/reference/diagnostics.md against the source: every code that people can meet is explained there, none
// that there is not, and every code that a file alone can have has a file in fixtures/invalid.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { diagnosticsOf } from './support/diagnostics-of.ts'

const root = fileURLToPath(new URL('../', import.meta.url))

/** Codes of others' that stand in the source: zod's and ajv's. */
const NOT_OURS = new Set(['custom', 'linear'])

const WAYS: readonly RegExp[] = [
  /\bcode: '([a-z0-9-]+)'/g,
  /\b(?:found|refuse|warning)\(\s*'([a-z0-9-]+)'/g,
  /\breadNamed\([^;{]*?'([a-z0-9-]+)'/g,
  /\bTurbulenceError\(\s*'([a-z0-9-]+)'/g,
  /\batTop\([^,]+,\s*'([a-z0-9-]+)'/g,
]

function codesInSource(): Set<string> {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  )
  const texts = files.map((name) => readFileSync(join(root, 'src', name), 'utf8'))
  const codes = texts.flatMap((text) => WAYS.flatMap((way) => [...text.matchAll(way)].map((match) => match[1] ?? '')))
  return new Set(codes.filter((code) => !NOT_OURS.has(code)))
}

/** Code → what its row says. */
function rowsOfPage(): Map<string, string> {
  const page = readFileSync(join(root, 'docs/reference/diagnostics.md'), 'utf8')
  return new Map(
    [...page.matchAll(/^\| `([a-z0-9-]+)` \|(.*[^\\])\|$/gm)].map(([, code = '', rest = '']) => [code, rest]),
  )
}

const sorted = (codes: Iterable<string>): string[] => [...codes].sort()

test('every code is explained, with its cause and the way out', () => {
  const rows = rowsOfPage()
  expect(sorted(rows.keys())).toEqual(sorted(codesInSource()))
  const empty = [...rows].filter(([, rest]) => rest.split(/(?<!\\)\|/).some((cell) => cell.trim().length < 4))
  expect(empty).toEqual([])
})

/** What no scenario file has by itself. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'bad-base-url': 'a Plan from a scenario has been checked',
  changed: 'the file is changed while Vitest starts',
  differs: 'a file of Turbulence names no SUT',
  'duplicate-id': 'takes two files',
  environment: 'the environment has to be read',
  module: 'the module has to be run by Vitest',
  move: 'only lint --old says it',
  'no-run': 'is about run folders',
  option: 'is about the options of the plugin',
  'policies-file': 'an option names the file',
  'reads-environment': 'only told with --untrusted',
  resume: 'is about checkpoints of earlier runs',
  'run-unreadable': 'is about run folders',
  'run-version': 'is about run folders',
  'runs-command': 'only told with --untrusted',
  'runs-itself': 'only told with --untrusted',
  'runs-module': 'only told with --untrusted',
  setup: 'requests have to be sent',
  start: 'services have to be started',
  'too-large': 'the file would be as large',
  'too-many': 'the file would be as large',
  'yaml-word': 'a file of Turbulence names no SUT',
}

test('every code that a file can have is shown by one in fixtures/invalid', async () => {
  const folder = join(root, 'fixtures/invalid')
  const files = readdirSync(folder).filter((name) => /\.scenario\.(?:yaml|ts)$/.test(name))
  const problems = await Promise.all(files.map((name) => diagnosticsOf(join(folder, name), folder)))
  const shown = new Set(problems.flat().map(({ code }) => code))
  const missing = sorted(codesInSource()).filter((code) => !shown.has(code))
  expect(missing).toEqual(sorted(Object.keys(ELSEWHERE)))
})
