// What a command gets from the process, and the error that is about how it was called.
import { coloured, plain } from '../../report/paint.ts'
import type { Paint } from '../../report/paint.ts'

export interface Terminal {
  /** As in `process.argv`: the first two are not arguments. */
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** The working directory. */
  readonly folder: string
  /** One or more lines; a line feed follows. */
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  readonly hasColours: boolean
}

export const EXIT = { ok: 0, wrong: 1, usage: 2 } as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** It was not called as it can be: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly hint: string | undefined

  constructor(message: string, hint?: string) {
    super(message)
    this.hint = hint
  }
}

export function paintOf({ hasColours }: Terminal): Paint {
  return hasColours ? coloured : plain
}
