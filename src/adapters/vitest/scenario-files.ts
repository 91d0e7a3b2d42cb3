// The Vite plugin of the project `scenarios`: turns a scenario file, YAML or a module, into a test module.
import { fileURLToPath } from 'node:url'
import type { TestProject, Vite, Vitest, VitestPluginContext } from 'vitest/node'
import type { Loaded, LoadOptions } from '../../run.ts'
import { readableEnvironment } from '../environment.ts'
import { compile } from './compile.ts'
import { evaluate, isModuleScenario, isPlainModule } from '../module-value.ts'
import type { ModuleValue } from '../module-value.ts'
import { isStrayed } from '../strayed.ts'
import { loadOptions } from './load-options.ts'
import type { ResolvedOptions } from './options.ts'
import { loadReader } from './reading.ts'
import type { WatchMode } from './watch-mode.ts'

const runtime = fileURLToPath(new URL('./suite.js', import.meta.url))

/** No YAML of this length is read. */
const LONGEST_SHOWN = 2_000_000

/** What turbulence() shares with its project. */
export interface Host {
  readonly watch: WatchMode
  readonly attach: (vitest: Vitest) => void
  /** Of the scenarios; Vitest has made it before it asks for the first file. */
  readonly project: () => TestProject | undefined
  /** As the user's own config resolves a module, whatever of its plugins does that. */
  readonly resolve: (source: string, importer: string) => Promise<string | undefined>
}

export function scenarioFiles(settings: ResolvedOptions, { watch, attach, project, resolve }: Host): Vite.Plugin {
  return {
    name: 'vitest-turbulence:scenario',
    enforce: 'pre',
    configureVitest({ vitest }: VitestPluginContext) {
      attach(vitest)
    },
    async resolveId(source, importer, options) {
      const found = await this.resolve(source, importer, { ...options, skipSelf: true })
      return found ?? (importer === undefined ? null : resolve(source, importer))
    },
    async transform(code, id) {
      const file = id.split('?', 1)[0] ?? id
      const isModule = isModuleScenario(file) && !isPlainModule(id)
      if (!isModule && !/\.ya?ml$/.test(file)) return undefined
      const runner = project()
      const module = isModule && runner !== undefined ? await evaluate(file, runner) : undefined
      const reader = await loadReader()
      const options = loadOptions(settings, readableEnvironment(process.env))
      const { scenario, problems, files } = load(reader, file, module, options)
      const all = [...files, ...(module?.files ?? [])]
      for (const named of watch.watched(file, all, scenario === undefined)) this.addWatchFile(named)
      // Of a link that leads out of the project nothing is shown; what is far too long would be sent about for seconds.
      const source = problems.some(isStrayed) || code.length > LONGEST_SHOWN ? '' : code
      const hasCalls = scenario !== undefined && reader.hasCalls(scenario)
      return { ...compile({ file, source, runtime, scenario, problems, isModule, hasCalls }), moduleType: 'js' }
    },
  }
}

type Reader = Awaited<ReturnType<typeof loadReader>>

function load(reader: Reader, file: string, module: ModuleValue | undefined, options: LoadOptions): Loaded {
  if (module?.problem !== undefined) return { problems: [module.problem], files: [] }
  return reader.loadScenario(file, module === undefined ? options : { ...options, value: module.value })
}
