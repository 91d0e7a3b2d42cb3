// When the next cycle begins, in real time. Apart from all else that is known about durations, because
// the live report asks for it in Vitest's own process.
import type { SimulatedTimeSpec } from '../scenario/scenario.ts'

/** Real milliseconds from the begin of one cycle to that of the next; undefined when it does not wait for that. */
export function intervalMs({ pace, scale, cycleMs }: SimulatedTimeSpec): number | undefined {
  return pace === 'realtime' ? cycleMs / scale : undefined
}
