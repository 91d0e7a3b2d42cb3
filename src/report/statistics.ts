// What the key `s` prints: the table of the steps so far.
import type { StepRow } from '../store/record.ts'
import { plural } from '../units.ts'
import { paintLine } from './paint.ts'
import type { Paint } from './paint.ts'
import { stepLines } from './summary.ts'

export interface Statistics {
  readonly scenario: string
  /** The cycle that runs, or was last; 0 before the first. */
  readonly cycle: number
  readonly cycles: number
  /** The rows are of this cycle alone: it is a warm-up that is not judged. */
  readonly isApart?: true
  readonly steps: readonly StepRow[]
}

export function statisticsLines(
  { scenario, cycle, cycles, isApart, steps }: Statistics,
  { paint, columns }: { readonly paint: Paint; readonly columns?: number },
): string[] {
  const requests = plural(
    steps.reduce((sum, { attempts }) => sum + attempts, 0),
    'request',
  )
  const when = cycle === 0 ? 'before the first cycle' : `in cycle ${cycle} of ${cycles}`
  const what = isApart === true ? `warm-up ${when}: ${requests} in it` : `so far, ${when}: ${requests}`
  const title = [{ text: scenario, style: 'bold' } as const, `   ${what}`]
  return [title, ...stepLines(steps, columns)].map((line) => paintLine(line, paint))
}
