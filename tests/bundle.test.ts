// What users load is dist/bundle/: parts of libraries, and files of its own for what is loaded late. One
// run that needs all of it goes through the package, in a process of its own.
import { execFile } from 'node:child_process'
import { createSecureServer } from 'node:http2'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CERTIFICATE, KEY } from './support/tls.ts'

const folder = mkdtempSync(join(tmpdir(), 'turbulence-bundle-'))
const server = createSecureServer({ key: KEY, cert: CERTIFICATE, allowHTTP1: true }, (request, response) => {
  response.setHeader('content-type', 'application/json')
  response.setHeader('set-cookie', 'id=7')
  response.end(JSON.stringify({ version: request.httpVersion, cookie: request.headers.cookie ?? '', items: [1, 2] }))
})

beforeAll(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)))
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

const scenario = (port: number): string => `
id: late
sut:
  services:
    old: { base_url: https://127.0.0.1:${port}, tls: { reject_unauthorized: false } }
    new: { base_url: https://127.0.0.1:${port}, tls: { reject_unauthorized: false }, http2: true }

flow:
  - { type: http, name: first, service: old, path: /, expect: { jsonpath: '$.items[?(@ > 1)]', length: 1 } }
  - type: http
    name: second
    service: new
    path: /
    condition: status == 200 && size(body.items) == 2
    extract: { id: { regex: 'id=([0-9])' } }
    expect: { jsonpath: $.version, equals: '2.0', schema: { type: object, required: [cookie] } }
thresholds: [errors == 0]
`

const SCRIPT = `
const { loadScenario, preparePlan, run } = await import('vitest-turbulence/run')
const { scenario, problems } = loadScenario(process.argv[1])
if (scenario === undefined) throw new Error(JSON.stringify(problems))
const { plan } = preparePlan(scenario, { env: {} })
const record = await run(plan, { rerun: '', host: { machine: {}, versions: {} } })
console.log(JSON.stringify({ cells: record.cells, verdicts: record.thresholds }))
`

test('finds in its bundle all that is loaded late, and HTTP/2', async () => {
  const file = join(folder, 'late.scenario.yaml')
  writeFileSync(file, scenario((server.address() as AddressInfo).port))
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', SCRIPT, file])
  const { cells, verdicts } = JSON.parse(stdout) as { cells: { state: string; causes: unknown }[]; verdicts: unknown[] }
  expect(cells.map(({ state, causes }) => ({ state, causes }))).toEqual([{ state: 'passed', causes: [] }])
  expect(verdicts).toMatchObject([{ kind: 'pass' }])
})
