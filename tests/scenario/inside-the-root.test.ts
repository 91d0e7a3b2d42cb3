// Files that a scenario names lie inside the root, wherever links lead: `sut`, `preset`, `data`, `$ref`,
// `module`, `multipart`, certificates, and the scenario file itself.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { loadScenario } from '../../src/scenario/load.ts'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'turbulence-root-')))
const project = join(folder, 'project')
const secret = join(folder, 'secret')
mkdirSync(join(project, 'load'), { recursive: true })
mkdirSync(secret)
for (const [name, text] of Object.entries({
  'sut.yaml': 'services: { api: { base_url: "http://127.0.0.1:1" } }',
  'preset.yaml': 'agents: 1',
  'rows.csv': 'a\n1',
  'schema.json': '{}',
  'module.mjs': 'export default () => {}',
  'key.pem': 'PEM',
})) {
  writeFileSync(join(secret, name), text)
  writeFileSync(join(project, 'load', `own-${name}`), text)
  symlinkSync(join(secret, name), join(project, 'load', name))
  symlinkSync(join(project, 'load', `own-${name}`), join(project, 'load', `link-${name}`))
}
symlinkSync(secret, join(project, 'load', 'folder'))
symlinkSync(project, join(folder, 'alias'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Each key that names a file, with the file. */
const NAMED: readonly [key: string, file: string, yaml: (path: string) => string][] = [
  ['sut', 'sut.yaml', (path) => `sut: ${path}\n${flow()}`],
  ['preset', 'preset.yaml', (path) => `${SUT}preset: ${path}\n${flow()}`],
  ['data', 'rows.csv', (path) => `${SUT}${flow()}agents: { a: { data: ${path} } }`],
  ['$ref', 'schema.json', (path) => `${SUT}${flow(`, expect: { schema: { $ref: ${path} } }`)}`],
  [
    '$ref with an escape',
    'schema.json',
    (path) => `${SUT}${flow(`, expect: { schema: { $ref: "${path.replace('m', '%6D')}" } }`)}`,
  ],
  ['module', 'module.mjs', (path) => `${SUT}flow: [{ type: call, name: a, module: ${path} }]`],
  ['multipart', 'key.pem', (path) => `${SUT}${flow(`, method: POST, multipart: { f: { file: ${path} } }`)}`],
  [
    'tls',
    'key.pem',
    (path) => `sut: { services: { api: { base_url: "https://x.test", tls: { ca: ${path} } } } }\n${flow()}`,
  ],
]
const SUT = 'sut: { services: { api: { base_url: "http://127.0.0.1:1" } } }\n'
function flow(more = ''): string {
  return `flow: [{ type: http, name: a, path: /${more} }]\n`
}

const codes = (text: string, root = project, at = project): readonly string[] => {
  const file = join(at, 'load', 'a.scenario.yaml')
  writeFileSync(file, `id: a\n${text}`)
  return loadScenario(file, { root }).problems.map(({ code }) => code)
}

describe.each(NAMED)('%s', (_, name, yaml) => {
  test('inside, also by a link that stays inside', () => {
    expect(codes(yaml(`./own-${name}`))).toEqual([])
    expect(codes(yaml(`./link-${name}`))).toEqual([])
  })

  test.each([
    `./${name}`,
    `./folder/${name}`,
    `../../secret/${name}`,
    `${secret}/${name}`,
    `./folder/../../../secret/${name}`,
  ])('outside: %s', (path) => {
    expect(codes(yaml(path))).toContain('outside-root')
  })

  test('outside is allowed where the root says so', () => {
    expect(codes(yaml(`./${name}`), folder)).toEqual([])
    expect(codes(yaml(`../../secret/${name}`), folder)).toEqual([])
  })

  test('a root that is a link itself is where it leads', () => {
    expect(codes(yaml(`./own-${name}`), join(folder, 'alias'), join(folder, 'alias'))).toEqual([])
  })
})

test('the message names where a link leads', () => {
  writeFileSync(join(project, 'load', 'a.scenario.yaml'), `id: a\nsut: ./sut.yaml\n${flow()}`)
  const { problems } = loadScenario(join(project, 'load', 'a.scenario.yaml'), { root: project })
  expect(problems[0]?.message).toBe(
    `"./sut.yaml" is a link that leads to "${secret}/sut.yaml", outside of the project.`,
  )
})

test('a scenario file that is a link out of the project is not read', () => {
  const file = join(project, 'stray.scenario.yaml')
  writeFileSync(join(secret, 'passwords'), 'root: hunter2\n')
  symlinkSync(join(secret, 'passwords'), file)
  const { problems } = loadScenario(file, { root: project })
  expect(problems.map(({ code }) => code)).toEqual(['outside-root'])
  expect(JSON.stringify(problems)).not.toContain('hunter2')
})

test.each([
  'node:child_process',
  'child_process',
  'fs',
  'data:text/javascript,export default 1',
  'file:///etc/hosts',
  'https://evil.test/x.js',
  '/@fs/etc/hosts',
  'lodash/../../../secret/module.mjs',
])('a module is a file of the project or a package: not %s', (module) => {
  expect(codes(`${SUT}flow: [{ type: call, name: a, module: "${module}" }]`)).toEqual(['outside-root'])
})

test.each(['lodash', '@scope/package/part', '~/module', '#internal', 'C:/project/module.ts', '/src/module.ts'])(
  'a module is looked for by whoever loads it: %s',
  (module) => {
    expect(codes(`${SUT}flow: [{ type: call, name: a, module: "${module}" }]`)).toEqual([])
  },
)

test('what is no file is not waited for', () => {
  execFileSync('sh', ['-c', 'mkfifo "$0"', join(project, 'load', 'pipe.csv')])
  mkdirSync(join(project, 'load', 'folder.csv'), { recursive: true })
  for (const [name, said] of [
    ['pipe.csv', 'it is no regular file'],
    ['folder.csv', 'it is a folder'],
  ]) {
    writeFileSync(join(project, 'load', 'a.scenario.yaml'), `id: a\n${SUT}${flow()}agents: { a: { data: ./${name} } }`)
    const { problems } = loadScenario(join(project, 'load', 'a.scenario.yaml'), { root: project })
    expect(problems[0]?.message).toBe(`"./${name}" cannot be read: ${said}.`)
  }
})
