// A Tick at the very beginning of a run, when nothing is measured yet. Whatever a test is about, it lays over it.
import type { Tick } from '../../src/report/tick.ts'

export function aTick(more: Partial<Tick> = {}): Tick {
  return {
    scenario: 'shop',
    runId: 'shop-20260823-101500-a1b2',
    cycle: 1,
    cycles: 1,
    agentsActive: 1,
    requests: 0,
    rpsAchieved: 0,
    errors: 0,
    elapsedMs: 0,
    ...more,
  }
}
