// JUnit XML for CI tools, from neutral suites and cases: sanitised, names unique, one result and one
// system-out per case. What a RunRecord comes to as a suite is decided in junit-suite.ts.
import type { Builder, BuilderCase } from './junit-builder.ts'
import { dropSkippedCount, newBuilder, setAttributes, setRootAttributes, skip } from './junit-builder.ts'
import {
  attr,
  caseName,
  className,
  NAMELESS,
  path,
  propertyLine,
  seconds,
  text,
  timestamp,
  uniqueNames,
} from './junit-text.ts'

/**
 * `rich` says all that any reader takes. `jenkins-xunit` keeps to the schema of Jenkins' xUnit plugin, which
 * rejects a whole file for one unknown attribute: no file, line, start and properties of cases.
 */
export type JunitDialect = 'rich' | 'jenkins-xunit'

const UNKNOWN_START = '1970-01-01T00:00:00'

/** CI tools may act on these, and some misread other words (`yaml`, `integer`), so the set is closed. */
type JunitFailureType = 'ThresholdBreached' | 'GateInconclusive' | 'AssertionFailed'

/** Absent = passed. */
export type JunitResult =
  | { readonly kind: 'failure'; readonly type: JunitFailureType; readonly message: string; readonly body: string }
  | { readonly kind: 'error'; readonly type: 'ExecutionError'; readonly message: string; readonly body: string }
  | { readonly kind: 'skipped'; readonly reason: string }

export interface JunitCase {
  /** Dotted, without file extension. */
  readonly classname: string
  /** Only identifiers: a measured value in it would make a new test of every run. */
  readonly name: string
  /** Relative to the root of the repository, with forward slashes. */
  readonly file?: string | undefined
  readonly line?: number | undefined
  /** Not in the file: for annotations. */
  readonly column?: number | undefined
  /** UTC, ISO 8601. */
  readonly startedAt?: string | undefined
  readonly durationMs: number
  readonly properties: Readonly<Record<string, string>>
  readonly result?: JunitResult | undefined
  readonly output: string
}

export interface JunitSuite {
  readonly name: string
  readonly file?: string | undefined
  /** UTC, ISO 8601. */
  readonly startedAt: string
  readonly durationMs: number
  readonly hostname?: string | undefined
  readonly properties: Readonly<Record<string, string>>
  readonly cases: readonly JunitCase[]
}

export interface JunitReport {
  readonly name: string
  /** UTC, ISO 8601. */
  readonly startedAt: string
  readonly durationMs: number
  readonly suites: readonly JunitSuite[]
}

export function junitXml(report: JunitReport, dialect: JunitDialect = 'rich'): string {
  const builder = newBuilder()
  const rich = dialect === 'rich'
  setRootAttributes(builder, {
    name: attr(report.name) || NAMELESS,
    time: seconds(report.durationMs),
    timestamp: rich ? (timestamp(report.startedAt) ?? UNKNOWN_START) : undefined,
  })
  if (!rich) dropSkippedCount(builder)
  for (const [id, suite] of report.suites.entries()) addSuite(builder, suite, id, rich)
  return builder.build()
}

/** A case for what no record knows: a crash, a wrong file. */
export function errorCase(
  error: Pick<JunitCase, 'classname' | 'name' | 'file' | 'line' | 'column'> & {
    readonly message: string
    readonly body: string
  },
): JunitCase {
  const { message, body, ...where } = error
  const whole = body.startsWith(message) ? body : `${message}\n${body}`
  const result = { kind: 'error', type: 'ExecutionError', message, body: whole } as const
  return { ...where, durationMs: 0, properties: {}, result, output: message }
}

function addSuite(builder: Builder, suite: JunitSuite, id: number, rich: boolean): void {
  const target = builder.testSuite()
  setAttributes(target, {
    name: attr(suite.name) || NAMELESS,
    timestamp: timestamp(suite.startedAt) ?? UNKNOWN_START,
    time: seconds(suite.durationMs),
    hostname: attr(suite.hostname ?? '') || 'localhost',
    id: String(id),
    file: path(suite.file),
  })
  for (const [name, value] of Object.entries(suite.properties)) target.property(attr(name), attr(value))
  const unique = uniqueNames()
  for (const from of suite.cases) addCase(target.testCase(), from, unique, rich)
}

function addCase(target: BuilderCase, from: JunitCase, unique: ReturnType<typeof uniqueNames>, rich: boolean): void {
  const classname = className(from.classname)
  setAttributes(target, {
    classname,
    name: unique(classname, caseName(from.name)),
    time: seconds(from.durationMs),
    ...(rich && {
      timestamp: timestamp(from.startedAt),
      file: path(from.file),
      line: from.line !== undefined && Number.isInteger(from.line) && from.line > 0 ? from.line : undefined,
    }),
  })
  addResult(target, from.result)
  // An empty text would leave the element out.
  const output = text(from.output) || NAMELESS
  const properties = Object.entries(from.properties)
  if (rich) for (const [name, value] of properties) target.property(attr(name), attr(value))
  // Below what people read, of which some tools show only the beginning.
  const lines = rich ? '' : properties.map(([name, value]) => `\n${propertyLine(name, value)}`).join('')
  target.standardOutput(lines === '' ? output : `${output}${lines}\n`)
}

function addResult(target: BuilderCase, result: JunitResult | undefined): void {
  if (result === undefined) return
  if (result.kind === 'skipped') skip(target, attr(result.reason), text(result.reason))
  else if (result.kind === 'error') target.error(attr(result.message), result.type, text(result.body))
  else {
    target.failure(attr(result.message), result.type)
    target.stacktrace(text(result.body))
  }
}
