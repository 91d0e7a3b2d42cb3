// `entry`: filled in once for each iteration, out of what is known when it begins.
import { describe, expect, test } from 'vitest'
import { loadScenario } from '../../src/run.ts'
import { play } from '../support/a-plan.ts'

const SENDS = `
  - { type: http, name: a, method: POST, path: /, json: "{{entry.seed_data}}" }
  - { type: http, name: b, method: POST, path: /, json: "{{entry.seed_data}}" }`

async function sent(yaml: string, options: Parameters<typeof play>[1] = {}): Promise<unknown[]> {
  const { log, record } = await play(yaml, options)
  expect(record.cells.flatMap(({ causes }) => causes.map(({ reason }) => reason))).toEqual([])
  return log.map(({ body }) => JSON.parse(body ?? 'null') as unknown)
}

function problemsOf(yaml: string): string[] {
  const text = `id: t\nsut: { services: { api: { base_url: http://a.test } } }\n${yaml}`
  const { problems } = loadScenario('/p/t.scenario.yaml', { readFile: () => text })
  return problems.map(({ place, path, message, hint }) => `${place.line} ${path}: ${message} ${hint ?? ''}`.trim())
}

describe('entry', () => {
  test('keeps the types of its values, also through a template that is alone', async () => {
    const yaml = `
entry: { seed_data: { items: [{ sku: a, quantity: 2, price: 1.5 }], open: true, none: null } }
flow:
  - { type: http, name: a, method: POST, path: /, json: { items: "{{entry.seed_data.items}}", all: "{{entry.seed_data}}" } }`
    const items = [{ sku: 'a', quantity: 2, price: 1.5 }]
    expect(await sent(yaml)).toEqual([{ items, all: { items, open: true, none: null } }])
  })

  test('stays the same within an iteration, is another in the next, and the same for the same seed', async () => {
    const yaml = `
agents: { a: { count: 2, workload: { iterations: 2 } } }
entry: { seed_data: { one: "{{uuid}}", two: "{{uuid}}", of: "{{agent.id}} {{iteration}}" } }
flow:${SENDS}`
    const bodies = await sent(yaml)
    const texts = bodies.map((body) => JSON.stringify(body))
    expect(new Set(texts).size).toBe(4)
    for (const body of bodies as { one: string; two: string }[]) expect(body.one).not.toBe(body.two)
    for (const text of texts) expect(texts.filter((other) => other === text)).toHaveLength(2)
    expect(await sent(yaml)).toEqual(bodies)
    expect(await sent(yaml, { seed: 2 })).not.toEqual(bodies)
  })

  test('may use what varies, the environment and its own fixed values', async () => {
    const yaml = `
variation: { parameters: { copies: { type: choice, values: [3] } } }
entry:
  channel: web
  seed_data: { copies: "{{variation.copies}}", old: "{{entry.seed_data.variation.copies}}", of: "{{entry.channel}} {{env.X | default:https://a.test/b c}}" }
flow: [{ type: http, name: a, method: POST, path: "/{{entry.seed_data.variation.copies}}", json: "{{entry.seed_data.copies}}" }, { type: http, name: b, method: POST, path: /, json: "{{entry.seed_data.of}}" }, { type: http, name: c, method: POST, path: /, json: "{{entry.seed_data.old}}" }]`
    expect(await sent(yaml)).toEqual([3, 'web https://a.test/b c', 3])
    expect((await sent(yaml, { env: { X: 'y' } }))[1]).toBe('web y')
  })

  test('is there in conditions, assertions and setup', async () => {
    const yaml = `
entry: { seed_data: { total: 40 } }
setup: [{ type: http, name: before, method: POST, path: /, json: "{{entry.seed_data.total}}" }]
flow:
  - { type: http, name: no, path: /, condition: entry.seed_data.total > 50 }
  - { type: http, name: yes, method: POST, path: /, json: 1, condition: "{{entry.seed_data.total}} == 40" }
assertions: [{ name: total, expect: { context_path: entry.seed_data.total, equals: 40 } }]`
    expect(await sent(yaml)).toEqual([40, 1])
  })

  test('is not there when a name in it is misspelt, also inside itself', () => {
    const yaml = `entry:
  seed_data: { customer: "{{custmer_id}}", total: 1 }
flow: [{ type: http, name: a, path: "/{{entry.seed_data.totl}}" }]`
    expect(problemsOf(yaml)).toEqual([
      expect.stringMatching(/^4 entry\.seed_data\.customer: There is no name "custmer_id" here\./),
      '5 flow[0].path: There is no name "entry.seed_data.totl". Did you mean "total"? Names in entry.seed_data: customer, total.',
    ])
    expect(problemsOf('flow: [{ type: http, name: a, path: "/{{entry.seed_data.x}}" }]')).toEqual([
      '3 flow[0].path: There is no name "entry.seed_data". The file has no entry: entry: { seed_data: { … } }',
    ])
  })
})

test('instance_id names one iteration of one agent', async () => {
  const yaml = `
agents: { a: { count: 2, workload: { iterations: 2 } } }
flow: [{ type: http, name: a, path: "/{{instance_id}}" }, { type: http, name: b, path: "/{{instance_id}}" }]`
  const { log } = await play(yaml)
  expect(new Set(log.map(({ path }) => path))).toEqual(new Set(['/a-1-1-1', '/a-1-1-2', '/a-2-1-1', '/a-2-1-2']))
})

test('values of redact keys in it are masked where a failure is told', async () => {
  const yaml = `
redact: [card]
entry: { seed_data: { card: "4111-{{uuid}}", name: "Ann" } }
flow: [{ type: http, name: pay, method: POST, path: "/pay", body: "{{entry.seed_data.card}} of {{entry.seed_data.name}}" }]`
  const { record, log } = await play(yaml, { respond: () => ({ status: 500, body: { no: 1 } }) })
  const card = /4111-[\w-]+/.exec(log[0]?.body ?? '')?.[0] ?? ''
  expect(card).not.toBe('')
  const told = JSON.stringify(record.cells)
  expect(told).toContain('of Ann')
  expect(told).not.toContain(card)
})
