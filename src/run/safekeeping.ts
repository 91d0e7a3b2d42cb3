// Lets a run outlive its process: restores a run that is resumed, has checkpoints written while it runs, and tells people
// what was restored, what was sent again, and how to resume.
import type { Runner } from '../store/begun.ts'
import { checkpointFolder } from '../store/checkpoint-folder.ts'
import type { CheckpointStore } from '../store/checkpoint-folder.ts'
import type { RunFolder } from '../store/files.ts'
import type { Resume } from '../store/record.ts'
import { Checkpointer } from './checkpointer.ts'
import type { RunOptions } from './options.ts'
import type { RunParts } from './parts.ts'
import { insteadNotice, keptNotice, resumeNotices } from './resume-notices.ts'
import type { Results } from './run-state.ts'

type KeptParts = 'plan' | 'clock' | 'engine' | 'collector' | 'cells' | 'causes' | 'records'
type KeptWatches = 'pace' | 'pauses' | 'health' | 'memory'

export interface Kept extends Pick<RunParts, KeptParts | KeptWatches> {
  /** UTC, ISO 8601. */
  readonly startedAt: string
  /** How long the run has taken so far, without pauses and the time between a kill and its resumption. */
  readonly durationMs: () => number
  readonly folder: Pick<RunFolder, 'path'> | undefined
}

export class Safekeeping {
  readonly #kept: Kept
  readonly #options: Pick<RunOptions, 'resume' | 'resumeCommand' | 'checkpoints' | 'onWarning'>
  readonly #store: CheckpointStore | undefined
  /** Undefined until checkpoints are asked for, by the plan or by a key. */
  #checkpointer: Checkpointer | undefined

  /** Restores a run that is resumed. */
  constructor(kept: Kept, options: RunOptions) {
    const { resume, checkpoints } = options
    this.#kept = kept
    this.#options = options
    this.#store = checkpoints === false ? undefined : (checkpoints ?? storeOf(kept, options.runner))
    if (resume !== undefined) {
      kept.engine.restore(resume.engine)
      kept.engine.agents.restore(kept.plan.groups, resume.agents)
      kept.collector.takeUp(resume.summary)
      kept.cells.restore(resume.cells)
      kept.causes.restore(resume.causes)
      kept.pace.restore(resume.late)
      kept.pauses.restore(resume.paused)
      kept.health.restore(resume.health)
      kept.memory.restore(resume.memory)
    }
    if (kept.plan.checkpoint !== undefined) this.#checkpointer = this.#newCheckpointer(kept.plan.checkpoint.everyCycles)
  }

  /** The last cycle of the checkpoint that the run is resumed from; 0 for one that is not. */
  get resumedAfter(): number {
    return this.#options.resume?.cycle ?? 0
  }

  /** The cycle of the last checkpoint; 0 when there is none. */
  get written(): number {
    return this.#checkpointer?.written ?? this.resumedAfter
  }

  /** The cycle of the last checkpoint that was attempted, written or not; 0 when none was. */
  get tried(): number {
    return this.#checkpointer?.tried ?? this.resumedAfter
  }

  /** Why no checkpoint can be written in this run; undefined when one can. */
  get cannot(): string | undefined {
    if (this.#store !== undefined) return undefined
    return this.#options.checkpoints === false
      ? 'only a part of the run was chosen'
      : 'nothing of this run is kept on disk'
  }

  /** Asks for one after the next whole cycle, whatever the plan says. @param open the cycle that runs */
  want(open?: number): void {
    if (this.#checkpointer === undefined) {
      this.#checkpointer = this.#newCheckpointer(Number.POSITIVE_INFINITY)
      // A resumed run has logged the cycle already: see `begun`.
      if (open !== undefined && this.resumedAfter === 0) this.begun(open)
    }
    this.#checkpointer?.want()
  }

  /** Each time that it went on. */
  resumes(): readonly Resume[] {
    return this.#store?.resumes() ?? []
  }

  /** The run begins, or goes on. @returns how many times it has gone on */
  begin(): number {
    const { resume } = this.#options
    if (resume === undefined) return 0
    this.#store?.resumed(resume.cycle, new Date(this.#kept.clock.epoch()).toISOString())
    return Math.max(1, this.resumes().length)
  }

  /** Before the first request of a cycle. */
  begun(cycle: number): void {
    // A resumed run logs its cycles even without checkpoints of its own: after a kill they would be sent a third time.
    if (this.#checkpointer !== undefined || this.resumedAfter > 0) this.#store?.begun(cycle)
  }

  /**
   * The results of the whole cycles, for `stopped`: to be taken before a cycle that was cut short counts as closed.
   * Undefined without checkpoints.
   */
  results(): Results | undefined {
    return this.#checkpointer === undefined ? undefined : this.#resultsNow()
  }

  /** A cycle is over as planned; nothing of the next may begin before this is done. */
  async completed(cycle: number): Promise<void> {
    await this.#checkpointer?.completed(cycle, () => this.#resultsNow())
  }

  /** The run was stopped. */
  async stopped(results: Results | undefined): Promise<void> {
    if (results !== undefined) await this.#checkpointer?.stopped(results)
  }

  /** The run is over: removes its checkpoints if it came to its end and its results are on disk. @returns notices */
  ended(isComplete: boolean): readonly string[] {
    const { folder, plan } = this.#kept
    const areResultsLost = folder !== undefined && folder.path === undefined
    if (isComplete && !areResultsLost) this.#store?.remove()
    else this.#store?.ended()
    return isComplete && areResultsLost && this.written > 0
      ? [insteadNotice(this.written, plan.cycles, this.#options.resumeCommand)]
      : []
  }

  /** For people, when the run is over. */
  notices(isComplete: boolean): readonly string[] {
    const { plan, durationMs } = this.#kept
    const { cycles, maxDurationMs = Number.POSITIVE_INFINITY } = plan
    const kept = { after: this.written, cycles, isOutOfTime: durationMs() >= maxDurationMs }
    return [
      ...resumeNotices(this.resumes(), cycles),
      ...(this.#checkpointer?.notices() ?? []),
      ...(isComplete || this.written === 0 ? [] : [keptNotice(kept, this.#options.resumeCommand)]),
    ]
  }

  #resultsNow(): Results {
    const { collector, cells, health } = this.#kept
    return { summary: collector.summary(), cells: cells.soFar(), health: health.closed() }
  }

  #newCheckpointer(everyCycles: number): Checkpointer | undefined {
    const { plan, clock, engine, causes, pace, pauses, memory, records, startedAt, durationMs } = this.#kept
    if (this.#store === undefined) return undefined
    return new Checkpointer(
      {
        plan,
        clock,
        store: this.#store,
        everyCycles,
        shared: (lose) => ({
          startedAt,
          durationMs: durationMs(),
          engine: engine.state(lose),
          causes: causes.state,
          late: pace.late,
          ...(pauses.state !== undefined && { paused: pauses.state }),
          ...(memory.state !== undefined && { memory: memory.state }),
          ...(records !== undefined && { records: records.state }),
        }),
        agents: (lose) => engine.agents.states(lose),
        written: async () => records?.written(),
        say: (text) => this.#options.onWarning?.(text),
      },
      this.resumedAfter,
    )
  }
}

/** `keep` has a default because checkpoints can be written by key, or found by a resumed run, without `checkpoint` in the plan. */
function storeOf({ plan, folder }: Kept, by: Runner | undefined): CheckpointStore | undefined {
  if (folder?.path === undefined) return undefined
  return checkpointFolder(folder.path, { keep: plan.checkpoint?.keep ?? 1, ...(by !== undefined && { by }) })
}
