import { describe, expect, test } from 'vitest'
import { differences, fingerprint } from '../../src/plan/fingerprint.ts'
import type { Plan } from '../../src/run.ts'
import { aPlan } from '../support/a-plan.ts'
import type { PlanOptions } from '../support/a-plan.ts'

const SCENARIO = `simulation: { cycles: 3 }
limits: { rate_limit_rps: 50 }
agents: { shoppers: { count: 10, data: ./users.csv } }
flows:
  buy:
    - type: repeat
      name: twice
      times: 2
      steps: [{ type: http, name: order, method: POST, path: /orders, json: { place: "{{data.email}}", token: "{{env.API_TOKEN | default: none}}" } }]
thresholds: [p95 < 300ms]`
const SUT = 'sut: { services: { api: { base_url: "{{env.API | default: http://shop.test}}" } } }'
const files = { 'users.csv': 'email\na@example.com\nb@example.com\n' }

const plan = (change: (text: string) => string = (text) => text, more: PlanOptions = {}): Plan =>
  aPlan(change(`${SCENARIO}\n${SUT}`), { files, ...more })
const between = (one: Plan, other: Plan): string[] => differences(fingerprint(one).keys, fingerprint(other).keys)

describe('two plans are one', () => {
  test.each([
    ['with another seed', plan(undefined, { seed: 2 })],
    ['with comments and empty lines, which move everything', plan((text) => `# hello\n\n${text}`)],
    ['with a description', plan((text) => `${text}\ndescription: For people.`)],
    ['with other checkpoints', plan((text) => `${text}\ncheckpoint: { every_cycles: 2 }`)],
    ['with steps for a resumed run', plan((text) => `${text}\non_resume: [{ type: http, name: clean, path: / }]`)],
  ])('%s', (_, other) => {
    expect(between(plan(), other)).toEqual([])
    expect(fingerprint(other).hash).toBe(fingerprint(plan()).hash)
  })

  test('with another value of a secret', () => {
    const [one, other] = ['hunter2-one', 'hunter2-two'].map((API_TOKEN) => plan(undefined, { env: { API_TOKEN } }))
    if (one === undefined || other === undefined) throw new Error('no plans')
    expect(between(one, other)).toEqual([])
    expect(JSON.stringify(fingerprint(one))).not.toContain('hunter2')
  })
})

describe('two plans differ', () => {
  test.each([
    ['cycles: 3 → 4', plan((text) => text.replace('cycles: 3', 'cycles: 4'))],
    ['rateLimit.ratePerSecond: 50 → 60', plan((text) => text.replace('50', '60'))],
    ['agents.shoppers.count: 10 → 11', plan((text) => text.replace('count: 10', 'count: 11'))],
    ['flows.buy[0].times: 2 → 3', plan((text) => text.replace('times: 2', 'times: 3'))],
    [
      'flows.buy[0].steps[0].json.place: "{{data.email}}" → "home"',
      plan((text) => text.replace('"{{data.email}}"', 'home')),
    ],
    ['thresholds[0].limit: 300 → 400', plan((text) => text.replace('300ms', '400ms'))],
    [
      'services.api.baseUrl: "http://shop.test" → "http://other.test"',
      plan(undefined, { env: { API: 'http://other.test' } }),
    ],
    ['setup[0]: nothing → {"type":"http"', plan((text) => `${text}\nsetup: [{ type: http, name: login, path: / }]`)],
    ['cookies: "run" → "iteration"', plan((text) => `${text}\ncookies: iteration`)],
    ['redact[0]: nothing → "card"', plan((text) => `${text}\nredact: [card]`)],
    [
      'data["./users.csv"]: "sha256',
      plan(undefined, { files: { 'users.csv': 'email\nc@example.com\nb@example.com\n' } }),
    ],
    ['mock: nothing → "api"', { ...plan(), mock: 'api' } satisfies Plan],
  ])('in %s', (line, other) => {
    expect(between(plan(), other)).toContainEqual(expect.stringContaining(line))
    expect(fingerprint(other).hash).not.toBe(fingerprint(plan()).hash)
  })

  test('in many keys: the first ones are named, the others counted', () => {
    const many = (count: number): Plan =>
      plan(
        (text) =>
          `${text}\nvariation: { parameters: { ${Array.from({ length: 15 }, (_, n) => `v${n}: { type: choice, values: [${count}] }`).join(', ')} } }`,
      )
    expect(between(many(1), many(2))).toHaveLength(11)
    expect(between(many(1), many(2)).at(-1)).toBe('and 5 more')
  })
})
