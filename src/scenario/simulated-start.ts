// The simulated time at which cycle 1 begins: a date, or a date with a time, UTC unless it says otherwise.
import { z } from 'zod'
import { shown } from '../actions/failure.ts'

/** A Monday, 00:00 UTC. */
export const DEFAULT_START_MS: number = Date.UTC(2024, 0, 1)

const FORM = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2}(?:\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?$/i

/** Milliseconds since 1970. */
export const start: z.ZodType<number> = z
  .unknown()
  .transform((given, context) => {
    const ms = typeof given === 'string' ? momentOf(given.trim()) : undefined
    if (ms !== undefined) return ms
    const message = `${shown(given)} is not a date.\nWrite 2024-01-15, or with a time 2024-01-15T08:00:00Z; without Z or an offset it is UTC.`
    context.addIssue({ code: 'custom', message, input: given })
    return z.NEVER
  })
  .meta({ title: 'date', type: 'string' })

function momentOf(text: string): number | undefined {
  const [, day = '', time = '00:00', seconds = ':00', zone = 'Z'] = FORM.exec(text) ?? []
  const ms = Date.parse(`${day}T${time}${seconds}${zone.toUpperCase()}`)
  // There is no 30th of February, whatever Date makes of it.
  const isDay = Number.isFinite(Date.parse(`${day}T00:00:00Z`)) && dayOf(Date.parse(`${day}T00:00:00Z`)) === day
  return Number.isFinite(ms) && isDay ? ms : undefined
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
