// `turbulence lint` as a user calls it: what it prints, where, and with which exit code.
import { expect, test } from 'vitest'
import { called, turbulence } from '../../support/command-line.ts'

const SUT = 'sut: { services: { shop: { base_url: "http://127.0.0.1:3000" } } }'
const right = (id: string): string => `id: ${id}
${SUT}
agents: 30
flow:
  - { type: http, name: list, path: /items }
`
const WRONG = `id: wrong
${SUT}
agents: 30
flow:
  - { type: http, name: list, path: /items, extract: { first: $.items } }
thresholds:
  - p99.9 < 1s
`
const TYPO = `${right('typo')}thresholds:
  - p95{step:lst} < 300ms
`

test('says so when nothing is wrong', () => {
  expect(turbulence(['lint'], { files: { 'a.scenario.yaml': right('a'), 'b/c.scenario.yml': right('c') } })).toEqual({
    code: 0,
    out: 'No problems in 2 files.',
    err: '',
  })
})

test('warns of two files with one id, at the second', () => {
  const files = {
    'a.scenario.yaml': right('shop'),
    'b.scenario.yaml': right('other'),
    'c.scenario.yaml': right('shop'),
  }
  const { code, out } = turbulence(['lint'], { files })
  expect(out).toMatch(/^c\.scenario\.yaml:1:\d+  warning  a\.scenario\.yaml has the id "shop", too\.  duplicate-id\n/)
  expect([code, out.split('\n').at(-1)]).toEqual([0, '1 warning in 3 files.'])
})

test('prints like a compiler, and exits with 1 when there is an error', () => {
  const said = turbulence(['lint'], { files: { 'typo.scenario.yaml': TYPO, 'load/wrong.scenario.yaml': WRONG } })
  expect(said).toMatchInlineSnapshot(`
    {
      "code": 1,
      "err": "",
      "out": "load/wrong.scenario.yaml:5:56  hint  Nobody uses "first".  unused-extract
      Leave it out. To check that it is there, expect it: expect: { jsonpath: …, exists: true }

      5 |   - { type: http, name: list, path: /items, extract: { first: $.items } }
        |                                                        ^

    load/wrong.scenario.yaml:7:5  warning  "p99.9" needs 1,000 samples; this plan makes at most 30.  too-few-samples
      Plan more of them, or judge a lower percentile.

      7 |   - p99.9 < 1s
        |     ^

    typo.scenario.yaml:7:14  error  There is no step "lst".  threshold
      Did you mean "list"? Known steps: list.

      7 |   - p95{step:lst} < 300ms
        |              ^

    1 error, 1 warning, 1 hint in 2 files.",
    }
  `)
})

test('warnings and hints alone are no failure, unless there are more than allowed', async () => {
  const files = { 'wrong.scenario.yaml': WRONG }
  expect(await called(['lint'], { files })).toMatchObject({ code: 0, err: '' })
  expect(await called(['lint', '--max-warnings', '1'], { files })).toMatchObject({ code: 0, err: '' })
  expect(await called(['lint', '--max-warnings', '0'], { files })).toMatchObject({
    code: 1,
    err: 'Error: 1 warning, and --max-warnings allows 0.',
  })
})

test('--format json is for programs', () => {
  const said = turbulence(['lint', '--format', 'json'], { files: { 'wrong.scenario.yaml': WRONG } })
  expect(said).toMatchObject({ code: 0, err: '' })
  expect(JSON.parse(said.out)).toMatchInlineSnapshot(`
    {
      "errors": 0,
      "files": [
        "wrong.scenario.yaml",
      ],
      "hints": 1,
      "problems": [
        {
          "code": "unused-extract",
          "column": 56,
          "file": "wrong.scenario.yaml",
          "hint": "Leave it out. To check that it is there, expect it: expect: { jsonpath: …, exists: true }",
          "line": 5,
          "message": "Nobody uses "first".",
          "path": "flow[0].extract.first",
          "severity": "hint",
        },
        {
          "code": "too-few-samples",
          "column": 5,
          "file": "wrong.scenario.yaml",
          "hint": "Plan more of them, or judge a lower percentile.",
          "line": 7,
          "message": ""p99.9" needs 1,000 samples; this plan makes at most 30.",
          "path": "thresholds[0]",
          "severity": "warning",
        },
      ],
      "version": 1,
      "warnings": 1,
    }
  `)
})

test('--format github is for GitHub Actions', () => {
  const files = { 'typo.scenario.yaml': TYPO, 'wrong.scenario.yaml': WRONG }
  expect(turbulence(['lint', '--format=github'], { files })).toMatchInlineSnapshot(`
    {
      "code": 1,
      "err": "",
      "out": "::error file=typo.scenario.yaml,line=7,col=14,title=threshold::There is no step "lst".%0ADid you mean "list"? Known steps: list.
    ::notice file=wrong.scenario.yaml,line=5,col=56,title=unused-extract::Nobody uses "first".%0ALeave it out. To check that it is there, expect it: expect: { jsonpath: …, exists: true }
    ::warning file=wrong.scenario.yaml,line=7,col=5,title=too-few-samples::"p99.9" needs 1,000 samples; this plan makes at most 30.%0APlan more of them, or judge a lower percentile.
    1 error, 1 warning, 1 hint in 2 files.",
    }
  `)
})

test('a variable of the environment that is not set is a warning', async () => {
  const files = { 'a.scenario.yaml': right('a').replace('http://127.0.0.1:3000', '{{env.SHOP_URL}}') }
  expect(await called(['lint'], { files })).toMatchInlineSnapshot(`
    {
      "code": 0,
      "err": "",
      "out": "a.scenario.yaml:2:39  warning  The environment variable SHOP_URL is not set.  env-missing
      Set it, or give a default: {{env.SHOP_URL | default: …}}

      2 | sut: { services: { shop: { base_url: "{{env.SHOP_URL}}" } } }
        |                                       ^

    1 warning in 1 file.",
    }
  `)
  expect((await called(['lint'], { files, env: { SHOP_URL: 'http://127.0.0.1:3000' } })).out).toBe(
    'No problems in 1 file.',
  )
  const wrong = await called(['lint'], { files, env: { SHOP_URL: 'shop.test' } })
  expect(wrong).toMatchObject({ code: 1 })
  expect(wrong.out).toContain('error  "shop.test" is not a URL.')
})

test('the environment changes the load that is judged', async () => {
  const files = { 'wrong.scenario.yaml': WRONG }
  expect((await called(['lint'], { files, env: { TURBULENCE_CYCLES: '40' } })).out).not.toContain('too-few-samples')
  expect(await called(['lint'], { files, env: { TURBULENCE_CYCLES: 'many' } })).toEqual({
    code: 2,
    out: '',
    err: 'Error: TURBULENCE_CYCLES is "many".\nIt is a whole number from 1 to 100000.\nSee: turbulence lint --help',
  })
})

test('files are named, found in folders, or matched by globs; node_modules and hidden folders are left out', async () => {
  const files = {
    'a.scenario.yaml': right('a'),
    'load/b.scenario.yaml': right('b'),
    'load/deep/c.scenario.yml': right('c'),
    'load/shop.sut.yaml': 'services: {}',
    'node_modules/x/d.scenario.yaml': right('d'),
    '.cache/e.scenario.yaml': right('e'),
  }
  const found = async (...patterns: string[]): Promise<unknown> => {
    const { out } = await called(['lint', '--format', 'json', ...patterns], { files })
    return (JSON.parse(out) as { files: unknown }).files
  }
  expect(await found()).toEqual(['a.scenario.yaml', 'load/b.scenario.yaml', 'load/deep/c.scenario.yml'])
  expect(await found('load')).toEqual(['load/b.scenario.yaml', 'load/deep/c.scenario.yml'])
  expect(await found('load/*.scenario.{yaml,yml}')).toEqual(['load/b.scenario.yaml'])
  expect(await found('./load/**/c.*', 'load/deep', 'a.scenario.yaml')).toEqual([
    'load/deep/c.scenario.yml',
    'a.scenario.yaml',
  ])
  expect(await called(['lint', 'laod/*.yaml'], { files })).toEqual({
    code: 2,
    out: '',
    err: 'Error: No scenario file matches "laod/*.yaml".\nLooked below <folder>, node_modules and hidden folders left out.\nSee: turbulence lint --help',
  })
})

test('--profile, --sut and --root say what the file does not', async () => {
  const sut = `services: { shop: { base_url: http://127.0.0.1:1 } }\nprofiles: { staging: {} }\n`
  const files = { 'load/a.scenario.yaml': right('a').replace(SUT, ''), 'shop.sut.yaml': sut }
  expect(await called(['lint'], { files })).toMatchObject({ code: 1 })
  expect(await called(['lint', '--sut', 'shop.sut.yaml', '--profile', 'staging'], { files })).toMatchObject({ code: 0 })
  expect((await called(['lint', '--sut', 'shop.sut.yaml', '--profile', 'stagin'], { files })).out).toContain(
    'Did you mean "staging"?',
  )
  const outside = { ...files, 'load/a.scenario.yaml': right('a').replace(SUT, 'sut: ../shop.sut.yaml') }
  expect(await called(['lint'], { files: outside })).toMatchObject({ code: 0 })
  expect((await called(['lint', '--root', 'load'], { files: outside })).out).toContain('lies outside of the project')
})

test('scenarios in TypeScript are run as Vitest would, and their mistakes stand at their line', () => {
  const sut = "sut: { services: { shop: { base_url: 'http://127.0.0.1:3000' } } }"
  const files = {
    'vitest.config.ts': `import { fileURLToPath } from 'node:url'
export default { resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } } }`,
    'src/paths.ts': 'export const path: string = "/items"',
    'right.scenario.ts': `import { path } from '@/paths'
export default { id: 'right', ${sut}, agents: 30, flow: [{ type: 'http', name: 'list', path }] }`,
    'wrong.scenario.ts': `interface Step { type: string }
export default {
  id: 'wrong',
  ${sut},
  agents: 30,
  flow: [
    { type: 'http', name: 'list', path: 'items' },
  ] satisfies Step[],
  thresholds: ['p95 < 300'],
}`,
    'thrown.scenario.ts': `const agents: number = 1
throw new Error('not today')`,
    'silent.scenario.ts': "throw new Error('')",
    'yaml.scenario.yaml': right('yaml'),
  }
  const { code, out } = turbulence(['lint', '--format', 'github'], { files })
  expect(code).toBe(1)
  expect(out.replaceAll(/%0A.*/g, '').split('\n')).toEqual([
    '::error file=silent.scenario.ts,line=1,col=7,title=module::The module cannot be run: it throws an error without a message.',
    '::error file=thrown.scenario.ts,line=2,col=7,title=module::The module cannot be run: not today.',
    '::error file=wrong.scenario.ts,line=7,col=41,title=wrong-value::"items" does not begin with a slash.',
    '::error file=wrong.scenario.ts,line=9,col=16,title=threshold::"latency.p95" is a time and needs a unit.',
    '4 errors in 5 files.',
  ])
  const planned = turbulence(['plan', 'right.scenario.ts', '--json'], { files })
  expect(JSON.parse(planned.out)).toMatchObject({ scenario: { id: 'right' }, requests: { expected: 30 } })
})
