// What a generated test module hands to the suite: Vitest's functions, and what was found when it was made.
import type * as vitest from 'vitest'
import type { Problem } from '../../errors.ts'

/** The functions of the Vitest that runs the module: handed in, so that there is only ever one. */
export type VitestApi = Pick<typeof vitest, 'describe' | 'test' | 'beforeAll' | 'afterAll' | 'inject'>

export interface SuiteInput {
  readonly file: string
  /** Of the text that the module was made from. */
  readonly sha256: string
  readonly problems: readonly Problem[]
}
