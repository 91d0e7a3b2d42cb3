// The thresholds of a file: their grammar, and whether the scenario has the labels they name. What a
// threshold means is metrics/threshold.ts; judging it is the gate's.
import type { KnownLabels } from '../metrics/check.ts'
import { checkLabels } from '../metrics/check.ts'
import { parseThreshold } from '../metrics/threshold.ts'
import type { Threshold } from '../metrics/threshold.ts'
import type { DataPath } from './diagnostic.ts'
import { isMapping } from './reader.ts'
import type { PlacedThreshold } from './scenario.ts'
import type { Source } from './source.ts'

const OF_A_GROUP = 'success_rate >= 95%'

/** @param own the group whose thresholds these are */
export function readThresholds(
  value: unknown,
  path: DataPath,
  known: KnownLabels,
  source: Source,
  own?: string,
): PlacedThreshold[] {
  if (!Array.isArray(value)) {
    source.add({
      code: 'wrong-value',
      path,
      message: '"thresholds" must be a list.',
      hint: 'One per line, after "- ": - p95 < 300ms',
    })
    return []
  }
  const customs = new Map([...(known.customs ?? [])].map(([name, { kind }]) => [name, kind]))
  return value.flatMap((input: unknown, index): PlacedThreshold[] => {
    const at = [...path, index]
    const parsed = parseThreshold(input, customs)
    if ('problems' in parsed) {
      for (const { key, ...problem } of parsed.problems) {
        const part = key === undefined ? conditionPath(input, at) : [...at, key]
        source.add({ code: 'threshold', path: part, atKey: key !== undefined, ...said(problem) })
      }
      return []
    }
    const { threshold } = parsed
    checkGroup(threshold, at, input, source, own)
    for (const { severity, ...finding } of checkLabels(threshold, known))
      source.add({ code: 'threshold', severity, path: conditionPath(input, at), ...said(finding) })
    return [{ threshold, place: source.place(conditionPath(input, at)) }]
  })
}

/** What every group is held to that names nothing itself. */
export function defaultThresholds(path: DataPath, source: Source): PlacedThreshold[] {
  const parsed = parseThreshold(OF_A_GROUP)
  if (!('threshold' in parsed)) throw new Error(`${OF_A_GROUP} must be a threshold`)
  return [{ threshold: parsed.threshold, place: source.place(path, true), isDefault: true }]
}

const conditionPath = (input: unknown, at: DataPath): DataPath =>
  isMapping(input) && 'that' in input ? [...at, 'that'] : at

function said({ message, hint, offset }: { message: string; hint?: string; offset?: number }): {
  message: string
  hint?: string
  offset?: number
} {
  return { message, ...(hint !== undefined && { hint }), ...(offset !== undefined && { offset }) }
}

function checkGroup(
  { selector: { labels } }: Threshold,
  at: DataPath,
  input: unknown,
  source: Source,
  own: string | undefined,
): void {
  const named = labels['group']
  if (own === undefined || named === undefined || named === own) return
  const message = `A threshold of the group "${own}" cannot select the group "${named}".`
  source.add({
    code: 'threshold',
    path: conditionPath(input, at),
    message,
    hint: `Move it to agents.${named}.thresholds, or to the thresholds of the file.`,
  })
}
