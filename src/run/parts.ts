// Creates the parts of a run and connects them: engine, collector, health, records. What happens when is run.ts's business.
import type { CallFunction } from '../actions/call.ts'
import type { Clock } from '../clock.ts'
import { Engine } from '../engine/engine.ts'
import { Pause } from '../engine/pause.ts'
import { Collector } from '../metrics/collector.ts'
import type { Plan } from '../plan/plan.ts'
import { openRunFolder } from '../store/files.ts'
import type { RunFolder } from '../store/files.ts'
import { CauseBook } from './cause-book.ts'
import { Cells } from './cells.ts'
import { Health } from './health.ts'
import { declaredSelectors } from './judge.ts'
import { listener } from './listener.ts'
import { MemoryWatch } from './memory-watch.ts'
import type { RunOptions } from './options.ts'
import { Pace } from './pace.ts'
import { Pauses } from './pauses.ts'
import { Records } from './records.ts'

export interface RunParts {
  readonly plan: Plan
  readonly clock: Clock
  readonly engine: Engine
  readonly collector: Collector
  readonly cells: Cells
  readonly causes: CauseBook
  readonly calls: Map<string, CallFunction>
  readonly health: Health
  readonly memory: MemoryWatch
  readonly pace: Pace
  readonly pause: Pause
  readonly pauses: Pauses
  /** Undefined when nothing is kept on disk. */
  readonly folder: RunFolder | undefined
  readonly records: Records | undefined
}

export function openParts(plan: Plan, options: RunOptions): RunParts {
  const { clock, runsDir, resume, loopProbe: probe } = options
  const causes = new CauseBook(plan)
  const folder = runsDir === undefined ? undefined : openRunFolder({ runsDir, runId: plan.runId })
  const records = folder && new Records(plan, folder, options.record, resume?.records)
  const groups = plan.groups.map(({ name }) => name)
  const collector = new Collector({ slots: plan.slots, groups, selectors: declaredSelectors(plan) })
  const calls = new Map<string, CallFunction>()
  const pause = new Pause(clock)
  const engine = new Engine({ ...options, plan, observer: listener(collector, causes, records), calls, pause })
  const health = new Health({ plan, collector, limiter: engine.limiter, probe })
  pause.listener = health
  return {
    plan,
    clock,
    engine,
    collector,
    cells: new Cells(plan),
    causes,
    calls,
    health,
    memory: new MemoryWatch(plan, options),
    pace: new Pace(plan, pause.time),
    pause,
    pauses: new Pauses(pause),
    folder,
    records,
  }
}
