// All mappings that a scenario file and a SUT may have, with their keys: found by walking the whole schema.
// The reference page lists them, and tests/scenario/every-key.test.ts asks for each where it is shown.
import type { Json } from './scenario-schema.ts'
import { STEP, wholeSchema } from './scenario-schema.ts'

export interface Key {
  readonly name: string
  readonly schema: Json
  readonly isRequired: boolean
  /** The mapping that it holds. */
  inside?: string | undefined
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
  const types = steps.map(({ properties }) => properties?.['type']?.const)
  const common = propertyNames(steps[0]).filter((key) => steps.every((step) => propertyNames(step).includes(key)))
  for (const step of steps) {
    const type = String(step.properties?.['type']?.const)
    const own = keysOf(step).filter(({ name }) => !common.includes(name))
    if (!found.has('step'))
      found.set('step', { name: 'step', keys: keysOf(step).filter(({ name }) => common.includes(name)) })
    add(type, own, '', found)
    for (const key of own) key.inside = walk(key.schema, key.name, type, found)
  }
  const [type] = found.get('step')?.keys ?? []
  if (type !== undefined) Object.assign(type, { schema: { enum: types, description: 'What it does.' } })
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

/** `{ min, max }` is one value, not keys to look up. */
export function isRange(json: Json): boolean {
  return propertyNames(json).join() === 'min,max'
}

function walk(json: Json, name: string, above: string, found: Map<string, MappingKeys>): string | undefined {
  let inside: string | undefined
  const ways = waysOf(json).filter(({ $ref }) => $ref !== STEP)
  const mappings = ways.filter((way) => way.properties !== undefined && !isRange(way))
  if (mappings.length > 0) {
    const keys = merged(mappings)
    inside = add(name, keys, above, found)
    for (const key of keys) key.inside = walk(key.schema, key.name, inside, found)
  }
  for (const { additionalProperties, items } of ways) {
    if (typeof additionalProperties === 'object') inside ??= walk(additionalProperties, name, above, found)
    // Final assertions are steps that need not say so.
    if (items !== undefined && name !== 'assertions') inside ??= walk(items, name, above, found)
  }
  return inside
}

/** Of several kinds of one mapping. */
function merged(mappings: readonly Json[]): Key[] {
  const keys = new Map<string, Key>()
  for (const key of mappings.flatMap(keysOf)) {
    const isRequired = mappings.every(({ required = [] }) => required.includes(key.name))
    const before = keys.get(key.name)
    keys.set(key.name, { ...(before ?? key), schema: both(before?.schema, key.schema), isRequired })
  }
  return [...keys.values()]
}

/** A key that says of which kind the mapping is has a value of its own in each. */
function both(before: Json | undefined, schema: Json): Json {
  if (before === undefined) return schema
  if (schema.const === undefined) return before
  const { const: one, ...rest } = before
  return { ...rest, enum: [...(before.enum ?? [one]), schema.const] }
}

const isEqual = (some: readonly Key[], others: readonly Key[]): boolean =>
  some.length === others.length &&
  some.every(({ name, isRequired }, at) => others[at]?.name === name && others[at].isRequired === isRequired)

/** The same keys in two places are one mapping; another one of the same name is called by what it stands in. */
function add(name: string, keys: readonly Key[], above: string, found: Map<string, MappingKeys>): string {
  const names = new Set(keys.map((key) => key.name))
  const twin = [...found.values()].find((other) => isEqual(other.keys, keys))
  if (twin !== undefined) return twin.name
  const isSame = (other: MappingKeys): boolean =>
    keys.every(({ name: key, isRequired }) =>
      other.keys.every((each) => each.name !== key || each.isRequired === isRequired),
    ) &&
    (keys.every((key) => other.keys.some((each) => each.name === key.name)) ||
      other.keys.every((each) => names.has(each.name)))
  for (const candidate of [name, `${above}.${name}`]) {
    const other = found.get(candidate)
    if (other !== undefined && !isSame(other)) continue
    if (other === undefined || other.keys.length < keys.length) found.set(candidate, { name: candidate, keys })
    return candidate
  }
  throw new Error(`two mappings are called ${above}.${name}`)
}
