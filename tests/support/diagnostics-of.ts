// All that is said about a scenario file before anything is sent: its own mistakes, those of its load, what an
// environment without variables lacks, and the modules that its steps call.
import { lint } from '../../src/plan/lint.ts'
import type { Problem } from '../../src/errors.ts'
import { loadCalls, preparePlan } from '../../src/run.ts'
import { loadScenario } from '../../src/scenario/load.ts'
import { sortProblems } from '../../src/scenario/diagnostic.ts'

const importModule = (specifier: string): Promise<Record<string, unknown>> =>
  import(/* @vite-ignore */ specifier) as Promise<Record<string, unknown>>

export async function diagnosticsOf(file: string, root: string): Promise<readonly Problem[]> {
  const module = file.endsWith('.ts') ? { value: (await importModule(file))['default'] } : {}
  const { scenario, problems } = loadScenario(file, { root, ...module })
  if (scenario === undefined) return problems
  const { plan, problems: outer } = preparePlan(scenario, { env: { SHOP_URL: 'http://127.0.0.1:3000' }, seed: 1 })
  const calls = plan === undefined ? [] : (await loadCalls(plan, importModule)).problems
  return sortProblems([...scenario.warnings, ...lint(scenario), ...outer, ...calls], scenario.file)
}
