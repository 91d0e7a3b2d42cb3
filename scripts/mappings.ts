// All mappings that a scenario file and a SUT may have, with their keys: found by walking the whole schema.
// The reference page lists them, and tests/scenario/every-key.test.ts asks for each where it is shown.
import type { Json } from './scenario-schema.ts'
import { STEP, wholeSchema } from './scenario-schema.ts'

export interface Key {
  readonly name: string
  readonly schema: Json
  readonly isRequired: boolean
}

export interface MappingKeys {
  /** The key it stands under: `simulation`; `agents` for a group, `step` for what all steps have, `http` for a step. */
  readonly name: string
  readonly keys: readonly Key[]
}

/** By name, in the order of the file. */
export function mappingsOf(): ReadonlyMap<string, MappingKeys> {
  const found = new Map<string, MappingKeys>()
  const file = wholeSchema('scenario')
  walk(file, 'file', '', found)
  const steps = file.definitions?.['step']?.oneOf ?? []
  const common = propertyNames(steps[0]).filter((key) => steps.every((step) => propertyNames(step).includes(key)))
  for (const step of steps) {
    const type = String(step.properties?.['type']?.const)
    const own = keysOf(step).filter(({ name }) => !common.includes(name))
    add(
      'step',
      keysOf(step).filter(({ name }) => common.includes(name)),
      '',
      found,
    )
    add(type, own, '', found)
    for (const { name, schema } of own) walk(schema, name, type, found)
  }
  return found
}

const propertyNames = (json: Json | undefined): string[] => Object.keys(json?.properties ?? {})

const keysOf = ({ properties = {}, required = [] }: Json): Key[] =>
  Object.entries(properties).map(([name, schema]) => ({ name, schema, isRequired: required.includes(name) }))

/** Everything that a value may be. */
export function waysOf(json: Json): readonly Json[] {
  const several = [...(json.anyOf ?? []), ...(json.oneOf ?? [])]
  return several.length === 0 ? [json] : several.flatMap(waysOf)
}

function walk(json: Json, name: string, above: string, found: Map<string, MappingKeys>): void {
  const ways = waysOf(json).filter(({ $ref }) => $ref !== STEP)
  const mappings = ways.filter(({ properties }) => properties !== undefined)
  if (mappings.length > 0) {
    const used = add(name, merged(mappings), above, found)
    for (const each of mappings) for (const key of keysOf(each)) walk(key.schema, key.name, used, found)
  }
  for (const { additionalProperties, items } of ways) {
    if (typeof additionalProperties === 'object') walk(additionalProperties, name, above, found)
    // Final assertions are steps that need not say so.
    if (items !== undefined && name !== 'assertions') walk(items, name, above, found)
  }
}

/** Of several kinds of one mapping. */
function merged(mappings: readonly Json[]): Key[] {
  const keys = new Map<string, Key>()
  for (const key of mappings.flatMap(keysOf)) {
    const isRequired = mappings.every(({ required = [] }) => required.includes(key.name))
    keys.set(key.name, { ...(keys.get(key.name) ?? key), isRequired })
  }
  return [...keys.values()]
}

/** The same mapping in two places is one; another one of the same name is called by what it stands in. */
function add(name: string, keys: readonly Key[], above: string, found: Map<string, MappingKeys>): string {
  const names = new Set(keys.map((key) => key.name))
  const isSame = (other: MappingKeys): boolean =>
    [...names].every((key) => other.keys.some((each) => each.name === key)) ||
    other.keys.every((each) => names.has(each.name))
  for (const candidate of [name, `${above}.${name}`]) {
    const other = found.get(candidate)
    if (other !== undefined && !isSame(other)) continue
    if (other === undefined || other.keys.length < keys.length) found.set(candidate, { name: candidate, keys })
    return candidate
  }
  throw new Error(`two mappings are called ${above}.${name}`)
}
