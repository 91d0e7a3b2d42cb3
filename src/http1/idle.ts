// For how long an idle connection may be reused. Both sides close it: the service after a time of its own, we when the
// next request comes later than this. Ours has to be the shorter one, or a request meets a connection that just closes.

/** When the service announces nothing: one second less than the shortest default in wide use (Node's 5 s). */
export const IDLE_MS = 4_000
/** Subtracted from what the service announces, for the way of the next request. */
const EARLY_MS = 1_000
/** Whatever it announces: routers and firewalls in between forget a silent connection, and the next request would hang. */
const MOST_MS = 600_000

/** @param saidS seconds, as `Keep-Alive: timeout` announces. @returns milliseconds; 0 or less: it is not reused */
export function idleMs(saidS: number | undefined): number {
  return saidS === undefined ? IDLE_MS : Math.min(saidS * 1000 - EARLY_MS, MOST_MS)
}
