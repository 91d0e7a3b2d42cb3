// Which keys of the language a scenario uses, and where in its value: the schema and the value walked side
// by side.
import type { MappingKeys } from './mappings.ts'
import { isRange, waysOf } from './mappings.ts'
import type { Json } from './scenario-schema.ts'
import { STEP } from './scenario-schema.ts'

export interface Use {
  /** `simulation.cycles`; keys of the file stand alone. */
  readonly key: string
  /** The way to the mapping that has it. */
  readonly at: readonly (string | number)[]
  readonly name: string
}

type Mappings = ReadonlyMap<string, MappingKeys>
type Value = Readonly<Record<string, unknown>>

/** What a key is called. */
export const keyOf = (mapping: string, name: string): string => (mapping === 'file' ? name : `${mapping}.${name}`)

export function usesIn(scenario: Value, mappings: Mappings): Use[] {
  return inMapping('file', scenario, [], mappings)
}

function inMapping(mapping: string, value: Value, at: Use['at'], mappings: Mappings): Use[] {
  const known = mappings.get(mapping)?.keys ?? []
  return Object.entries(value).flatMap(([name, inside]) => {
    const key = known.find((each) => each.name === name)
    if (key === undefined) return []
    const use = { key: keyOf(mapping, name), at, name }
    if (name === 'assertions') return [use, ...inAssertions(inside, [...at, name], mappings)]
    return [use, ...inValue(key.schema, inside, key.inside, [...at, name], mappings)]
  })
}

function inAssertions(list: unknown, at: Use['at'], mappings: Mappings): Use[] {
  const steps = Array.isArray(list) ? (list as unknown[]) : []
  return steps.flatMap((step, index) =>
    isMapping(step) ? inStep({ type: 'assert', ...step }, [...at, index], mappings) : [],
  )
}

const inStep = (step: Value, at: Use['at'], mappings: Mappings): Use[] => [
  ...inMapping('step', step, at, mappings),
  ...inMapping(String(step['type']), step, at, mappings),
]

function inValue(schema: Json, value: unknown, mapping: string | undefined, at: Use['at'], mappings: Mappings): Use[] {
  const ways = waysOf(schema)
  if (Array.isArray(value)) {
    const items = ways.find((way) => way.items !== undefined)?.items
    return items === undefined
      ? []
      : value.flatMap((item: unknown, index) => inValue(items, item, mapping, [...at, index], mappings))
  }
  if (!isMapping(value)) return []
  if (ways.some(({ $ref }) => $ref === STEP)) return inStep(value, at, mappings)
  const names = Object.keys(value)
  const fits = ways.some((way) => !isRange(way) && names.every((name) => Object.hasOwn(way.properties ?? {}, name)))
  if (fits && mapping !== undefined) return inMapping(mapping, value, at, mappings)
  const values = ways.map((way) => way.additionalProperties).find((way) => typeof way === 'object')
  if (typeof values !== 'object') return []
  return Object.entries(value).flatMap(([name, inside]) => inValue(values, inside, mapping, [...at, name], mappings))
}

const isMapping = (value: unknown): value is Value =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
