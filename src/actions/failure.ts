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
  const text = json(value, most)
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}

/** The beginning of its JSON, and little more than `most` characters of it: a value may be as large as an answer. */
function json(value: unknown, most: number, depth = 0): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, most + 1))
  if (typeof value !== 'object' || value === null) return String(value)
  if (depth > most) return '…'
  if ('toJSON' in value && typeof value.toJSON === 'function') return JSON.stringify(value) ?? 'nothing'
  const isList = Array.isArray(value)
  let text = isList ? '[' : '{'
  let isFirst = true
  for (const key in value) {
    if (text.length > most) return text
    if (!Object.hasOwn(value, key)) continue
    const item: unknown = (value as Record<string, unknown>)[key]
    if (item === undefined && !isList) continue
    const name = isList ? '' : `${JSON.stringify(key.slice(0, most))}:`
    text += `${isFirst ? '' : ','}${name}${json(item ?? null, most - text.length, depth + 1)}`
    isFirst = false
  }
  return `${text}${isList ? ']' : '}'}`
}
