// The one line that a verdict says: what was measured, what must hold, how far off it is, over how
// many samples, and how sure that is; or why nothing can be said and what it would take.
import type { Measured } from '../metrics/measured.ts'
import { metricOf } from '../metrics/metric.ts'
import type { Threshold } from '../metrics/threshold.ts'
import { formatCount, formatMs, plural } from '../units.ts'
import type { Interval } from './judged.ts'
import { pausedText } from './paused.ts'
import { WAY_OUT } from './saturation.ts'
import { distanceText } from './value-text.ts'
import type { Verdict } from './verdict.ts'

export function messageOf(
  verdict: Omit<Verdict, 'message'>,
  threshold: Threshold,
  measured: Measured,
  interval: Interval | undefined,
  label: string | undefined,
): string {
  const { kind, name, limitText, valueText, value, samples } = verdict
  const subject = label === undefined ? name : `${name} ${label}`
  if (kind === 'no-data')
    return measured.attempted === 0
      ? `${subject} has no data, must be ${limitText}: nothing that it selects was attempted`
      : `${subject} has no data, must be ${limitText}: no time has passed`
  const over = plural(samples, metricOf(threshold.selector).noun)
  if (value === undefined) return `${subject} cannot be decided, must be ${limitText}: ${missing(verdict, threshold)}`
  const distance = distanceText(value, verdict.limit, verdict.unit)
  const span = measured.kind === 'per-second' ? ` in ${formatMs(measured.seconds * 1000)}` : ''
  const judged = `must be ${limitText}${distance === '' ? '' : ` (${distance})`} over ${over}${span}`
  const sure = interval === undefined ? '' : `; ${intervalText(interval, samples)}`
  if (kind === 'inconclusive') return `${subject} was ${valueText}, ${judged}: ${undecided(verdict, threshold)}${sure}`
  const partial = kind === 'not-evaluated' ? ' so far, but the run was aborted before its end' : ''
  const doubt = doubtOf(verdict)
  return `${subject} was ${valueText}${partial}, ${judged}${sure}${doubt === undefined ? '' : `; ${doubt}`}`
}

function undecided(verdict: Omit<Verdict, 'message'>, threshold: Threshold): string {
  const doubt = verdict.needed === undefined ? doubtOf(verdict) : undefined
  if (doubt === undefined) return missing(verdict, threshold)
  return `${doubt}: ${verdict.note === undefined ? 'run it again without a pause' : WAY_OUT}`
}

function doubtOf({ note, pausedMs }: Omit<Verdict, 'message'>): string | undefined {
  return note ?? (pausedMs === undefined ? undefined : pausedText(pausedMs))
}

function missing({ needed = 1, samples }: Omit<Verdict, 'message'>, { selector }: Threshold): string {
  const { noun } = metricOf(selector)
  const more = `${formatCount(needed - samples)} more ${needed - samples === 1 ? noun : `${noun}s`} needed`
  return `too few to decide, ${more} (${formatCount(needed)} in all)`
}

function intervalText({ low, high }: Interval, samples: number): string {
  if (high !== undefined) return `95 % interval ${formatMs(low)} to ${formatMs(high)}`
  return `95 % interval from ${formatMs(low)}, upwards open: ${plural(samples, 'sample')} cannot bound it`
}
