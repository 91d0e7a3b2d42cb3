// Limits how far the worker's heap grows between full garbage collections. By default V8 waits until it is four times what
// is in use, which with thousands of agents is hundreds of megabytes.
import { setFlagsFromString } from 'node:v8'
import type { Plan } from '../../run.ts'

/** With fewer agents there is little to save. */
const MANY_AGENTS = 1000
/** By how much the heap may grow beyond what is in use: to twice of it. */
const GROWING_PERCENT = 100

/** For the time of a run; `unboundHeap` ends it. V8 reads the flag after each full collection, so it may change at any time. */
export function boundHeap(
  { groups }: Pick<Plan, 'groups'>,
  setFlags: typeof setFlagsFromString = setFlagsFromString,
): void {
  const agents = groups.reduce((sum, { count }) => sum + count, 0)
  if (agents >= MANY_AGENTS) setFlags(`--heap-growing-percent=${GROWING_PERCENT}`)
}

/** V8's own limit again. */
export function unboundHeap(): void {
  setFlagsFromString('--heap-growing-percent=0')
}
