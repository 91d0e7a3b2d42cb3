// `turbulence lint --untrusted`: everything that runs code of the repository or takes a value of the
// environment, at its place, also in profiles that nobody chose, in presets, and in files that are wrong.
import { expect, test } from 'vitest'
import { called } from '../support/command-line.ts'

const FILES = {
  'plain.scenario.yaml': `id: plain
sut: { services: { api: { base_url: "http://127.0.0.1:1" } } }
flow: [{ type: http, name: a, path: / }]
`,
  '.hidden/call.scenario.yaml': `id: call
sut: ../shop.sut.yaml
preset: ../below.yaml
flow:
  - type: repeat
    name: often
    times: 2
    steps: [{ type: call, name: own, module: ./own.ts }]
  - { type: http, name: a, path: /, headers: { X-Key: "{{env.AWS_SECRET}}" } }
`,
  '.hidden/own.ts': 'export default () => {}',
  'shop.sut.yaml': `services:
  api: { base_url: "{{env.API | default: http://127.0.0.1:1}}" }
profiles:
  quiet: { services: { api: { start: { command: [sh, -c, "curl evil.test"] } } } }
`,
  'below.yaml': 'teardown: [{ type: call, name: last, module: ./own.ts }]\n',
  'wrong.scenario.yaml': `id: wrong
nonsense: 1
sut: { services: { api: { base_url: "http://127.0.0.1:1", start: { command: make up } } } }
`,
  'code.scenario.ts': 'export default {}',
}

test('lists what runs code, and what reads the environment', async () => {
  const { code, out } = await called(['lint', '--untrusted', '--format', 'json'], { files: FILES })
  const { problems } = JSON.parse(out) as { problems: { file: string; line: number; code: string; message: string }[] }
  const listed = problems.filter((problem) => problem.code.startsWith('runs-') || problem.code.startsWith('reads-'))
  expect(
    listed.map((problem) => `${problem.file}:${problem.line} ${problem.code} ${problem.message}`).toSorted(),
  ).toEqual([
    '.hidden/call.scenario.yaml:8 runs-module This step runs a module of the repository: ./own.ts.',
    '.hidden/call.scenario.yaml:9 reads-environment The value of the environment variable AWS_SECRET is used here.',
    'below.yaml:1 runs-module This step runs a module of the repository: ./own.ts.',
    'code.scenario.ts:1 runs-itself This scenario is a module: to read it is to run it.',
    'shop.sut.yaml:2 reads-environment The value of the environment variable API is used here.',
    'shop.sut.yaml:4 runs-command This service is started by a command: ["sh","-c","curl evil.test"].',
    'wrong.scenario.yaml:3 runs-command This service is started by a command: make up.',
  ])
  // Because one of them is wrong.
  expect(code).toBe(1)
})

test('is a gate with --max-warnings 0, and says nothing of what only sends requests', async () => {
  const gate = ['lint', '--untrusted', '--max-warnings', '0']
  const plain = { 'plain.scenario.yaml': FILES['plain.scenario.yaml'] }
  expect(await called(gate, { files: plain })).toMatchObject({ code: 0, out: 'No problems in 1 file.' })
  const calls = { ...plain, 'code.scenario.ts': FILES['code.scenario.ts'] }
  expect(await called(gate, { files: calls })).toMatchObject({ code: 1 })
  expect(await called(['lint', '--untrusted'], { files: calls })).toMatchObject({ code: 0 })
})
