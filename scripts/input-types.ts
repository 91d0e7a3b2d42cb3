// The TypeScript types of a scenario as people write it, one interface for each mapping: made from the same
// schema that checks it, with the same texts.
import type { Key, MappingKeys } from './mappings.ts'
import { isRange } from './mappings.ts'
import type { Json } from './scenario-schema.ts'
import { STEP, wholeSchema } from './scenario-schema.ts'

const HEAD = `// The types of a scenario as TypeScript writes it. Made from the schemas by \`npm run generate\`; what the
// values come to when a file is loaded is scenario.ts.
`

const SPECIAL: Readonly<Record<string, string>> = {
  file: 'ScenarioInput',
  agents: 'GroupInput',
  services: 'ServiceInput',
}

/** The text of src/scenario/input.ts. */
export function inputTypes(mappings: ReadonlyMap<string, MappingKeys>): string {
  const steps = wholeSchema('scenario').definitions?.['step']?.oneOf ?? []
  const types = steps.map(({ properties }) => String(properties?.['type']?.const))
  const base = (mappings.get('step')?.keys ?? []).filter(({ name }) => name !== 'type')
  const parts = [...mappings.values()].flatMap(({ name, keys }) => {
    if (name === 'step') return [interfaceOf('StepKeys', base)]
    if (!types.includes(name)) return [interfaceOf(nameOf(name), keys)]
    const step = steps[types.indexOf(name)]
    // A branch cannot do without the condition that others may have.
    const needed = base.filter((key) => !key.isRequired && step?.required?.includes(key.name) === true)
    const own = [...needed.map((key) => ({ ...key, isRequired: true })), ...keys]
    return [interfaceOf(`${nameOf(name)}`, own, `\n  readonly type: '${name}'`, ' extends StepKeys', step)]
  })
  const union = `/** One step of a flow. */\nexport type StepInput = ${types.map(nameOf).join(' | ')}\n`
  const final = `/** A final assertion: a step of type \`assert\` that need not say so. */\nexport type AssertionInput = Omit<AssertInput, 'type'> & { readonly type?: 'assert' }\n`
  return [HEAD, ...parts, union, final].join('\n')
}

function nameOf(mapping: string): string {
  const words = mapping.split(/[._]/).map((word) => word.charAt(0).toUpperCase() + word.slice(1))
  return SPECIAL[mapping] ?? `${words.join('')}Input`
}

function interfaceOf(name: string, keys: readonly Key[], first = '', more = '', step?: Json): string {
  const about = step?.properties?.['type']?.description
  const lines = keys.map((key) => {
    const type = key.name === 'assertions' ? 'readonly AssertionInput[]' : typeOf(key.schema, key.inside)
    const text = key.schema.unset === undefined ? '' : ` Default: ${key.schema.unset}.`
    return `  /** ${key.schema.description}${text} */\n  readonly ${key.name}${key.isRequired ? `: ${type}` : `?: ${type} | undefined`}`
  })
  const head = about === undefined ? '' : `/** ${about} */\n`
  return `${head}export interface ${name}${more} {${first}\n${lines.join('\n')}\n}\n`
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
