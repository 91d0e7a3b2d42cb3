// What users import: the plugin and the types of what it leaves behind.
export { turbulence } from './adapters/vitest/plugin.ts'
export { defineScenario } from './without-engine.ts'
export type { ScenarioInput, StepInput, SutInput } from './run.ts'
export type { JunitOptions, ReportOptions, TurbulenceOptions } from './adapters/vitest/options.ts'
export type { CallContext, CallMetrics } from './run.ts'
export type { Cause, CellRecord, Example, Place, RunRecord, StepRow, Summary, Verdict, VerdictKind } from './run.ts'
