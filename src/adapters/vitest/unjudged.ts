// Fails a scenario file whose run has come to no verdict: Vitest counts a file whose tests are all skipped as passed.
import type { RunRecord } from '../../run.ts'
import { placedError } from './placed-error.ts'

/** @throws the reason, placed at the first group, because it belongs to no single test */
export function refuseUnjudged(record: RunRecord | undefined): void {
  if (record?.unjudged === undefined) return
  const wayOut = 'If that may be, say so in a threshold: on_no_data: skip.'
  const message = [`${record.unjudged} ${wayOut}`, `seed   ${record.seed}`, `again  ${record.rerun}`].join('\n')
  throw placedError({ name: 'NothingJudged', message, place: record.cells[0]?.place })
}
