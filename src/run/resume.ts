// The checkpoint that a run is to go on after: found, read, and held against the plan. One of another plan is
// refused with the difference, because the verdicts would be those of no run at all.
import { dirname } from 'node:path'
import { differences, fingerprint } from '../plan/fingerprint.ts'
import type { Plan } from '../plan/plan.ts'
import { runnerIn } from '../store/begun.ts'
import type { Runner } from '../store/begun.ts'
import { checkpointAt, latestCheckpoint } from '../store/find-checkpoint.ts'
import type { FoundCheckpoint } from '../store/find-checkpoint.ts'
import { readKeys, readState } from './run-state.ts'
import type { RunState } from './run-state.ts'

const WAY_OUT = 'Undo these changes, or run without resume. As long as it is there, latest finds it.'

export interface Wanted {
  /** `latest`, or an absolute path of a checkpoint or of a run's folder. */
  readonly resume: string
  /** Absolute. */
  readonly runsDir: string
  readonly scenario: string
}

export interface Checkpoint {
  readonly file: string
  readonly runId: string
  readonly seed: number
  readonly cycle: number
  readonly state: RunState
  readonly keys: Readonly<Record<string, unknown>>
  /** The process that wrote it, unless that was done with the run. */
  readonly runner?: Runner
}

export interface Resumable {
  /** Undefined: there is nothing to go on after. */
  readonly checkpoint?: Checkpoint
  readonly warnings: readonly string[]
}

/** @throws TurbulenceError `resume` when what was named is not there, or cannot be read */
export function findCheckpoint({ resume, runsDir, scenario }: Wanted): Resumable {
  const { found, warnings } = resume === 'latest' ? latestCheckpoint(runsDir, scenario) : checkpointAt(resume)
  if (found === undefined) return { warnings: [...warnings, nothing(scenario, runsDir)] }
  return { checkpoint: opened(found), warnings }
}

function opened(found: FoundCheckpoint): Checkpoint {
  const { runId, seed, cycle } = found.head
  const runner = runnerIn(dirname(found.file))
  const read = { file: found.file, runId, seed, cycle, state: readState(found), keys: readKeys(found) }
  return { ...read, ...(runner !== undefined && { runner }) }
}

function nothing(scenario: string, runsDir: string): string {
  return `Nothing to resume: there is no checkpoint of "${scenario}" in ${runsDir}. The run starts from the beginning.`
}

/**
 * Why a plan cannot go on after a checkpoint; undefined when it can.
 * @param askedSeed the seed of the file or the environment; undefined when none was chosen
 */
export function refusal(
  plan: Plan,
  checkpoint: Pick<Checkpoint, 'file' | 'seed' | 'keys'>,
  askedSeed: number | undefined,
): { readonly message: string; readonly hint: string } | undefined {
  const { id } = checkpoint.keys
  if (id !== plan.scenario.id)
    return {
      message: `The checkpoint ${checkpoint.file} is of the scenario ${JSON.stringify(id)}, not of "${plan.scenario.id}".`,
      hint: 'Run only the file of that scenario, or resume with latest: each scenario then goes on after its own.',
    }
  const otherSeed =
    askedSeed === undefined || askedSeed === checkpoint.seed ? [] : [`seed: ${checkpoint.seed} → ${askedSeed}`]
  const different = [...otherSeed, ...differences(checkpoint.keys, fingerprint(plan).keys)]
  if (different.length === 0) return undefined
  return {
    message: `The checkpoint ${checkpoint.file} is of another plan: the run cannot go on after it.`,
    hint: [...different.map((line) => `  ${line}`), WAY_OUT].join('\n'),
  }
}
