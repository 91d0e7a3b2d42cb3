// turbulence(): the Vite plugin that users put into vitest.config. It adds one project, `scenarios`,
// whose test files are YAML, and the reporter; the user's own projects and tests stay as they are.
import { fileURLToPath } from 'node:url'
import type { Vite, Vitest, VitestPluginContext } from 'vitest/node'
import type { TestProjectInlineConfiguration } from 'vitest/config'
import { freshAddress, listen } from './channel.ts'
import type { WorkerSettings } from './meta.ts'
import { keepServices } from './needs.ts'
import { checkOptions } from './check-options.ts'
import { terminalKeyboard } from './keyboard.ts'
import { Keys } from './keys.ts'
import { resolveOptions } from './options.ts'
import type { ResolvedOptions, TurbulenceOptions } from './options.ts'
import { runScenariosLast } from './ordering.ts'
import { Presence, warnOfMisplaced } from './presence.ts'
import { askAtTerminal } from './question.ts'
import { TurbulenceReporter } from './reporter.ts'
import { scenarioFiles } from './scenario-files.ts'
import type { Host } from './scenario-files.ts'
import { WatchMode } from './watch-mode.ts'

const ownFolder = fileURLToPath(new URL('../../', import.meta.url))

/** The name of the project that is added. */
const PROJECT = 'scenarios'

/** Tests of a cycle all wait for one load; Vitest's own limit must not make them take turns. */
const MOST_CELLS_AT_ONCE = 1_000_000

/**
 * Runs scenario files as Vitest suites.
 *
 * @example
 * export default defineConfig({ plugins: [turbulence()] })
 * @throws TurbulenceError `option` for an unknown option or a value it cannot have
 */
export function turbulence(options: TurbulenceOptions = {}): Vite.Plugin {
  checkOptions(options)
  const address = freshAddress()
  let settings: ResolvedOptions | undefined
  let attached: Vitest | undefined
  const watch = new WatchMode()

  const host: Host = {
    watch,
    attach: (vitest) => attach(vitest),
    project: () => attached?.projects.find(({ name }) => name === PROJECT),
    resolve: async (source, importer) => {
      const found = await attached?.vite.environments['ssr']?.pluginContainer.resolveId(source, importer)
      return found?.id
    },
  }
  const attach = (vitest: Vitest): void => {
    if (attached === vitest || settings === undefined) return
    attached = vitest
    const reporter = new TurbulenceReporter(settings)
    for (const each of [reporter, watch, new Presence(settings)]) vitest.config.reporters.push(each as never)
    runScenariosLast(vitest)
    const startServices = keepServices(vitest, (text) => reporter.hear({ kind: 'notice', text }))
    const keyboard = terminalKeyboard()
    const asker = askAtTerminal(vitest, keyboard, (text) => reporter.hear({ kind: 'notice', text }))
    const hub = listen(address, (message, answer) => {
      reporter.hear(message)
      if (message.kind === 'need') startServices(message.start, answer)
      if (message.kind === 'paused') asker.ask(message.reason, answer)
    })
    reporter.obey((order) => hub.tell(order), new Keys(vitest, keyboard, (order) => hub.tell(order)))
    vitest.config.reporters.push(asker as never)
    vitest.onClose(() => hub.close())
  }

  return {
    name: 'vitest-turbulence',
    config(config) {
      settings = resolveOptions(options, config.test?.root ?? config.root ?? process.cwd())
      // A root plugin's `configureVitest` is not called for a config with `projects` (Vitest 4): append there, inject below.
      if (config.test?.projects === undefined) return undefined
      const alias = config.resolve?.alias
      return { test: { projects: [scenarioProject(settings, address, host, alias)] } }
    },
    // Vitest awaits it, but its type does not say so.
    // oxlint-disable-next-line typescript/no-misused-promises
    async configureVitest({ vitest, project, injectTestProjects }: VitestPluginContext) {
      if (settings === undefined || attached !== undefined) return
      if (vitest.config.projects !== undefined) return warnOfMisplaced(vitest, project.name, PROJECT)
      settings = resolveOptions(options, project.config.root)
      attach(vitest)
      const { alias } = project.vite.config.resolve
      await injectTestProjects(scenarioProject(settings, address, host, alias))
    },
  }
}

function scenarioProject(
  settings: ResolvedOptions,
  address: string,
  host: Host,
  alias: Vite.AliasOptions | undefined,
): TestProjectInlineConfiguration {
  const worker: WorkerSettings = {
    address,
    root: settings.root,
    runsDir: settings.runsDir,
    markdown: settings.markdown,
    ...(settings.profile !== undefined && { profile: settings.profile }),
    ...(settings.seed !== undefined && { seed: settings.seed }),
    ...(settings.record !== undefined && { record: settings.record }),
    ...(settings.resume !== undefined && { resume: settings.resume }),
    ...(settings.mock !== undefined && { mock: settings.mock }),
    ...(settings.sut !== undefined && { sut: settings.sut }),
    ...(settings.policies !== undefined && { policies: settings.policies }),
    ...(settings.off !== undefined && { off: settings.off }),
  }
  const project = {
    // Extending would concatenate the user's `include` and run the unit tests twice.
    extends: false,
    root: settings.root,
    // For the modules of `call` steps.
    ...(alias !== undefined && { resolve: { alias } }),
    plugins: [scenarioFiles(settings, host)],
    test: {
      name: PROJECT,
      include: [...settings.include],
      exclude: ['**/node_modules/**', '**/.git/**', ...settings.exclude],
      provide: { turbulence: worker },
      fileParallelism: false,
      maxConcurrency: MOST_CELLS_AT_ONCE,
      retry: 0,
      includeTaskLocation: true,
      server: { deps: { external: [externalPattern(ownFolder)] } },
      // Vitest 5 would serve an old module after a file that the scenario names has changed.
      fsModuleCache: false,
    },
  }
  // `extends: false` and, in Vitest 4, `fsModuleCache` work but are not in its types.
  return project as unknown as TestProjectInlineConfiguration
}

/** Our own files are loaded by Node as they are, wherever they lie: measured code must not be rewritten. */
function externalPattern(folder: string): RegExp {
  return new RegExp(`^(file://)?${folder.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}`)
}
