// Everything that can be said about one scenario file without sending anything: its own mistakes, those of
// its load, and what the environment would add.
import type { Problem } from '../../errors.ts'
import { lint, loadScenario, preparePlan, sortProblems } from '../../run.ts'
import type { Plan, Scenario } from '../../run.ts'
import { Modules } from './modules.ts'
import type { LoadSettings } from './options.ts'
import type { Terminal } from './terminal.ts'

export interface Examined {
  readonly problems: readonly Problem[]
  /** Without an error in files. */
  readonly scenario?: Scenario
  /** Without an error, also of the environment. */
  readonly ready?: { readonly scenario: Scenario; readonly plan: Plan }
}

/** One for each file. */
export async function examineAll<Files extends readonly string[]>(
  files: Files,
  settings: LoadSettings,
  terminal: Terminal,
): Promise<{ [At in keyof Files]: Examined }> {
  const modules = new Modules(settings.root)
  const all: Examined[] = []
  try {
    for (const file of files) all.push(await examine(file, settings, terminal, modules))
  } finally {
    await modules.close()
  }
  return all as { [At in keyof Files]: Examined }
}

async function examine(file: string, settings: LoadSettings, { env }: Terminal, modules: Modules): Promise<Examined> {
  const { root, profile, sut, policies, seed, mock, overrides, said, untrusted = false } = settings
  // Code of people one does not know is not run.
  const module = untrusted ? undefined : await modules.value(file)
  if (module?.problem !== undefined) return { problems: [module.problem] }
  const { scenario, problems } = loadScenario(file, {
    ...(module !== undefined && { value: module.value }),
    root,
    overrides,
    untrusted,
    ...(profile !== undefined && { profile }),
    ...(sut !== undefined && { sut }),
    ...(policies !== undefined && { policies }),
  })
  if (scenario === undefined) return { problems }
  const { plan, problems: outer } = preparePlan(scenario, { env, seed, mock, overrides: said })
  const all = sortProblems([...scenario.warnings, ...lint(scenario), ...outer], scenario.file)
  return plan === undefined ? { problems: all, scenario } : { problems: all, scenario, ready: { scenario, plan } }
}
