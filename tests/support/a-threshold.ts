// A threshold from what stands in a scenario: a condition, or the long form.
import { parseThreshold } from '../../src/metrics/threshold.ts'
import type { Threshold } from '../../src/metrics/threshold.ts'

export function aThreshold(input: unknown): Threshold {
  const parsed = parseThreshold(input)
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems))
  return parsed.threshold
}
