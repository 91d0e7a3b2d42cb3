// When iterations of a group begin within a cycle. Closed: each agent begins its next one when the last
// has ended, a number of times or as long as a time allows. Open (`rate`): they begin when they are due.
import { z } from 'zod'
import { formatCount, formatMs, formatRate, parseRate, plural } from '../units.ts'

export interface RateWorkload {
  readonly kind: 'rate'
  readonly ratePerSecond: number
  readonly durationMs: number
}

export type Workload =
  | { readonly kind: 'iterations'; readonly iterations: number }
  | { readonly kind: 'duration'; readonly durationMs: number }
  | RateWorkload

/** What a group does that names no workload. */
export const ONE_ITERATION: Workload = { kind: 'iterations', iterations: 1 }

/** More arrivals in one cycle than this are a slip of the pen. */
const MOST_ARRIVALS = 1_000_000_000

/**
 * How many iterations are due in one cycle: the first at once, the others evenly spaced, the last before the time is over.
 * @param share of the group that acts: as much of the load arrives
 */
export function arrivalsOf({ ratePerSecond, durationMs }: RateWorkload, share = 1): number {
  // 0.1/s over 30s is 3, whatever binary fractions make of it.
  return Math.floor((share * ratePerSecond * durationMs) / 1000 + 1e-9)
}

/** Explains why no iteration of an open workload is due when only `acting` of `count` agents act. */
export function partText({ ratePerSecond, durationMs }: RateWorkload, acting: number, count: number): string {
  const part = `${formatCount(acting)} of ${plural(count, 'agent')} ${acting === 1 ? 'acts' : 'act'}`
  return `${part}, and that part of ${formatRate(ratePerSecond)} is less than one in ${formatMs(durationMs)}`
}

const rate: z.ZodType<number> = z.unknown().transform((given, context) => {
  const perSecond = typeof given === 'string' ? parseRate(given) : undefined
  if (perSecond !== undefined) return perSecond
  const isBare = typeof given === 'number' || (typeof given === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(given))
  const text = typeof given === 'string' ? `"${given}"` : String(JSON.stringify(given))
  const message = isBare
    ? `${text} has no unit.\nWrite ${Number(given)}/s for so many per second; known: /s, /m, /h.`
    : `${text} is not a rate.\nWrite a number with one of the units /s, /m, /h: 50/s, 300/m.`
  context.addIssue({ code: 'custom', message, input: given })
  return z.NEVER
})

/** @param duration a text with a unit → milliseconds */
export function workloadSchema(duration: z.ZodType<number>): z.ZodType<Workload> {
  return z
    .strictObject({
      iterations: z.int().min(1).max(1_000_000).optional().meta({
        description: 'Iterations of each agent in each cycle.',
        unset: '`1`',
      }),
      duration: duration.optional().meta({ description: 'As many iterations as begin within this time.', unset: '–' }),
      rate: rate.optional().meta({
        title: 'rate',
        type: 'string',
        description:
          'So many iterations begin per second, minute or hour, for the whole group: `50/s`, `300/m`, `1000/h`.',
        unset: '–',
      }),
    })
    .transform((given, context): Workload => {
      const workload = workloadOf(given)
      if (typeof workload !== 'string') return workload
      context.addIssue({ code: 'custom', message: workload })
      return z.NEVER
    })
}

/** The workload, or what is wrong with it. */
function workloadOf(given: {
  readonly iterations?: number | undefined
  readonly duration?: number | undefined
  readonly rate?: number | undefined
}): Workload | string {
  const { iterations, duration: durationMs, rate: ratePerSecond } = given
  if (iterations !== undefined && durationMs === undefined && ratePerSecond === undefined)
    return { kind: 'iterations', iterations }
  if (iterations !== undefined || durationMs === undefined)
    return (
      'A workload has iterations, or duration, or rate and duration.\n' +
      'Write { iterations: 1 }, { duration: 30s } or { rate: 50/s, duration: 30s }.'
    )
  if (ratePerSecond === undefined) return { kind: 'duration', durationMs }
  const workload: RateWorkload = { kind: 'rate', ratePerSecond, durationMs }
  const arrivals = arrivalsOf(workload)
  if (arrivals < 1)
    return `At this rate not one iteration is due within ${formatMs(durationMs)}.\nGive a higher rate or a longer duration.`
  if (arrivals > MOST_ARRIVALS) return `That makes ${arrivals} iterations in one cycle.\nGive a lower rate.`
  return workload
}
