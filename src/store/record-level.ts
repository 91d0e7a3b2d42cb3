// How much of a run's steps and assertions is written beside its iterations.

/** Those that failed; also all of every 100th iteration; all; none. */
export const RECORD_LEVELS = ['failures', 'sampled', 'all', 'none'] as const
export type RecordLevel = (typeof RECORD_LEVELS)[number]
