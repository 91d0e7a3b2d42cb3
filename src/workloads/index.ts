export type Workload = { iterations: number } | { durationMs: number }
