import * as nodeFs from 'node:fs'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Summary } from '../../src/metrics/summary.ts'
import type { Plan } from '../../src/plan/plan.ts'
import { openRunFolder, readRun } from '../../src/store/files.ts'
import { manifestOf } from '../../src/store/manifest.ts'
import { type Disk, makeFolder, replaceFile } from '../../src/store/replace-file.ts'
import { aRecord } from '../support/a-record.ts'

const record = aRecord()
const plan: Plan = {
  version: 1,
  runId: record.runId,
  seed: 42,
  scenario: record.scenario,
  overrides: record.overrides,
  cycles: 2,
  time: { pace: 'asap', scale: 1, cycleMs: 3_600_000, startMs: 0 },
  gracefulStopMs: 30_000,
  cookies: 'run',
  redact: [],
  tables: {},
  attachments: {},
  env: { TOKEN: 'hunter2-value', API_URL: 'http://127.0.0.1' },
  services: {
    api: {
      name: 'api',
      baseUrl: 'http://127.0.0.1/hunter2-value/v1',
      headers: { Authorization: 'Bearer {{env.TOKEN}}' },
      timeoutMs: 1000,
      connections: 1,
      maxBodyBytes: 1024,
    },
  },
  start: [
    {
      service: 'api',
      baseUrl: 'http://127.0.0.1/hunter2-value/v1',
      command: 'node server.mjs --token hunter2-value',
      cwd: '/project',
      env: { DB_PASSWORD: 'hunter2-value-of-its-own', PORT: '3000' },
      timeoutMs: 1000,
      place: { file: '/project/shop.sut.yaml', line: 5, column: 5 },
    },
  ],
  groups: [],
  flows: {},
  setup: [],
  onResume: [],
  teardown: [],
  assertions: [],
  stopWhen: { anyActionFails: true, anyAssertionFails: true },
  maxSteps: 100,
  slots: [],
  thresholds: [],
}
const manifest = manifestOf(plan, record)
const summary: Summary = {
  version: 1,
  slots: [],
  groups: [],
  cycles: [],
  run: { durationMs: 1, slots: {}, groups: {}, histograms: {} },
  clamped: 0,
}

let runsDir: string
beforeEach(() => {
  runsDir = join(mkdtempSync(join(tmpdir(), 'runs-')), 'deep', 'runs')
})
afterEach(() => rmSync(join(runsDir, '..', '..'), { recursive: true, force: true }))

const open = (disk?: Disk): ReturnType<typeof openRunFolder> =>
  openRunFolder({ runsDir, runId: record.runId, ...(disk !== undefined && { disk }) })

/** The real disk, but one call fails as the operating system would. */
const failing = (call: keyof Disk, code: string): Disk => ({
  ...nodeFs,
  [call]: () => {
    throw Object.assign(new Error(`${code}: it failed`), { code })
  },
})

test('the manifest holds nothing of the files that a plan was made with', () => {
  const tls = { ca: 'PEM-OF-CA', cert: 'PEM-OF-CERT', key: 'PEM-OF-KEY', rejectUnauthorized: true }
  const services = Object.fromEntries(Object.entries(plan.services).map(([name, one]) => [name, { ...one, tls }]))
  const text = JSON.stringify(manifestOf({ ...plan, services, attachments: { 'photo.png': 'BASE64' } }, record))
  expect(text).not.toMatch(/PEM-OF|BASE64/)
})

test('a run leaves a manifest and a summary, and both can be read back', () => {
  const run = open()
  run.begin(manifest)
  expect(readRun(join(runsDir, record.runId))).toEqual({ manifest })
  run.end(record, summary)
  expect(run.notices).toEqual([])
  expect(readRun(run.path ?? '')).toEqual({ manifest, record, summary })
  expect(readdirSync(run.path ?? '').sort()).toEqual(['manifest.json', 'summary.json'])
})

test('reports are kept beside the record', () => {
  const run = open()
  run.begin(manifest)
  run.end(record, summary, { 'summary.md': '# ok\n' })
  expect(run.notices).toEqual([])
  expect(readFileSync(join(run.path ?? '', 'summary.md'), 'utf8')).toBe('# ok\n')
})

test('a report that cannot be written costs itself alone', () => {
  const run = open()
  run.begin(manifest)
  nodeFs.mkdirSync(join(run.path ?? '', 'summary.md'))
  const path = run.path ?? ''
  run.end(record, summary, { 'summary.md': '# ok' })
  expect(run.notices).toEqual([
    `A report of this run is not kept: ${join(path, 'summary.md')} could not be written, a folder is where the file should be (EISDIR).`,
  ])
  expect(readRun(path)).toEqual({ manifest, record, summary })
})

test('nothing is written before the run begins', () => {
  open()
  expect(nodeFs.existsSync(runsDir)).toBe(false)
})

test('names of the environment are stored, secret values are not', () => {
  const run = open()
  run.begin(manifest)
  const text = readFileSync(join(run.path ?? '', 'manifest.json'), 'utf8')
  expect(text).not.toContain('hunter2-value')
  expect(text).toContain('http://127.0.0.1/***/v1')
  expect(readRun(run.path ?? '').manifest.plan.start[0]).toMatchObject({
    command: 'node server.mjs --token ***',
    env: { DB_PASSWORD: '***', PORT: '3000' },
  })
  expect(readRun(run.path ?? '').manifest.env).toEqual(['API_URL', 'TOKEN'])
})

describe('a disk that fails costs the record, not the run', () => {
  test.each([
    ['mkdirSync', 'EROFS', 'the file system is read-only (EROFS)'],
    ['mkdirSync', 'EACCES', 'permission denied (EACCES)'],
    ['writeFileSync', 'ENOSPC', 'no space is left on the disk (ENOSPC)'],
    ['renameSync', 'EXDEV', 'EXDEV: it failed (EXDEV)'],
  ] as const)('%s fails with %s', (call, code, reason) => {
    const run = open(failing(call, code))
    run.begin(manifest)
    run.end(record, summary)
    expect(run.path).toBeUndefined()
    expect(run.notices).toHaveLength(1)
    expect(run.notices[0]).toMatch(/^No record of this run is kept: .* could not be written, /)
    expect(run.notices[0]).toContain(reason)
  })

  test('a folder that vanished while the run went on', () => {
    const run = open()
    run.begin(manifest)
    rmSync(runsDir, { recursive: true })
    run.end(record, summary)
    expect(run.notices).toEqual([
      `The results of this run are not kept: ${join(runsDir, record.runId, 'summary.json')} could not be written, the folder is gone (ENOENT).`,
    ])
  })

  test('a file where the folder should be', () => {
    expect(makeFolder(runsDir)).toBeUndefined()
    writeFileSync(join(runsDir, record.runId), '')
    const run = open()
    run.begin(manifest)
    expect(run.notices).toHaveLength(1)
  })
})

describe('replacing a file', () => {
  test('leaves the old one whole when the new one cannot be written', () => {
    makeFolder(runsDir)
    const file = join(runsDir, 'a.xml')
    expect(replaceFile(file, 'old')).toBeUndefined()
    expect(replaceFile(file, 'new', failing('renameSync', 'EPERM'))).toBe('permission denied (EPERM)')
    expect(readFileSync(file, 'utf8')).toBe('old')
    expect(readdirSync(runsDir)).toEqual(['a.xml'])
  })
})

describe('reading what is not a run', () => {
  const put = (name: string, text: string): void => {
    makeFolder(runsDir)
    writeFileSync(join(runsDir, name), text)
  }

  test('a folder without a manifest', () => {
    expect(() => readRun(runsDir)).toThrow(expect.objectContaining({ code: 'no-run' }))
  })

  test('a file that is not JSON', () => {
    put('manifest.json', '{"version": 1')
    expect(() => readRun(runsDir)).toThrow(expect.objectContaining({ code: 'run-unreadable' }))
  })

  test.each(['{"version": 2}', '[]', 'null', '7'])('a manifest that is %s', (text) => {
    put('manifest.json', text)
    expect(() => readRun(runsDir)).toThrow(expect.objectContaining({ code: 'run-version' }))
  })
})
