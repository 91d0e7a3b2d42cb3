// A run of which nothing was judged is no success: Vitest takes a file whose tests are all skipped for one.
import type { RunRecord } from '../../run.ts'
import { placedError } from './placed-error.ts'

/** @throws the reason, at the first group: no test is there for it */
export function refuseUnjudged(record: RunRecord | undefined): void {
  if (record?.unjudged === undefined) return
  const wayOut = 'If that may be, say so in a threshold: on_no_data: skip.'
  const message = [`${record.unjudged} ${wayOut}`, `seed   ${record.seed}`, `again  ${record.rerun}`].join('\n')
  throw placedError({ name: 'NothingJudged', message, place: record.cells[0]?.place })
}
