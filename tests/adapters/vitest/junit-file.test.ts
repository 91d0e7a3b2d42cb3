import * as nodeFs from 'node:fs'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { JunitFiles, type JunitDisk, type JunitFilesOptions } from '../../../src/adapters/vitest/junit-file.ts'
import type { JunitReport } from '../../../src/report/junit.ts'
import { jenkinsProblems } from '../../support/junit-jenkins.ts'
import { junitProblems } from '../../support/junit-schema.ts'

const NAME = 'TEST-turbulence-junit'
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'junit-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const file = (): string => join(folder, 'test-results', `${NAME}.xml`)
const open = (more: Partial<JunitFilesOptions> = {}): JunitFiles =>
  new JunitFiles({ file: file(), dialect: 'rich', shown: (path) => path.replace(`${folder}/`, ''), most: 5, ...more })
const reportOf = (count: number): Omit<JunitReport, 'name'> => ({
  startedAt: '2026-08-23T10:15:00.000Z',
  durationMs: 1,
  suites: [
    {
      name: 'a.yaml',
      startedAt: '2026-08-23T10:15:00.000Z',
      durationMs: 1,
      properties: {},
      cases: Array.from({ length: count }, (_, i) => ({
        classname: 'k',
        name: `n${i}`,
        durationMs: 1,
        properties: {},
        output: 'o',
      })),
    },
  ],
})
const left = (): string[] => readdirSync(join(folder, 'test-results')).sort()
const put = (name: string, text = '<testsuites name="vitest-turbulence" tests="0"/>'): void => {
  mkdirSync(join(folder, 'test-results'), { recursive: true })
  writeFileSync(join(folder, 'test-results', name), text)
}
/** The real disk, but one call fails for paths that match, as the operating system would. */
const failing = (call: keyof JunitDisk, code: string, path = /./): JunitDisk => ({
  ...nodeFs,
  [call]: (...args: unknown[]) => {
    if (path.test(String(args[0]))) throw Object.assign(new Error(`${code}: it failed`), { code })
    return (nodeFs[call] as (...all: unknown[]) => unknown)(...args)
  },
})

test('what fits is one file', () => {
  expect(open().write(reportOf(5))).toEqual({ files: [file()], problem: undefined })
  expect(left()).toEqual([`${NAME}.xml`])
  expect(junitProblems(readFileSync(file(), 'utf8'))).toEqual([])
})

test('more goes on in numbered files, each sound by itself', () => {
  const { files } = open().write(reportOf(12))
  expect(left()).toEqual([`${NAME}-2.xml`, `${NAME}-3.xml`, `${NAME}.xml`])
  const texts = files.map((path) => readFileSync(path, 'utf8'))
  expect(texts.map((text) => text.match(/<testcase /g)?.length)).toEqual([5, 5, 2])
  expect(texts.flatMap(junitProblems)).toEqual([])
})

test('the dialect is that of every file', () => {
  const { files } = open({ dialect: 'jenkins-xunit' }).write(reportOf(7))
  expect(files.flatMap((path) => jenkinsProblems(readFileSync(path, 'utf8')))).toEqual([])
})

describe('when a run begins', () => {
  test('files of earlier runs are removed, with all numbers', () => {
    for (const name of [`${NAME}.xml`, `${NAME}-2.xml`, `${NAME}-17.xml`]) put(name)
    open().begin()
    expect(left()).toEqual([])
  })

  test('what others wrote stays: other names, and numbered files that are not ours', () => {
    const others = [`${NAME}-1.xml`, `${NAME}-02.xml`, `${NAME}-x.xml`, 'TEST-other.xml', `${NAME}-2.json`]
    for (const name of others) put(name)
    put(`${NAME}-3.xml`, '<testsuites name="another tool"/>')
    open().begin()
    expect(left()).toEqual([...others, `${NAME}-3.xml`].sort())
  })

  test('a folder that is not there is no problem', () => {
    const files = open()
    files.begin()
    expect(files.stale).toBeUndefined()
  })

  test('a file that cannot be removed is said, once', () => {
    for (const name of [`${NAME}.xml`, `${NAME}-2.xml`]) put(name)
    const files = open({ disk: failing('rmSync', 'EACCES') })
    files.begin()
    const said = `test-results/${NAME}.xml of an earlier run could not be removed, permission denied (EACCES)`
    expect(files.stale).toBe(said)
    expect(files.write(reportOf(1)).problem).toBe(said)
  })
})

describe('a disk that fails is one line, never a crash', () => {
  test.each([
    ['mkdirSync', 'EROFS', 'the file system is read-only (EROFS)'],
    ['mkdirSync', 'EACCES', 'permission denied (EACCES)'],
    ['writeFileSync', 'ENOSPC', 'no space is left on the disk (ENOSPC)'],
    ['renameSync', 'EPERM', 'permission denied (EPERM)'],
  ] as const)('%s fails with %s', (call, code, reason) => {
    expect(open({ disk: failing(call, code) }).write(reportOf(3))).toEqual({
      files: [],
      problem: `test-results/${NAME}.xml could not be written, ${reason}: the results are not kept`,
    })
    expect(existsSync(file())).toBe(false)
  })

  test('in the middle: what is written stays, and the line says how much that is', () => {
    const disk = failing('writeFileSync', 'ENOSPC', /-2\.xml/)
    expect(open({ disk }).write(reportOf(12))).toEqual({
      files: [file()],
      problem: `test-results/${NAME}-2.xml could not be written, no space is left on the disk (ENOSPC): only the first 5 results are kept`,
    })
    expect(left()).toEqual([`${NAME}.xml`])
  })

  test('a folder where the file should be', () => {
    mkdirSync(file(), { recursive: true })
    const files = open()
    files.begin()
    expect(files.write(reportOf(1)).problem).toContain('a folder is where the file should be (EISDIR)')
  })

  test('a file where the folder should be', () => {
    writeFileSync(join(folder, 'test-results'), '')
    const files = open()
    files.begin()
    expect(files.write(reportOf(1)).problem).toContain('a file is where the folder should be (EEXIST)')
  })
})
