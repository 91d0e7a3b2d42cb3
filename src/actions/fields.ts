// Schemas that several actions share: the keys of every step, variable names, durations, lone texts.
// An error text may have a second line: the way out.
import { z } from 'zod'
import { parseDuration } from '../units.ts'
import { shown } from './failure.ts'
import { wrongPattern } from './pattern.ts'

/** Milliseconds from a text with a unit. */
export const duration: z.ZodType<number> = z
  .string({ error: (issue) => wrongDuration(issue.input) })
  .transform((text, context) => {
    const ms = parseDuration(text)
    if (ms !== undefined) return ms
    context.addIssue({ code: 'custom', message: wrongDuration(text), input: text })
    return z.NEVER
  })
  .meta({ title: 'duration' })

function wrongDuration(value: unknown): string | undefined {
  if (value === undefined) return undefined
  const bare = typeof value === 'number' || (typeof value === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(value))
  if (bare)
    return `${shown(value)} has no unit.\nWrite ${Number(value)}s for seconds or ${Number(value)}ms for milliseconds; known: us, ms, s, m, h.`
  return `${shown(value)} is not a duration.\nWrite a number with one of the units us, ms, s, m, h: 250ms, 1.5s, 2m.`
}

const notVariables: readonly string[] = ['constructor', 'prototype', '__proto__']

/** What can be extracted or set, and then named in a template. */
export const variable: z.ZodType<string, string> = z
  .string()
  .refine((name) => /^[A-Za-z_]\w*$/.test(name) && !notVariables.includes(name), {
    error: (issue) =>
      `${shown(issue.input)} cannot be the name of a variable.\nUse letters, digits and _, a letter first.`,
  })

/** A step's name is a label in metrics and part of messages. */
const stepName: z.ZodType<string, string> = z
  .string()
  .min(1)
  .max(100)
  .refine((name) => !/[{}",:>\p{Cc}]/u.test(name) && name.trim() === name, {
    error: (issue) =>
      `${shown(issue.input)} cannot be a step's name.\nIt is a label: no { } " , : > and no spaces around it.`,
  })

export interface StepKeys {
  readonly name: z.ZodType<string, string>
  readonly condition: z.ZodOptional<z.ZodString>
  readonly tags: z.ZodOptional<z.ZodRecord<z.ZodString, z.ZodString>>
}

/** The keys that every step has besides `type`. */
export const stepKeys: StepKeys = {
  name: stepName.meta({ description: 'The label in metrics; once in a flow; without `{ } " , : >`.' }),
  condition: z.string().optional().meta({ title: 'expression', description: 'The step is skipped when it is false.' }),
  tags: z
    .record(z.string(), z.string())
    .optional()
    .meta({ description: 'Labels for thresholds: `p95{area:payment}`.' }),
}

/** What a header or a query can hold: printed as text. */
export const scalar: z.ZodType<string | number | boolean> = z.union([z.string(), z.number(), z.boolean()], {
  error: (issue) => `${shown(issue.input)} is not text, a number, true or false.`,
})

/** @param isOpen what it will be is not known before the run */
export function patternText(isOpen: (source: string) => boolean = () => false): z.ZodType<string, string> {
  return z.string().superRefine((source, context) => {
    const wrong = isOpen(source) ? undefined : wrongPattern(source)
    if (wrong === undefined) return
    const message = `${shown(source)} is not a regular expression: ${wrong}.\nRE2 syntax: no look-around, no back-references.`
    context.addIssue({ code: 'custom', message })
  })
}

/** One template alone, where another type is wanted: `"{{limit}}"`. */
export function templateFor(wanted: string): z.ZodType<string, string> {
  return z.string().regex(/^\s*\{\{.*\}\}\s*$/s, { error: (issue) => `${shown(issue.input)} is not ${wanted}.` })
}
