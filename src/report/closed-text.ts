// That a closed workload cannot show coordinated omission: said once, wherever its times are shown.
import type { RunRecord } from '../store/record.ts'

/** Undefined when all load was open. */
export function closedText({ closed }: RunRecord): string | undefined {
  if (closed === undefined || closed.length === 0) return undefined
  return (
    `Closed workload (${closed.join(', ')}): whoever waits sends nothing, so a service that stands still is felt by ` +
    `fewer requests than users would send (coordinated omission). An open one shows it: workload: { rate: 50/s, duration: 30s }`
  )
}
