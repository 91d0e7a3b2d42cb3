// What makes a run outlive its process: puts one that goes on where it stood, has checkpoints written while
// it runs, and tells people what was reported from before, what was sent again, and how to go on.
import type { Clock } from '../clock.ts'
import type { Engine } from '../engine/engine.ts'
import type { Collector } from '../metrics/collector.ts'
import type { Plan } from '../plan/plan.ts'
import type { Runner } from '../store/begun.ts'
import { checkpointFolder } from '../store/checkpoint-folder.ts'
import type { CheckpointStore } from '../store/checkpoint-folder.ts'
import type { RunFolder } from '../store/files.ts'
import type { Resume } from '../store/record.ts'
import type { CauseBook } from './cause-book.ts'
import type { Cells } from './cells.ts'
import { Checkpointer } from './checkpointer.ts'
import type { Health } from './health.ts'
import type { MemoryWatch } from './memory-watch.ts'
import type { RunOptions } from './options.ts'
import type { Pace } from './pace.ts'
import type { Pauses } from './pauses.ts'
import type { Records } from './records.ts'
import { insteadNotice, keptNotice, resumeNotices } from './resume-notices.ts'
import type { Results } from './run-state.ts'

export interface Kept {
  readonly plan: Plan
  readonly clock: Clock
  readonly engine: Engine
  readonly collector: Collector
  readonly cells: Cells
  readonly causes: CauseBook
  readonly pace: Pace
  readonly pauses: Pauses
  readonly health: Health
  readonly memory: MemoryWatch
  readonly records: Records | undefined
  /** UTC, ISO 8601. */
  readonly startedAt: string
  /** How long it has run so far. */
  readonly durationMs: () => number
  readonly folder: Pick<RunFolder, 'path'> | undefined
}

export class Safekeeping {
  readonly #kept: Kept
  readonly #options: Pick<RunOptions, 'resume' | 'resumeCommand' | 'checkpoints' | 'onWarning'>
  readonly #store: CheckpointStore | undefined
  /** Undefined while no checkpoints are wanted. */
  #checkpointer: Checkpointer | undefined

  /** Before anything is sent: a run that goes on stands where it stood. */
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

  /** The cycle after which it goes on; 0 when it begins at the beginning. */
  get resumedAfter(): number {
    return this.#options.resume?.cycle ?? 0
  }

  /** The cycle of the last checkpoint; 0 when there is none. */
  get written(): number {
    return this.#checkpointer?.written ?? this.resumedAfter
  }

  /** The cycle of the last one that was tried; 0 when none was. */
  get tried(): number {
    return this.#checkpointer?.tried ?? this.resumedAfter
  }

  /** Why there can be no checkpoint, whoever wants one. */
  get cannot(): string | undefined {
    if (this.#store !== undefined) return undefined
    return this.#options.checkpoints === false
      ? 'only a part of the run was chosen'
      : 'nothing of this run is kept on disk'
  }

  /** Somebody wants one after the next whole cycle, whatever the plan says; @param open the cycle that runs */
  want(open?: number): void {
    if (this.#checkpointer === undefined) {
      this.#checkpointer = this.#newCheckpointer(Number.POSITIVE_INFINITY)
      // One that goes on has noted it.
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
    // One that goes on without checkpoints may be killed, too, and what it was at would be sent again.
    if (this.#checkpointer !== undefined || this.resumedAfter > 0) this.#store?.begun(cycle)
  }

  /** Of the whole cycles, for `stopped`; to be asked before one that was cut short counts as closed. Undefined when nobody wants it. */
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

  /** The run is over; what is kept is of no more use once it has come to its end, and its results are on disk. @returns notices */
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

/** One that goes on may find what another configuration has left. */
function storeOf({ plan, folder }: Kept, by: Runner | undefined): CheckpointStore | undefined {
  if (folder?.path === undefined) return undefined
  return checkpointFolder(folder.path, { keep: plan.checkpoint?.keep ?? 1, ...(by !== undefined && { by }) })
}
