// What people are told of a run that went on after a checkpoint, or that may.
import type { Resume } from '../store/record.ts'
import { plural } from '../units.ts'

/** One line for each time that it went on. */
export function resumeNotices(resumes: readonly Resume[], cycles: number): string[] {
  return resumes.map(({ afterCycle, sentAgain, hasNoTrace = false }) => {
    const before = afterCycle === 1 ? 'cycle 1 is' : `cycles 1 ${afterCycle === 2 ? 'and' : 'to'} ${afterCycle} are`
    const none = hasNoTrace ? 'which later ones had begun is not known' : 'no cycle was sent again'
    const again = sentAgain.length === 0 ? none : sentAgainText(sentAgain)
    return `Resumed after cycle ${afterCycle} of ${cycles}: ${before} reported from the checkpoint, ${again}.`
  })
}

/** `cycles 11 and 12 had begun and were sent again` */
function sentAgainText(cycles: readonly number[]): string {
  const [first, last] = [cycles[0] ?? 0, cycles.at(-1) ?? 0]
  if (first === last) return `cycle ${first} had begun and was sent again`
  const isRow = last - first === cycles.length - 1
  const which = isRow && cycles.length > 2 ? `${first} to ${last}` : `${cycles.slice(0, -1).join(', ')} and ${last}`
  return `cycles ${which} had begun and were sent again`
}

interface KeptCheckpoint {
  readonly after: number
  readonly cycles: number
  /** `max_duration` is used up. */
  readonly isOutOfTime: boolean
}

/** What a stopped run leaves, and how to go on with it. */
export function keptNotice({ after, cycles, isOutOfTime }: KeptCheckpoint, command: string | undefined): string {
  const left = plural(cycles - after, 'cycle')
  const first = isOutOfTime ? ', give it a longer max_duration' : ''
  const how = command === undefined ? '' : `: ${command}`
  return `A checkpoint after cycle ${after} is kept, ${left} before the end. To go on from there${first}${how}`
}

/** Of a run that came to its end, and whose results could not be written. */
export function insteadNotice(after: number, cycles: number, command: string | undefined): string {
  const last = cycles - after === 1 ? `cycle ${cycles}` : `cycles ${after + 1} to ${cycles}`
  const again = after === cycles ? 'reports it' : `sends ${last} again and reports all of it`
  const how = command === undefined ? '' : ` Once there is room, this ${again}: ${command}`
  return `The run's checkpoint after cycle ${after} is kept instead.${how}`
}
