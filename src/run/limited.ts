// What to say of a cell whose load did not come to be while our own rate limit held requests back: neither more agents
// nor a quicker service would have helped.
import type { Plan } from '../plan/plan.ts'
import type { CycleHealth } from '../store/record.ts'
import { formatRate } from '../units.ts'

/** The limit that held requests back, as a text; undefined when none did, or nobody watched. */
export function limitThatHeld({ rateLimit }: Plan, health: CycleHealth | undefined): string | undefined {
  if (rateLimit === undefined || health?.limitedRate === undefined) return undefined
  return `the rate limit of ${formatRate(rateLimit.ratePerSecond)}`
}
