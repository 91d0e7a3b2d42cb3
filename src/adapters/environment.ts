// The TURBULENCE_* variables, one table: what each may be, and what is said when it is something else.
// They lie over options, presets and files. What was set is printed and stored with the run.
import { TurbulenceError, nearest } from '../errors.ts'
import type { Overrides, RecordLevel } from '../run.ts'
import { RECORD_LEVELS } from '../without-engine.ts'

/** How much is printed while scenarios run, the least first. */
const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

interface Variable<T> {
  /** Undefined: it cannot be that. */
  readonly parse: (text: string) => T | undefined
  /** What it can be. */
  readonly can: string
}

const VARIABLES = {
  TURBULENCE_SEED: whole('A seed', 0, 2 ** 32 - 1),
  TURBULENCE_PROFILE: { parse: (text: string) => text, can: 'the name of a profile' },
  TURBULENCE_CYCLES: whole('It', 1, 100_000),
  TURBULENCE_AGENTS_SCALE: between('a number above 0, at most 1000: 0.1 is a tenth of the agents', {
    above: 0,
    most: 1000,
  }),
  TURBULENCE_RATE_LIMIT_RPS: orOff(
    between('requests per second, above 0 and at most 1000000, or off', { above: 0, most: 1_000_000 }),
  ),
  TURBULENCE_TIME_SCALE: between('simulated seconds per real second, above 0 and at most 1000000', {
    above: 0,
    most: 1_000_000,
  }),
  TURBULENCE_PACE: oneOf(['asap', 'realtime']),
  TURBULENCE_CIRCUIT_BREAKER_PERCENT: orOff(
    between('a percentage from 0 to below 100, or off', { least: 0, below: 100 }),
  ),
  TURBULENCE_CHECKPOINT_EVERY: orOff(whole('It', 1, 100_000), 'a whole number of cycles from 1 to 100000, or off'),
  TURBULENCE_PRESSURE: oneOf(['on', 'off']),
  TURBULENCE_RECORD: oneOf(RECORD_LEVELS),
  TURBULENCE_RESUME: { parse: (text: string) => text, can: 'latest, a path, or off' },
  TURBULENCE_MOCK: oneOf(['api', 'off']),
  TURBULENCE_LOG_LEVEL: oneOf(LOG_LEVELS),
} as const

type Name = keyof typeof VARIABLES
type ValueOf<N extends Name> = (typeof VARIABLES)[N] extends Variable<infer T> ? T : never

export interface Environment {
  readonly seed: number | undefined
  readonly profile: string | undefined
  /** `off`: not even where the option wants it. */
  readonly mock: 'api' | 'off' | undefined
  readonly record: RecordLevel | undefined
  readonly logLevel: LogLevel | undefined
  /** `latest`, a path, or `off`: not even where the option wants it. */
  readonly resume: string | undefined
  /** What it changes about the file. */
  readonly overrides: Overrides
  /** e.g. `TURBULENCE_SEED=42`, in the order of the table. */
  readonly said: readonly string[]
}

/** @throws TurbulenceError `environment` for the first variable that is misspelt, or is something it cannot be */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
  refuseMisspelt(Object.keys(env).filter((name) => env[name] !== ''))
  const said: string[] = []
  const taken = <N extends Name>(name: N): ValueOf<N> | undefined => {
    const text = env[name]
    if (text === undefined || text === '') return undefined
    const { parse, can }: Variable<unknown> = VARIABLES[name]
    const value = parse(text.trim())
    if (value === undefined) throw new TurbulenceError('environment', `${name} is "${text}".`, { hint: can })
    said.push(`${name}=${text}`)
    return value as ValueOf<N>
  }
  const seed = taken('TURBULENCE_SEED')
  const profile = taken('TURBULENCE_PROFILE')
  const cycles = taken('TURBULENCE_CYCLES')
  const agentsScale = taken('TURBULENCE_AGENTS_SCALE')
  const rateLimitRps = taken('TURBULENCE_RATE_LIMIT_RPS')
  const timeScale = taken('TURBULENCE_TIME_SCALE')
  const pace = taken('TURBULENCE_PACE')
  const circuitBreakerPercent = taken('TURBULENCE_CIRCUIT_BREAKER_PERCENT')
  const checkpointEvery = taken('TURBULENCE_CHECKPOINT_EVERY')
  const pressure = taken('TURBULENCE_PRESSURE')
  const record = taken('TURBULENCE_RECORD')
  const resume = taken('TURBULENCE_RESUME')
  const mock = taken('TURBULENCE_MOCK')
  const logLevel = taken('TURBULENCE_LOG_LEVEL')
  const overrides: Overrides = {
    ...(cycles !== undefined && { cycles }),
    ...(agentsScale !== undefined && { agentsScale }),
    ...(rateLimitRps !== undefined && { rateLimitRps }),
    ...(timeScale !== undefined && { timeScale }),
    ...(pace !== undefined && { pace }),
    ...(circuitBreakerPercent !== undefined && { circuitBreakerPercent }),
    ...(checkpointEvery !== undefined && { checkpointEvery }),
    ...(pressure !== undefined && { pressure }),
  }
  return { seed, profile, mock, record, logLevel, resume, overrides, said }
}

const PREFIX = 'TURBULENCE_'

/** Without a word, the load would be another one than was asked for. Names that are like none of ours are others' business. */
function refuseMisspelt(names: readonly string[]): void {
  const known = Object.keys(VARIABLES).map((name) => name.slice(PREFIX.length))
  for (const name of names) {
    if (!name.startsWith(PREFIX) || name in VARIABLES) continue
    const meant = nearest(name.slice(PREFIX.length), known)
    if (meant === undefined) continue
    const hint = `Did you mean ${PREFIX}${meant}?`
    throw new TurbulenceError('environment', `There is no variable ${name}.`, { hint })
  }
}

/** The same where nobody can be told: what is wrong is said by whoever runs the file. */
export function readableEnvironment(env: Readonly<Record<string, string | undefined>>): Environment | undefined {
  try {
    return readEnvironment(env)
  } catch (error) {
    if (error instanceof TurbulenceError) return undefined
    throw error
  }
}

function whole(noun: string, least: number, most: number): Variable<number> {
  return {
    parse: (text) => {
      const value = Number(text)
      return /^\d+$/.test(text) && value >= least && value <= most ? value : undefined
    },
    can: `${noun} is a whole number from ${least} to ${most}.`,
  }
}

interface Bounds {
  readonly least?: number
  readonly above?: number
  readonly most?: number
  readonly below?: number
}

function between(
  can: string,
  { least = -Infinity, above = -Infinity, most = Infinity, below = Infinity }: Bounds,
): Variable<number> {
  return {
    parse: (text) => {
      const value = Number(text)
      const isNumber = /^\d+(\.\d+)?$/.test(text)
      return isNumber && value >= least && value > above && value <= most && value < below ? value : undefined
    },
    can: `It can be ${can}.`,
  }
}

function orOff({ parse, can }: Variable<number>, orElse?: string): Variable<number | false> {
  return {
    parse: (text) => (text === 'off' ? false : parse(text)),
    can: orElse === undefined ? can : `It can be ${orElse}.`,
  }
}

function oneOf<const T extends string>(values: readonly T[]): Variable<T> {
  return { parse: (text) => values.find((value) => value === text), can: `It can be ${values.join(' or ')}.` }
}
