// The plugin's options as a user wrote them, checked when the config is loaded: TypeScript does not
// see a vitest.config.js. What is unknown or impossible is an error that says what is known.
import { didYouMean, TurbulenceError } from '../../errors.ts'
import { RECORD_LEVELS } from '../../without-engine.ts'
import type { JunitOptions, ReportOptions, TurbulenceOptions } from './options.ts'

/** Undefined when the value can be used, else what it must be. */
type Check = (value: unknown) => string | undefined

const text: Check = (value) =>
  typeof value === 'string' && value.trim() !== '' ? undefined : 'a text that is not empty'
const yesOrNo: Check = (value) => (typeof value === 'boolean' ? undefined : 'true or false')
const globs: Check = (value) =>
  Array.isArray(value) && value.every((glob) => text(glob) === undefined) ? undefined : 'a list of globs'
const seed: Check = (value) =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 32
    ? undefined
    : 'a whole number from 0 to 4294967295'
const sut: Check = (value) => (text(value) === undefined || isObject(value) ? undefined : 'a path or an object')

const DIALECTS = ['rich', 'jenkins-xunit'] as const

const JUNIT: Readonly<Record<keyof JunitOptions, Check>> = {
  outputFile: text,
  dialect: oneOf(DIALECTS),
}

const REPORT: Readonly<Record<keyof ReportOptions, Check>> = { markdown: yesOrNo }

const OPTIONS: Readonly<Record<keyof TurbulenceOptions, Check>> = {
  include: globs,
  exclude: globs,
  profile: text,
  seed,
  mock: (value) => (value === false || value === 'api' ? undefined : "'api' or false"),
  junit: (value) => (typeof value === 'boolean' || isObject(value) ? undefined : 'true, false or an object'),
  report: (value) => (isObject(value) ? undefined : 'an object'),
  record: oneOf(RECORD_LEVELS),
  resume: (value) => (value === false || text(value) === undefined ? undefined : "'latest', a path or false"),
  runsDir: text,
  live: (value) => (value === 'auto' || typeof value === 'boolean' ? undefined : "'auto', true or false"),
  exitCode: yesOrNo,
  sut,
  policies: text,
  root: text,
  enabled: yesOrNo,
  requireScenarios: yesOrNo,
}

/** @throws TurbulenceError `option` when an option is unknown or has a value it cannot have */
export function checkOptions(options: TurbulenceOptions): void {
  check(options, OPTIONS, [])
  if (isObject(options.junit)) check(options.junit, JUNIT, ['junit'])
  if (options.report !== undefined) check(options.report, REPORT, ['report'])
}

function check(options: object, known: Readonly<Record<string, Check>>, path: readonly string[]): void {
  for (const [name, value] of Object.entries(options)) {
    const expected = Object.hasOwn(known, name) ? known[name] : undefined
    const where = path.length === 0 ? 'turbulence()' : `turbulence({ ${path.join('.')} })`
    if (expected === undefined)
      throw new TurbulenceError('option', `${where} has no option "${name}".`, {
        hint: didYouMean(name, Object.keys(known)),
      })
    const must = value === undefined ? undefined : expected(value)
    if (must !== undefined) throw wrongValue([...path, name].join('.'), value, must)
  }
}

function wrongValue(name: string, value: unknown, must: string): TurbulenceError {
  const known = name === 'junit.dialect' && typeof value === 'string' ? didYouMean(value, DIALECTS) : undefined
  const message = `turbulence({ ${name}: ${shown(value)} }): it must be ${must}.`
  return new TurbulenceError('option', message, known === undefined ? {} : { hint: known })
}

function oneOf(known: readonly string[]): Check {
  const list = known.map((one) => `'${one}'`).join(' or ')
  return (value) => (typeof value === 'string' && known.includes(value) ? undefined : list)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'symbol') return value.toString()
  return JSON.stringify(value)
}
