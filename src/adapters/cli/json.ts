// Problems as commands print them for programs: documented in docs/reference/cli.md, keys are only added.
import type { Problem } from '../../errors.ts'
import { relativePath } from '../../report/index.ts'

/** With file names relative to the root. */
export function problemJson({ place, severity, code, path, message, hint }: Problem, root: string): object {
  const { line, column } = place
  return { file: relativePath(place.file, root), line, column, severity, code, path, message, hint: hint ?? null }
}
