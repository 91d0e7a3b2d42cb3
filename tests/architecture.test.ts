// The rules of ARCHITECTURE.md that a compiler does not know: who may import whom, how long a file may
// be, and what only one file may touch.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../', import.meta.url))

interface Source {
  /** e.g. `engine/cycle.ts`, with forward slashes. */
  readonly path: string
  readonly text: string
  /** Without comments and strings' contents. */
  readonly code: string
  readonly imports: readonly { readonly target: string; readonly typeOnly: boolean }[]
}

const sources: readonly Source[] = listFiles(join(root, 'src')).map(readSource)

/** Level of each folder or top file; a part may import lower levels and itself. */
const LEVELS: Readonly<Record<string, number>> = {
  'errors.ts': 0,
  'clock.ts': 0,
  'random.ts': 0,
  'units.ts': 0,
  'sample.ts': 0,
  'redact.ts': 0,
  'curl.ts': 0,
  'effort.ts': 0,
  'loop-probe.ts': 0,
  'memory-probe.ts': 0,
  actions: 1,
  agents: 1,
  workloads: 1,
  http1: 1,
  limits: 1,
  metrics: 1,
  pressure: 1,
  scenario: 2,
  plan: 3,
  engine: 4,
  gate: 4,
  store: 4,
  report: 5,
  'run.ts': 6,
  'scenario-reader.ts': 6,
  'without-engine.ts': 6,
  run: 6,
  adapters: 7,
  'index.ts': 8,
}

/** Types of these may be imported one level up or across: they are the plain values handed over. */
const VALUES = new Set(['gate/verdict.ts', 'store/record.ts'])

describe('imports', () => {
  test('every folder and top file has a level', () => {
    expect(sources.map(({ path }) => part(path)).filter((name) => LEVELS[name] === undefined)).toEqual([])
  })

  test('point down, and never from one part to another of its level', () => {
    const wrong = sources.flatMap((source) =>
      source.imports
        .filter((imported) => !mayImport(source.path, imported))
        .map(({ target }) => `${source.path} → ${target}`),
    )
    expect(wrong).toEqual([])
  })
})

test('Vitest starts without the engine, and without what reads scenarios', () => {
  const seen = new Set<string>()
  const visit = (path: string): void => {
    if (seen.has(path)) return
    seen.add(path)
    const imports = sources.find((source) => source.path === path)?.imports ?? []
    for (const { target, typeOnly } of imports) if (!typeOnly) visit(target)
  }
  visit('index.ts')
  const late = /^engine\/|^(?:actions\/index|metrics\/histogram|scenario\/load)\.ts/
  expect([...seen].filter((path) => late.test(path))).toEqual([])
  expect(seen).toContain('adapters/vitest/reporter.ts')
})

function mayImport(from: string, { target, typeOnly }: Source['imports'][number]): boolean {
  const [ours, theirs] = [part(from), part(target)]
  if (ours === theirs) return true
  if (typeOnly && VALUES.has(target)) return (LEVELS[ours] ?? 0) >= 4
  const level = LEVELS[ours] ?? 0
  if (level === 0) return LEVELS[theirs] === 0
  return (LEVELS[theirs] ?? 99) < level || (level === 6 && LEVELS[theirs] === 6)
}

/** What only some files may touch, and why the others need not. */
const BANNED: readonly { readonly what: RegExp; readonly only: (path: string) => boolean; readonly instead: string }[] =
  [
    {
      what: /\bDate\.now\b|\bnew Date\(\)/,
      // Adapters are the edge: what they date is no part of a run.
      only: (path) => path === 'clock.ts' || path.startsWith('adapters/'),
      instead: 'the Clock that was handed in',
    },
    { what: /\bperformance\.now\b/, only: (path) => path === 'clock.ts', instead: 'the Clock that was handed in' },
    {
      what: /\bset(?:Timeout|Interval|Immediate)\(/,
      only: (path) => path === 'clock.ts',
      instead: 'Clock.at, after, sleep',
    },
    { what: /\bMath\.random\b|\brandomUUID\b/, only: (path) => path === 'random.ts', instead: 'a stream of Random' },
    {
      what: /\bmonitorEventLoopDelay\b|\beventLoopUtilization\b/,
      only: (path) => path === 'loop-probe.ts',
      instead: 'the LoopProbe that was handed in',
    },
    {
      what: /\bmemoryUsage\b/,
      only: (path) => path === 'memory-probe.ts',
      instead: 'the MemoryProbe that was handed in',
    },
    { what: /\bprocess\./, only: (path) => path.startsWith('adapters/'), instead: 'an argument from the adapter' },
    { what: /\bconsole\./, only: (path) => path.startsWith('adapters/'), instead: 'a value that an adapter prints' },
  ]

describe('what has one home', () => {
  test.each(BANNED)('$what is not used elsewhere: take $instead', ({ what, only }) => {
    expect(sources.filter(({ path, code }) => what.test(code) && !only(path)).map(({ path }) => path)).toEqual([])
  })
})

const MOST_LINES = 250
/** Files above the most, with the reason; a number may only go down. */
const LONG: Readonly<Record<string, number>> = {}

describe('files', () => {
  test('are short', () => {
    const long = sources.filter(({ path, text }) => lineCount(text) > (LONG[path] ?? MOST_LINES))
    expect(long.map(({ path, text }) => `${path}: ${lineCount(text)}`)).toEqual([])
  })

  test('say in their first lines what they are', () => {
    const mute = sources.filter(({ text }) => !/^(?:#!.*\n)?\/\/ \S.{20}/.test(text))
    expect(mute.map(({ path }) => path)).toEqual([])
  })

  test('hold no unfinished marks', () => {
    const marks = new RegExp(
      ['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK'].map((mark) => `\\b${mark}\\b`).join('|'),
    )
    expect(sources.filter(({ text }) => marks.test(text)).map(({ path }) => path)).toEqual([])
  })

  test('have no names that say nothing', () => {
    const empty = /(?:^|\/)(?:utils?|helpers?|common|core|lib|types|base|manager)(?:\.ts|\/)/
    expect(sources.filter(({ path }) => empty.test(path)).map(({ path }) => path)).toEqual([])
  })
})

function part(path: string): string {
  return path.split('/', 1)[0] ?? path
}

function lineCount(text: string): number {
  return text.trimEnd().split('\n').length
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
}

function readSource(file: string): Source {
  const text = readFileSync(file, 'utf8')
  const path = relative(join(root, 'src'), file).split(sep).join('/')
  const imports = [...text.matchAll(/^(?:import|export)\s+(type\s)?[^'"]*?from\s+'(\.[^']+)'/gms)].map((match) => ({
    target: posix.normalize(posix.join(dirname(path).split(sep).join('/'), match[2] ?? '')),
    typeOnly: match[1] !== undefined,
  }))
  return { path, text, code: withoutComments(text), imports }
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '$1')
}
