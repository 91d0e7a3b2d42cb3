// Right files made wrong, thousands of times: the loader has something to say, or a scenario that can be
// planned and compiled. Never an exception, never a hang.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { virtualClock } from '../../src/clock.ts'
import { Engine } from '../../src/engine/engine.ts'
import { memoryTransport } from '../../src/engine/memory.ts'
import type { Problem } from '../../src/errors.ts'
import { Seed } from '../../src/random.ts'
import { preparePlan } from '../../src/run.ts'
import { formatProblem } from '../../src/scenario/diagnostic.ts'
import { loadScenario } from '../../src/scenario/load.ts'
import { anObserver } from '../support/an-observer.ts'
import { mutateText, mutateTree } from '../support/mutate.ts'
import type { Mutation } from '../support/mutate.ts'

const FIXTURES = fileURLToPath(new URL('../../fixtures', import.meta.url))
const files = ['scenarios', 'shop'].flatMap((folder) =>
  readdirSync(join(FIXTURES, folder))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join(FIXTURES, folder, name)),
)
const texts = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]))
const scenarios = files.filter((file) => file.endsWith('.scenario.yaml'))
const ENVIRONMENTS: readonly Readonly<Record<string, string>>[] = [
  {},
  { SHOP_URL: 'not a url' },
  { SHOP_URL: 'http://127.0.0.1:1', X: '' },
]

/** What comes of a scenario when one of its files was changed; throws what must not be thrown. */
function load(scenario: string, changed: string, text: string): 'wrong' | 'right' {
  const readFile = (path: string): string => (path === changed ? text : (texts.get(path) ?? readFileSync(path, 'utf8')))
  const loaded = loadScenario(scenario, { root: FIXTURES, readFile })
  for (const problem of [...loaded.problems, ...(loaded.scenario?.warnings ?? [])]) expectTold(problem, readFile)
  if (loaded.scenario === undefined) {
    expect(loaded.problems.filter(({ severity }) => severity === 'error')).not.toEqual([])
    return 'wrong'
  }
  // Kept in manifests.
  JSON.stringify(loaded.scenario)
  for (const env of ENVIRONMENTS) {
    const { plan, problems } = preparePlan(loaded.scenario, { env, seed: 1 })
    for (const problem of problems) expectTold(problem, readFile)
    expect(plan === undefined).toBe(problems.some(({ severity }) => severity === 'error'))
    if (plan === undefined) continue
    const clock = virtualClock()
    const transport = memoryTransport({ clock, respond: () => ({ status: 200, latencyMs: 1 }) })
    expect(new Engine({ plan, clock, transport, observer: anObserver() }).active).toBe(0)
  }
  return 'right'
}

function expectTold(problem: Problem, readFile: (path: string) => string): void {
  const { place, message, code } = problem
  expect(code).toMatch(/^[a-z-]+$/)
  expect(message.trim()).not.toBe('')
  expect(message).not.toMatch(/\[object |\bzod\b/i)
  expect(Math.min(place.line, place.column)).toBeGreaterThanOrEqual(1)
  const source = texts.has(place.file) || existsSync(place.file) ? readFile(place.file) : undefined
  expect(formatProblem(problem, source, FIXTURES).length).toBeLessThan(4_000)
}

const HANG_MS = 10_000

test.each<[string, Mutation, number]>([
  ['as text', mutateText, 1_000],
  ['as a tree', mutateTree, 1_000],
])('%s', { timeout: 30_000 }, (name, mutate, times) => {
  const seed = new Seed(20_261_121)
  const ends = { wrong: 0, right: 0 }
  for (let round = 0; round < times; round++) {
    const random = seed.stream(`${name} ${round}`)
    const changed = files[random.int(0, files.length - 1)] ?? ''
    const users = scenarios.filter((file) => file === changed || texts.get(file)?.includes(basename(changed)))
    const scenario = users[random.int(0, users.length - 1)] ?? ''
    const text = mutate(texts.get(changed) ?? '', [...texts.values()], random)
    const since = performance.now()
    try {
      ends[load(scenario, changed, text)]++
    } catch (error) {
      throw new Error(`round ${round}, ${basename(changed)} of ${basename(scenario)}:\n${text.slice(0, 3_000)}`, {
        cause: error,
      })
    }
    expect(performance.now() - since).toBeLessThan(HANG_MS)
  }
  // Both happen often: or the mutations would say little.
  expect(Math.min(ends.wrong, ends.right)).toBeGreaterThan(times / 20)
})
