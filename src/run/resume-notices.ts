// What people are told of a run that went on after a checkpoint, or that may.
import type { Resume } from '../store/record.ts'
import { plural } from '../units.ts'

/** One line for each time that it went on. */
export function resumeNotices(resumes: readonly Resume[], cycles: number): string[] {
  return resumes.map(({ afterCycle, sentAgain }) => {
    const before = afterCycle === 1 ? 'cycle 1 is' : `cycles 1 ${afterCycle === 2 ? 'and' : 'to'} ${afterCycle} are`
    const again = sentAgain.length === 0 ? 'no cycle was sent again' : sentAgainText(sentAgain)
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

/** What a stopped run leaves, and how to go on with it. */
export function keptNotice(after: number, cycles: number, command: string | undefined): string {
  const left = plural(cycles - after, 'cycle')
  const how = command === undefined ? '' : `: ${command}`
  return `A checkpoint after cycle ${after} is kept, ${left} before the end. To go on from there${how}`
}
