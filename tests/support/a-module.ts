// A test module as Vitest hands it to reporters, with as much of it as ours read.
import type { TestModule } from 'vitest/node'
import type { RunRecord } from '../../src/run.ts'

type State = 'passed' | 'failed' | 'skipped' | 'pending'

export interface FakeTest {
  readonly name: string
  /** Name of the suite it is in. */
  readonly suite?: string
  readonly state?: State
  readonly error?: string
  /** Where that is. */
  readonly stacks?: readonly unknown[]
  readonly note?: string
  readonly kind?: 'cell' | 'threshold' | 'problem'
  readonly line?: number
}

export interface FakeModule {
  readonly file?: string
  readonly tests?: readonly FakeTest[]
  readonly record?: RunRecord
  /** Errors of the module itself. */
  readonly errors?: readonly { readonly message: string; readonly stacks?: readonly unknown[] }[]
  /** Errors of hooks. */
  readonly suiteErrors?: readonly { readonly message: string; readonly stacks?: readonly unknown[] }[]
}

export function aModule({
  file = '/repo/shop.scenario.yaml',
  tests = [],
  record,
  errors = [],
  suiteErrors = [],
}: FakeModule = {}): TestModule {
  const module = {
    type: 'module',
    moduleId: file,
    state: () => (tests.some(({ state }) => state === 'failed') ? 'failed' : 'passed'),
    errors: () => errors,
    meta: () => (record === undefined ? {} : { turbulenceRun: record }),
    diagnostic: () => ({ duration: 1500 }),
  }
  const all = tests.map((test) => ({
    name: test.name,
    module,
    parent: test.suite === undefined ? module : { type: 'suite', name: test.suite },
    location: test.line === undefined ? undefined : { line: test.line, column: 3 },
    meta: () => (test.kind === undefined ? {} : { turbulence: { kind: test.kind } }),
    diagnostic: () => (test.state === 'pending' ? undefined : { duration: 12 }),
    result: () => ({
      state: test.state ?? 'passed',
      ...(test.error !== undefined && { errors: [{ message: test.error, stacks: test.stacks }] }),
      ...(test.note !== undefined && { note: test.note }),
    }),
  }))
  const allTests = (state?: State): typeof all =>
    all.filter((test) => state === undefined || test.result().state === state)
  const children = { allTests, allSuites: () => [{ errors: () => suiteErrors }] }
  return { ...module, children } as unknown as TestModule
}
