// How far the worker's heap may grow before V8 collects all of it. Left to itself it lets it grow to four times what
// is in use, which thousands of agents make a great deal of.
import { setFlagsFromString } from 'node:v8'
import type { Plan } from '../../run.ts'

/** With fewer there is little to save. */
const MANY_AGENTS = 1000
/** Of what is in use. */
const GROWING_PERCENT = 100

/** For the time of a run. V8 reads this each time it has collected, so that it may change while a process runs. */
export function boundHeap(
  { groups }: Pick<Plan, 'groups'>,
  setFlags: typeof setFlagsFromString = setFlagsFromString,
): void {
  const agents = groups.reduce((sum, { count }) => sum + count, 0)
  if (agents >= MANY_AGENTS) setFlags(`--heap-growing-percent=${GROWING_PERCENT}`)
}

/** As V8 likes. */
export function unboundHeap(): void {
  setFlagsFromString('--heap-growing-percent=0')
}
