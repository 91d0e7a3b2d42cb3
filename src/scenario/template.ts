// Templates as functions, compiled once: a text that is one template alone keeps its value's type,
// inside text it is printed. Only own properties are reached. The grammar is template-syntax.ts.
import type { Names, TextTemplate, ValueTemplate } from '../actions/action.ts'
import { NameError } from '../actions/action.ts'
import { shown } from '../actions/failure.ts'
import { valueAt } from '../actions/value-at.ts'
import type { Way } from '../actions/value-at.ts'
import { spend } from '../effort.ts'
import { didYouMean } from '../errors.ts'
import { formatCount } from '../units.ts'
import { FILTERS, FUNCTIONS, print } from './filters.ts'
import type { FilterUse, NamePath, Primary, TemplatePart } from './template-syntax.ts'
import { LanguageError, parseTemplate } from './template-syntax.ts'

/** The names that exist without being extracted or set. */
export const BUILTIN_NAMES: readonly string[] = [
  'agent',
  'correlation_id',
  'cycle',
  'data',
  'entry',
  'env',
  'instance_id',
  'iteration',
  'last_response',
  'memory',
  'now',
  'run_id',
  'scenario',
  'setup',
  'uuid',
  'variation',
]
const builtins: ReadonlySet<string> = new Set(BUILTIN_NAMES)

/** A name that a text uses. */
export interface NameUse {
  readonly path: NamePath
  /** Then a missing value is no failure. */
  readonly hasDefault: boolean
  /** Where in the text. */
  readonly offset: number
}

/** A text that gives text. Throws LanguageError. */
export function compileText(text: string): TextTemplate {
  const parts = parseTemplate(text).map((part) => (typeof part === 'string' ? part : compilePart(part)))
  const [first] = parts
  if (parts.length === 1) {
    if (typeof first === 'function') return (names) => print(first(names))
    return () => first ?? ''
  }
  return (names) => {
    let out = ''
    for (const part of parts) out = bounded(out + (typeof part === 'string' ? part : print(part(names))), text)
    return out
  }
}

/** Any JSON-like value, its texts being templates. Throws LanguageError. */
export function compileValue(value: unknown): ValueTemplate {
  if (!isDynamic(value)) return () => value
  if (typeof value === 'string') {
    const [first, ...more] = parseTemplate(value)
    return typeof first === 'object' && more.length === 0 ? compilePart(first) : compileText(value)
  }
  if (Array.isArray(value)) {
    const items = value.map(compileValue)
    return (names) => items.map((item) => item(names))
  }
  const entries = Object.entries(value as object).map(([key, item]) => [key, compileValue(item)] as const)
  return (names) => Object.fromEntries(entries.map(([key, item]) => [key, item(names)]))
}

/** Every name a text uses. Throws LanguageError, also for unknown filters and functions. */
export function templateNames(text: string): readonly NameUse[] {
  const uses: NameUse[] = []
  for (const part of parseTemplate(text)) {
    if (typeof part === 'string') continue
    compilePart(part)
    const hasDefault = part.filters.some((filter) => filter.name === 'default')
    collect(part.primary, hasDefault, part.offset, uses)
  }
  return uses
}

function collect(primary: Primary, hasDefault: boolean, offset: number, uses: NameUse[]): void {
  if (primary.kind === 'path') uses.push({ path: primary.path, hasDefault, offset })
  if (primary.kind === 'call') for (const arg of primary.args) collect(arg, hasDefault, offset, uses)
}

/** What a template gives, at most. */
const MOST_CHARACTERS = 4_000_000
const CHARACTERS_PER_UNIT = 16

/** The same text, if it may be that long. */
function bounded(made: string, source: string): string {
  spend(made.length / CHARACTERS_PER_UNIT)
  if (made.length <= MOST_CHARACTERS) return made
  throw new NameError(`${shown(source)} gives more than ${formatCount(MOST_CHARACTERS)} characters`)
}

function isDynamic(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('{{')
  return typeof value === 'object' && value !== null && Object.values(value).some(isDynamic)
}

type Lookup = (names: Names) => unknown

function compilePart(part: TemplatePart): Lookup {
  const { primary, filters, source } = part
  const forgiving = filters.findIndex((filter) => filter.name === 'default')
  let value = compilePrimary(primary, part, forgiving >= 0)
  for (const use of filters) value = compileFilter(value, use, source)
  return value
}

function compileFilter(before: Lookup, use: FilterUse, source: string): Lookup {
  const filter = Object.hasOwn(FILTERS, use.name) ? FILTERS[use.name] : undefined
  if (filter === undefined)
    throw new LanguageError(
      `"${use.name}" in ${source} is not a filter.`,
      use.offset,
      didYouMean(use.name, Object.keys(FILTERS)),
    )
  const { argument } = use
  return (names) => {
    const value = before(names)
    // Until a default is reached, what is missing stays missing.
    if (value === undefined && use.name !== 'default') return undefined
    try {
      const made = filter(value, argument)
      return typeof made === 'string' ? bounded(made, source) : made
    } catch (error) {
      throw error instanceof NameError ? new NameError(`${source}: ${error.message}`) : error
    }
  }
}

function compilePrimary(primary: Primary, part: TemplatePart, isOptional: boolean): Lookup {
  if (primary.kind === 'literal') return () => primary.value
  if (primary.kind === 'call') return compileCall(primary.name, primary.args, part, isOptional)
  const [root, ...rest] = primary.path
  if (root === 'uuid' && rest.length === 0) return (names) => names.random().uuid()
  const find = compilePath(root, rest)
  if (isOptional) return find
  return (names) => {
    const value = find(names)
    if (value === undefined) throw new NameError(`${part.source} has no value here`)
    return value
  }
}

function compilePath(root: string, rest: Way): Lookup {
  if (builtins.has(root)) return (names) => valueAt(names.builtin(root), rest)
  return (names) => valueAt(Object.hasOwn(names.vars, root) ? names.vars[root] : undefined, rest)
}

function compileCall(name: string, args: readonly Primary[], part: TemplatePart, isOptional: boolean): Lookup {
  const known = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
  if (known === undefined)
    throw new LanguageError(
      `"${name}" in ${part.source} is not a function.`,
      part.offset,
      didYouMean(name, Object.keys(FUNCTIONS)),
    )
  if (args.length < known.least || args.length > known.most)
    throw new LanguageError(`${part.source} has ${args.length} arguments.`, part.offset, `Write {{ ${known.form} }}.`)
  const values = args.map((arg) => compilePrimary(arg, part, isOptional))
  return (names) => {
    const given = values.map((value) => value(names))
    return given.includes(undefined) ? undefined : known.call(names, given)
  }
}
