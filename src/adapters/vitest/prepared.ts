// From a scenario file to a Plan, in the worker: the settings of this test run are read, the file once
// more, and whatever is wrong becomes a Problem.
import type { Problem } from '../../errors.ts'
import { TurbulenceError } from '../../errors.ts'
import { findCheckpoint, lint, loadScenario, preparePlan, refusal } from '../../run.ts'
import type { Checkpoint, Plan, Resumable, Scenario } from '../../run.ts'
import { loadOptions } from './load-options.ts'
import type { WorkerSettings } from './meta.ts'
import { atTop, changed, notTheSame, warningLines } from './problems.ts'
import { stillRunning } from './runner.ts'
import { readSettings } from './surroundings.ts'
import type { Settings } from './surroundings.ts'

/** The value of a scenario that is a module. */
export interface Exported {
  readonly value: unknown
}

export interface Prepared {
  readonly scenario?: Scenario
  readonly settings?: Settings
  /** Only without problems. */
  readonly plan?: Plan | undefined
  /** What the run goes on after; the plan has its seed and its name. */
  readonly checkpoint?: Checkpoint | undefined
  readonly warnings: readonly string[]
  /** About what the run was to go on after; to be said before anything is sent. */
  readonly resumeWarnings?: readonly string[]
  readonly problems: readonly Problem[]
}

interface Asked {
  readonly file: string
  /** Of the text that the module was made from. */
  readonly sha256: string
  readonly module: Exported | undefined
}

export function prepare(asked: Asked, worker: WorkerSettings): Prepared {
  try {
    return load(asked, worker, readSettings(worker, process.env))
  } catch (error) {
    if (!(error instanceof TurbulenceError)) throw error
    return wrong([atTop(asked.file, error.code, error.message, error.hint)])
  }
}

const wrong = (problems: readonly Problem[]): Prepared => ({ warnings: [], problems })

function load({ file, sha256, module }: Asked, worker: WorkerSettings, settings: Settings): Prepared {
  const { scenario, problems } = loadScenario(file, { ...loadOptions(worker, settings), ...module })
  const errors = problems.filter((problem) => problem.severity === 'error')
  if (scenario === undefined || errors.length > 0) return wrong(errors)
  if (scenario.sha256 !== sha256) return wrong([module === undefined ? changed(file) : notTheSame(file)])
  const warnings = warningLines([...scenario.warnings, ...lint(scenario)], worker.root)
  const { checkpoint, warnings: resumeWarnings } = resumable(scenario, worker, settings)
  const asked = settings.seed ?? scenario.simulation.seed
  const { plan, problems: ofPlan } = preparePlan(scenario, {
    env: process.env,
    overrides: settings.said,
    seed: asked ?? checkpoint?.seed,
    mock: settings.mock,
    runId: checkpoint?.runId,
  })
  if (plan === undefined || checkpoint === undefined)
    return { scenario, settings, warnings, resumeWarnings, plan, problems: ofPlan }
  const refused = refusal(plan, checkpoint, asked) ?? stillRunning(checkpoint)
  if (refused !== undefined) return wrong([atTop(file, 'resume', refused.message, refused.hint)])
  return { scenario, settings, warnings, resumeWarnings, plan, checkpoint, problems: ofPlan }
}

/** @throws TurbulenceError when what is wanted cannot be had */
function resumable({ id }: Scenario, { runsDir }: WorkerSettings, { resume }: Settings): Resumable {
  return resume === undefined ? { warnings: [] } : findCheckpoint({ resume, runsDir, scenario: id })
}
