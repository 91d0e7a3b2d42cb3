// How long a connection on which nothing happens may be used again. It is closed by whoever looks first: by the
// service when it has waited enough, by us when the next request comes too late.

/** When the service does not say how long it keeps it. */
export const IDLE_MS = 4_000
/** A service that says so closes no earlier than this before its time is over. */
const EARLY_MS = 1_000
/** Whatever it says: what lies between forgets a silent connection, and the next request would hang. */
const MOST_MS = 600_000

/** @param saidS by the service, in `Keep-Alive: timeout`. @returns 0 or less: not at all */
export function idleMs(saidS: number | undefined): number {
  return saidS === undefined ? IDLE_MS : Math.min(saidS * 1000 - EARLY_MS, MOST_MS)
}
