// Goes through all texts of steps and of the SUT, compiles each once to see that it is right, checks
// its names, and lists the environment variables that it asks for.
import { actionOf } from '../actions/index.ts'
import { conditionNames } from './condition.ts'
import type { DataPath } from './diagnostic.ts'
import { formatPath } from './diagnostic.ts'
import type { Scope } from './names.ts'
import { wrongName } from './names.ts'
import { pythonIn } from './python/index.ts'
import { saidOfPython } from './python-hint.ts'
import type { ReadStep } from './reader.ts'
import type { Scenario } from './scenario.ts'
import type { Source } from './source.ts'
import type { SutText } from './sut.ts'
import { templateNames } from './template.ts'
import type { NameUse } from './template.ts'
import { LanguageError } from './template-syntax.ts'

type Environment = Scenario['environment'][number]

/** A name that a step uses, and where. */
export interface PlacedUse extends NameUse {
  /** The way to the text; `offset` is a position in it. */
  readonly at: DataPath
}

export class NameCheck {
  readonly environment: Environment[] = []
  /** What each step uses itself, without the steps inside it. */
  readonly uses: Map<ReadStep, PlacedUse[]> = new Map()
  /** What no step uses: the SUT, the entry. */
  readonly used: PlacedUse[] = []
  readonly #source: Source
  #own: PlacedUse[] = []

  constructor(source: Source) {
    this.#source = source
  }

  step(read: ReadStep, scope: Scope): void {
    const { step, at } = read
    this.#own = []
    this.uses.set(read, this.#own)
    const { templates, conditions = [] } = actionOf(step.type)
    const values = new Map<string, unknown>(Object.entries(step))
    for (const key of templates) {
      const value = values.get(key)
      if (value !== undefined) this.#value(value, [...at, key], scope)
    }
    for (const key of ['condition', ...conditions]) this.#condition(values.get(key), [...at, key], scope)
  }

  #condition(source: unknown, path: DataPath, scope: Scope): void {
    if (typeof source !== 'string') return
    const python = pythonIn(source, scope.vars.has('context'))
    if (python === undefined) this.#text(() => conditionNames(source), path, { ...scope, isCondition: true })
    else this.#source.add({ path, offset: python.at, ...saidOfPython(python) })
  }

  /** What every iteration begins with: nothing has been extracted by then. */
  entry(value: unknown, scope: Scope): void {
    this.#own = this.used
    this.#value(value, ['entry'], { ...scope, vars: new Set() })
  }

  /** A base_url is known before the run: it can only ask for the environment. */
  sut({ text, path, kind }: SutText, scope: Scope): void {
    this.#own = this.used
    const uses = this.#text(() => templateNames(text), path, scope)
    for (const { path: name } of kind === 'base_url' ? uses : [])
      if (name[0] !== 'env')
        this.#source.add({
          code: 'base-url',
          path,
          message: `A base_url cannot use "${name.join('.')}".`,
          hint: 'It is fixed before the run: only env.* is known by then.',
        })
  }

  #value(value: unknown, path: DataPath, scope: Scope): void {
    const key = path.at(-2) === 'expect' ? path.at(-1) : undefined
    // A JSON Schema is sent nowhere and fixed.
    if (key === 'schema') return
    if (key === 'expression') this.#condition(value, path, scope)
    else if (typeof value === 'string') {
      // The one text of a step that is a name without braces.
      const text = key === 'context_path' ? `{{${value}}}` : value
      if (text.includes('{{')) this.#text(() => templateNames(text), path, scope, text === value ? 0 : -2)
    } else if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) this.#value(item, [...path, index], scope)
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, item] of Object.entries(value)) this.#value(item, [...path, name], scope)
    }
  }

  #text(read: () => readonly NameUse[], path: DataPath, scope: Scope, shift = 0): readonly NameUse[] {
    try {
      const uses = read()
      for (const use of uses) this.#use(use, path, scope, shift)
      return uses
    } catch (error) {
      if (!(error instanceof LanguageError)) throw error
      const { message, hint, offset } = error
      this.#source.add({ code: 'template', path, message, hint, offset: Math.max(0, offset + shift) })
      return []
    }
  }

  #use(use: NameUse, path: DataPath, scope: Scope, shift: number): void {
    const [root, key] = use.path
    const offset = Math.max(0, use.offset + shift)
    this.#own.push({ ...use, offset, at: path })
    if (root === 'env' && typeof key === 'string') {
      const place = this.#source.place(path, false, offset)
      this.environment.push({ name: key, hasDefault: use.hasDefault, path: formatPath(path), place })
    }
    const wrong = wrongName(use, scope)
    if (wrong !== undefined) this.#source.add({ code: 'unknown-name', path, offset, ...wrong })
  }
}
