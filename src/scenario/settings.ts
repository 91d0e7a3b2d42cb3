// The keys of a scenario file that stand for themselves: no other part of it has to be known to read
// them. Their defaults are in schema.ts.
import { z } from 'zod'
import { variationSpec } from '../agents/variation.ts'
import { entrySchema } from './entry.ts'
import { breakerSchema } from '../limits/breaker-schema.ts'
import type { Mapping, Reader } from './reader.ts'
import type { Scenario } from './scenario.ts'
import * as schema from './schema.ts'

type Settings = Pick<Scenario, 'id' | 'simulation' | 'limits' | 'cookies' | 'redact' | 'stopWhen' | 'maxSteps'> &
  Partial<Pick<Scenario, 'description' | 'circuitBreaker' | 'checkpoint' | 'entry' | 'variation'>>

const MAX_STEPS = 100

export function readSettings(file: Mapping, reader: Reader): Settings {
  const description = reader.optional(z.string(), file, 'description', undefined)
  const entry = reader.optional(entrySchema, file, 'entry', undefined)
  const stopWhen = reader.optional(schema.stopWhen, file, 'stop_when', schema.stopWhen.parse({}))
  return {
    id: reader.read(schema.id, file['id'], ['id']) ?? '',
    ...(description !== undefined && { description }),
    simulation: readSimulation(file, reader),
    limits: readLimits(file, reader),
    ...readCircuitBreaker(file, reader),
    ...(entry !== undefined && { entry }),
    ...readCheckpoint(file, reader),
    ...readVariation(file, reader),
    redact: reader.optional(schema.redact, file, 'redact', []),
    cookies: reader.optional(schema.cookies, file, 'cookies', 'run'),
    stopWhen: { anyActionFails: stopWhen.any_action_fails, anyAssertionFails: stopWhen.any_assertion_fails },
    maxSteps: reader.optional(schema.maxSteps, file, 'max_steps', MAX_STEPS),
  }
}

function readSimulation(file: Mapping, reader: Reader): Scenario['simulation'] {
  const given = reader.optional(schema.simulation, file, 'simulation', schema.simulation.parse({}))
  return {
    cycles: given.cycles,
    ...(given.seed !== undefined && { seed: given.seed }),
    time: { pace: given.pace, scale: given.time_scale, cycleMs: given.cycle_length, startMs: given.start },
    ...(given.warmup !== undefined && { warmUp: given.warmup }),
    ...(given.max_concurrent_agents !== undefined && { maxConcurrentAgents: given.max_concurrent_agents }),
    ...(given.max_duration !== undefined && { maxDurationMs: given.max_duration }),
    gracefulStopMs: given.graceful_stop,
  }
}

function readCircuitBreaker(file: Mapping, reader: Reader): Pick<Scenario, 'circuitBreaker'> {
  const circuitBreaker = reader.optional(breakerSchema, file, 'circuit_breaker', undefined)
  return circuitBreaker === undefined ? {} : { circuitBreaker }
}

function readCheckpoint(file: Mapping, reader: Reader): Pick<Scenario, 'checkpoint'> {
  const given = reader.optional(schema.checkpoint, file, 'checkpoint', undefined)
  return given === undefined ? {} : { checkpoint: { everyCycles: given.every_cycles, keep: given.keep } }
}

function readVariation(file: Mapping, reader: Reader): Pick<Scenario, 'variation'> {
  const given = reader.optional(schema.variation, file, 'variation', undefined)
  if (given === undefined) return {}
  const names = [...Object.keys(given.parameters), ...given.toggles.map(({ name }) => name)]
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  const at = given.toggles.findLastIndex(({ name }) => name === twice)
  if (twice !== undefined)
    reader.source.add({
      code: 'duplicate-name',
      path: ['variation', 'toggles', at, 'name'],
      message: `variation.${twice} is already there.`,
      hint: 'Parameters and toggles share their names: rename one of them.',
    })
  return { variation: variationSpec(given) }
}

function readLimits(file: Mapping, reader: Reader): Scenario['limits'] {
  const given = reader.optional(schema.limits, file, 'limits', schema.limits.parse({}))
  return {
    ...(given.rate_limit_rps !== undefined && { rateLimitRps: given.rate_limit_rps }),
    ...(given.burst !== undefined && { burst: given.burst }),
    ...(given.memory_warning_mb !== undefined && { memoryWarningMb: given.memory_warning_mb }),
  }
}
