// How many requests a run has made, in words: those that its tables and thresholds have, and beside them
// what a warm-up took that is not judged.
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
