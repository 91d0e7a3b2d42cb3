// The part of run.ts that needs no engine: all that the plugin uses in Vitest's own process. Loading
// the engine there as well would make every start of Vitest a tenth of a second longer.
export { wallClock } from './clock.ts'
export { displayName } from './metrics/threshold.ts'
export { defineScenario } from './scenario/define.ts'
export { RECORD_LEVELS } from './store/record-level.ts'
