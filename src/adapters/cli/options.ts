// The options that commands share, from what cac makes of them, and the environment's settings with them.
// A flag wins over the environment: it stands nearer.
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { readEnvironment } from '../environment.ts'
import type { Environment } from '../environment.ts'
import { UsageError } from './terminal.ts'
import type { Terminal } from './terminal.ts'

type Given = Readonly<Record<string, unknown>>

export interface LoadSettings extends Pick<Environment, 'seed' | 'overrides' | 'said'> {
  /** Absolute. */
  readonly root: string
  readonly profile: string | undefined
  /** Absolute. */
  readonly sut: string | undefined
  /** Absolute. */
  readonly policies: string | undefined
  readonly mock: 'api' | undefined
  /** Also look for what runs code of the repository. */
  readonly untrusted?: boolean
}

/**
 * @throws TurbulenceError for a variable of the environment that is something it cannot be
 * @throws UsageError for a root that is no folder
 */
export function loadSettings(given: Given, { folder, env }: Terminal): LoadSettings {
  const { profile, seed, overrides, said, mock } = readEnvironment(env)
  const path = (name: string): string | undefined => {
    const value = textOf(given, name)
    return value === undefined ? undefined : resolve(folder, value)
  }
  return {
    seed,
    overrides,
    said,
    mock: mock === 'off' ? undefined : mock,
    root: rootOf(given, folder),
    profile: textOf(given, 'profile') ?? profile,
    sut: path('sut'),
    policies: path('policies'),
  }
}

function rootOf(given: Given, folder: string): string {
  const name = textOf(given, 'root') ?? '.'
  const path = resolve(folder, name)
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return path
  throw new UsageError(`--root cannot be "${name}": there is no such folder.`)
}

/** cac makes numbers of what looks like one. */
function textOf(given: Given, name: string): string | undefined {
  const value = given[name]
  return typeof value === 'string' || typeof value === 'number' ? `${value}` : undefined
}

export function countOf(given: Given, name: string, flag: string): number | undefined {
  const value = given[name]
  if (value === undefined) return undefined
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value
  throw new UsageError(`${flag} is ${textOf(given, name) ?? 'nothing'}: it must be a whole number from 0.`)
}

export function choiceOf<Known extends string>(
  given: Given,
  name: string,
  flag: string,
  known: readonly Known[],
): Known {
  const value = textOf(given, name)
  const found = known.find((one) => one === value)
  if (found !== undefined) return found
  throw new UsageError(`${flag} cannot be "${value}".`, `Known: ${known.join(', ')}.`)
}
