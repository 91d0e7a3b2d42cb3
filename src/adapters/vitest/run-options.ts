// What the run of a scenario file is given in the worker besides its Plan: where it leaves its files, the commands that
// failures end with, what filters have left, and how it talks to the main process.
import { markdownSummary } from '../../report/index.ts'
import type { ImportModule, OpenOptions, Plan } from '../../run.ts'
import type { Sender } from './channel.ts'
import type { WorkerSettings } from './meta.ts'
import type { Prepared } from './prepared.ts'
import type { Questions } from './question.ts'
import { runnerOf } from './runner.ts'
import type { Selection } from './selection.ts'
import { fromRoot, hostInfo, rerunCommand, resumeCommand } from './surroundings.ts'
import type { Typed } from './typed.ts'

interface RunSetup {
  readonly worker: WorkerSettings
  readonly prepared: Prepared
  /** Of the command line, for the commands that failures end with. */
  readonly typed: Typed
  readonly selection: Selection
  readonly sender: Sender
  /** Undefined when there is nobody to ask. */
  readonly questions: Questions | undefined
  readonly importModule: ImportModule | undefined
  /** For people, from the start. */
  readonly notices: readonly string[]
}

export function runOptions(plan: Plan, setup: RunSetup): OpenOptions {
  const { worker, prepared, typed, selection, sender, questions, importModule, notices } = setup
  const { settings, checkpoint } = prepared
  const file = fromRoot(worker.root, plan.scenario.file)
  return {
    runsDir: worker.runsDir,
    host: hostInfo(),
    runner: runnerOf(),
    notices,
    rerun: rerunCommand(file, plan.seed, settings?.said ?? [], { ...typed, resumes: worker.resume !== undefined }),
    resumeCommand: resumeCommand(file, settings?.said ?? [], typed),
    ...(importModule !== undefined && { importModule }),
    ...(checkpoint !== undefined && { resume: checkpoint.state }),
    // A checkpoint of a filtered run would miss the cells that filters leave out.
    ...(selection.isPart && { part: selection.cycles.map(({ cycle }) => cycle), checkpoints: false as const }),
    ...(settings?.record !== undefined && { record: settings.record }),
    ...(worker.markdown && {
      reports: (record) => ({ 'summary.md': markdownSummary([record], { root: worker.root }) }),
    }),
    ...(questions !== undefined && { askWhenOpen: (reason: string) => questions.ask(reason, sender) }),
    onWarning: (text) => sender.send({ kind: 'notice', text }),
    onTick: (tick) => sender.send({ kind: 'tick', tick }),
    onCycle: (tick, cells) => sender.send({ kind: 'cycle', tick, cells }),
  }
}
