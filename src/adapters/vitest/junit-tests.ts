// One Vitest test as a JUnit case, for runs that left no record. Named as the record would have named
// it, so that the history of a test goes on through a crash.
import type { TestCase } from 'vitest/node'
import { errorCase, junitCell, relativePath } from '../../report/index.ts'
import type { JunitCase, JunitOrigin } from '../../report/index.ts'
import { displayName } from '../../without-engine.ts'
import type { CellRecord, Scenario } from '../../run.ts'
import { oneLine } from '../../report/clean-text.ts'
import { uniqueNames } from './compile.ts'
import type {} from './meta.ts'

export interface AboutTests {
  /** Undefined for a file with mistakes. */
  readonly scenario: Scenario | undefined
  readonly classname: string
  readonly root: string
  /** Absent when the worker ended before the run began. */
  readonly origin: JunitOrigin | undefined
  /** What is known of cells, by name. */
  readonly cells: ReadonlyMap<string, CellRecord>
  /** They count although a filter left them out. */
  readonly mistakes: readonly TestCase[]
  readonly unfinished: { readonly kind: 'error' | 'skipped'; readonly reason: string }
}

export function testCaseOf(test: TestCase, about: AboutTests): JunitCase {
  const { origin, cells, root, unfinished } = about
  const where = whereOf(test, about)
  const cell = where.classname === about.classname ? cells.get(where.name) : undefined
  if (cell !== undefined && origin !== undefined) return junitCell(cell, origin, { root })
  const result = test.result()
  const durationMs = test.diagnostic()?.duration ?? 0
  const plain = { ...where, durationMs, properties: {} }
  switch (result.state) {
    case 'passed':
      return { ...plain, output: 'passed; the run left no record' }
    case 'failed':
      return failedCase(test, { ...where, ...placeOfMistake(test, root) }, result.errors[0]?.message ?? 'failed')
    case 'skipped': {
      if (about.mistakes.includes(test)) return errorCase({ ...where, message: test.name, body: test.name })
      const reason = result.note ?? 'not run'
      return { ...plain, output: reason, result: { kind: 'skipped', reason } }
    }
    case 'pending': {
      const { kind, reason } = unfinished
      if (kind === 'skipped') return { ...plain, output: reason, result: { kind, reason } }
      const again = origin === undefined ? [] : [`seed   ${origin.seed}`, `again  ${origin.rerun}`]
      return errorCase({ ...where, message: reason, body: [reason, ...again].join('\n') })
    }
  }
}

type Where = Pick<JunitCase, 'classname' | 'name' | 'file' | 'line' | 'column'>

function failedCase(test: TestCase, where: Where, message: string): JunitCase {
  const [first = message] = message.split('\n', 1)
  const kind = test.meta().turbulence?.kind
  const type = kind === 'cell' ? 'AssertionFailed' : kind === 'threshold' ? 'ThresholdBreached' : undefined
  if (type === undefined) return errorCase({ ...where, message: first, body: message })
  const durationMs = test.diagnostic()?.duration ?? 0
  const result = { kind: 'failure', type, message: first, body: message } as const
  return { ...where, durationMs, properties: {}, result, output: message }
}

/** A mistake may stand in another file than its test. */
function placeOfMistake(test: TestCase, root: string): Partial<Where> {
  if (test.meta().turbulence?.kind !== 'problem') return {}
  const frame = test.result().errors?.[0]?.stacks?.[0]
  return frame === undefined ? {} : { file: relativePath(frame.file, root), line: frame.line, column: frame.column }
}

function whereOf(test: TestCase, { scenario, classname, root }: AboutTests): Where {
  const place = {
    file: relativePath(test.module.moduleId, root),
    line: test.location?.line,
    column: test.location?.column,
  }
  const parent = test.parent.type === 'suite' ? test.parent.name : ''
  if (/^cycle \d+$/.test(parent)) return { ...place, classname, name: `${parent} > ${test.name}` }
  const name = parent === 'thresholds' ? thresholdNames(scenario).get(test.name) : undefined
  if (name === undefined) return { ...place, classname, name: test.name }
  return { ...place, classname: `${classname}.thresholds`, name }
}

/** From the titles of tests, in which the limit stands, to names without it. */
function thresholdNames(scenario: Scenario | undefined): Map<string, string> {
  const thresholds = scenario?.thresholds.map(({ threshold }) => threshold) ?? []
  const titles = uniqueNames(thresholds.map(({ name, expression }) => oneLine(name ?? expression)))
  return new Map(thresholds.map((threshold, i) => [titles[i] ?? '', threshold.name ?? displayName(threshold.selector)]))
}
