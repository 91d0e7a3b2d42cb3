// Reads parts of a file by their schemas: what fits comes back typed, what does not is noted where it
// stands. One wrong part never hides the mistakes in another.
import { actionOf, isStepType, stepSchema } from '../actions/index.ts'
import type { Step } from '../actions/index.ts'
import { allSteps } from '../actions/nested.ts'
import type { z } from 'zod'
import type { DataPath } from './diagnostic.ts'
import { formatPath } from './diagnostic.ts'
import { check, unknownKey } from './explain.ts'
import type { PlacedStep } from './scenario.ts'
import { stepList } from './schema.ts'
import type { Source } from './source.ts'

/** A step with the way to it. */
export interface ReadStep {
  /** When it is not right: as it was written, with a type that exists. */
  readonly step: Step
  readonly isRight: boolean
  readonly at: DataPath
  /** The steps inside it, by key. */
  readonly nested?: Readonly<Record<string, readonly ReadStep[]>>
}

export type Mapping = Readonly<Record<string, unknown>>

export const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export function mapValues<T, U>(
  from: Readonly<Record<string, T>>,
  change: (value: T, key: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(from).map(([key, value]) => [key, change(value, key)]))
}

export class Reader {
  readonly source: Source
  /** Where this reader's part begins: `sut` when the SUT stands in the scenario file. */
  readonly base: DataPath

  constructor(source: Source, base: DataPath = []) {
    this.source = source
    this.base = base
  }

  /** The value by its schema; undefined, with problems noted, when it does not fit. */
  read<T>(schema: z.ZodType<T>, value: unknown, path: DataPath): T | undefined {
    const checked = check(schema, value, [...this.base, ...path])
    if ('value' in checked) return checked.value
    for (const finding of checked.findings) this.source.add(finding)
    return undefined
  }

  /** The same for a key that may be left out; `fallback` then, and when it does not fit. */
  optional<T, F>(schema: z.ZodType<T>, of: Mapping, key: string, fallback: F): T | F {
    return Object.hasOwn(of, key) ? (this.read(schema, of[key], [key]) ?? fallback) : fallback
  }

  unknownKeys(of: Mapping, known: readonly string[], path: DataPath = []): void {
    for (const key of Object.keys(of))
      if (!known.includes(key) && !this.source.isFull) this.source.add(unknownKey(key, [...this.base, ...path], known))
  }

  /** All steps whose type is known: what is wrong in one must not hide what else is wrong. */
  steps(value: unknown, path: DataPath, schema: z.ZodType<Step> = stepSchema): ReadStep[] {
    const list = this.read(stepList, value, path)
    if (list === undefined) return []
    const steps = list.flatMap((raw, index): ReadStep[] => {
      const at = [...path, index]
      return readStep(raw, at, this.read(schema, raw, at))
    })
    this.#unique(allSteps(steps))
    return steps
  }

  #unique(steps: readonly ReadStep[]): void {
    const first = new Map<string, DataPath>()
    for (const { step, at } of steps) {
      if (typeof step.name !== 'string') continue
      const before = first.get(step.name)
      if (before === undefined) first.set(step.name, at)
      else this.duplicateName(step.name, at, before)
    }
  }

  duplicateName(name: string, at: DataPath, before: DataPath): void {
    const message = `A step named "${name}" is already there: ${formatPath(before)}.`
    const hint = 'A name is the label in metrics and stands once in a flow.'
    this.source.add({ code: 'duplicate-step', path: [...at, 'name'], message, hint })
  }

  placed({ step, at, nested }: ReadStep): PlacedStep {
    const placed = { step, path: formatPath(at), place: this.source.place(at) }
    if (nested === undefined) return placed
    return { ...placed, nested: mapValues(nested, (steps) => steps.map((one) => this.placed(one))) }
  }
}

/** With the steps inside it, whose mistakes were found with its own. */
function readStep(raw: unknown, at: DataPath, read: Step | undefined): ReadStep[] {
  const isKnown = read !== undefined || (isMapping(raw) && isStepType(raw['type']))
  if (!isKnown) return []
  const step = read ?? (raw as Step)
  const values: Mapping = { ...step }
  const nested = (actionOf(step.type).nested ?? []).flatMap((key) => {
    const list = values[key]
    if (!Array.isArray(list)) return []
    const inside = list.flatMap((one: unknown, index) => {
      const path = [...at, key, index]
      if (read !== undefined) return readStep(one, path, one as Step)
      const checked = check(stepSchema, one, path)
      return readStep(one, path, 'value' in checked ? checked.value : undefined)
    })
    return [[key, inside] as const]
  })
  const whole = { step, isRight: read !== undefined, at }
  return [nested.length > 0 ? { ...whole, nested: Object.fromEntries(nested) } : whole]
}
