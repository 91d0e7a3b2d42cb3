// The metrics that `call` steps record: which there are, of what kind, by which steps. Two steps may
// record one metric, but not as two kinds; the names of the built-in ones are taken.
import type { KnownLabels } from '../metrics/check.ts'
import { METRICS, STATISTICS } from '../metrics/metric.ts'
import type { CustomKind } from '../metrics/metric.ts'
import type { DataPath } from './diagnostic.ts'
import { isMapping } from './reader.ts'
import type { Mapping, ReadStep } from './reader.ts'
import type { Source } from './source.ts'

const KINDS: readonly CustomKind[] = ['trend', 'rate', 'counter']

/** From steps as they were written: what is wrong elsewhere in one does not make its metrics unknown. */
export function customsOf(steps: readonly Mapping[]): NonNullable<KnownLabels['customs']> {
  const customs = new Map<string, { kind: CustomKind; steps: string[] }>()
  for (const { type, name: step, metrics } of steps) {
    if (type !== 'call' || !isMapping(metrics)) continue
    for (const [name, given] of Object.entries(metrics)) {
      const kind = KINDS.find((known) => known === given)
      if (kind === undefined || METRICS.has(name)) continue
      const known = customs.get(name) ?? { kind, steps: [] }
      if (typeof step === 'string') known.steps.push(step)
      customs.set(name, known)
    }
  }
  return customs
}

/** @param steps of all flows, on all levels */
export function checkCustomMetrics(steps: readonly ReadStep[], source: Source): void {
  const first = new Map<string, { readonly kind: CustomKind; readonly step: string }>()
  for (const { step, at, isRight } of steps) {
    if (step.type !== 'call' || !isRight) continue
    for (const [name, kind] of Object.entries(step.metrics)) {
      const path: DataPath = [...at, 'metrics', name]
      const known = first.get(name)
      if (METRICS.has(name) || STATISTICS.includes(name) || /^p\d/.test(name))
        source.add({
          code: 'custom-metric',
          path,
          atKey: true,
          message: `"${name}" is a metric or statistic that there is already.`,
          hint: 'Choose another name.',
        })
      else if (known === undefined) first.set(name, { kind, step: step.name })
      else if (known.kind !== kind)
        source.add({
          code: 'custom-metric',
          path,
          message: `"${name}" is a ${kind} here, and a ${known.kind} in the step "${known.step}".`,
          hint: 'One metric is of one kind: rename one of them.',
        })
    }
  }
}
