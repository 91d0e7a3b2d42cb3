// Scenarios in TypeScript on the command line: run for their value as Vitest would, by the project's own Vitest
// and its config. Started for the first of them, never for YAML.
import type { Vitest } from 'vitest/node'
import { evaluate, isModuleScenario } from '../module-value.ts'
import type { ModuleValue } from '../module-value.ts'

export class Modules {
  readonly #root: string
  #vitest: Promise<Vitest> | undefined

  /** @param root the folder whose Vitest config counts */
  constructor(root: string) {
    this.#root = root
  }

  /** Undefined for files that are not run. */
  async value(file: string): Promise<ModuleValue | undefined> {
    if (!isModuleScenario(file)) return undefined
    this.#vitest ??= open(this.#root)
    try {
      const vitest = await this.#vitest
      const project = vitest.projects.find(({ name }) => name === 'scenarios') ?? vitest.getRootProject()
      return await evaluate(file, project)
    } catch (error) {
      const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n', 1)
      const message = `The module cannot be run: Vitest does not start here: ${line.replace(/\.$/, '')}.`
      const place = { file, line: 1, column: 1 }
      const hint = 'npx vitest list says more. Scenarios in YAML can be read without it.'
      return { problem: { code: 'module', severity: 'error', path: '', place, message, hint }, files: [] }
    }
  }

  async close(): Promise<void> {
    const vitest = await this.#vitest?.catch(() => undefined)
    await vitest?.close()
  }
}

async function open(root: string): Promise<Vitest> {
  // Only who has such files needs it.
  const { createVitest } = await import('vitest/node')
  return createVitest('test', { root, watch: false, run: true }, { logLevel: 'silent' })
}
