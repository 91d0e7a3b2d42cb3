// How a scenario file is read in this test run: the same for whoever lists its tests, runs it, or reports it.
import type { LoadOptions } from '../../run.ts'
import type { Environment } from '../environment.ts'
import type { TurbulenceOptions } from './options.ts'

/** The options that say where things are. */
interface Chosen {
  readonly root: string
  readonly profile?: string | undefined
  readonly sut?: TurbulenceOptions['sut'] | undefined
  readonly policies?: string | undefined
}

/** @param environment what lies over the options; undefined when it cannot be read */
export function loadOptions(
  { root, profile, sut, policies }: Chosen,
  environment: Pick<Environment, 'profile' | 'overrides'> | undefined,
): LoadOptions {
  const wanted = environment?.profile ?? profile
  return {
    root,
    ...(environment !== undefined && { overrides: environment.overrides }),
    ...(wanted !== undefined && { profile: wanted }),
    ...(sut !== undefined && { sut }),
    ...(policies !== undefined && { policies }),
  }
}
