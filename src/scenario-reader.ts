// The part of run.ts that reads scenario files, by itself: schemas and the YAML reader, which Vitest's own
// process loads only when there is a file to read.
export { hasCalls } from './scenario/call-steps.ts'
export { loadScenario } from './scenario/load.ts'
