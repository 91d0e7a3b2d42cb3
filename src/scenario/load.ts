// From a scenario file to a Scenario, or to all that is wrong with it, each thing where it stands.
// Synchronous, and never throws for what is in a file. Reads files, but no environment.
import { createHash } from 'node:crypto'
import { basename, resolve } from 'node:path'
import { shown } from '../actions/failure.ts'
import { sendsRequests } from '../actions/index.ts'
import { allSteps } from '../actions/nested.ts'
import type { Problem } from '../errors.ts'
import type { KnownLabels } from '../metrics/check.ts'
import { checkReferences, labelsOf } from './check-references.ts'
import { sortProblems } from './diagnostic.ts'
import { isInside, readText, realPath } from './disk.ts'
import { KEYS } from './file.ts'
import { findSut } from './find-sut.ts'
import type { LoadOptions } from './find-sut.ts'
import { moduleSource } from './module-source.ts'
import { outside, textOf } from './named-file.ts'
import { checkRowsSuffice, readGroupData } from './group-data.ts'
import { overridePopulation, overrideSettings } from './overrides.ts'
import { readPopulation } from './population.ts'
import type { Population, ReadGroup } from './population.ts'
import { checkSize } from './check-size.ts'
import { hintAtIdleLength, warnOfIdleBreaker } from './check-idle.ts'
import { checkPolicies } from './check-policy.ts'
import { noteDifferences } from './old/differences.ts'
import { fillInPolicies } from './policies-file.ts'
import { readPressure } from './pressure.ts'
import { layPreset } from './preset.ts'
import { Reader, isMapping } from './reader.ts'
import type { Mapping, ReadStep } from './reader.ts'
import type { GroupSpec, Scenario } from './scenario.ts'
import * as schema from './schema.ts'
import { noteUntrusted } from './untrusted.ts'
import { readSettings } from './settings.ts'
import { Source } from './source.ts'
import { defaultThresholds, readThresholds } from './thresholds.ts'

export type { LoadOptions } from './find-sut.ts'

export interface Loaded {
  /** Undefined when there is an error; warnings are in `scenario.warnings`. */
  readonly scenario?: Scenario
  /** Errors, with the warnings among them; empty when there is a scenario. */
  readonly problems: readonly Problem[]
  /** Absolute paths of the other files it names, as far as it could be read; one of them may not exist. */
  readonly files: readonly string[]
}

/** The files that were read, as far as they have problems of their own. */
type Sources = (Source | { readonly problems: readonly Problem[] })[]

/** Files that are run, not parsed. */
const MODULE = /\.[cm]?[jt]s$/

export function loadScenario(file: string, options: LoadOptions = {}): Loaded {
  const path = resolve(file)
  const read = options.readFile ?? readText
  const strayed = strayedLink(path, options.root)
  if (strayed !== undefined) return { problems: [strayed], files: [] }
  const text = textOf(path, read)
  if (text instanceof Error) {
    const place = { file: path, line: 1, column: 1 }
    return {
      problems: [
        { code: 'file', severity: 'error', path: '', place, message: `The file cannot be read: ${text.message}.` },
      ],
      files: [],
    }
  }
  const isModule = MODULE.test(path)
  if (isModule && !('value' in options))
    return { problems: [options.untrusted === true ? itself(path) : notRun(path)], files: [] }
  const source = isModule ? moduleSource(path, text, options.value) : new Source(path, text)
  const sources: Sources = [source]
  const scenario = isMapping(source.value)
    ? readFile(source.value, new Reader(source), options, sources, read)
    : notAScenario(source)
  if (!isModule) noteDifferences(source)
  if (options.untrusted === true) for (const each of sources) if (each instanceof Source) noteUntrusted(each)
  const problems = sortProblems(
    sources.flatMap((each) => each.problems),
    path,
  )
  const files = scenario?.files ?? []
  if (scenario === undefined || problems.some(({ severity }) => severity === 'error'))
    // A name that was misspelt where it is used is not used: hints would mislead.
    return { problems: problems.filter(({ severity }) => severity !== 'hint' || options.untrusted === true), files }
  const sha256 = createHash('sha256')
    .update(text)
    .update(isModule ? JSON.stringify(source.value) : '')
    .digest('hex')
  return { scenario: { ...scenario, sha256, warnings: problems }, problems: [], files }
}

/** A scenario may be asked for from anywhere; one inside the project that is a link must not lead out of it. */
function strayedLink(file: string, root: string | undefined): Problem | undefined {
  if (root === undefined || !isInside(file, root)) return undefined
  const real = realPath(file)
  if (isInside(real, realPath(resolve(root)))) return undefined
  const wrong = outside(basename(file), file, real, root)
  return { ...wrong, severity: 'error', path: '', place: { file, line: 1, column: 1 } }
}

/** Only those of this name are run. */
const RUN = /\.scenario\.ts$/

function notRun(file: string): Problem {
  const at = { code: 'module', severity: 'error', path: '', place: { file, line: 1, column: 1 } } as const
  const name = basename(file)
  if (RUN.test(file)) {
    const message = 'A scenario in TypeScript is a module: it has to be run before it can be read.'
    return { ...at, message, hint: `npx turbulence lint ${name} and npx vitest run do that.` }
  }
  const message = `A scenario that is a module has a name like shop.scenario.ts: ${name} is not run.`
  return { ...at, message, hint: `Rename it to ${name.replace(/(?:\.scenario)?\.[cm]?[jt]s$/, '.scenario.ts')}.` }
}

function itself(file: string): Problem {
  const message = 'This scenario is a module: to read it is to run it.'
  const hint = 'Look at it as at any code.'
  return { code: 'runs-itself', severity: 'warning', path: '', place: { file, line: 1, column: 1 }, message, hint }
}

function notAScenario(source: Source): undefined {
  if (source.problems.length > 0) return
  const isEmpty = source.value === null || source.value === undefined
  const message = isEmpty ? 'The file is empty.' : `A scenario is a mapping (key: value), not ${shown(source.value)}.`
  source.add({ code: 'not-a-scenario', path: [], message, hint: 'It needs at least id, sut and flow.' })
}

function readFile(
  written: Mapping,
  reader: Reader,
  options: LoadOptions,
  sources: Sources,
  read: (path: string) => string,
): Omit<Scenario, 'sha256' | 'warnings'> {
  const { source } = reader
  const { value: file, preset, files: presets } = layPreset(source, written, { read, root: options.root })
  if (preset !== undefined) sources.push(preset)
  reader.unknownKeys(file, KEYS)
  const { sut, sutSource, files } = findSut(file, reader, options, read)
  if (sutSource !== source) sources.push(sutSource)
  const overrides = options.overrides ?? {}
  const reading = { read, root: options.root }
  const where = { named: options.policies, root: options.root, sutFile: sutSource.file }
  const decided = fillInPolicies(overridePopulation(readPopulation(file, reader), overrides), where, source, reading)
  sources.push(decided)
  const { population } = decided
  const steps = readOtherSteps(file, reader)
  const own = readSettings(file, reader)
  const settings = overrideSettings(own, overrides)
  checkSize({ file, population, assertions: steps.assertions, cycles: settings.simulation.cycles }, source)
  warnOfIdleBreaker(settings.circuitBreaker, population.groups, source)
  hintAtIdleLength(file, settings.simulation.time.pace, source)
  const data = readGroupData(population.groups, source, reading)
  sources.push(data)
  checkRowsSuffice(population.groups, data.tables, settings.simulation.cycles, source)
  checkPolicies(population, source)
  const pressure = readPressure(file, reader, { services: sut?.names, steps: sendingSteps(population) })
  const given = { tables: data.tables, variation: settings.variation, entry: settings.entry }
  const { cycles } = own.simulation
  const parts = { population, ...steps, sut, reader, reading, sutSource, given, cycles }
  const { files: named, ...checked } = checkReferences(parts)
  const labels = labelsOf(file, sut, settings.simulation.cycles)
  return {
    version: 1,
    file: source.file,
    files: [...presets, ...files, ...decided.files, ...named, ...data.files],
    tables: data.tables,
    ...(pressure !== undefined && overrides.pressure !== 'off' && { pressure }),
    places: placesIn(source),
    ...settings,
    ...(sut?.name !== undefined && { sut: sut.name }),
    ...(sut?.profile !== undefined && { profile: sut.profile }),
    services: sut?.services ?? {},
    groups: population.groups.map((group) => finishGroup(group, labels.of(group, population), source)),
    ...checked,
    thresholds: Object.hasOwn(file, 'thresholds')
      ? readThresholds(file['thresholds'], ['thresholds'], labels.all, source)
      : [],
  }
}

/** Keys that can only be judged with others, once all is known. */
const JUDGED_LATER: readonly string[] = [
  'circuit_breaker',
  'id',
  'limits.burst',
  'simulation.max_concurrent_agents',
  'simulation.max_duration',
  'simulation.pace',
  'simulation.warmup',
]

function placesIn(source: Source): Scenario['places'] {
  return Object.fromEntries(JUDGED_LATER.map((path) => [path, source.place(path.split('.'), true)]))
}

function finishGroup(group: ReadGroup, known: KnownLabels, source: Source): GroupSpec {
  const { name, count, flow = '', vars, workload, thresholds, data, onFailure, idleFlow, activity, policy, at } = group
  return {
    name,
    count,
    flow,
    vars,
    workload,
    thresholds:
      thresholds === undefined
        ? defaultThresholds(at, source)
        : readThresholds(thresholds, [...at, 'thresholds'], known, source, name),
    place: source.place(at, true),
    ...(data !== undefined && { data }),
    ...(onFailure !== undefined && { onFailure }),
    ...(idleFlow !== undefined && { idleFlow }),
    ...(activity !== undefined && { activity }),
    ...(policy !== undefined && { policy }),
  }
}

function sendingSteps({ flows }: Population): string[] {
  const steps = [...flows.values()].flatMap((flow) => allSteps(flow))
  const names: readonly unknown[] = steps.filter(({ step }) => sendsRequests(step)).map(({ step }) => step.name)
  return [...new Set(names.filter((name) => typeof name === 'string'))]
}

function readOtherSteps(
  file: Mapping,
  reader: Reader,
): Record<'setup' | 'onResume' | 'teardown' | 'assertions', ReadStep[]> {
  const list = (key: string): ReadStep[] => (Object.hasOwn(file, key) ? reader.steps(file[key], [key]) : [])
  const assertions = Object.hasOwn(file, 'assertions')
    ? reader.steps(file['assertions'], ['assertions'], schema.assertion)
    : []
  return { setup: list('setup'), onResume: list('on_resume'), teardown: list('teardown'), assertions }
}
