// Slots beside those of steps under pressure: what pressure put in is counted there, with the same labels
// and `injected`, so that a threshold can ask for the one or the other.
import type { PressureSpec } from '../pressure/pressure.ts'
import { pressureOn } from '../pressure/pressure.ts'
import type { Slot } from '../sample.ts'

export function withTwins(slots: readonly Slot[], pressure: PressureSpec | undefined): readonly Slot[] {
  if (pressure === undefined) return slots
  const twins: Slot[] = []
  const twin = (slot: Slot, injected: NonNullable<Slot['injected']>): number => {
    const index = slots.length + twins.length
    twins.push({ ...slot, index, injected })
    return index
  }
  const all = slots.map((slot): Slot => {
    if (slot.service === undefined || pressureOn(pressure, slot.service, slot.step) === undefined) return slot
    return { ...slot, twins: { injected: twin(slot, 'true'), repeat: twin(slot, 'repeat') } }
  })
  return [...all, ...twins]
}
