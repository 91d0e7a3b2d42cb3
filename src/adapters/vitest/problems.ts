// What is wrong with a scenario file, as Vitest and people get it: an error at its line, a line of text.
import type * as vitest from 'vitest'
import type { Problem } from '../../errors.ts'
import { cleanText, oneLine } from '../../report/clean-text.ts'
import { isStrayed } from '../strayed.ts'
import { problemNames } from './compile.ts'
import { placedError } from './placed-error.ts'
import { fromRoot } from './surroundings.ts'

export function problemError(problem: Problem): Error {
  return placedError({
    name: 'ScenarioError',
    message: cleanText([oneLine(problem.message), ...(problem.hint === undefined ? [] : [problem.hint])].join('\n')),
    // Vitest would show the line there.
    place: isStrayed(problem) ? undefined : problem.place,
  })
}

/** A line per warning; hints are for those who ask (`turbulence lint`). */
export function warningLines(problems: readonly Problem[], root: string): string[] {
  return problems
    .filter(({ severity }) => severity === 'warning')
    .map(({ place, message, hint = '' }) => oneLine(`${fromRoot(root, place.file)}:${place.line}  ${message} ${hint}`))
}

/** A mistake that stands in no line of the file. */
export function atTop(file: string, code: string, message: string, hint: string | undefined): Problem {
  const place = { file, line: 1, column: 1 }
  return { code, severity: 'error', path: '', place, message, ...(hint !== undefined && { hint }) }
}

/** One failing test for each. */
export function registerProblems({ test }: Pick<typeof vitest, 'test'>, problems: readonly Problem[]): void {
  const names = problemNames(problems)
  problems.forEach((problem, index) =>
    test(names[index] ?? '', { timeout: 0, retry: 0 }, ({ task }) => {
      task.meta.turbulence = { kind: 'problem' }
      throw problemError(problem)
    }),
  )
}

/** The worker reads the file again. */
export const changed = (file: string): Problem =>
  atTop(file, 'changed', 'The file was changed while its tests were being started.', 'Run it again.')

export const notTheSame = (file: string): Problem =>
  atTop(
    file,
    'changed',
    'The module exported another scenario than before: it is run once to list the tests, and once to run them.',
    'It must give the same each time: no random values, no times; values of the environment belong into {{env.X}}.',
  )
