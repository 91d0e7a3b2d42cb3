// Test modules as JUnit suites: a module with a RunRecord is what report/ makes of it; of one without
// (a wrong file, a crash) what Vitest says of its tests, and what the worker told before it ended.
import { hostname } from 'node:os'
import type { TestModule } from 'vitest/node'
import { errorCase, junitClassname, junitSuite, relativePath } from '../../report/index.ts'
import type { JunitCase, JunitSuite } from '../../report/index.ts'
import type { Scenario } from '../../run.ts'
import { hiddenMistakes } from './hidden-mistakes.ts'
import { testCaseOf } from './junit-tests.ts'
import type {} from './meta.ts'
import { fromRoot, rerunCommand } from './surroundings.ts'
import type { Told } from './told.ts'
import type { Typed } from './typed.ts'

export interface ModuleContext {
  /** Of the repository: files are named relative to it. */
  readonly root: string
  /** Of the Vitest project: where commands are run. */
  readonly projectRoot: string
  readonly startedAt: Date
  /** Undefined for a file with mistakes. */
  readonly load: (file: string) => Scenario | undefined
  readonly told: Told
  readonly typed: Typed
  /** All is skipped on purpose: `TURBULENCE=off` or `enabled: false`. */
  readonly isOff: boolean
  /** What became of tests that never ended: the run was interrupted, or the worker is gone. */
  readonly unfinished: { readonly kind: 'error' | 'skipped'; readonly reason: string }
}

export function suiteOf(module: TestModule, context: ModuleContext): JunitSuite {
  const { root } = context
  const record = module.meta().turbulenceRun
  if (record === undefined) return suiteWithoutRecord(module, context)
  const suite = junitSuite(record, { root })
  return { ...suite, cases: [...suite.cases, ...outsideErrors(module, junitClassname(record.scenario.id), root)] }
}

function suiteWithoutRecord(module: TestModule, context: ModuleContext): JunitSuite {
  const { root, projectRoot, startedAt, typed, unfinished } = context
  const file = relativePath(module.moduleId, root)
  const scenario = context.load(module.moduleId)
  const classname = junitClassname(scenario?.id ?? file.replace(/^.*\//, '').replace(/\.scenario\.(?:ya?ml|ts)$/, ''))
  const told = context.told.run(module.moduleId)
  const origin = told && {
    scenario: told.plan.scenario,
    seed: told.plan.seed,
    rerun: rerunCommand(fromRoot(projectRoot, told.plan.scenario.file), told.plan.seed, told.plan.overrides, typed),
  }
  const cells = new Map(told?.cells.map((cell) => [`cycle ${cell.cycle} > ${cell.group}`, cell]))
  const mistakes = context.isOff ? [] : hiddenMistakes(module)
  const about = { scenario, classname, root, origin, cells, mistakes, unfinished }
  const known = [
    ...[...module.children.allTests()].map((test) => testCaseOf(test, about)),
    ...outsideErrors(module, classname, root),
  ]
  const nothing = { classname, name: 'load scenario', file, message: unfinished.reason, body: unfinished.reason }
  return {
    name: file,
    file,
    startedAt: startedAt.toISOString(),
    durationMs: module.diagnostic().duration,
    hostname: hostname(),
    properties: {},
    cases: known.length > 0 ? known : [errorCase(nothing)],
  }
}

/** Errors of hooks and of the module itself: a failed setup, a crash. */
function outsideErrors(module: TestModule, classname: string, root: string): JunitCase[] {
  const file = relativePath(module.moduleId, root)
  const errors = [...module.errors(), ...[...module.children.allSuites()].flatMap((suite) => [...suite.errors()])]
  return errors.map(({ message, stacks }) => {
    const [frame] = stacks ?? []
    const place = frame?.file === module.moduleId ? { line: frame.line, column: frame.column } : {}
    const [first = message] = message.split('\n', 1)
    return errorCase({ classname, name: 'load scenario', file, ...place, message: first, body: message })
  })
}
