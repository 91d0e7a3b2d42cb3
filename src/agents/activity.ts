// How likely an agent is to act in a cycle: how often it does at all, at which hours of the simulated day,
// on which days. Whether it does is drawn for each agent and cycle from a stream of its own.
import { z } from 'zod'
import type { Seed } from '../random.ts'

export interface Activity {
  readonly frequency: number
  /** By hour of the day, UTC: 24 of them. */
  readonly hours: readonly number[]
  readonly weekday: number
  readonly weekend: number
}

const HOURS = 24
const SATURDAY = 6
const SUNDAY = 0
const DEFAULT = 'default'

const share = z.number().min(0).max(1)

/** The hours that `09-17`, `22-05` or `12` names; undefined when it names none. */
function hoursOf(range: string): number[] | undefined {
  const [, first, last = first] = /^\s*(\d{1,2})(?:\s*-\s*(\d{1,2}))?\s*$/.exec(range) ?? []
  const [from, to] = [Number(first), Number(last)]
  if (first === undefined || from >= HOURS || to >= HOURS) return undefined
  return Array.from({ length: ((to - from + HOURS) % HOURS) + 1 }, (_, step) => (from + step) % HOURS)
}

const hours: z.ZodType<readonly number[]> = z.record(z.string(), share).transform((given, context) => {
  const wrong = (range: string, message: string): void =>
    context.addIssue({ code: 'custom', path: [range], message, input: given[range] })
  const namedBy = new Map<number, string>()
  const byHour = Array<number>(HOURS).fill(given[DEFAULT] ?? 0)
  for (const [range, factor] of Object.entries(given)) {
    if (range === DEFAULT) continue
    const named = hoursOf(range)
    if (named === undefined) {
      wrong(range, notHours(range))
      continue
    }
    const twice = named.find((hour) => namedBy.has(hour))
    if (twice !== undefined)
      wrong(
        range,
        `The hours "${range}" and "${namedBy.get(twice)}" overlap: both have ${clock(twice)}.\n` +
          'A range includes its last hour: "09-17" is 09:00 to 17:59, so the next one begins with 18.',
      )
    for (const hour of named) {
      namedBy.set(hour, range)
      byHour[hour] = factor
    }
  }
  return byHour
})

function notHours(range: string): string {
  const isClose = /^\s*\d{1,2}\s*-\s*24\s*$/.test(range)
  const hint = isClose
    ? `Write "${range.replace('24', '23')}": the last hour is included.`
    : 'Hours are 0 to 23: "09-17" is 09:00 to 17:59, "22-05" crosses midnight, "12" is one hour; "default" is all others.'
  return `"${range}" are no hours of a day.\n${hint}`
}

const clock = (hour: number): string => `${String(hour).padStart(2, '0')}:00`

export const activitySchema: z.ZodType<Activity> = z
  .strictObject({
    frequency: share.default(1).meta({ description: 'How likely an agent acts in a cycle: 0.4 is four of ten.' }),
    hours: hours.optional().meta({
      title: 'hours → factor',
      description:
        'Times this at these hours of the simulated day, UTC: `"09-17": 1.0` is 09:00 to 17:59, `"22-05"` crosses midnight, ' +
        '`default` is all hours that are not named, `0` without it.',
      unset: '`1` at all hours',
    }),
    weekday: share.default(1).meta({ description: 'Times this from Monday to Friday.' }),
    weekend: share.default(1).meta({ description: 'Times this on Saturday and Sunday.' }),
  })
  .transform(({ hours: byHour = Array<number>(HOURS).fill(1), ...rest }) => ({ ...rest, hours: byHour }))

/** How likely an agent acts at this simulated moment, 0 to 1. */
export function chanceAt({ frequency, hours: byHour, weekday, weekend }: Activity, epochMs: number): number {
  const moment = new Date(epochMs)
  const day = moment.getUTCDay()
  const isWeekend = day === SATURDAY || day === SUNDAY
  return frequency * (byHour[moment.getUTCHours()] ?? 0) * (isWeekend ? weekend : weekday)
}

/** Of whom, and when. */
export interface Draw {
  readonly group: string
  readonly cycle: number
  /** Agents 1 to so many. */
  readonly agents: number
  readonly chance: number
}

/** Says of each agent whether it acts; how many do. Certain ones are not drawn. */
export function drawActing(seed: Seed, { group, cycle, agents, chance }: Draw, tell?: (index: number) => void): number {
  let acting = 0
  for (let index = 0; index < agents; index++) {
    const acts =
      chance >= 1 ||
      (chance > 0 && seed.stream(`${group}\u0000${index + 1}\u0000${cycle}\u0000activity`).next() < chance)
    if (!acts) continue
    acting++
    tell?.(index)
  }
  return acting
}
