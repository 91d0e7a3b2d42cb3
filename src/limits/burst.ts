// How large the burst of a rate limit is when nobody says, and what to tell people of one that timers
// are too coarse for. Holding requests back is rate-limit.ts.
import { GRAIN_MS } from './schedule.ts'

/** How late a wake-up on a busy machine often is: a request that much late must not put off all that follow. */
const LATENESS_MS = 5

/**
 * Bursts of a hundredth of a second's requests: evenly spaced, and yet no rate lost to late timers. At low
 * rates a fraction above 1, which lets nobody go at once and gives the even schedule its time back.
 */
export function defaultBurst(ratePerSecond: number): number {
  return Math.max(1 + (ratePerSecond * LATENESS_MS) / 1000, ratePerSecond / 100)
}

/** What to tell people whose burst asks for wake-ups finer than timers give; undefined when all is well. */
export function burstWarning(ratePerSecond: number, burst: number): string | undefined {
  if (burst / ratePerSecond >= GRAIN_MS / 1000) return undefined
  const enough = Math.ceil(defaultBurst(ratePerSecond))
  return (
    `A burst of ${burst} at ${ratePerSecond}/s needs a wake-up every ${trim((burst / ratePerSecond) * 1000)} ms, ` +
    `finer than a timer's grain of about ${GRAIN_MS} ms: the rate may not be reached. ` +
    `Give a burst of ${enough}, or leave it out.`
  )
}

function trim(value: number): string {
  return String(Number(value.toPrecision(2)))
}
