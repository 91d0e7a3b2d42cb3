import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { KEYS } from '../../src/scenario/file.ts'
import { loadScenario } from '../../src/scenario/load.ts'
import type { Loaded } from '../../src/scenario/load.ts'
import { PRESETS } from '../../src/scenario/preset.ts'
import { Source } from '../../src/scenario/source.ts'

const folder = fileURLToPath(new URL('../../presets/', import.meta.url))
const BARE = `id: a
sut: { services: { api: { base_url: http://127.0.0.1:3000 } } }
flow: [{ type: http, name: get, path: / }]
`

/** @param preset the text of mine.yaml */
function load(scenario: string, preset = ''): Loaded {
  const files = new Map([
    ['/p/a.scenario.yaml', scenario],
    ['/p/mine.yaml', preset],
  ])
  const readFile = (path: string): string => {
    const text = files.get(path)
    if (text === undefined) throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' })
    return text
  }
  return loadScenario('/p/a.scenario.yaml', { root: '/p', readFile })
}

const said = ({ scenario, problems }: Loaded): string[] =>
  (scenario?.warnings ?? problems).map(({ place, message }) => `${place.file}:${place.line} ${message}`)

describe('the presets of the package', () => {
  test('are the files in presets/', () => {
    expect(readdirSync(folder).sort()).toEqual(PRESETS.map((name) => `${name}.yaml`).sort())
  })

  test.each(PRESETS)(
    '%s lies below a scenario without a word, has keys of a scenario only, and says what it is for',
    (name) => {
      expect(said(load(`${BARE}preset: ${name}\n`))).toEqual([])
      const text = readFileSync(`${folder}${name}.yaml`, 'utf8')
      const keys = Object.keys(new Source(name, text).value as object)
      expect(keys.filter((key) => !KEYS.includes(key))).toEqual([])
      expect(text).toMatch(/^# .+\n# .+\n/)
    },
  )

  test('scale-372 has the numbers of 372 agents at 50 requests per second', () => {
    const { scenario } = load(`${BARE}preset: scale-372\n`)
    const activity = { frequency: 0.4, hours: Array(24).fill(1), weekday: 1, weekend: 1 }
    expect(scenario?.groups).toMatchObject([{ name: 'shoppers', count: 372, activity }])
    expect(scenario?.simulation).toMatchObject({
      cycles: 288,
      maxConcurrentAgents: 372,
      time: { pace: 'realtime', scale: 48, cycleMs: 3_600_000 },
      warmUp: { cycles: 10, steps: [0.1, 0.25, 0.5, 0.75, 1], exclude: true },
    })
    expect(scenario?.limits).toEqual({ rateLimitRps: 50, memoryWarningMb: 12_000 })
    expect(scenario?.circuitBreaker).toMatchObject({ failurePercent: 5, minAgents: 20 })
    expect(scenario?.checkpoint).toEqual({ everyCycles: 10, keep: 5 })
  })
})

describe('what the file says lies over the preset', () => {
  test('key by key in mappings', () => {
    const { scenario } = load(
      `${BARE}preset: ./mine.yaml\nsimulation: { cycles: 2 }\nagents: { a: { count: 3 } }\n`,
      'simulation: { cycles: 9, seed: 7 }\nagents: { a: { count: 8, vars: { x: 1 } }, b: { count: 4 } }\n',
    )
    expect(scenario?.simulation).toMatchObject({ cycles: 2, seed: 7 })
    expect(scenario?.groups).toMatchObject([
      { name: 'a', count: 3, vars: { x: 1 } },
      { name: 'b', count: 4 },
    ])
  })

  test('and whole where it is a list, a number, or the other kind of thing', () => {
    const { scenario } = load(
      `${BARE}preset: ./mine.yaml\nagents: { a: { workload: { iterations: 3 } } }\nthresholds: [p95 < 1s]\n`,
      'agents: 50\nthresholds: [errors == 0, p99 < 2s]\nmax_steps: 7\n',
    )
    expect(scenario?.groups.map(({ name }) => name)).toEqual(['a'])
    expect(scenario?.thresholds.map(({ threshold }) => threshold.expression)).toEqual(['p95 < 1s'])
    expect(scenario?.maxSteps).toBe(7)
  })

  test('and whole for a workload, of which two kinds make none', () => {
    const { scenario } = load(
      `${BARE}preset: ./mine.yaml\nagents: { a: { workload: { iterations: 3 } } }\n`,
      'agents: { a: { workload: { rate: 5/s, duration: 2s } } }\n',
    )
    expect(scenario?.groups[0]?.workload).toEqual({ kind: 'iterations', iterations: 3 })
  })

  test('without a prototype being touched', () => {
    const loaded = load(`${BARE}preset: ./mine.yaml\n`, '__proto__: { max_steps: 3 }\nconstructor: 1\n')
    expect(said(loaded)).toEqual([
      '/p/mine.yaml:1 There is no key "__proto__" here.',
      '/p/mine.yaml:2 There is no key "constructor" here.',
    ])
  })
})

describe('a problem stands in the file that has it', () => {
  test('of a preset in the preset, of the file in the file', () => {
    const loaded = load(
      `${BARE}preset: ./mine.yaml\nsimulation: { cycles: 0 }\n`,
      '# mine\nsimulation: { cycles: 3, seed: -1 }\nthresholds: [p95 < 3]\nflow: [{ type: nothing }]\n',
    )
    expect(said(loaded)).toEqual([
      '/p/a.scenario.yaml:5 "cycles" must be at least 1, not 0.',
      '/p/mine.yaml:2 "seed" must be at least 0, not -1.',
      '/p/mine.yaml:3 "latency.p95" is a time and needs a unit.',
    ])
  })

  test('of a list in the file, though the preset has a longer one', () => {
    const loaded = load(
      `${BARE}preset: ./mine.yaml\nsetup: [{ type: http, path: / }]\n`,
      'setup: [{ type: http, name: x, path: /a, service: nowhere }]\n',
    )
    expect(said(loaded)).toEqual(['/p/a.scenario.yaml:5 "name" is missing.'])
  })

  test('also when the preset is no YAML, or no mapping', () => {
    expect(said(load(`${BARE}preset: ./mine.yaml\n`, 'a: [1\n'))[0]).toMatch(/^\/p\/mine\.yaml:/)
    expect(said(load(`${BARE}preset: ./mine.yaml\n`, '- 1\n'))).toEqual([
      '/p/mine.yaml:1 A preset is a mapping (key: value), as a scenario is.',
    ])
  })
})

describe('which file it is', () => {
  test.each([
    ['nope', 'There is no preset "nope".'],
    ['[ci]', '"preset" must be a name or a path, not ["ci"].'],
    ['./gone.yaml', 'There is no file "./gone.yaml".'],
    ['../outside.yaml', '"../outside.yaml" lies outside of the project.'],
  ])('preset: %s', (written, message) => {
    expect(said(load(`${BARE}preset: ${written}\n`))).toEqual([`/p/a.scenario.yaml:4 ${message}`])
  })

  test('one of the user is a file that the scenario names, ours is none', () => {
    expect(load(`${BARE}preset: ./mine.yaml\n`, 'max_steps: 5\n').files).toEqual(['/p/mine.yaml'])
    expect(load(`${BARE}preset: ci\n`).files).toEqual([])
  })
})
