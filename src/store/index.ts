// What is kept of a run, and where. Other stages import from here; record.ts holds the contract.
export { openRunFolder, readRun, type RunFolder, type StoredRun, type StoredSummary } from './files.ts'
export { type Manifest, manifestOf } from './manifest.ts'
export { type Disk, makeFolder, replaceFile } from './replace-file.ts'
export { runId } from './run-id.ts'
