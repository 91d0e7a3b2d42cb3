// The TypeScript types of a scenario as people write it, one interface for each mapping: made from the same
// schema that checks it, with the same texts. Which file each stands in is input-files.ts.
import { OPERATORS } from '../src/actions/operators.ts'
import { requestKeys } from '../src/actions/request-keys.ts'
import { SERVICE_KEYS } from '../src/scenario/sut-schema.ts'
import type { Key, MappingKeys } from './mappings.ts'
import { isRange } from './mappings.ts'
import type { Json } from './scenario-schema.ts'
import { STEP, wholeSchema } from './scenario-schema.ts'

/** One exported type. */
export interface Declaration {
  readonly name: string
  readonly text: string
}

const SPECIAL: Readonly<Record<string, string>> = {
  file: 'ScenarioInput',
  agents: 'GroupInput',
  services: 'ServiceInput',
}

/** Keys that several mappings have in common: these extend a type of their own. */
const SHARED: Readonly<Record<string, readonly string[]>> = {
  OperatorsInput: OPERATORS,
  RequestInput: Object.keys(requestKeys),
  ServiceKeys: SERVICE_KEYS,
}

/** All types, in the order of the file. */
export function inputTypes(mappings: ReadonlyMap<string, MappingKeys>): readonly Declaration[] {
  const steps = wholeSchema('scenario').definitions?.['step']?.oneOf ?? []
  const types = steps.map(({ properties }) => String(properties?.['type']?.const))
  const base = (mappings.get('step')?.keys ?? []).filter(({ name }) => name !== 'type')
  const shared = new Map<string, Declaration>()
  const parts = [...mappings.values()].flatMap(({ name, keys }) => {
    if (name === 'step') return [interfaceOf({ name: 'StepKeys', keys: base })]
    const { own, bases } = withoutShared(keys, shared)
    if (!types.includes(name)) return [interfaceOf({ name: nameOf(name), keys: own, bases })]
    const step = steps[types.indexOf(name)]
    // A branch cannot do without the condition that others may have.
    const needed = base.filter((key) => !key.isRequired && step?.required?.includes(key.name) === true)
    const all = [...needed.map((key) => ({ ...key, isRequired: true })), ...own]
    return [interfaceOf({ name: nameOf(name), keys: all, bases: ['StepKeys', ...bases], step })]
  })
  const union = `/** One step of a flow. */\nexport type StepInput = ${types.map(nameOf).join(' | ')}\n`
  const final = `/** A final assertion: a step of type \`assert\` that need not say so. */\nexport type AssertionInput = Omit<AssertInput, 'type'> & { readonly type?: 'assert' }\n`
  return [...shared.values(), ...parts, { name: 'StepInput', text: union }, { name: 'AssertionInput', text: final }]
}

/** The keys that are left when the shared ones stand in types of their own, which are declared on the way. */
function withoutShared(
  keys: readonly Key[],
  declared: Map<string, Declaration>,
): { readonly own: readonly Key[]; readonly bases: readonly string[] } {
  const bases = Object.entries(SHARED).filter(([name, names]) => {
    const common = keys.filter((key) => names.includes(key.name))
    if (common.length < names.length) return false
    const declaration = interfaceOf({ name, keys: common })
    if (!declared.has(name)) declared.set(name, declaration)
    return declared.get(name)?.text === declaration.text
  })
  const inBases = new Set(bases.flatMap(([, names]) => names))
  return { own: keys.filter((key) => !inBases.has(key.name)), bases: bases.map(([name]) => name) }
}

function nameOf(mapping: string): string {
  const words = mapping.split(/[._]/).map((word) => word.charAt(0).toUpperCase() + word.slice(1))
  return SPECIAL[mapping] ?? `${words.join('')}Input`
}

interface Shape {
  readonly name: string
  readonly keys: readonly Key[]
  /** What it extends. */
  readonly bases?: readonly string[]
  /** The schema of the step that it is, whose type is a key like none of the others. */
  readonly step?: Json | undefined
}

function interfaceOf({ name, keys, bases = [], step }: Shape): Declaration {
  const type = step?.properties?.['type']
  const lines = keys.map((key) => {
    const value = key.name === 'assertions' ? 'readonly AssertionInput[]' : typeOf(key.schema, key.inside)
    const text = key.schema.unset === undefined ? '' : ` Default: ${key.schema.unset}.`
    return `  /** ${key.schema.description}${text} */\n  readonly ${key.name}${key.isRequired ? `: ${value}` : `?: ${value} | undefined`}`
  })
  if (type !== undefined) lines.unshift(`  readonly type: ${literal(type.const)}`)
  const head = type?.description === undefined ? '' : `/** ${type.description} */\n`
  const more = bases.length === 0 ? '' : ` extends ${bases.join(', ')}`
  return { name, text: `${head}export interface ${name}${more} {\n${lines.join('\n')}\n}\n` }
}

function typeOf(schema: Json, inside: string | undefined): string {
  const ways = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]
  if (ways.length > 0) return [...new Set(ways.map((way) => typeOf(way, inside)))].join(' | ')
  if (schema.$ref === STEP) return 'StepInput'
  if (schema.const !== undefined) return literal(schema.const)
  if (schema.enum !== undefined) return schema.enum.map(literal).join(' | ')
  if (isRange(schema))
    return `{ ${Object.entries(schema.properties ?? {})
      .map(([key, value]) => `readonly ${key}: ${typeOf(value, undefined)}`)
      .join('; ')} }`
  if (schema.properties !== undefined) return inside === undefined ? 'object' : nameOf(inside)
  if (schema.items !== undefined || schema.type === 'array')
    return `readonly ${bracketed(typeOf(schema.items ?? {}, inside))}[]`
  if (schema.type === 'object') {
    const { additionalProperties: values } = schema
    return `Readonly<Record<string, ${typeof values === 'object' ? typeOf(values, inside) : 'unknown'}>>`
  }
  return [schema.type ?? 'unknown']
    .flat()
    .map((type) => (type === 'integer' ? 'number' : type))
    .join(' | ')
}

const literal = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : String(value))
const bracketed = (type: string): string => (/[ |]/.test(type) ? `(${type})` : type)
