// Services in the second shape of Turbulence's SUT files: `protocol`, and the keys in a block of that name.
import { expect, test } from 'vitest'
import { loadScenario } from '../../src/run.ts'
import type { Loaded } from '../../src/run.ts'

function load(sut: string, profile?: string): Loaded {
  const text = `id: t\nflow: [{ type: http, name: a, service: api, path: / }]\nsut:\n${sut}`
  return loadScenario('/p/t.scenario.yaml', { readFile: () => text, ...(profile !== undefined && { profile }) })
}

const SUT = `
  default_headers: { A: "1" }
  services:
    api: { protocol: http, http: { base_url: "http://a.test", headers: { B: "2" }, timeout_seconds: 5 } }
    stock: { protocol: grpc, grpc: { host: a.test, port: 1 } }
  profiles:
    there: { services: { api: { http: { base_url: "http://b.test", headers: { C: "3" } } }, stock: { grpc: { host: b } } } }
`

test('a block of HTTP keys is as if they stood in the service, in a profile too', () => {
  expect(load(SUT).scenario?.services).toMatchObject({
    api: { baseUrl: 'http://a.test', headers: { A: '1', B: '2' }, timeoutMs: 5000 },
  })
  expect(load(SUT, 'there').scenario?.services).toMatchObject({
    api: { baseUrl: 'http://b.test', headers: { A: '1', B: '2', C: '3' }, timeoutMs: 5000 },
  })
})

test('a service that speaks something else is left out, and said so', () => {
  const { scenario } = load(SUT)
  expect(Object.keys(scenario?.services ?? {})).toEqual(['api'])
  expect(scenario?.warnings).toMatchObject([
    {
      code: 'other-protocol',
      severity: 'hint',
      path: 'sut.services.stock',
      message: 'The service "stock" speaks grpc, and steps send HTTP: it is left out.',
    },
  ])
})

test('a step that asks for it is wrong', () => {
  const { problems } = load(
    SUT.replace('api: { protocol: http', 'other: { protocol: http').replace('{ api: {', '{ other: {'),
  )
  expect(problems.map(({ message }) => message)).toContain('There is no service "api".')
})

test('what is wrong in the block is said', () => {
  const { problems } = load('  services: { api: { protocol: http, http: { base_ur: "http://a.test" } } }')
  expect(problems.map(({ message }) => message)).toEqual(['"base_url" is missing.', 'There is no key "base_ur" here.'])
})
