// The composition root: load → plan → engine → metrics → gate → store, and all that adapters may use.
// What the stages do is in their folders; how one run goes from beginning to end is run/run.ts.
import { drawSeed, Seed } from './random.ts'
import { wallClock } from './clock.ts'
import type { Clock } from './clock.ts'
import { mockTransport } from './engine/mock.ts'
import { httpTransport } from './engine/http-transport.ts'
import { loopProbe } from './loop-probe.ts'
import { memoryProbe } from './memory-probe.ts'
import type { Transport } from './engine/transport.ts'
import type { Problem } from './errors.ts'
import { makePlan } from './plan/make.ts'
import type { Plan } from './plan/plan.ts'
import { Run } from './run/run.ts'
import type { RunOptions } from './run/options.ts'
import type { Scenario } from './scenario/scenario.ts'
import { runId } from './store/run-id.ts'
import type { RunRecord } from './store/record.ts'

export { memoryTransport } from './engine/memory.ts'
export { virtualClock } from './clock.ts'
export { explainOld, kindOfFile } from './scenario/old/explain.ts'
export { sortProblems } from './scenario/diagnostic.ts'
export type { Loaded, LoadOptions } from './scenario/load.ts'
export { describePlan } from './plan/describe.ts'
export { lint } from './plan/lint.ts'
export { publicPlan } from './plan/public.ts'
export { loadCalls } from './run/calls.ts'
export { loadScenario } from './scenario-reader.ts'
export { defineScenario, displayName, wallClock } from './without-engine.ts'
export { expectedOfCells } from './plan/of-cells.ts'
export type { CellsOfCycle } from './plan/of-cells.ts'
export { findCheckpoint, refusal } from './run/resume.ts'
export { cellFailure, thresholdFailure } from './report/failure.ts'
export { readRun } from './store/files.ts'
export { RECORD_LEVELS } from './store/record-level.ts'
export type { RecordLevel } from './store/record-level.ts'
export type { Runner } from './store/begun.ts'
export type { Overrides } from './scenario/overrides.ts'
export type { CallContext, CallMetrics } from './actions/call.ts'
export type { Clock } from './clock.ts'
export type { ImportModule } from './run/calls.ts'
export type { LoopProbe, LoopReading } from './loop-probe.ts'
export type { Transport } from './engine/transport.ts'
export type { Place, Problem } from './errors.ts'
export type { Verdict, VerdictKind } from './gate/verdict.ts'
export type { Summary } from './metrics/summary.ts'
export type { PlanDescription } from './plan/describe.ts'
export type { Plan } from './plan/plan.ts'
export type { Tick } from './report/tick.ts'
export type { HostInfo, RunOptions } from './run/options.ts'
export type { Run } from './run/run.ts'
export type { Checkpoint, Resumable } from './run/resume.ts'
export type { ScenarioInput } from './scenario/input/scenario.ts'
export type { StepInput } from './scenario/input/step.ts'
export type { SutInput } from './scenario/input/sut.ts'
export type { Scenario } from './scenario/scenario.ts'
export type { Cause, CellRecord, CycleHealth, Example, RunRecord, StepRow } from './store/record.ts'

export interface PreparePlanOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Over the file's seed; without either, one is drawn. */
  readonly seed?: number | undefined
  /** What outside settings changed, e.g. `TURBULENCE_SEED=42`. */
  readonly overrides?: readonly string[]
  /** `api`: no service is asked, answers are made up. */
  readonly mock?: Plan['mock'] | undefined
  /** Of the run that goes on; default: a new one. */
  readonly runId?: string | undefined
  readonly clock?: Clock
}

/** The Plan of one run: draws the seed if none is given, and names the run. */
export function preparePlan(
  scenario: Scenario,
  { env, seed, overrides = [], mock, runId: known, clock = wallClock }: PreparePlanOptions,
): { plan?: Plan; problems: readonly Problem[] } {
  // Not from the run's own seed: two runs with one seed that begin in the same second must not share a name.
  const name = known ?? runId(scenario.id, clock.epoch(), new Seed(drawSeed()).stream('run id'))
  return makePlan(scenario, { runId: name, seed: seed ?? scenario.simulation.seed ?? drawSeed(), env, overrides, mock })
}

/** Clock and transport default to real time and real sockets; in real time the run also watches its own process. */
export type OpenOptions = Omit<RunOptions, 'clock' | 'transport'> & Partial<RunOptions>

/** A run that is ready to begin. */
export function openRun(plan: Plan, options: OpenOptions): Run {
  const clock: Clock = options.clock ?? wallClock
  const transport: Transport = options.transport ?? transportFor(plan, clock)
  const probe = options.loopProbe ?? (clock === wallClock ? loopProbe() : undefined)
  const memory = options.memoryProbe ?? (clock === wallClock ? memoryProbe : undefined)
  return new Run(plan, {
    ...options,
    clock,
    transport,
    ...(probe !== undefined && { loopProbe: probe }),
    ...(memory !== undefined && { memoryProbe: memory }),
  })
}

function transportFor(plan: Plan, clock: Clock): Transport {
  if (plan.mock !== undefined) return mockTransport(clock)
  return httpTransport({ services: Object.values(plan.services), clock })
}

/**
 * Runs a whole plan: all cycles, then the thresholds. What the services do wrong is in the record, not thrown.
 *
 * @throws TurbulenceError `setup` when the scenario's setup failed
 */
export async function run(
  plan: Plan,
  options: Omit<RunOptions, 'clock' | 'transport'> & Partial<RunOptions>,
): Promise<RunRecord> {
  const opened = openRun(plan, options)
  try {
    await opened.begin()
    for (let cycle = 1; cycle <= plan.cycles; cycle++) {
      await opened.untilDue(cycle)
      opened.startCycle(cycle)
      await opened.cycleDone()
    }
    opened.verdicts()
  } catch (error) {
    await opened.end()
    throw error
  }
  return opened.end()
}
