// `turbulence plan`: says what a scenario would do. Exit code 1 when it cannot be run.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { planLines, relativePath } from '../../report/index.ts'
import { describePlan } from '../../run.ts'
import type { PlanDescription } from '../../run.ts'
import { examineAll } from './examine.ts'
import { problemJson } from './json.ts'
import { loadSettings } from './options.ts'
import { problemBlocks } from './tell-problems.ts'
import { EXIT, UsageError, paintOf } from './terminal.ts'
import type { ExitCode, Terminal } from './terminal.ts'

export async function planCommand(
  file: string,
  given: Readonly<Record<string, unknown>>,
  terminal: Terminal,
): Promise<ExitCode> {
  const settings = loadSettings(given, terminal)
  const { root } = settings
  const isJson = given['json'] === true
  const path = resolve(terminal.folder, String(file))
  if (!existsSync(path)) throw new UsageError(`There is no file "${file}".`)
  const [{ ready, problems }] = await examineAll([path] as const, settings, terminal)
  if (ready === undefined) {
    if (isJson) terminal.out(print({ version: 1, problems: problems.map((problem) => problemJson(problem, root)) }))
    else for (const text of problemBlocks(problems, root, terminal)) terminal.err(text)
    return EXIT.wrong
  }
  const { plan, scenario } = ready
  const hasSeed = (settings.seed ?? scenario.simulation.seed) !== undefined
  const description = describePlan(plan, scenario, hasSeed)
  terminal.out(isJson ? print(asJson(description, root)) : textOf(description, root, terminal))
  return EXIT.ok
}

function textOf(description: PlanDescription, root: string, terminal: Terminal): string {
  return [...planLines(description, { paint: paintOf(terminal), root }), '', 'Nothing was sent.'].join('\n')
}

function asJson(description: PlanDescription, root: string): object {
  const { scenario, warnings } = description
  return {
    ...description,
    scenario: { ...scenario, file: relativePath(scenario.file, root) },
    warnings: warnings.map((problem) => problemJson(problem, root)),
  }
}

const print = (value: object): string => JSON.stringify(value, undefined, 2)
