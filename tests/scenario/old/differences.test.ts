// What lint says of a scenario that is written for Turbulence: where it means something else now. One that is not
// hears nothing of it.
import { describe, expect, test } from 'vitest'
import type { Problem } from '../../../src/errors.ts'
import { loadScenario } from '../../../src/run.ts'

const SUT = { services: { api: { base_url: 'http://a.test' } } }

function said(yaml: string, file = '/p/scenarios/a.yaml'): readonly Problem[] {
  const { scenario, problems } = loadScenario(file, { sut: SUT, readFile: () => yaml })
  expect(problems).toEqual([])
  return (scenario?.warnings ?? []).filter(({ code }) => code === 'differs' || code === 'yaml-word')
}

const messages = (yaml: string): string[] => said(yaml).map(({ place, message }) => `${place.line} ${message}`)

const OLD = `id: a
entry: { seed_data: { x: 1 } }
flow:
  - { type: http, name: get, path: /, extract: { a: $.a } }
  - type: assert
    name: both
    expect:
      status_code: 200
      jsonpath: $.a
      equals: "{{entry.seed_data.x}}"
  - { type: wait, name: wait, path: /, expect: { status_code: 200, jsonpath: $.a, equals: "{{a}}" } }
  - { type: decide, name: one, decision: one, options: { a: 1, b: 1 } }
  - { type: decide, name: two, decision: two, options: { a: 1, b: 1 } }
stop_when: { any_action_fails: true, any_assertion_fails: true }
`

describe('says that', () => {
  test('only the first key of expect was looked at, where that is so', () => {
    const more = `assertions:
  - { name: schema, expect: { schema: { type: object }, jsonpath: $.a, expression: "true || status == 200" } }
  - { name: alone, expect: { status_code: 200 } }
`
    expect(messages(OLD + more).slice(1)).toEqual([
      '9 All of expect must hold: status_code, jsonpath; Turbulence looked at status_code alone.',
      '13 Each decision is drawn for itself; in Turbulence all of one agent came from the same number.',
      '16 All of expect must hold: schema, expression, jsonpath; Turbulence looked at schema alone.',
    ])
  })

  test('a wait looked at less than its expect has', () => {
    const yaml = `id: a
flow: [{ type: wait, name: w, path: /, expect: { status_code: 200, expression: "status == 200" } }]
stop_when: { any_action_fails: true, any_assertion_fails: true }`
    expect(messages(yaml)[1]).toBe(
      '2 All of expect must hold: status_code, expression; Turbulence looked at status_code alone.',
    )
  })

  test('max_steps is used, a failure ends the iteration, and a retry storm repeats what succeeded', () => {
    const yaml = `id: a
flow: [{ type: http, name: get, path: / }]
max_steps: 30
stop_when:
  any_assertion_fails: true
turbulence:
  actions: { get: { retry_count: 2 } }
`
    expect(messages(yaml).slice(1)).toEqual([
      '3 max_steps ends an iteration after 30 steps; in Turbulence it was read and never used, and 100 held.',
      '4 A failure ends the iteration, because any_action_fails is not given; Turbulence went on.',
      '7 Each request is sent 2 more times, whatever it was answered: also a POST that succeeded.',
    ])
  })

  test('a default of the environment that is no text was text', () => {
    const yaml = `id: a
entry: { seed_data: { port: "{{env.PORT | default:8080}}", text: "{{env.A | default:x}}", q: "{{env.B | default:'1'}}" } }
flow:
  - { type: http, name: get, path: "/{{env.C | default:1}}", method: POST, body: [["{{ env.D|default: true }}"]] }
stop_when: { any_action_fails: true, any_assertion_fails: true }`
    expect(said(yaml).slice(1)).toMatchObject([
      { path: 'entry.seed_data.port', hint: "For text with and without it: {{env.PORT | default: '8080'}}" },
      { path: 'flow[0].body[0][0]' },
    ])
  })

  test('a path with several matches gave the first of them, as a warning', () => {
    const yaml = `id: a
flow:
  - { type: http, name: get, path: /, extract: { one: "$.a[0].b", all: "$.a[*].b", odd: "$..[?@.c == 1].d" } }
  - { type: assert, name: see, expect: { jsonpath: "$.a[*].b", contains: "{{one}}{{all}}{{odd}}" } }
stop_when: { any_action_fails: true, any_assertion_fails: true }`
    expect(said(yaml).slice(1)).toMatchObject([
      { severity: 'warning', path: 'flow[0].extract.all', hint: 'For the first alone: $.a[0].b' },
      { severity: 'warning', path: 'flow[0].extract.odd', message: expect.stringContaining('the list of all matches') },
      { severity: 'warning', path: 'flow[1].expect.jsonpath' },
    ])
  })

  test('cookies, percentiles, shares and seeds are others, once for a file', () => {
    const [first] = said(OLD)
    expect(first).toMatchObject({ code: 'differs', severity: 'hint', place: { line: 1, column: 1 } })
    for (const word of ['Cookies', 'Percentiles', 'success_rate >= 99%', 'Seed', 'lint --old'])
      expect(first?.hint).toContain(word)
  })

  test('a word was a value in the YAML of then', () => {
    const yaml = `id: a
entry:
  seed_data: { gift: yes, mode: 0755, at: 1:30, many: 1_000, no: "no", list: [off, plain] }
flow: [{ type: http, name: get, path: / }]
stop_when: { any_action_fails: true, any_assertion_fails: true }
`
    const words = said(yaml).filter(({ code }) => code === 'yaml-word')
    expect(words.map(({ path, message, severity }) => [severity, path, message])).toEqual([
      ['warning', 'entry.seed_data.gift', 'Turbulence read yes as true; it is text here.'],
      ['warning', 'entry.seed_data.mode', 'Turbulence read 0755 as the octal number 493; it is the number 755 here.'],
      ['warning', 'entry.seed_data.at', 'Turbulence read 1:30 as the number 90 (base 60); it is text here.'],
      ['warning', 'entry.seed_data.many', 'Turbulence read 1_000 as a number; it is text here.'],
      ['warning', 'entry.seed_data.list[0]', 'Turbulence read off as false; it is text here.'],
    ])
  })
})

describe('says nothing of', () => {
  const flow =
    'flow: [{ type: wait, name: a, path: /, expect: { status_code: 200, expression: "status == 200" } }]\nmax_steps: 3\n'

  test.each([
    ['a scenario by the name of today, without keys of then', `id: a\n${flow}`, '/p/a.scenario.yaml'],
    ['one with a key of today', `id: a\nagents: 2\nentry: { seed_data: { x: yes } }\n${flow}`, '/p/a.yaml'],
    ['one that names its SUT', `id: a\nsut: ${JSON.stringify(SUT)}\n${flow}`, '/p/a.yaml'],
  ])('%s', (_, yaml, file) => expect(said(yaml, file)).toEqual([]))
})
