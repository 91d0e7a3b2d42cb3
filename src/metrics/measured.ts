// What a selector came to, as numbers, one shape per kind of metric. `attempted` is what the
// selected steps did at all: 0 means there is no data, however the value reads.
export type Measured = MeasuredTrend | MeasuredRate | MeasuredCounter | MeasuredPerSecond

/** Times in milliseconds. With a count of 0 they are all NaN. */
export interface MeasuredTrend {
  readonly kind: 'trend'
  readonly count: number
  readonly attempted: number
  /** Nearest rank; 95 for p95. */
  percentile(percent: number): number
  /** The value of this rank in ascending order, from 1 to `count`. */
  atRank(rank: number): number
  readonly min: number
  readonly max: number
  readonly avg: number
  readonly stddev: number
}

interface MeasuredRate {
  readonly kind: 'rate'
  readonly held: number
  readonly total: number
  readonly attempted: number
}

interface MeasuredCounter {
  readonly kind: 'counter'
  readonly count: number
  readonly attempted: number
}

interface MeasuredPerSecond {
  readonly kind: 'per-second'
  readonly count: number
  /** Wall time of the cycles counted. */
  readonly seconds: number
  readonly attempted: number
}
