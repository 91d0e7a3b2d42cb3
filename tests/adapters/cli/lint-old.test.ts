// `turbulence lint --old` as a user calls it, on a directory of Turbulence.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { called } from '../../support/command-line.ts'

const directory = fileURLToPath(new URL('../../../fixtures/projects/turbulence', import.meta.url))
const files = Object.fromEntries(
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:yaml|sh|mjs)$/.test(name))
    .map((name) => [`load/${name.replaceAll('\\', '/')}`, readFileSync(join(directory, name), 'utf8')]),
)

interface Said {
  readonly file: string
  readonly line: number
  readonly severity: string
  readonly code: string
  readonly message: string
  readonly hint: string | null
}

async function saidOf(
  all: Readonly<Record<string, string>>,
): Promise<{ code: number | null; problems: readonly Said[] }> {
  const { code, out, err } = await called(['lint', '--old', '.', '--format', 'json'], { files: all })
  expect(err).toBe('')
  return { code, problems: (JSON.parse(out) as { problems: readonly Said[] }).problems }
}

const lines = (problems: readonly Said[], file: string): string[] =>
  problems.filter((problem) => problem.file === file).map(({ line, message }) => `${line} ${message}`)

describe('a directory that runs as it is', () => {
  test('has no errors, and every file hears how it is written now, in the order of its lines', async () => {
    const { code, problems } = await saidOf(files)
    expect(code).toBe(0)
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
    const order = problems.map(({ file, line }) => `${file}:${String(line).padStart(4, '0')}`)
    expect(order).toEqual(order.toSorted())
    expect(lines(problems, 'load/scenarios/checkout.yaml')).toEqual([
      '1 This file is written for Turbulence. It runs; what is measured and drawn is not the same.',
      '1 To be found and to know its services by itself: rename it to checkout.scenario.yaml and add sut: ../sut.yaml.',
      expect.stringContaining('Nobody uses "titles"'),
      expect.stringContaining('All of expect must hold: status_code, jsonpath;'),
      expect.stringContaining('A body that is a mapping or a list is now called "json".'),
      expect.stringContaining('Nobody uses "payment_id"'),
      expect.stringContaining('Nobody uses "status"'),
      expect.stringContaining('All of expect must hold: status_code, jsonpath;'),
      expect.stringContaining('any_action_fails is not given'),
      expect.stringContaining('max_steps ends an iteration after 50 steps'),
    ])
    const hints = problems.map(({ hint }) => hint)
    expect(hints).toContain("condition: payment_status == 'declined'")
    expect(hints).toContain('Write {{variation.x}}.')
    expect(hints).toContain('base_url, headers: one level up, without protocol and http.')
    expect(hints).toContain('agents: { hurried: { count: 10, vars: { patience: low } } }')
    expect(hints).toContain('agents: { browsing: { count: 1, policy: { after_list: { look: 1, buy: 0, leave: 0 } } } }')
  })

  test('hears what its command line is now, threshold by threshold', async () => {
    const { problems } = await saidOf(files)
    const [run] = problems.filter(({ file }) => file === 'load/run.sh')
    expect(run).toMatchObject({ line: 3, message: 'Scenarios are run by Vitest: npx vitest run' })
    expect(run?.hint?.split('\n').slice(3)).toEqual([
      '--n 20: agents: 20 in the scenario, or TURBULENCE_AGENTS_SCALE=20 for one run',
      '--parallel 5: simulation: { max_concurrent_agents: 5 }',
      '--seed 42: simulation: { seed: 42 }, or TURBULENCE_SEED=42',
      "--profile local: TURBULENCE_PROFILE=local, or turbulence({ profile: 'local' })",
      '--fail-on pass_rate>0.99: thresholds: ["success_rate > 99%"]; a share has its unit now, 0.99 was a guess',
      '--fail-on p95_latency_ms<500: thresholds: ["p95 < 500ms"]',
    ])
  })

  test('hears at the end how Vitest finds it', async () => {
    const { out } = await called(['lint', '--old', 'load'], { files })
    expect(out).toContain(
      'Found 4 scenarios, 1 SUT, 1 file of policies, 1 file of personas, 1 file that calls turbulence.',
    )
    expect(out).toContain(
      "  plugins: [turbulence({ sut: './load/sut.yaml', include: ['load/scenarios/*.{yaml,yml}'] })]",
    )
  })
})

test('Python is an error with the same in CEL, and a persona and a body have their line', async () => {
  const scenario = `id: shop
flow:
  - { type: http, name: list, service: api, path: /products, extract: { first: "$.products[0].id" } }
  - { type: decide, name: choose, decision: browse, output_var: action }
  - type: branch
    name: handle
    condition: "context.get('action') == 'view'"
    if_true: [{ type: http, name: view, service: api, path: "/products/{{first}}" }]
    if_false: [{ type: http, name: add, service: api, method: POST, path: /cart, body: { id: "{{first}}" } }]
  - { type: assert, name: some, expect: { expression: "all(p['price'] > 0 for p in body['products'])" } }
`
  const { code, problems } = await saidOf({
    'sut.yaml': 'name: s\nservices:\n  api: { base_url: "http://127.0.0.1:1" }\n',
    'scenarios/shop.yaml': scenario,
    'my-policies.yaml': 'policies: [{ persona_id: a, decisions: { browse: { options: { view: 1, add: 1 } } } }]\n',
  })
  expect(code).toBe(1)
  const python = problems.filter((problem) => problem.code === 'python')
  expect(python.map(({ line, hint }) => [line, hint])).toEqual([
    [7, "Write: action == 'view'"],
    [10, 'Write: body.products.all(p, p.price > 0)'],
  ])
  expect(lines(problems, 'scenarios/shop.yaml')).toContain('9 A body that is a mapping or a list is now called "json".')
  expect(lines(problems, 'sut.yaml')).toEqual([
    '2 Turbulence sent X-Correlation-ID with every request; here only headers that are written are sent.',
  ])
})

test('what is none of Turbulence’s is left alone, and nothing at all is a slip', async () => {
  const others = {
    'a.yaml': 'kind: Deployment\n',
    'docker-compose.yml': 'services: { web: { image: a } }\n',
    'b.json': '{"scripts":{}}',
    'README.md': 'turbulence is a word',
  }
  expect(await called(['lint', '--old', '.'], { files: others })).toMatchObject({
    code: 2,
    err: expect.stringContaining('There is no file of Turbulence in ".".') as string,
  })
  expect(await called(['lint', '--old', 'nowhere'], { files: others })).toMatchObject({ code: 2 })
  const { problems } = await saidOf({
    ...others,
    'package.json': '{ "scripts": { "load": "windtunnel replay --run-id 1" } }',
  })
  expect(problems).toMatchObject([
    { file: 'package.json', line: 1, message: '"turbulence replay" is not a command any more.' },
  ])
})

test('a scenario that was moved already hears only what is left', async () => {
  const { problems } = await saidOf({
    'sut.yaml': 'services: { api: { base_url: "http://127.0.0.1:1" } }\ndefault_headers: { X-Correlation-ID: a }\n',
    'a.scenario.yaml': `id: a
sut: ./sut.yaml
agents: 3
turbulence: { global: { latency_ms: { min: 1, max: 2 } } }
flow: [{ type: http, name: a, path: / }]
max_steps: 10
`,
  })
  expect(problems.map(({ line, message }) => [line, message])).toEqual([[4, '"turbulence" is now called "pressure".']])
})

test('workflows lie in a hidden folder, and are found', async () => {
  const { problems } = await saidOf({ '.github/workflows/load.yml': 'jobs:\n  a: [{ run: turbulence run -n 5 }]\n' })
  expect(problems).toMatchObject([{ file: '.github/workflows/load.yml', line: 2 }])
})

test('a file that is no YAML is not passed over', async () => {
  const { code, problems } = await saidOf({
    'sut.yaml': 'services:\n  api:\n    base_url: "http://127.0.0.1:1\n',
    'a.yaml': 'id: a\nflow:\n  - { type: http, name: a, path: /, json: {{x}} }\n',
  })
  expect(code).toBe(1)
  expect(new Set(problems.filter(({ severity }) => severity === 'error').map(({ file }) => file))).toEqual(
    new Set(['a.yaml', 'sut.yaml']),
  )
})

describe('the config that it says at the end', () => {
  const sut = 'services: { api: { base_url: "http://127.0.0.1:1" } }\n'
  const scenario = (id: string): string => `id: ${id}\nflow: [{ type: http, name: a, path: / }]\n`
  const config = async (all: Readonly<Record<string, string>>): Promise<string | undefined> => {
    const { out } = await called(['lint', '--old', '.'], { files: all })
    return /^ {2}plugins: \[(.+)\]$/m.exec(out)?.[1]
  }

  test('takes a folder as a whole only where all YAML in it is scenarios', async () => {
    const apart = { 'sut.yaml': sut, 'flows/a.yaml': scenario('a'), 'flows/b.yml': scenario('b') }
    expect(await config(apart)).toBe("turbulence({ sut: './sut.yaml', include: ['flows/*.{yaml,yml}'] })")
    const together = { 'load/sut.yaml': sut, 'load/a.yaml': scenario('a'), 'load/it(2).yaml': scenario('b') }
    expect(await config(together)).toBe(
      String.raw`turbulence({ sut: './load/sut.yaml', include: ['load/a.yaml', 'load/it\\(2\\).yaml'] })`,
    )
  })

  test('does not lose those that were renamed already', async () => {
    const some = { 'sut.yaml': sut, 'new/a.scenario.yaml': scenario('a'), 'old/b.yaml': scenario('b') }
    expect(await config(some)).toBe(
      "turbulence({ sut: './sut.yaml', include: ['old/*.{yaml,yml}', '**/*.scenario.{yaml,yml,ts}'] })",
    )
    expect(await config({ 'sut.yaml': sut, 'a.scenario.yaml': scenario('a') })).toBe(
      "turbulence({ sut: './sut.yaml' })",
    )
    expect(await config({ 'a.scenario.yaml': scenario('a') })).toBe('turbulence()')
  })

  test('is not said where there is no scenario', async () => {
    const { out } = await called(['lint', '--old', '.'], { files: { 'ci.sh': 'turbulence run a.yaml\n' } })
    expect(out).toContain('Found 1 file that calls turbulence. None of it is a scenario that Vitest could run.')
    expect(out).not.toContain('plugins')
  })
})
