// The tables of docs/reference/scenario.md. The page is written by hand except for what stands between
// `<!-- keys: NAME -->` and `<!-- end -->`: a table of the keys of that mapping. `<!-- keys: NAME, without:
// OTHER -->` leaves out the keys that the other one has.
import type { Key, MappingKeys } from './mappings.ts'
import { isRange, waysOf } from './mappings.ts'
import type { Json } from './scenario-schema.ts'
import { STEP } from './scenario-schema.ts'

const PART = /(?<=<!-- keys: ([\w.]+)(?:, without: ([\w.]+))? -->\n)[\s\S]*?(?=<!-- end -->)/g

/** The page with its tables made anew. */
export function withTables(page: string, mappings: ReadonlyMap<string, MappingKeys>): string {
  const sections = sectionsOf(page)
  return page.replaceAll(PART, (_, name: string, without: string | undefined) => {
    const mapping = mappings.get(name)
    if (mapping === undefined)
      throw new Error(`there is no mapping "${name}"; known: ${[...mappings.keys()].join(', ')}`)
    const others = without === undefined ? [] : (mappings.get(without)?.keys ?? []).map((key) => key.name)
    const keys = mapping.keys.filter((key) => !others.includes(key.name))
    return `\n${table(keys, ({ inside = '' }) => sections.get(inside))}\n`
  })
}

/** The keys that the page has no table for. */
export function notOnPage(page: string, mappings: ReadonlyMap<string, MappingKeys>): string[] {
  const shown = new Map([...page.matchAll(PART)].map(([, name = '', without = '']) => [name, without]))
  const isShown = (mapping: string, key: string): boolean => {
    const without = shown.get(mapping)
    const other = without === undefined ? undefined : mappings.get(without)?.keys
    if (without === undefined) return false
    return other?.some(({ name }) => name === key) === true ? isShown(without, key) : true
  }
  return [...mappings.values()].flatMap(({ name, keys }) =>
    keys.filter((key) => !isShown(name, key.name)).map((key) => `${name}.${key.name}`),
  )
}

/** Which anchor a mapping's table stands under. */
function sectionsOf(page: string): ReadonlyMap<string, string> {
  const sections = new Map<string, string>()
  let anchor = ''
  for (const line of page.split('\n')) {
    const heading = /^#{2,} (.+)$/.exec(line)?.[1]
    if (heading !== undefined)
      anchor = heading
        .toLowerCase()
        .replaceAll(/[^\w\s-]/g, '')
        .replaceAll(' ', '-')
    const name = /^<!-- keys: ([\w.]+)/.exec(line)?.[1]
    if (name !== undefined && name !== 'file') sections.set(name, anchor)
  }
  return sections
}

function table(keys: readonly Key[], anchorOf: (key: Key) => string | undefined): string {
  if (keys.length === 0) return ''
  const rows = keys.map((each) => {
    const { name, schema, isRequired } = each
    const anchor = anchorOf(each)
    const key = anchor === undefined ? `\`${name}\`` : `[\`${name}\`](#${anchor})`
    const cells = [key, typeText(schema), isRequired ? 'required' : defaultText(schema), schema.description ?? '']
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  })
  return ['| key | type | default | meaning |', '|---|---|---|---|', ...rows, ''].join('\n')
}

function defaultText(schema: Json): string {
  if (schema.unset !== undefined) return schema.unset
  if (schema.default === undefined) return 'none'
  return `\`${typeof schema.default === 'string' ? schema.default : JSON.stringify(schema.default)}\``
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'number',
  number: 'number',
  boolean: 'true or false',
  null: 'null',
}

function typeText(schema: Json): string {
  if (schema.title !== undefined) return schema.title
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(' ')
  const ways = [...new Set(waysOf(schema).map(oneType))].filter((text) => text !== 'null')
  return ways.length === 0 ? 'anything' : ways.join(' or ')
}

function oneType(schema: Json): string {
  if (schema.$ref === STEP) return 'step'
  if (schema.title !== undefined) return schema.title
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const).replaceAll('"', '')}\``
  if (schema.enum !== undefined) return typeText(schema)
  if (schema.items !== undefined) return listText(typeText(schema.items))
  if (isRange(schema)) return '`{ min, max }`'
  if (schema.properties !== undefined) return 'mapping'
  const { additionalProperties: values } = schema
  if (typeof values === 'object')
    return values.type === 'string' && values.title === undefined ? 'mapping of texts' : 'mapping'
  if (schema.type === 'array') return 'list'
  const types = [schema.type ?? 'anything'].flat()
  return types.map((type) => TYPES[type] ?? type).join(', ')
}

function listText(item: string): string {
  if (item === 'step') return 'list of steps'
  if (item === 'text') return 'list of texts'
  return item === 'mapping' || item === 'anything' || item.includes(' or ') ? 'list' : `list of ${item}`
}
