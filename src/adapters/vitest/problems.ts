// What is wrong with a scenario file, as Vitest and people get it: an error at its line, a line of text.
import type { Problem } from '../../errors.ts'
import { placedError } from './placed-error.ts'
import { fromRoot } from './surroundings.ts'

export function problemError(problem: Problem): Error {
  return placedError({
    name: 'ScenarioError',
    message: problem.hint === undefined ? problem.message : `${problem.message}\n${problem.hint}`,
    place: problem.place,
  })
}

export function warningLine({ place, message, hint = '' }: Problem, root: string): string {
  return `${fromRoot(root, place.file)}:${place.line}  ${message} ${hint}`.trimEnd()
}

/** A mistake that stands in no line of the file. */
export function atTop(file: string, code: string, message: string, hint: string | undefined): Problem {
  const place = { file, line: 1, column: 1 }
  return { code, severity: 'error', path: '', place, message, ...(hint !== undefined && { hint }) }
}
