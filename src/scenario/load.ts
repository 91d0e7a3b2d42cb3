// From a scenario file to a Scenario, or to all that is wrong with it, each thing where it stands.
// Synchronous, and never throws for what is in a file. Reads files, but no environment.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { shown } from '../actions/failure.ts'
import type { Problem } from '../errors.ts'
import { checkReferences, labelsOf } from './check-references.ts'
import { sortProblems } from './diagnostic.ts'
import { findSut, textOf } from './find-sut.ts'
import type { LoadOptions } from './find-sut.ts'
import { readPopulation } from './population.ts'
import { Reader, isMapping } from './reader.ts'
import type { Mapping, ReadStep } from './reader.ts'
import type { Scenario } from './scenario.ts'
import * as schema from './schema.ts'
import { Source } from './source.ts'
import { defaultThresholds, readThresholds } from './thresholds.ts'

export type { LoadOptions } from './find-sut.ts'

export interface Loaded {
  /** Undefined when there is an error; warnings are in `scenario.warnings`. */
  readonly scenario?: Scenario
  /** Errors, with the warnings among them; empty when there is a scenario. */
  readonly problems: readonly Problem[]
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
  if (scenario === undefined || problems.some(({ severity }) => severity === 'error')) return { problems }
  const sha256 = createHash('sha256').update(text).digest('hex')
  return { scenario: { ...scenario, sha256, warnings: problems }, problems: [] }
}

function notAScenario(source: Source): undefined {
  if (source.problems.length > 0) return
  const isEmpty = source.value === null || source.value === undefined
  const message = isEmpty ? 'The file is empty.' : `A scenario is a mapping (key: value), not ${shown(source.value)}.`
  source.add({ code: 'not-a-scenario', path: [], message, hint: 'It needs at least id, sut and flow.' })
}

function readFile(
  file: Mapping,
  reader: Reader,
  options: LoadOptions,
  sources: Source[],
  read: (path: string) => string,
): Omit<Scenario, 'sha256' | 'warnings'> {
  const { source } = reader
  reader.unknownKeys(file, schema.KEYS)
  const { sut, sutSource, files } = findSut(file, reader, options, read)
  if (sutSource !== source) sources.push(sutSource)
  const population = readPopulation(file, reader)
  const steps = readOtherSteps(file, reader)
  const simulation = reader.optional(schema.simulation, file, 'simulation', undefined) ?? schema.simulation.parse({})
  const checked = checkReferences({ population, ...steps, sut, reader, sutSource })
  const labels = labelsOf(file, sut, simulation.cycles)
  const description = reader.optional(z.string(), file, 'description', undefined)
  const limits = reader.optional<schema.LimitsInput, schema.LimitsInput>(schema.limits, file, 'limits', {})
  const stopWhen = reader.optional(schema.stopWhen, file, 'stop_when', {
    any_action_fails: true,
    any_assertion_fails: true,
  })
  return {
    version: 1,
    id: reader.read(schema.id, file['id'], ['id']) ?? '',
    ...(description !== undefined && { description }),
    file: source.file,
    files,
    simulation: {
      cycles: simulation.cycles,
      ...(simulation.seed !== undefined && { seed: simulation.seed }),
      pace: simulation.pace,
      ...(simulation.max_concurrent_agents !== undefined && { maxConcurrentAgents: simulation.max_concurrent_agents }),
      ...(simulation.max_duration !== undefined && { maxDurationMs: simulation.max_duration }),
      gracefulStopMs: simulation.graceful_stop,
    },
    limits: {
      ...(limits.rate_limit_rps !== undefined && { rateLimitRps: limits.rate_limit_rps }),
      ...(limits.burst !== undefined && { burst: limits.burst }),
    },
    cookies: reader.optional(schema.cookies, file, 'cookies', 'run'),
    ...(sut?.profile !== undefined && { profile: sut.profile }),
    services: sut?.services ?? {},
    groups: population.groups.map((group) => ({
      name: group.name,
      count: group.count,
      flow: group.flow ?? '',
      vars: group.vars,
      workload: group.workload,
      thresholds:
        group.thresholds === undefined
          ? defaultThresholds(group.at, source)
          : readThresholds(
              group.thresholds,
              [...group.at, 'thresholds'],
              labels.of(group, population),
              source,
              group.name,
            ),
      place: source.place(group.at, true),
    })),
    ...checked,
    stopWhen: { anyActionFails: stopWhen.any_action_fails, anyAssertionFails: stopWhen.any_assertion_fails },
    maxSteps: reader.optional(schema.maxSteps, file, 'max_steps', 100),
    thresholds: Object.hasOwn(file, 'thresholds')
      ? readThresholds(file['thresholds'], ['thresholds'], labels.all, source)
      : [],
  }
}

function readOtherSteps(file: Mapping, reader: Reader): Record<'setup' | 'teardown' | 'assertions', ReadStep[]> {
  const list = (key: string): ReadStep[] => (Object.hasOwn(file, key) ? reader.steps(file[key], [key]) : [])
  const assertions = Object.hasOwn(file, 'assertions')
    ? reader.steps(file['assertions'], ['assertions'], schema.assertion)
    : []
  return { setup: list('setup'), teardown: list('teardown'), assertions }
}
