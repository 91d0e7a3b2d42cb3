// Which names a template or a condition may use where it stands, and what is wrong with one that it
// may not. Reading the names out of texts is template.ts and condition.ts.
import { actionOf } from '../actions/index.ts'
import { allSteps } from '../actions/nested.ts'
import { didYouMean, nearest } from '../errors.ts'
import { ANSWER_NAMES } from './condition.ts'
import { wrongEntryName } from './entry.ts'
import type { Entry } from './entry.ts'
import { isMapping } from './reader.ts'
import type { ReadStep } from './reader.ts'
import { BUILTIN_NAMES } from './template.ts'
import type { NameUse } from './template.ts'

export interface GroupNames {
  readonly name: string
  readonly vars: readonly string[]
  /** Undefined columns: the file could not be read. */
  readonly data?: { readonly file: string; readonly columns: readonly string[] | undefined }
}

export interface Scope {
  /** What the steps here extract or set. */
  readonly vars: ReadonlySet<string>
  readonly setup: ReadonlySet<string>
  /** What `set` with `scope: agent` keeps. */
  readonly memory: ReadonlySet<string>
  /** The groups that come here, with their vars; empty where no group does. */
  readonly groups: readonly GroupNames[]
  readonly variation: readonly string[]
  /** With what varies, as Turbulence had it; undefined when there is neither. */
  readonly entry?: Entry | undefined
  /** Conditions have the last answer's names too. */
  readonly isCondition?: boolean
}

export interface WrongName {
  readonly message: string
  readonly hint: string
}

const AGENT = ['id', 'index', 'group', 'vars']
const LAST_RESPONSE = ['status_code', 'headers', 'body', 'latency_ms']

/** The names that steps define for those after them. */
export function definedBy(steps: readonly ReadStep[]): Set<string> {
  return new Set(allSteps(steps).flatMap(namesOf))
}

/** Those of one step, without the steps inside it. */
export function namesOf({ step, isRight }: ReadStep): readonly string[] {
  try {
    const names: readonly unknown[] = actionOf(step.type).defines(step)
    return names.filter((name) => typeof name === 'string')
  } catch (error) {
    // As it was written, anything may stand where the names should be.
    if (isRight) throw error
    return []
  }
}

/** The names that steps keep for the agent. */
export function keptBy(steps: readonly ReadStep[]): Set<string> {
  return new Set(
    allSteps(steps).flatMap(({ step }) =>
      step.type === 'set' && step.scope === 'agent' && isMapping(step.vars) ? Object.keys(step.vars) : [],
    ),
  )
}

/** Undefined = nothing is wrong as far as can be known before the run. */
export function wrongName(use: NameUse, scope: Scope): WrongName | undefined {
  const [root, key] = use.path
  if (BUILTIN_NAMES.includes(root)) return wrongBuiltin(use, scope)
  if (scope.vars.has(root) || (scope.isCondition === true && ANSWER_NAMES.includes(root))) return undefined
  const rest = key === undefined ? '' : `.${key}`
  const message = `There is no name "${root}" here.`
  if (scope.setup.has(root)) return { message, hint: `setup defines it: write setup.${root}` }
  if (scope.memory.has(root)) return { message, hint: `It is kept in the agent's memory: write memory.${root}` }
  if (ANSWER_NAMES.includes(root)) {
    const meant = root === 'status' ? 'status_code' : root
    return { message, hint: `Of the last answer: last_response.${meant}${rest}` }
  }
  const group = scope.groups.find(({ vars }) => vars.includes(root))
  if (group !== undefined) return { message, hint: `It is one of the agent's vars: write agent.vars.${root}` }
  return { message, hint: didYouMean(root, [...scope.vars, ...BUILTIN_NAMES], 'Names here') }
}

function wrongBuiltin({ path, hasDefault }: NameUse, scope: Scope): WrongName | undefined {
  const [root, key, third] = path
  if (root === 'entry') return wrongEntryName(path, scope.entry)
  if (typeof key !== 'string')
    return root === 'env' ? { message: '"env" alone is not a value.', hint: 'Name a variable: env.API_URL' } : undefined
  if (root === 'agent' && key === 'vars')
    return typeof third === 'string' ? wrongVar(third, hasDefault, scope) : undefined
  if ((root === 'data' || root === 'variation') && scope.groups.length === 0)
    return { message: `There is no name "${root}.${key}" here.`, hint: `Only agents of groups have ${root}.` }
  if (root === 'data') return wrongColumn(key, hasDefault, scope)
  const known = {
    agent: AGENT,
    variation: scope.variation,
    last_response: LAST_RESPONSE,
    setup: [...scope.setup],
    memory: [...scope.memory],
  }[root]
  if (known === undefined || known.includes(key)) return undefined
  const near = nearest(key, known)
  const defines = { setup: 'No step of setup defines it', memory: 'No step keeps it (set with scope: agent)' }[root]
  const hint = didYouMean(key, known, `Names in ${root}`)
  return {
    message: `There is no name "${root}.${key}".`,
    hint: defines === undefined || near !== undefined ? hint : `${defines}. ${hint}`,
  }
}

/** Of every group that comes here. */
function wrongColumn(column: string, hasDefault: boolean, { groups }: Scope): WrongName | undefined {
  const without = groups.filter(({ data }) => data === undefined || data.columns?.includes(column) === false)
  const [first] = without
  if (first === undefined || (hasDefault && without.length < groups.length)) return undefined
  const { name, data } = first
  if (data?.columns === undefined)
    return { message: `The group "${name}" has no data file.`, hint: `Add agents.${name}.data: ./users.csv` }
  const message = `${data.file} has no column "${column}".`
  return { message, hint: didYouMean(column, data.columns, 'Columns') }
}

function wrongVar(name: string, hasDefault: boolean, { groups }: Scope): WrongName | undefined {
  const without = groups.filter(({ vars }) => !vars.includes(name))
  const [first] = without
  if (first === undefined || (hasDefault && without.length < groups.length)) return undefined
  const known = [...new Set(groups.flatMap(({ vars }) => vars))]
  const isSomewhere = known.includes(name)
  const message = `The group "${first.name}" has no var "${name}".`
  return {
    message,
    hint: isSomewhere
      ? `Add it under agents.${first.name}.vars, or give a default: {{agent.vars.${name} | default: …}}`
      : didYouMean(name, known, 'Vars'),
  }
}
