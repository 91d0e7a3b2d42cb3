// What reads scenario files, in Vitest's own process: loaded when there is one to read. The schemas and the
// YAML reader would otherwise make every start of Vitest longer, also when it runs unit tests alone.
import type { Loaded, LoadOptions, Scenario } from '../../run.ts'

interface Reader {
  loadScenario(file: string, options: LoadOptions): Loaded
  hasCalls(scenario: Scenario): boolean
}

let loaded: Reader | undefined

/** Loads it, once. */
export async function loadReader(): Promise<Reader> {
  loaded ??= await import('../../scenario-reader.ts')
  return loaded
}

/** Undefined as long as no scenario file was met. */
export function loadedReader(): Reader | undefined {
  return loaded
}
