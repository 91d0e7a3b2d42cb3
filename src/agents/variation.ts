// Variation: what differs between agents and iterations. Values, switches and timing are each drawn from
// a stream of their own name, so that one more of them never changes the others.
import { z } from 'zod'
import type { Random } from '../random.ts'

export interface Range {
  readonly min: number
  readonly max: number
}

export type Parameter =
  | { readonly type: 'choice'; readonly values: readonly unknown[] }
  | { readonly type: 'range'; readonly min: number; readonly max: number }

export interface VariationSpec {
  readonly parameters: Readonly<Record<string, Parameter>>
  /** Name → how probably it is on. */
  readonly toggles: Readonly<Record<string, number>>
  /** How much later an iteration begins. */
  readonly jitterMs?: Range
  /** What each step after the first waits. */
  readonly stepDelayMs?: Range
}

/** Of one agent in one iteration. */
export interface Variation {
  /** What `{{variation.x}}` gives. */
  readonly values: Readonly<Record<string, unknown>>
  readonly jitterMs: number
  readonly stepDelayMs: number
}

const MOST_VALUES = 10_000
const LONGEST_MS = 3_600_000

const inOrder = <R extends Range>(schema: z.ZodType<R>): z.ZodType<R> =>
  schema.refine(({ min, max }) => min <= max, { error: 'The least (min) is more than the most (max).\nSwap them.' })

const ms = z.number().min(0).max(LONGEST_MS)
const rangeMs: z.ZodType<Range> = inOrder(
  z.strictObject({ min: ms.meta({ description: 'The least.' }), max: ms.meta({ description: 'The most.' }) }),
)

const parameter: z.ZodType<Parameter> = z.discriminatedUnion('type', [
  z.strictObject({
    type: z
      .literal('choice')
      .meta({ description: '`choice`: one of `values`; `range`: a number from `min` to `max`.' }),
    values: z.array(z.unknown()).min(1).max(MOST_VALUES).meta({ description: 'Each is as likely as the others.' }),
  }),
  z
    .strictObject({
      type: z
        .literal('range')
        .meta({ description: '`choice`: one of `values`; `range`: a number from `min` to `max`.' }),
      min: z.number().meta({ description: 'Both whole: a whole number is drawn.' }),
      max: z.number().meta({ description: 'It can be drawn, too.' }),
    })
    .refine(({ min, max }) => min <= max, { error: 'The least (min) is more than the most (max).\nSwap them.' }),
])

export interface VariationInput {
  readonly parameters: Readonly<Record<string, Parameter>>
  readonly toggles: readonly { readonly name: string; readonly probability: number }[]
  readonly timing: { readonly jitter_ms?: Range | undefined; readonly step_delay_ms?: Range | undefined }
}

/** @param name what a template can name */
export function variationSchema(name: z.ZodType<string, string>): z.ZodType<VariationInput> {
  return z.strictObject({
    parameters: z
      .record(name, parameter)
      .default({})
      .meta({ description: 'Values by name: `{{variation.quantity}}`.', unset: 'none' }),
    toggles: z
      .array(
        z.strictObject({
          name: name.meta({ description: '`{{variation.name}}` is true or false.' }),
          probability: z.number().min(0).max(1).meta({ description: 'How probably it is true; 0 to 1.' }),
        }),
      )
      .default([])
      .meta({ description: 'Switches.', unset: 'none' }),
    timing: z
      .strictObject({
        jitter_ms: rangeMs.optional().meta({ description: 'How much later an iteration begins.' }),
        step_delay_ms: rangeMs.optional().meta({ description: 'What each step after the first waits.' }),
      })
      .default({})
      .meta({ description: 'Waiting that differs.', unset: 'none' }),
  })
}

export function variationSpec({ parameters, toggles, timing }: VariationInput): VariationSpec {
  return {
    parameters,
    toggles: Object.fromEntries(toggles.map(({ name, probability }) => [name, probability])),
    ...(timing.jitter_ms !== undefined && { jitterMs: timing.jitter_ms }),
    ...(timing.step_delay_ms !== undefined && { stepDelayMs: timing.step_delay_ms }),
  }
}

/** The names behind `variation.`. */
export function variationNames(spec: VariationSpec): readonly string[] {
  return [...new Set([...Object.keys(spec.parameters), ...Object.keys(spec.toggles)])]
}

/** @param stream the agent's stream of that name in this iteration */
export function drawVariation(spec: VariationSpec, stream: (name: string) => Random): Variation {
  const values: Record<string, unknown> = Object.create(null)
  for (const [name, of] of Object.entries(spec.parameters))
    values[name] = drawParameter(of, stream(`variation:${name}`))
  for (const [name, probability] of Object.entries(spec.toggles))
    values[name] = stream(`variation:${name}`).next() < probability
  const timing = (range: Range | undefined, name: string): number =>
    range === undefined ? 0 : range.min + stream(`timing:${name}`).next() * (range.max - range.min)
  return { values, jitterMs: timing(spec.jitterMs, 'jitter'), stepDelayMs: timing(spec.stepDelayMs, 'step delay') }
}

/** A range between whole numbers gives whole numbers, both ends included. */
function drawParameter(of: Parameter, random: Random): unknown {
  if (of.type === 'choice') return of.values[random.int(0, of.values.length - 1)]
  const { min, max } = of
  return Number.isInteger(min) && Number.isInteger(max) ? random.int(min, max) : min + random.next() * (max - min)
}
