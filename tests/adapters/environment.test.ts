// The TURBULENCE_* variables: what each becomes, its bounds, and what is said of what it cannot be.
import { describe, expect, test } from 'vitest'
import { readEnvironment, readableEnvironment } from '../../src/adapters/environment.ts'
import { TurbulenceError } from '../../src/errors.ts'
import { aPlan, aScenario, play } from '../support/a-plan.ts'

describe('a variable', () => {
  test.each([
    ['TURBULENCE_SEED', '7', { seed: 7 }],
    ['TURBULENCE_PROFILE', 'staging', { profile: 'staging' }],
    ['TURBULENCE_CYCLES', '3', { overrides: { cycles: 3 } }],
    ['TURBULENCE_AGENTS_SCALE', '0.1', { overrides: { agentsScale: 0.1 } }],
    ['TURBULENCE_RATE_LIMIT_RPS', '12.5', { overrides: { rateLimitRps: 12.5 } }],
    ['TURBULENCE_RATE_LIMIT_RPS', 'off', { overrides: { rateLimitRps: false } }],
    ['TURBULENCE_CIRCUIT_BREAKER_PERCENT', '0', { overrides: { circuitBreakerPercent: 0 } }],
    ['TURBULENCE_CIRCUIT_BREAKER_PERCENT', 'off', { overrides: { circuitBreakerPercent: false } }],
    ['TURBULENCE_PRESSURE', 'off', { overrides: { pressure: 'off' } }],
    ['TURBULENCE_RECORD', 'all', { record: 'all' }],
    ['TURBULENCE_MOCK', 'api', { mock: 'api' }],
    ['TURBULENCE_CHECKPOINT_EVERY', '5', { overrides: { checkpointEvery: 5 } }],
    ['TURBULENCE_CHECKPOINT_EVERY', 'off', { overrides: { checkpointEvery: false } }],
    ['TURBULENCE_RESUME', 'latest', { resume: 'latest' }],
  ])('%s=%s', (name, value, expected) => {
    expect(readEnvironment({ [name]: value })).toMatchObject({ ...expected, said: [`${name}=${value}`] })
  })

  test.each([
    ['TURBULENCE_SEED', '-1', 'A seed is a whole number from 0 to 4294967295.'],
    ['TURBULENCE_CYCLES', '0', 'It is a whole number from 1 to 100000.'],
    ['TURBULENCE_CYCLES', '2.5', 'It is a whole number from 1 to 100000.'],
    ['TURBULENCE_AGENTS_SCALE', '0', 'It can be a number above 0, at most 1000: 0.1 is a tenth of the agents.'],
    ['TURBULENCE_AGENTS_SCALE', '1e3', 'It can be a number above 0, at most 1000: 0.1 is a tenth of the agents.'],
    ['TURBULENCE_RATE_LIMIT_RPS', '50/s', 'It can be requests per second, above 0 and at most 1000000, or off.'],
    ['TURBULENCE_CIRCUIT_BREAKER_PERCENT', '100', 'It can be a percentage from 0 to below 100, or off.'],
    ['TURBULENCE_PRESSURE', 'none', 'It can be on or off.'],
    ['TURBULENCE_RECORD', 'some', 'It can be failures or sampled or all or none.'],
    ['TURBULENCE_MOCK', 'true', 'It can be api or off.'],
    ['TURBULENCE_CHECKPOINT_EVERY', '0', 'It can be a whole number of cycles from 1 to 100000, or off.'],
  ])('%s=%s is refused', (name, value, hint) => {
    const read = (): unknown => readEnvironment({ [name]: value })
    expect(read).toThrow(TurbulenceError)
    expect(read).toThrow(`${name} is "${value}".`)
    try {
      read()
    } catch (error) {
      expect(error).toMatchObject({ hint })
    }
    expect(readableEnvironment({ [name]: value })).toBeUndefined()
  })

  test('that is misspelt is refused: the load would be another one than was asked for', () => {
    const wrong = { TURBULENCE_AGENT_SCALE: '0.1' }
    const refused = {
      code: 'environment',
      message: 'There is no variable TURBULENCE_AGENT_SCALE.',
      hint: 'Did you mean TURBULENCE_AGENTS_SCALE?',
    }
    expect(() => readEnvironment(wrong)).toThrow(expect.objectContaining(refused))
    expect(readableEnvironment(wrong)).toBeUndefined()
    const others = { TURBULENCE_AGENT_SCALE: '', TURBULENCE_TEST_SEED: '1', TURBULENCE_E2E_NODE: 'x', TURBULENCE: 'on' }
    expect(readEnvironment(others)).toMatchObject({ overrides: {}, said: [] })
  })

  test('that is empty, or another, says nothing', () => {
    expect(readEnvironment({ TURBULENCE_CYCLES: '', OTHER: 'x' })).toMatchObject({ overrides: {}, said: [] })
  })
})

describe('what is overridden', () => {
  const FILE = `
agents: { a: { count: 20 }, b: { count: 1 } }
simulation: { cycles: 2 }
limits: { rate_limit_rps: 10, burst: 3 }
circuit_breaker: { failure_threshold_percent: 5, min_agents: 7 }
flow: [{ type: http, name: look, path: / }]`

  test('is in force as if the file had said it', () => {
    const scenario = aScenario(FILE, {
      overrides: { cycles: 5, agentsScale: 0.3, rateLimitRps: 99, circuitBreakerPercent: 50 },
    })
    expect(scenario.simulation.cycles).toBe(5)
    expect(scenario.groups.map(({ count }) => count)).toEqual([6, 1])
    expect(scenario.limits).toEqual({ rateLimitRps: 99, burst: 3 })
    expect(scenario.circuitBreaker).toMatchObject({ failurePercent: 50, minAgents: 7 })
  })

  test('can be turned off, and on where the file has none', () => {
    const off = aPlan(FILE, { overrides: { rateLimitRps: false, circuitBreakerPercent: false } })
    expect(off).not.toHaveProperty('rateLimit')
    expect(off).not.toHaveProperty('circuitBreaker')
    const on = aPlan(FILE.replace(/\ncircuit.*/, ''), { overrides: { circuitBreakerPercent: 5 } })
    expect(on.circuitBreaker).toMatchObject({ failurePercent: 5, minAgents: 20 })
    expect(aPlan(FILE, { overrides: { checkpointEvery: 3 } }).checkpoint).toEqual({ everyCycles: 3, keep: 5 })
    const kept = `${FILE}\ncheckpoint: { every_cycles: 9, keep: 2 }`
    expect(aPlan(kept, { overrides: { checkpointEvery: 3 } }).checkpoint).toEqual({ everyCycles: 3, keep: 2 })
    expect(aPlan(kept, { overrides: { checkpointEvery: false } })).not.toHaveProperty('checkpoint')
  })

  test('decides what is run', async () => {
    const { record, log } = await play(FILE, { overrides: { cycles: 1, agentsScale: 2, rateLimitRps: false } })
    expect(record.cells.map(({ cycle, group }) => `${cycle} ${group}`)).toEqual(['1 a', '1 b'])
    expect(log).toHaveLength(42)
  })

  test('is checked like the file: a threshold on a cycle that is not there any more', () => {
    const yaml = `${FILE}\nthresholds: ["requests{cycle:2} > 0"]`
    expect(() => aScenario(yaml)).not.toThrow()
    expect(() => aScenario(yaml, { overrides: { cycles: 1 } })).toThrow('There is no cycle 2.')
  })
})
