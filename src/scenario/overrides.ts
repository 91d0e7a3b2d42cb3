// What the environment changes about a file, once its values have been read (adapters do that): it lies
// over file and preset, and is in force before anything is checked against anything else.
import { breakerSchema } from '../limits/breaker-schema.ts'
import type { Population, ReadGroup } from './population.ts'
import type { Scenario } from './scenario.ts'

export interface Overrides {
  readonly cycles?: number
  readonly timeScale?: number
  readonly pace?: 'asap' | 'realtime'
  /** Of every group's agents; at least one stays. */
  readonly agentsScale?: number
  /** Undefined = the file's, false = none. */
  readonly rateLimitRps?: number | false
  readonly circuitBreakerPercent?: number | false
  readonly checkpointEvery?: number | false
  /** `off`: none, whatever the file says. */
  readonly pressure?: 'on' | 'off'
}

type Settings = Pick<Scenario, 'simulation' | 'limits' | 'circuitBreaker' | 'checkpoint'>

const KEEP = 5
const MOST_AGENTS = 1_000_000

export function overrideSettings<S extends Settings>(settings: S, overrides: Overrides): S {
  const { cycles, timeScale, pace, rateLimitRps, circuitBreakerPercent, checkpointEvery } = overrides
  const { simulation } = settings
  const time = {
    ...simulation.time,
    ...(timeScale !== undefined && { scale: timeScale }),
    ...(pace !== undefined && { pace }),
  }
  const { circuitBreaker, checkpoint, limits, ...rest } = settings
  const { burst, rateLimitRps: _, ...otherLimits } = limits
  const breaker =
    circuitBreakerPercent === undefined
      ? circuitBreaker
      : circuitBreakerPercent === false
        ? undefined
        : { ...(circuitBreaker ?? breakerSchema.parse({})), failurePercent: circuitBreakerPercent }
  return {
    ...rest,
    simulation: { ...simulation, time, ...(cycles !== undefined && { cycles }) },
    limits:
      rateLimitRps === undefined
        ? limits
        : rateLimitRps === false
          ? otherLimits
          : { ...otherLimits, rateLimitRps, ...(burst !== undefined && { burst }) },
    ...(breaker !== undefined && { circuitBreaker: breaker }),
    ...overrideCheckpoint(checkpoint, checkpointEvery),
  } as unknown as S
}

function overrideCheckpoint(
  checkpoint: Scenario['checkpoint'],
  every: Overrides['checkpointEvery'],
): Pick<Scenario, 'checkpoint'> {
  if (every === false) return {}
  if (every !== undefined) return { checkpoint: { keep: KEEP, ...checkpoint, everyCycles: every } }
  return checkpoint === undefined ? {} : { checkpoint }
}

export function overridePopulation(population: Population, { agentsScale }: Overrides): Population {
  if (agentsScale === undefined) return population
  const scaled = (group: ReadGroup): ReadGroup => ({
    ...group,
    count: Math.min(MOST_AGENTS, Math.max(1, Math.round(group.count * agentsScale))),
  })
  return { ...population, groups: population.groups.map(scaled) }
}
