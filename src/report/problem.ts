// A mistake in a file as a compiler prints it: place, severity, what is wrong, the way out, the line itself.
import type { Problem, Severity } from '../errors.ts'
import { codeFrame } from '../scenario/diagnostic.ts'
import { type Paint, type Style, paintLine } from './paint.ts'
import { relativePath } from './relative-path.ts'

const STYLES: Readonly<Record<Severity, Style>> = { error: 'red', warning: 'yellow', hint: 'cyan' }

interface ProblemOptions {
  readonly paint: Paint
  /** Files are named relative to it. */
  readonly root: string
  /** The text of the file, for the line it is about. */
  readonly source?: string | undefined
}

/** `a.scenario.yaml:6:14  error  There is no step "lst".`, then the way out and a code frame. */
export function problemLines(problem: Problem, { paint, root, source }: ProblemOptions): string[] {
  const { place, severity, message, hint, code } = problem
  const lines = [
    paintLine(
      [
        { text: `${relativePath(place.file, root)}:${place.line}:${place.column}`, style: 'bold' },
        '  ',
        { text: severity, style: STYLES[severity] },
        `  ${message}  `,
        { text: code, style: 'dim' },
      ],
      paint,
    ),
  ]
  if (hint !== undefined) lines.push(...hint.split('\n').map((line) => paintLine([`  ${line}`], paint)))
  const frame = codeFrame(problem, source)
  if (frame.length > 0) lines.push('', ...frame.map((line) => paintLine([{ text: line, style: 'dim' }], paint)))
  return lines
}
