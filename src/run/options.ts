// What a run is given besides its Plan.
import type { Clock } from '../clock.ts'
import type { AskWhenOpen } from '../engine/when-open.ts'
import type { Transport } from '../engine/transport.ts'
import type { MemoryProbe } from '../memory-probe.ts'
import type { LoopProbe } from '../loop-probe.ts'
import type { Tick } from '../report/tick.ts'
import type { RecordLevel } from '../store/record-level.ts'
import type { CellRecord, RunRecord } from '../store/record.ts'
import type { Runner } from '../store/begun.ts'
import type { CheckpointStore } from '../store/checkpoint-folder.ts'
import type { ImportModule } from './calls.ts'
import type { RunState } from './run-state.ts'

export type HostInfo = Pick<RunRecord, 'machine' | 'versions'>

export interface RunOptions {
  readonly clock: Clock
  readonly transport: Transport
  /** Watches this process while cycles run; without one, nothing is said about the load generator. */
  readonly loopProbe?: LoopProbe
  /** Looks how much memory this process takes; without one, nothing is said about it. */
  readonly memoryProbe?: MemoryProbe
  /** What people should know at once. */
  readonly onWarning?: (text: string) => void
  /** Absolute; without it nothing is kept on disk. */
  readonly runsDir?: string
  readonly host: HostInfo
  /** The command that runs exactly this again. */
  readonly rerun: string
  /** The command that goes on after the last checkpoint. */
  readonly resumeCommand?: string
  /** Where the run stood that goes on; the plan is the one that it was written for. */
  readonly resume?: RunState
  /** Where checkpoints are kept; default: in the run's folder. `false`: none are, e.g. because only a part is run. */
  readonly checkpoints?: CheckpointStore | false
  /** The cycles that will be run, in order, where only a part is; default: all of the plan. */
  readonly part?: readonly number[]
  /** The process that it runs in; written beside checkpoints, so that nobody resumes a run that is still running. */
  readonly runner?: Runner
  /** What people should know from the start, e.g. warnings about the file. */
  readonly notices?: readonly string[]
  /** How the modules of `call` steps are loaded. */
  readonly importModule?: ImportModule
  /** Which steps are kept in the run's folder; default `failures`. */
  readonly record?: RecordLevel
  /** Texts to be kept beside the record, by file name. */
  readonly reports?: (record: RunRecord) => Readonly<Record<string, string>>
  /** The circuit breaker opened with `on_open: pause`: whether the run goes on. Without it, it does not. */
  readonly askWhenOpen?: AskWhenOpen
  /** Every second while a cycle runs. */
  readonly onTick?: (tick: Tick) => void
  readonly onCycle?: (tick: Tick, cells: readonly CellRecord[]) => void
}
