// The JUnit file: one suite per scenario from its RunRecord; what no record knows (a wrong file, a
// crash of the worker) from what Vitest says of the tests.
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join, parse } from 'node:path'
import type { TestCase, TestModule } from 'vitest/node'
import { errorCase, junitClassname, junitSuite, junitXml, relativePath } from '../../report/index.ts'
import type { JunitCase, JunitSuite } from '../../report/index.ts'
import type {} from './meta.ts'

export interface JunitFileInput {
  readonly file: string
  readonly root: string
  readonly startedAt: Date
  readonly modules: readonly TestModule[]
}

/** Written whole, by rename. @throws what the file system says */
export async function writeJunit({ file, root, startedAt, modules }: JunitFileInput): Promise<void> {
  const fileRoot = repositoryRoot(root)
  const durationMs = Date.now() - startedAt.getTime()
  const suites = modules.map((module) => suiteOf(module, fileRoot, startedAt))
  const xml = await junitXml({ name: 'vitest-turbulence', startedAt: startedAt.toISOString(), durationMs, suites })
  mkdirSync(dirname(file), { recursive: true })
  const draft = `${file}.${process.pid}.tmp`
  try {
    writeFileSync(draft, xml)
    renameSync(draft, file)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}

/** CI tools find files relative to the repository, not to a package in it. */
function repositoryRoot(from: string): string {
  for (let folder = from; folder !== parse(folder).root; folder = dirname(folder))
    if (existsSync(join(folder, '.git'))) return folder
  return from
}

function suiteOf(module: TestModule, root: string, startedAt: Date): JunitSuite {
  const record = module.meta().turbulenceRun
  if (record !== undefined) {
    const suite = junitSuite(record, { root })
    return { ...suite, cases: [...suite.cases, ...outsideErrors(module, junitClassname(record.scenario.id), root)] }
  }
  const name = relativePath(module.moduleId, root)
  const classname = junitClassname(name.replace(/^.*\//, '').replace(/\.scenario\.ya?ml$/, ''))
  const tests = [...module.children.allTests()].map((test) => caseOf(test, classname, root))
  return {
    name,
    file: name,
    startedAt: startedAt.toISOString(),
    durationMs: module.diagnostic().duration,
    hostname: hostname(),
    properties: {},
    cases: [...tests, ...outsideErrors(module, classname, root)],
  }
}

/** Errors of hooks and of the module itself: a failed setup, a crash. */
function outsideErrors(module: TestModule, classname: string, root: string): JunitCase[] {
  const file = relativePath(module.moduleId, root)
  const errors = [...module.errors(), ...[...module.children.allSuites()].flatMap((suite) => [...suite.errors()])]
  return errors.map((error) =>
    errorCase({ classname, name: 'load scenario', file, message: firstLine(error.message), body: error.message }),
  )
}

function caseOf(test: TestCase, classname: string, root: string): JunitCase {
  const result = test.result()
  const file = relativePath(test.module.moduleId, root)
  const where = { classname, name: test.name, file, line: test.location?.line }
  const error = result.errors?.[0]
  if (error !== undefined) return errorCase({ ...where, message: firstLine(error.message), body: error.message })
  const note = 'note' in result && result.note !== undefined ? result.note : 'not run'
  return { ...where, durationMs: 0, properties: {}, output: note, result: { kind: 'skipped', reason: note } }
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text
}
