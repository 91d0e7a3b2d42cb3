// Errors whose only stack frame is the line in the YAML: Vitest, its reporters and CI annotations then
// show that line, not ours.
import type { Place } from '../../errors.ts'

export interface PlacedErrorOptions {
  readonly name: string
  /** All that people read; may have many lines. */
  readonly message: string
  readonly place: Place | undefined
  readonly expected?: string
  readonly actual?: string
}

export function placedError({ name, message, place, expected, actual }: PlacedErrorOptions): Error {
  const error: Error & { expected?: string; actual?: string } = new Error(message)
  error.name = name
  // The message's later lines stay out of the stack: a body that holds a stack trace of the service
  // would otherwise be taken for frames of this error.
  const frame = place === undefined ? '' : `\n    at ${place.file}:${place.line}:${place.column}`
  error.stack = `${name}: ${message.split('\n', 1)[0] ?? ''}${frame}`
  if (expected !== undefined) error.expected = expected
  if (actual !== undefined) error.actual = actual
  return error
}
