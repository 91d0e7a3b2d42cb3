// How a step says why it did not succeed: causes without measured values, messages with them, values
// shortened so that a large body never fills a report.
import type { Failure } from '../sample.ts'
import { NameError } from './action.ts'

/** An answer that came, and was not what the step wanted. */
export function failed(key: string, message: string = key): Failure {
  return { outcome: 'failed', key, message }
}

/** A missing name is the step's failure; anything else is a fault of ours and goes on. */
export function asFailure(error: unknown): Failure {
  if (error instanceof NameError) return failed(error.message)
  throw error
}

/** A value as people read it, on one line: text in quotes, the rest as JSON, cut after `most` characters. */
export function shown(value: unknown, most = 80): string {
  if (value === undefined) return 'nothing'
  const text = typeof value === 'string' ? JSON.stringify(value.slice(0, most + 1)) : json(value)
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}

function json(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return 'a value that is nested too deep to show'
  }
}
