// What a threshold looks at: a metric, a statistic, labels. Also their canonical text, and which
// slots and attempts the labels select. Parsing is grammar.ts, what the scenario knows is check.ts.
import type { Slot } from '../sample.ts'
import { ALL_LABELS } from './metric.ts'
import type { CustomKind, MetricName } from './metric.ts'

export interface Selector {
  readonly metric: MetricName
  /** When a `call` step records it. */
  readonly custom?: CustomKind
  /** Of a trend: `p95`, `p99.9`, `avg`, `med`, `min`, `max`, `stddev`, `count`. */
  readonly stat?: string
  /** Label or tag → value, e.g. `{ step: 'order', status: '2xx' }`. */
  readonly labels: Readonly<Record<string, string>>
}

/** A label value that needs no quotes. */
export const BARE_VALUE: RegExp = /^[^\s,{}"':]+$/

/** The selector in full, always the same text for the same selection: `latency.p95{step:order}`. */
export function selectorText(selector: Selector): string {
  const stat = selector.stat === undefined ? '' : `.${selector.stat}`
  return `${selector.metric}${stat}${labelsText(selector.labels)}`
}

/** As people write it: `p95{step:order}`, `ttfb.p95`, `errors{outcome:timeout}`. */
export function displayName(selector: Selector): string {
  const short = selector.metric === 'latency' && selector.stat !== undefined
  return short ? `${selector.stat}${labelsText(selector.labels)}` : selectorText(selector)
}

/** `{group:shoppers,step:order}`, in the order of the table of labels, then tags by name; empty without labels. */
export function labelsText(labels: Readonly<Record<string, string>>): string {
  const keys = Object.keys(labels).toSorted((a, b) => place(a) - place(b) || (a < b ? -1 : 1))
  return keys.length === 0 ? '' : `{${keys.map((key) => `${key}:${valueText(labels[key] ?? '')}`).join(',')}}`
}

function place(label: string): number {
  const at = ALL_LABELS.indexOf(label)
  return at < 0 ? ALL_LABELS.length : at
}

function valueText(value: string): string {
  return BARE_VALUE.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`
}

/** The labels with the group in which a group's own threshold is judged; undefined when they name another group. */
export function withGroup(
  labels: Readonly<Record<string, string>>,
  group: string | undefined,
): Readonly<Record<string, string>> | undefined {
  if (group === undefined || labels['group'] === group) return labels
  return labels['group'] === undefined ? { ...labels, group } : undefined
}

/** True when everything that is fixed for a slot agrees with the labels; status, outcome, attempt and cycle are not. */
export function selectsSlot(labels: Readonly<Record<string, string>>, slot: Slot): boolean {
  return Object.entries(labels).every(([key, value]) => {
    switch (key) {
      case 'group':
      case 'step':
      case 'service':
      case 'method':
        return slot[key] === value
      case 'injected':
        return (slot.injected ?? 'false') === value
      case 'cycle':
      case 'status':
      case 'outcome':
      case 'attempt':
        return true
      default:
        return slot.tags !== undefined && Object.hasOwn(slot.tags, key) && slot.tags[key] === value
    }
  })
}

/** `200` selects one status, `2xx` a class of them. */
export function selectsStatus(label: string | undefined, status: number): boolean {
  if (label === undefined) return true
  return label.endsWith('xx') ? Math.floor(status / 100) === Number(label[0]) : status === Number(label)
}

/** Labels that only an attempt itself can answer, not its slot. */
export function namesAttempt(labels: Readonly<Record<string, string>>): boolean {
  return labels['status'] !== undefined || labels['outcome'] !== undefined || labels['attempt'] !== undefined
}
