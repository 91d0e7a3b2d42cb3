// The one number a threshold is judged by, of how many samples it is, and how sure it is. The value
// is absent when the selected steps gave nothing to compute it from; it is never a stand-in zero.
import type { Measured, MeasuredTrend } from '../metrics/measured.ts'
import { percentileOf } from '../metrics/metric.ts'
import type { Threshold } from '../metrics/threshold.ts'
import { percentileInterval } from './interval.ts'

export interface Judged {
  readonly value: number | undefined
  readonly samples: number
}

/** In the unit of the threshold. */
export function judgedOf({ selector }: Threshold, measured: Measured): Judged {
  const { attempted } = measured
  switch (measured.kind) {
    case 'trend':
      // A count that counted nothing is zero, not unknown.
      if (selector.stat === 'count') return { value: present(attempted, measured.count), samples: attempted }
      return { value: present(measured.count, statistic(selector.stat, measured)), samples: measured.count }
    case 'rate':
      return { value: present(measured.total, (measured.held * 100) / measured.total), samples: measured.total }
    case 'counter':
      return { value: present(attempted, measured.count), samples: attempted }
    case 'per-second':
      return {
        value: present(Math.min(attempted, measured.seconds), measured.count / measured.seconds),
        samples: attempted,
      }
  }
}

function present(of: number, value: number | undefined): number | undefined {
  return of > 0 ? value : undefined
}

function statistic(stat: string | undefined, measured: MeasuredTrend): number | undefined {
  const percent = percentileOf(stat)
  if (percent !== undefined) return measured.percentile(percent)
  switch (stat) {
    case 'avg':
    case 'min':
    case 'max':
    case 'stddev':
      return measured[stat]
    default:
      return undefined
  }
}

/** Milliseconds. Without `high` there are too few samples to say how long it may really be. */
export interface Interval {
  readonly low: number
  readonly high: number | undefined
}

/** The 95 % interval of a percentile; undefined for all else. */
export function intervalOf({ selector }: Threshold, measured: Measured): Interval | undefined {
  const percent = percentileOf(selector.stat)
  if (percent === undefined || measured.kind !== 'trend' || measured.count === 0) return undefined
  const { low, high } = percentileInterval(measured.count, percent)
  // No time is below zero, whatever the samples bound.
  return {
    low: low === undefined ? 0 : measured.atRank(low),
    high: high === undefined ? undefined : measured.atRank(high),
  }
}
