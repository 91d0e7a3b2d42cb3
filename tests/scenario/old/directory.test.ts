// The directory in fixtures/projects/turbulence as its files are read: which profile, which services, whose policy.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { loadScenario, preparePlan } from '../../../src/run.ts'
import type { Scenario } from '../../../src/run.ts'

const directory = fileURLToPath(new URL('../../../fixtures/projects/turbulence', import.meta.url))
const names = readdirSync(join(directory, 'scenarios'))

function load(name: string, profile?: string): Scenario {
  const { scenario, problems } = loadScenario(join(directory, 'scenarios', name), {
    root: directory,
    sut: join(directory, 'sut.yaml'),
    ...(profile !== undefined && { profile }),
  })
  expect(problems).toEqual([])
  if (scenario === undefined) throw new Error('no scenario')
  return scenario
}

describe.each(names)('%s', (name) => {
  test('is one group of one agent, in one cycle', () => {
    const { groups, simulation } = load(name)
    expect(groups.map((group) => [group.name, group.count])).toEqual([['agents', 1]])
    expect(simulation.cycles).toBe(1)
  })

  test('takes what the environment says, else the defaults', () => {
    const plan = (env: Record<string, string>): readonly string[] =>
      Object.values(preparePlan(load(name), { env, seed: 1 }).plan?.services ?? {}).map(({ baseUrl }) => baseUrl)
    expect(plan({})).toEqual(['http://127.0.0.1:9', 'http://127.0.0.1:9/payments', 'http://127.0.0.1:9/notifications'])
    expect(plan({ STORE_URL: 'http://store.test' })[1]).toBe('http://store.test/payments')
  })

  test('lays a profile over its SUT', () => {
    const { services, profile } = load(name, 'staging')
    expect(profile).toBe('staging')
    expect(services['api']).toMatchObject({ timeoutMs: 20_000, headers: { 'X-Stage': 'staging' } })
    expect(services['payments']).toMatchObject({ timeoutMs: 5000, headers: { 'X-Stage': 'staging' } })
    expect(load(name).services['api']).toMatchObject({ timeoutMs: 10_000 })
    expect(load(name).services['api']?.headers).not.toHaveProperty('X-Stage')
  })
})

test('policies come from the file beside the SUT, the first persona for all, another for a step that names it', () => {
  const { groups, flows, files } = load('shopping.yaml')
  expect(groups[0]?.policy).toEqual({
    after_list: { look: 0.05, buy: 0.95, leave: 0 },
    gift: { wrap: 0.5, plain: 0.5 },
  })
  const steps = flows['flow']?.map(({ step }) => step) ?? []
  expect(steps.find(({ name }) => name === 'another_shopper')).toMatchObject({ options: { look: 1, buy: 0, leave: 0 } })
  expect(files).toContain(join(directory, 'policies.yaml'))
})

test('the words of then mean what they say: limits, pressure, retries', () => {
  expect(load('checkout.yaml')).toMatchObject({
    maxSteps: 50,
    stopWhen: { anyActionFails: true, anyAssertionFails: true },
  })
  expect(load('shopping.yaml').stopWhen).toEqual({ anyActionFails: false, anyAssertionFails: true })
  expect(load('branching-payment.yaml').pressure).toEqual({
    global: { latencyMs: { min: 1, max: 3 } },
    services: { payments: { timeoutAfterMs: 2000 } },
    actions: { attempt_payment: { retryCount: 1 } },
  })
})
