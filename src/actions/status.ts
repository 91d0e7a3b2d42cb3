// Which HTTP statuses a rule covers: `200`, or a class such as `2xx`.
import type { Failure } from '../sample.ts'
import type { Answer } from './action.ts'
import { failed, shown } from './failure.ts'

export const STATUS_CLASS: RegExp = /^([1-5])xx$/i

export function statusIs(rule: number | string, status: number): boolean {
  if (typeof rule === 'number') return status === rule
  return Math.floor(status / 100) === Number(rule.charAt(0))
}

/** What a step without `expect` asks for. */
export function isSuccess({ status, headers }: Answer): Failure | undefined {
  if (status >= 200 && status < 300) return undefined
  const key = `status_code: ${status}, expected 2xx`
  if (status < 300 || status >= 400) return failed(key)
  const to = headers['location'] === undefined ? '' : ` (location: ${shown(headers['location'])})`
  return failed(key, `${key}: it redirects${to}; follow with redirects: 5, or expect the status`)
}
