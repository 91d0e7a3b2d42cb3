// Two scenarios of one name, which nobody sees who looks at one file: results, run folders and checkpoints are told
// apart by the id alone.
import type { Problem } from '../../errors.ts'
import { relativePath } from '../../report/index.ts'
import type { Scenario } from '../../run.ts'

/** @param scenarios in the order of the files; what cannot be read has no id */
export function sameIds(scenarios: readonly Scenario[], root: string): Problem[] {
  const first = new Map<string, string>()
  return scenarios.flatMap(({ id, file, places }) => {
    const other = first.get(id)
    if (other === undefined) {
      first.set(id, file)
      return []
    }
    const message = `${relativePath(other, root)} has the id "${id}", too.`
    const hint = 'Give each an id of its own: in JUnit, and for TURBULENCE_RESUME=latest, the two are one scenario.'
    const place = places['id'] ?? { file, line: 1, column: 1 }
    return [{ code: 'duplicate-id', severity: 'warning', path: 'id', place, message, hint } as const]
  })
}
