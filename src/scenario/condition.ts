// `condition`: a CEL expression over the same names as templates, plus `body`, `headers`, `status` of
// the last answer. Checked when it is compiled; bounded in size; it sees only the names it uses.
import { Environment, EvaluationError, serialize } from '@marcbachmann/cel-js'
import type { Answer, Names, ValueTemplate } from '../actions/action.ts'
import { NameError } from '../actions/action.ts'
import { pattern } from '../actions/pattern.ts'
import { celNames, checkNesting, useLinearPatterns } from './condition-tree.ts'
import { BUILTIN_NAMES, compileText, compileValue, templateNames } from './template.ts'
import type { NameUse } from './template.ts'
import { LanguageError, parseTemplate } from './template-syntax.ts'

const LONGEST = 2000

const cel = new Environment({
  unlistedVariablesAreDyn: true,
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: 500, maxDepth: 40, maxListElements: 200, maxMapEntries: 100, maxCallArguments: 8 },
})
// JSON has one kind of number, CEL has two that do not mix by themselves.
const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
}
for (const [sign, apply] of Object.entries(ARITHMETIC)) {
  const mixed = (a: number | bigint, b: number | bigint): number => apply(Number(a), Number(b))
  cel.registerOperator(`int ${sign} double: double`, mixed)
  cel.registerOperator(`double ${sign} int: double`, mixed)
  if (sign === '%') cel.registerOperator('double % double: double', mixed)
}
const same = (a: number | bigint, b: number | bigint): boolean => Number(a) === Number(b)
cel.registerOperator('int == double', same)
cel.registerFunction('string.matchesLinear(string): bool', (text: string, source: string) => pattern(source).isIn(text))

/** The names of the last answer that only conditions have. */
export const ANSWER_NAMES: readonly string[] = ['body', 'headers', 'status']

type Condition = (names: Names, last: Answer | undefined) => boolean
type Binding = (names: Names, last: Answer | undefined) => unknown

interface Parsed {
  readonly run: (context: Record<string, unknown>) => unknown
  readonly names: readonly NameUse[]
  /** Values that `{{x}}` inside it stands for. */
  readonly templates: ReadonlyMap<string, ValueTemplate>
}

/** Throws LanguageError. */
export function compileCondition(source: string): Condition {
  const { run, names, templates } = parse(source)
  const bindings = new Map<string, Binding>(templates)
  for (const { path } of names) if (!bindings.has(path[0])) bindings.set(path[0], binding(path[0]))
  return (current, last) => {
    const context: Record<string, unknown> = Object.create(null)
    for (const [name, value] of bindings) {
      const found = value(current, last)
      if (found !== undefined) context[name] = plain(found)
    }
    const result = evaluate(run, context, source)
    if (typeof result === 'boolean') return result
    throw new NameError(`condition ${source}: gives ${typeof result}, not true or false`)
  }
}

/** Every name it uses, inside `{{ }}` or not. Throws LanguageError. */
export function conditionNames(source: string): readonly NameUse[] {
  const { names, templates } = parse(source)
  return [...names.filter(({ path }) => !templates.has(path[0])), ...templateNames(source)]
}

function parse(source: string): Parsed {
  if (source.length > LONGEST) throw new LanguageError(`A condition has at most ${LONGEST} characters.`, 0)
  const templates = new Map<string, ValueTemplate>()
  const text = bindTemplates(source, templates)
  try {
    const { ast } = cel.parse(text)
    checkNesting(ast)
    const parsed = useLinearPatterns(ast) ? cel.parse(serialize(ast)) : cel.parse(text)
    const names = celNames(parsed.ast)
    const { valid, type, error } = parsed.check()
    if (!valid) throw error ?? new Error('it is not valid')
    if (type !== 'bool' && type !== 'dyn')
      throw new LanguageError(
        `The condition gives ${type}, not true or false.`,
        0,
        'Compare it with something: status == 200',
      )
    return { run: parsed, names, templates }
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
function bindTemplates(source: string, templates: Map<string, ValueTemplate>): string {
  if (!source.includes('{{')) return source
  const bind = (template: ValueTemplate): string => {
    const name = `template_${templates.size + 1}`
    templates.set(name, template)
    return name
  }
  const withoutQuoted = source.replace(
    /"([^"\\]*\{\{[^"\\]*)"|'([^'\\]*\{\{[^'\\]*)'/g,
    (whole, double?: string, single?: string) => {
      const text = double ?? single ?? ''
      // `"{{a}}" == "{{b}}"` holds quotes between two templates only in this reading, `{{x | default: "a"}}` in the other.
      return text.lastIndexOf('{{') < text.lastIndexOf('}}') ? bind(compileText(text)) : whole
    },
  )
  return parseTemplate(withoutQuoted)
    .map((part) => (typeof part === 'string' ? part : bind(compileValue(part.source))))
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
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(plain)
  const entries = Object.entries(value).map(([key, item]) => [key, plain(item)] as const)
  return Object.hasOwn(value, 'constructor')
    ? new Map(entries)
    : Object.assign(Object.create(null), Object.fromEntries(entries))
}

function evaluate(run: Parsed['run'], context: Record<string, unknown>, source: string): unknown {
  try {
    return run(context)
  } catch (error) {
    if (error instanceof EvaluationError || error instanceof Error)
      throw new NameError(`condition ${source}: ${summary(error)}`)
    throw error
  }
}

function summary(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'summary' in error && typeof error.summary === 'string')
    return error.summary
  return error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error)
}
