// What became of the circuit breaker, in a line.
import type { BreakerRecord } from '../store/record.ts'
import { formatCount } from '../units.ts'

const WORDS: Readonly<Record<BreakerRecord['phase'], string>> = {
  open: 'opened',
  paused: 'paused',
  'half-open': 'half-open',
  closed: 'closed',
}

/** `opened in cycle 3 (11 of 200 agents had failed), half-open in cycle 5, closed in cycle 5`; `closed` when it never opened. */
export function breakerText({ events }: BreakerRecord): string {
  if (events.length === 0) return WORDS.closed
  return events
    .map(({ phase, cycle, failed, agents }) => {
      const numbers =
        failed === undefined || agents === undefined
          ? ''
          : ` (${formatCount(failed)} of ${formatCount(agents)} agents had failed)`
      return `${WORDS[phase]} in cycle ${cycle}${numbers}`
    })
    .join(', ')
}
