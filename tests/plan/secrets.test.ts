// What is secret in a Plan without anybody saying so; and that none of it, nor keys and files, gets into the manifest.
import { expect, test } from 'vitest'
import { planRedactor, secretSources } from '../../src/plan/secrets.ts'
import { manifestOf } from '../../src/store/manifest.ts'
import { HOST, aPlan } from '../support/a-plan.ts'

const YAML = `
sut:
  default_headers: { X-Api-Key: literal-key-1, X-Plain: shown }
  services: { api: { base_url: "http://shop.test", headers: { Authorization: "Basic YWRhOmh1bnRlcjIy" } } }
redact: [card]
setup: [{ type: http, name: login, path: /, extract: { session: { header: x-auth-token } } }]
flow:
  - { type: set, name: keep, scope: agent, vars: { sid: x } }
  - type: http
    name: a
    path: /
    method: POST
    headers: { Cookie: "sid={{memory.sid}}", X-Token: "{{env.CI_THING}}" }
    json: { password: literal-pw-1, deep: [{ card: "literal-card", note: plain }], other: "{{setup.session}}" }
    extract: { t: $.login.access_token, n: $.name, c: "$['card']" }
`

test('values as they stand in the file, and names that such headers and keys take them from', () => {
  const { values, paths } = secretSources(aPlan(YAML, { env: { CI_THING: 'x' } }))
  expect(values.toSorted()).toEqual([
    'YWRhOmh1bnRlcjIy',
    'ada:hunter22',
    'hunter22',
    'literal-card',
    'literal-key-1',
    'literal-pw-1',
  ])
  expect(paths.map((path) => path.join('.')).toSorted()).toEqual([
    'c',
    'env.CI_THING',
    'memory.sid',
    'session',
    'setup.c',
    'setup.session',
    'setup.t',
    't',
  ])
})

test('a variable of the environment is secret when a secret header takes it, whatever its name', () => {
  const redactor = planRedactor(aPlan(YAML, { env: { CI_THING: 'value-of-thing' } }))
  expect(redactor.text('got value-of-thing and hunter22, shown and plain')).toBe('got *** and ***, shown and plain')
})

test('the manifest holds no secret, no key and no file', () => {
  const plan = aPlan(YAML, { env: { CI_THING: 'value-of-thing' } })
  const [api] = Object.values(plan.services)
  if (api === undefined) throw new Error('the plan has no service')
  const tls = { rejectUnauthorized: true, key: 'PRIVATE-KEY-TEXT', cert: 'CERT-TEXT' }
  const full = { ...plan, services: { api: { ...api, tls } }, attachments: { './photo.png': 'RklMRS1DT05URU5U' } }
  const text = JSON.stringify(manifestOf(full, { startedAt: '', ...HOST }))
  for (const secret of [...secretSources(plan).values, 'value-of-thing', 'PRIVATE-KEY-TEXT', 'CERT-TEXT', 'RklMRS1D'])
    expect(text).not.toContain(secret)
  expect(text).toContain('./photo.png')
  expect(text).toContain('X-Plain')
})
