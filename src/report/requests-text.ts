// The number of requests of a run as text: those in its tables and thresholds, and apart from them those of a warm-up that
// is not judged.
import type { RunRecord } from '../store/record.ts'
import { formatCount, plural } from '../units.ts'

export function requestsText({ steps, cells }: Pick<RunRecord, 'steps' | 'cells'>): string {
  const judged = steps.reduce((sum, row) => sum + row.attempts, 0)
  const warmUp = cells
    .filter((cell) => cell.isWarmUp === true)
    .flatMap(({ requests }) => Object.values(requests))
    .reduce((sum, count) => sum + count, 0)
  return `${plural(judged, 'request')}${warmUp === 0 ? '' : `, ${formatCount(warmUp)} more in the warm-up`}`
}
