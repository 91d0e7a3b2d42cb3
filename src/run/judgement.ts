// Gathers what verdicts need besides the measurements (whether the generator kept up, whether the run was cut short or
// paused) and has cells and thresholds judged. The judging itself is in judge-cell.ts and judge.ts.
import { isExcluded } from '../agents/warm-up.ts'
import type { CyclePause } from '../gate/paused.ts'
import type { Verdict } from '../gate/verdict.ts'
import type { GroupPlan } from '../plan/plan.ts'
import type { CellRecord } from '../store/record.ts'
import { findFailed, judgeThresholds } from './judge.ts'
import { judgeCell } from './judge-cell.ts'
import type { RunParts } from './parts.ts'

export type JudgementParts = Pick<RunParts, 'plan' | 'collector' | 'causes' | 'engine' | 'health' | 'pause' | 'pauses'>

/** When a cycle began. */
export interface Started {
  readonly ms: number
  /** UTC, ISO 8601. */
  readonly iso: string
}

export class Judgement {
  readonly #parts: JudgementParts

  constructor(parts: JudgementParts) {
    this.#parts = parts
  }

  /** The result of a group in the open cycle, when the group is done. */
  cell(group: GroupPlan, cycle: number, started: Started): CellRecord {
    const { plan, collector, causes, engine, health, pause, pauses } = this.#parts
    const [nowMs, kept, paused] = [pause.now(), health.now(group.name), pauses.now]
    return judgeCell({
      plan,
      group,
      cycle,
      collector,
      causes: causes.cell(cycle, group.name),
      turnout: engine.turnout(group.name),
      stopped: engine.halted,
      breaker: engine.breaker,
      startedAt: started.iso,
      durationMs: nowMs - started.ms,
      nowMs,
      ...(kept !== undefined && { health: kept }),
      ...(paused !== undefined && { pause: paused }),
    })
  }

  /** The verdicts on the run's thresholds, in the plan's order. */
  verdicts(): readonly Verdict[] {
    const { plan, collector, engine, health } = this.#parts
    const pauses = this.#counted()
    return judgeThresholds(plan, collector, { aborted: engine.isPartial, health: health.counted(), pauses })
  }

  /** The first threshold with `abort_on_fail` that has failed for good; @param cycle the one that is open, or was last */
  failed(cycle: number | undefined): Verdict | undefined {
    const { plan, collector, health, pause } = this.#parts
    return findFailed(plan, collector, { cycle, nowMs: pause.now(), health: health.soFar(), pauses: this.#counted() })
  }

  /** The pauses in cycles that are judged. */
  #counted(): readonly CyclePause[] {
    const { plan, pauses } = this.#parts
    return pauses.soFar().filter(({ cycle }) => !isExcluded(plan.warmUp, cycle))
  }
}
