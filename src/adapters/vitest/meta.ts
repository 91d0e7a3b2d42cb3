// What tests carry from the worker to reporters in `task.meta`, and the settings that go the other way.
import type { RecordLevel, RunRecord } from '../../run.ts'
import type { Typed } from './typed.ts'

/** On each test. */
export interface TestMeta {
  readonly kind: 'cell' | 'threshold' | 'problem'
  /** Why it was skipped. */
  readonly skipped?: string
  /** A cell that is reported from a checkpoint. */
  readonly isRestored?: true
}

/** From the plugin to the worker. */
export interface WorkerSettings {
  /** Of the socket for live messages. */
  readonly address?: string
  /** Absolute. */
  readonly root: string
  readonly runsDir: string
  /** Whether `summary.md` is kept beside the record. */
  readonly markdown: boolean
  readonly profile?: string
  readonly seed?: number
  readonly mock?: 'api'
  readonly record?: RecordLevel
  /** `latest`, or an absolute path. */
  readonly resume?: string
  readonly sut?: string | Readonly<Record<string, unknown>>
  readonly policies?: string
  /** Why nothing at all runs. */
  readonly off?: string
}

declare module 'vitest' {
  interface TaskMeta {
    turbulence?: TestMeta
    /** On the module: the whole run. */
    turbulenceRun?: RunRecord
  }
  interface ProvidedContext {
    turbulence: WorkerSettings
    /** By file: why this run does not want it. Of a run in watch mode. */
    turbulenceHeld?: Readonly<Record<string, string>>
    /** Whether somebody at the terminal can be asked if a run goes on. */
    turbulenceAsks?: boolean
    turbulenceTyped?: Typed
  }
}
