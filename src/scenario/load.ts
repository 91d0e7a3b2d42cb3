// From a scenario file to a Scenario, or to all that is wrong with it, each thing where it stands.
// Synchronous, and never throws for what is in a file. Reads files, but no environment.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { shown } from '../actions/failure.ts'
import type { Problem } from '../errors.ts'
import type { KnownLabels } from '../metrics/check.ts'
import { checkReferences, labelsOf } from './check-references.ts'
import { sortProblems } from './diagnostic.ts'
import { KEYS } from './file.ts'
import { findSut } from './find-sut.ts'
import type { LoadOptions } from './find-sut.ts'
import { textOf } from './named-file.ts'
import { readPopulation } from './population.ts'
import type { ReadGroup } from './population.ts'
import { layPreset } from './preset.ts'
import { Reader, isMapping } from './reader.ts'
import type { Mapping, ReadStep } from './reader.ts'
import type { GroupSpec, Scenario } from './scenario.ts'
import * as schema from './schema.ts'
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

export function loadScenario(file: string, options: LoadOptions = {}): Loaded {
  const path = resolve(file)
  const read = options.readFile ?? ((name: string) => readFileSync(name, 'utf8'))
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
  const source = new Source(path, text)
  const sources = [source]
  const scenario = isMapping(source.value)
    ? readFile(source.value, new Reader(source), options, sources, read)
    : notAScenario(source)
  const problems = sortProblems(
    sources.flatMap((each) => each.problems),
    path,
  )
  const files = scenario?.files ?? []
  if (scenario === undefined || problems.some(({ severity }) => severity === 'error')) return { problems, files }
  const sha256 = createHash('sha256').update(text).digest('hex')
  return { scenario: { ...scenario, sha256, warnings: problems }, problems: [], files }
}

function notAScenario(source: Source): undefined {
  if (source.problems.length > 0) return
  const isEmpty = source.value === null || source.value === undefined
  const message = isEmpty ? 'The file is empty.' : `A scenario is a mapping (key: value), not ${shown(source.value)}.`
  source.add({ code: 'not-a-scenario', path: [], message, hint: 'It needs at least id, sut and flow.' })
}

function readFile(
  own: Mapping,
  reader: Reader,
  options: LoadOptions,
  sources: Source[],
  read: (path: string) => string,
): Omit<Scenario, 'sha256' | 'warnings'> {
  const { source } = reader
  const { value: file, preset, files: presets } = layPreset(source, own, { read, root: options.root })
  if (preset !== undefined) sources.push(preset)
  reader.unknownKeys(file, KEYS)
  const { sut, sutSource, files } = findSut(file, reader, options, read)
  if (sutSource !== source) sources.push(sutSource)
  const population = readPopulation(file, reader)
  const steps = readOtherSteps(file, reader)
  const settings = readSettings(file, reader)
  warnOfIdleBreaker(settings.circuitBreaker, population.groups, source)
  const checked = checkReferences({ population, ...steps, sut, reader, sutSource })
  const labels = labelsOf(file, sut, settings.simulation.cycles)
  return {
    version: 1,
    file: source.file,
    files: [...presets, ...files],
    ...settings,
    ...(sut?.profile !== undefined && { profile: sut.profile }),
    services: sut?.services ?? {},
    groups: population.groups.map((group) => finishGroup(group, labels.of(group, population), source)),
    ...checked,
    thresholds: Object.hasOwn(file, 'thresholds')
      ? readThresholds(file['thresholds'], ['thresholds'], labels.all, source)
      : [],
  }
}

function warnOfIdleBreaker(breaker: Scenario['circuitBreaker'], groups: readonly ReadGroup[], source: Source): void {
  const agents = groups.reduce((sum, { count }) => sum + count, 0)
  if (breaker === undefined || agents >= breaker.minAgents) return
  source.add({
    code: 'idle-breaker',
    severity: 'warning',
    path: ['circuit_breaker'],
    atKey: true,
    message: `The circuit breaker never opens: there are ${agents} agents, and min_agents is ${breaker.minAgents}.`,
    hint: `Give it min_agents: ${agents}, or more agents.`,
  })
}

function finishGroup(group: ReadGroup, known: KnownLabels, source: Source): GroupSpec {
  const { name, count, flow = '', vars, workload, thresholds, at } = group
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
  }
}

function readOtherSteps(file: Mapping, reader: Reader): Record<'setup' | 'teardown' | 'assertions', ReadStep[]> {
  const list = (key: string): ReadStep[] => (Object.hasOwn(file, key) ? reader.steps(file[key], [key]) : [])
  const assertions = Object.hasOwn(file, 'assertions')
    ? reader.steps(file['assertions'], ['assertions'], schema.assertion)
    : []
  return { setup: list('setup'), teardown: list('teardown'), assertions }
}
