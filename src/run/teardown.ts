// Cleaning up at the end of a run, and what people should know of it; it judges nothing.
import type { Engine } from '../engine/engine.ts'
import { internalError } from '../errors.ts'
import { formatMs } from '../units.ts'
import type { CauseBook } from './cause-book.ts'

export async function tearDown(engine: Engine, causes: CauseBook, withinMs: number): Promise<readonly string[]> {
  try {
    const { aborted } = await engine.teardown(withinMs)
    const cutOff = `teardown was cut off: it did not end within ${formatMs(withinMs)}`
    return [...causes.notices(), ...(aborted ? [cutOff] : [])]
  } catch (error) {
    return [`teardown failed: ${internalError(error)}`]
  }
}
