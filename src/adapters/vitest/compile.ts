// A scenario file → the JavaScript of a test module, and a source map back to the YAML. The module
// holds names and positions only; everything else is read again by the worker (suite.ts).
import type { Place, Problem } from '../../errors.ts'
import type { Scenario } from '../../run.ts'
import { oneLine } from '../../report/clean-text.ts'
import { valueModule } from '../module-value.ts'
import type { RawMap } from './source-map.ts'
import { lineMap } from './source-map.ts'

export interface CompiledModule {
  readonly code: string
  readonly map: RawMap
}

export interface CompileInput {
  /** Absolute path of the scenario file. */
  readonly file: string
  readonly source: string
  /** Absolute path of the compiled suite.ts. */
  readonly runtime: string
  readonly scenario: Scenario | undefined
  readonly problems: readonly Problem[]
  /** The file is a module that exports the scenario; the worker imports it, too. */
  readonly isModule?: boolean
  /** Some of its steps call functions of modules. */
  readonly hasCalls?: boolean
}

/** Cells wait for the load, not the other way round: nothing of Vitest's may cut, repeat or reorder them. */
const CELL = '{concurrent:true,timeout:0,retry:0,repeats:0}'
const THRESHOLD = '{concurrent:false,timeout:0,retry:0,repeats:0}'
const ORDERED = '{concurrent:false,shuffle:false}'

/** Vitest 5 lists tests without running the module: it needs literal `describe("…")` and `test("…")`. */
export function compile(of: CompileInput): CompiledModule {
  const { file, source, runtime, scenario, problems, isModule = false, hasCalls = false } = of
  const lines = new Lines(file)
  lines.add('import { describe, test, beforeAll, afterAll, inject } from "vitest"')
  lines.add(`import { openSuite } from ${JSON.stringify(runtime)}`)
  const isRun = isModule && scenario !== undefined
  if (isRun) lines.add(`import $value from ${JSON.stringify(valueModule(file))}`)
  const input = { file, sha256: scenario?.sha256 ?? '', problems }
  lines.add(
    `const $ = openSuite({ describe, test, beforeAll, afterAll, inject }, ${literal(input)}${isRun ? ',{value:$value}' : ''})`,
  )
  if (scenario === undefined || problems.some((problem) => problem.severity === 'error')) addProblems(lines, problems)
  else addScenario(lines, scenario, hasCalls)
  return { code: lines.text, map: lineMap(file, source, lines.places) }
}

/** Of their tests. What a file says is shown to people, and must not steer their terminal. */
export function problemNames(problems: readonly Problem[]): string[] {
  return uniqueNames(problems.map(({ place, message }) => `line ${place.line}: ${oneLine(message)}`))
}

function addProblems(lines: Lines, problems: readonly Problem[]): void {
  const names = problemNames(problems)
  problems.forEach((problem, index) => {
    if (problem.severity !== 'error') return
    lines.add(`test(${literal(names[index])},${THRESHOLD},(c)=>$.problem(c,${index}))`, problem.place)
  })
}

function addScenario(lines: Lines, scenario: Scenario, hasCalls: boolean): void {
  // Written here, `import` is resolved as it would be in a test file: TypeScript, aliases and all.
  if (hasCalls) lines.add('await $.load((module) => import(/* @vite-ignore */ module))')
  const top: Place = { file: scenario.file, line: 1, column: 1 }
  lines.add(`describe(${JSON.stringify(scenario.id)},${ORDERED},()=>{$.open()`, top)
  for (let cycle = 1; cycle <= scenario.simulation.cycles; cycle++) {
    lines.add(`describe("cycle ${cycle}",${ORDERED},()=>{$.cycle(${cycle})`, scenario.groups[0]?.place ?? top)
    for (const { name, place } of scenario.groups) {
      const text = JSON.stringify(name)
      lines.add(`test(${text},${CELL},(c)=>$.cell(c,${cycle},${text}))`, place)
    }
    lines.add('})')
  }
  const { thresholds } = scenario
  if (thresholds.length > 0) {
    const names = uniqueNames(thresholds.map(({ threshold }) => oneLine(threshold.name ?? threshold.expression)))
    lines.add(`describe("thresholds",${ORDERED},()=>{`, thresholds[0]?.place)
    thresholds.forEach(({ place }, index) =>
      lines.add(`test(${literal(names[index])},${THRESHOLD},(c)=>$.threshold(c,${index}))`, place),
    )
    lines.add('})')
  }
  lines.add('})')
}

/** Equal names get ` (2)`, ` (3)` …: a test is known by its name. */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>()
  return names.map((name) => {
    let unique = name
    for (let count = 2; taken.has(unique); count++) unique = `${name} (${count})`
    taken.add(unique)
    return unique
  })
}

/** A value as JavaScript. U+2028 and U+2029 may stand in it, but tools that count lines take them for line ends. */
function literal(value: unknown): string {
  return JSON.stringify(value).replaceAll(/[\u2028\u2029]/g, (end) => (end === '\u2028' ? '\\u2028' : '\\u2029'))
}

/** Lines of code, each with the place it stands for. */
class Lines {
  readonly places: (Place | undefined)[] = []
  readonly #lines: string[] = []
  readonly #file: string

  constructor(file: string) {
    this.#file = file
  }

  /** A place in another file (the SUT's) maps to the top of this one: the map has one source. */
  add(code: string, place?: Place): void {
    this.#lines.push(code)
    this.places.push(
      place === undefined || place.file === this.#file ? place : { file: this.#file, line: 1, column: 1 },
    )
  }

  get text(): string {
    return this.#lines.join('\n')
  }
}
