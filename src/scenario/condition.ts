// `condition`: a CEL expression over the same names as templates, plus `body`, `headers`, `status` of
// the last answer. Checked when it is compiled; bounded in size; it sees only the names it uses.
import type { ASTNode } from '@marcbachmann/cel-js'
import type { Answer, Condition, Names, ValueTemplate } from '../actions/action.ts'
import { NameError } from '../actions/action.ts'
import { shown } from '../actions/failure.ts'
import { valueAt } from '../actions/value-at.ts'
import { EffortError, spend } from '../effort.ts'
import { countedText } from './condition-effort.ts'
import { parseCel, parseCounting } from './condition-language.ts'
import { celNames, checkNesting, checkPatterns, pathText } from './condition-tree.ts'
import { wishesOf } from './condition-wishes.ts'
import { BUILTIN_NAMES, compileText, compileValue, templateNames } from './template.ts'
import type { NameUse } from './template.ts'
import { LanguageError, parseTemplate } from './template-syntax.ts'

const LONGEST = 2000
/** Values in a message. */
const MOST_TOLD = 6

/** Of one value. */
const UNITS_PER_COPY = 5

/** The names of the last answer that only conditions have. */
export const ANSWER_NAMES: readonly string[] = ['body', 'headers', 'status']

type Binding = (names: Names, last: Answer | undefined) => unknown

interface Parsed {
  readonly ast: ASTNode
  readonly names: readonly NameUse[]
  /** Values that `{{x}}` inside it stands for. */
  readonly templates: ReadonlyMap<string, Inserted>
}

interface Inserted {
  readonly value: ValueTemplate
  readonly source: string
  /** It stood in quotes, and gives text. */
  readonly isText: boolean
}

/** The one name that a template in a condition stands for: `{{cycle}} > 1`, `"{{choice}}" == "yes"`. */
export interface Alias extends Pick<Inserted, 'isText'> {
  readonly name: string
}

/** Throws LanguageError. */
export function compileCondition(source: string, called = 'condition'): Condition {
  const { ast, names, templates } = parse(source)
  const run = parseCounting(countedText(ast))
  const bindings = new Map<string, Binding>([...templates].map(([name, { value }]) => [name, value]))
  for (const { path } of names) if (!bindings.has(path[0])) bindings.set(path[0], binding(path[0]))
  // `has(cart.id)` is false, not an error, as long as there is no cart.
  const asked = new Set(names.filter(({ hasDefault }) => hasDefault).map(({ path }) => path[0]))
  const holds = (current: Names, last: Answer | undefined): boolean => {
    const context: Record<string, unknown> = Object.create(null)
    for (const [name, value] of bindings) {
      const found = value(current, last)
      if (found !== undefined) context[name] = plain(found)
      else if (asked.has(name)) context[name] = Object.create(null)
    }
    const result = evaluate(run, context, `${called} ${source}`)
    if (typeof result === 'boolean') return result
    throw new NameError(`${called} ${source}: gives ${typeof result}, not true or false`)
  }
  const told = (current: Names, last: Answer | undefined): string => {
    const own = names.filter(({ path }) => !templates.has(path[0]))
    const values = new Map(
      own.map(({ path }) => [pathText(path), valueAt(binding(path[0])(current, last), path.slice(1))]),
    )
    for (const { value, source: text } of templates.values()) values.set(text, value(current))
    const texts = [...values].map(([name, value]) => `${name} is ${shown(value)}`)
    return [...texts.slice(0, MOST_TOLD), ...(texts.length > MOST_TOLD ? ['…'] : [])].join(', ')
  }
  return Object.assign(holds, { told, wishes: () => wishesOf(ast, templates) })
}

/** Every name it uses, inside `{{ }}` or not. Throws LanguageError. */
export function conditionNames(source: string): readonly NameUse[] {
  const { names, templates } = parse(source)
  return [...names.filter(({ path }) => !templates.has(path[0])), ...templateNames(source)]
}

/** Its syntax tree, and what names in it stand for templates. Throws LanguageError. */
export function conditionTree(source: string): { readonly ast: ASTNode; readonly aliases: ReadonlyMap<string, Alias> } {
  const { ast, templates } = parse(source)
  const aliases = [...templates].flatMap(([inserted, { source: text, isText }]): [string, Alias][] => {
    const [, name] = /^\{\{\s*([A-Za-z_]\w*(?:\.\w+)*)\s*\}\}$/.exec(text) ?? []
    return name === undefined ? [] : [[inserted, { name, isText }]]
  })
  return { ast, aliases: new Map(aliases) }
}

function parse(source: string): Parsed {
  if (source.length > LONGEST) throw new LanguageError(`A condition has at most ${LONGEST} characters.`, 0)
  const templates = new Map<string, Inserted>()
  const text = bindTemplates(source, templates)
  try {
    const parsed = parseCel(text)
    checkNesting(parsed.ast)
    checkPatterns(parsed.ast)
    const names = celNames(parsed.ast)
    const { valid, type, error } = parsed.check()
    if (!valid) throw error ?? new Error('it is not valid')
    if (type !== 'bool' && type !== 'dyn')
      throw new LanguageError(
        `The condition gives ${type}, not true or false.`,
        0,
        'Compare it with something: status == 200',
      )
    return { ast: parsed.ast, names, templates }
  } catch (error) {
    if (error instanceof LanguageError) throw error
    throw new LanguageError(
      `The condition is not valid: ${summary(error)}.`,
      0,
      'It is CEL: status == 200 && size(items) > 0',
    )
  }
}

/** `{{x}}` becomes a name of its own, also when it is all or part of a quoted text. */
function bindTemplates(source: string, templates: Map<string, Inserted>): string {
  if (!source.includes('{{')) return source
  const bind = (inserted: Inserted): string => {
    const name = `template_${templates.size + 1}`
    templates.set(name, inserted)
    return name
  }
  const withoutQuoted = source.replace(
    /"([^"\\]*\{\{[^"\\]*)"|'([^'\\]*\{\{[^'\\]*)'/g,
    (whole, double?: string, single?: string) => {
      const text = double ?? single ?? ''
      // `"{{a}}" == "{{b}}"` holds quotes between two templates only in this reading, `{{x | default: "a"}}` in the other.
      if (text.lastIndexOf('{{') > text.lastIndexOf('}}')) return whole
      return bind({ value: compileText(text), source: text, isText: true })
    },
  )
  return parseTemplate(withoutQuoted)
    .map((part) =>
      typeof part === 'string' ? part : bind({ value: compileValue(part.source), source: part.source, isText: false }),
    )
    .join('')
}

function binding(name: string): Binding {
  if (name === 'status') return (_, last) => last?.status
  if (name === 'headers') return (_, last) => last?.headers
  if (name === 'body') return (_, last) => (last === undefined ? undefined : bodyOf(last))
  if (BUILTIN_NAMES.includes(name)) return (names) => names.builtin(name)
  return (names) => (Object.hasOwn(names.vars, name) ? names.vars[name] : undefined)
}

function bodyOf(answer: Answer): unknown {
  const json = answer.json()
  return 'value' in json ? json.value : answer.text()
}

/** CEL asks an object for its `constructor`; one that has such a key of its own becomes a Map. */
function plain(value: unknown): unknown {
  spend(UNITS_PER_COPY)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(plain)
  if (Object.hasOwn(value, 'constructor'))
    return new Map(Object.entries(value).map(([key, item]) => [key, plain(item)]))
  // Without a prototype, `__proto__` is a key like any other.
  const copy: Record<string, unknown> = Object.create(null)
  for (const [key, item] of Object.entries(value)) copy[key] = plain(item)
  return copy
}

function evaluate(
  run: (context: Record<string, unknown>) => unknown,
  context: Record<string, unknown>,
  what: string,
): unknown {
  const { stackTraceLimit } = Error
  try {
    // Loops make an error for each round that fails, and nobody reads its stack.
    Error.stackTraceLimit = 0
    return run(context)
  } catch (error) {
    if (error instanceof EffortError) throw error
    if (error instanceof Error) throw new NameError(`${what}: ${summary(error)}`)
    throw error
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

function summary(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'summary' in error && typeof error.summary === 'string')
    return error.summary
  return error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error)
}
