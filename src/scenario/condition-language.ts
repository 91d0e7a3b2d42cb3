// The language of conditions: CEL with bounds, arithmetic over JSON's one kind of number, patterns on the linear
// engine, and functions over lists of numbers. What names mean in it is condition.ts.
import { createRequire } from 'node:module'
import type * as Cel from '@marcbachmann/cel-js'
import type { ASTNode, Environment } from '@marcbachmann/cel-js'
import { shown } from '../actions/failure.ts'
import { teachEffort } from './condition-effort.ts'

const require = createRequire(import.meta.url)
const library = (): typeof Cel => require('@marcbachmann/cel-js') as typeof Cel
let made: Environment | undefined
let counting: Environment | undefined

/** Loads the library with the first condition. Throws what is wrong with the text. */
export function parseCel(text: string): ReturnType<Environment['parse']> {
  made ??= newLanguage()
  return made.parse(text)
}

export function serialize(node: ASTNode): string {
  return library().serialize(node)
}

/** The same for a text that counts what it costs: it is longer. */
export function parseCounting(text: string): ReturnType<Environment['parse']> {
  made ??= newLanguage()
  counting ??= made.clone({ limits: { maxAstNodes: 3_000, maxDepth: 120 } })
  return counting.parse(text)
}

// JSON has one kind of number, CEL has two that do not mix by themselves.
const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
}
/** Of at least one number, in no order. */
const OVER_LISTS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  avg: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  min: (values) => values.reduce((least, value) => Math.min(least, value)),
  max: (values) => values.reduce((most, value) => Math.max(most, value)),
  // Nearest rank, as for thresholds.
  p95: (values) => values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] ?? NaN,
}
function newLanguage(): Environment {
  const cel = new (library().Environment)({
    unlistedVariablesAreDyn: true,
    homogeneousAggregateLiterals: false,
    limits: { maxAstNodes: 500, maxDepth: 40, maxListElements: 200, maxMapEntries: 100, maxCallArguments: 8 },
  })
  for (const [sign, apply] of Object.entries(ARITHMETIC)) {
    const mixed = (a: number | bigint, b: number | bigint): number => apply(Number(a), Number(b))
    cel.registerOperator(`int ${sign} double: double`, mixed)
    cel.registerOperator(`double ${sign} int: double`, mixed)
    if (sign === '%') cel.registerOperator('double % double: double', mixed)
  }
  const same = (a: number | bigint, b: number | bigint): boolean => Number(a) === Number(b)
  cel.registerOperator('int == double', same)
  for (const [name, of] of Object.entries(OVER_LISTS))
    cel.registerFunction(`${name}(list): double`, (list: unknown) => {
      const values = numbersOf(name, list)
      if (values.length === 0) throw new Error(`${name}() of an empty list`)
      return of(values)
    })
  cel.registerFunction('sum(list): double', (list: unknown) =>
    numbersOf('sum', list).reduce((sum, value) => sum + value, 0),
  )
  teachEffort(cel)
  return cel
}

function numbersOf(name: string, list: unknown): number[] {
  return [...(list as Iterable<unknown>)].map((item) => {
    if (typeof item === 'number' || typeof item === 'bigint') return Number(item)
    throw new Error(`${name}() takes a list of numbers, and ${shown(item)} is none`)
  })
}
