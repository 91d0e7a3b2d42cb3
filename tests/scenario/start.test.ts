// `start` of a service: where its command runs, what profiles change, what is filled in.
import { describe, expect, test } from 'vitest'
import { loadScenario } from '../../src/scenario/load.ts'
import type { LoadOptions } from '../../src/scenario/load.ts'
import type { StartSpec } from '../../src/scenario/start.ts'

const START = 'start: { command: node server.mjs }'
const PROFILES = `
profiles:
  staging: { services: { api: { start: false } } }
  dev: { services: { api: { start: { command: npm run dev, timeout: 2m } } } }
  other: { services: { api: { connections: 5 } } }`
const SUT = `services:
  api:
    base_url: http://127.0.0.1:3000
    ${START}${PROFILES}
`
const FLOW = 'flow: [{ type: http, name: list, path: /items }]'

function startOf(text: string, options: LoadOptions = {}): StartSpec | undefined {
  const files = new Map([
    ['/project/load/a.scenario.yaml', text],
    ['/project/sut/shop.sut.yaml', SUT],
  ])
  const readFile = (path: string): string => files.get(path) ?? ''
  const { scenario, problems } = loadScenario('/project/load/a.scenario.yaml', {
    readFile,
    root: '/project',
    ...options,
  })
  expect(problems).toEqual([])
  return scenario?.services['api']?.start
}

const inFile = `id: a\nsut: ../sut/shop.sut.yaml\n${FLOW}\n`

describe('the folder of the command', () => {
  test("is the SUT file's", () => {
    expect(startOf(inFile)).toEqual({
      command: 'node server.mjs',
      cwd: '/project/sut',
      env: {},
      timeoutMs: 30_000,
      place: { file: '/project/sut/shop.sut.yaml', line: 4, column: 5 },
    })
  })

  test("is the scenario's when the SUT stands in it", () => {
    const inline = `id: a\nsut:\n  services: { api: { base_url: "http://127.0.0.1", ${START} } }\n${FLOW}\n`
    expect(startOf(inline)?.cwd).toBe('/project/load')
  })

  test('is the root when the SUT comes from the options: the same for all files', () => {
    const sut = { services: { api: { base_url: 'http://127.0.0.1', start: { command: ['node', 'server.mjs'] } } } }
    expect(startOf(`id: a\n${FLOW}\n`, { sut })).toMatchObject({ cwd: '/project', command: ['node', 'server.mjs'] })
  })
})

describe('a profile', () => {
  test('keeps it unless it says otherwise', () => {
    expect(startOf(inFile, { profile: 'other' })?.command).toBe('node server.mjs')
  })

  test('turns it off', () => {
    expect(startOf(inFile, { profile: 'staging' })).toBeUndefined()
  })

  test('replaces it as a whole', () => {
    const place = { file: '/project/sut/shop.sut.yaml', line: 7, column: 29 }
    expect(startOf(inFile, { profile: 'dev' })).toMatchObject({ command: 'npm run dev', timeoutMs: 120_000, place })
  })
})

test('values of env are text, as a process gets them', () => {
  const env = 'start: { command: x, env: { PORT: 3000, DEBUG: true } }'
  const text = `id: a\nsut:\n  services: { api: { base_url: "http://127.0.0.1", ${env} } }\n${FLOW}\n`
  expect(startOf(text)?.env).toEqual({ PORT: '3000', DEBUG: 'true' })
})
