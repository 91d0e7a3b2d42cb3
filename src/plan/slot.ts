// The slot of a group's step: what all of its samples have in common. Which index it gets is make.ts's.
import { sendsRequests } from '../actions/index.ts'
import type { Slot } from '../sample.ts'
import type { PlacedStep } from '../scenario/scenario.ts'

export function slotOf(
  { step }: PlacedStep,
  of: { readonly group: string; readonly flow: string },
  index: number,
): Slot {
  const slot = { index, ...of, step: step.name, type: step.type }
  const tags = step.tags === undefined ? {} : { tags: step.tags }
  if (step.type === 'call') return { ...slot, ...tags, metrics: Object.keys(step.metrics) }
  if (!sendsRequests(step)) return { ...slot, ...tags }
  return { ...slot, service: step.service, method: step.method, ...tags }
}
