// The values that must not be told, as far as one agent has them: behind the scenario's `redact` keys and keys such
// as password, and in headers such as Authorization and Set-Cookie. Only looked for when something is told.
import { valueAt } from '../actions/value-at.ts'
import type { Way } from '../actions/value-at.ts'
import type { Plan } from '../plan/plan.ts'
import { secretSources } from '../plan/secrets.ts'
import { isSecretHeader, isSecretKey, secretsOfHeader } from '../redact.ts'
import type { AgentContext } from './context.ts'
import { bodyText } from './world.ts'
import type { Sent } from './world.ts'

/** More of them are not looked for in one failure. */
const MOST_VALUES = 200
const DEEPEST = 20
/** Under a key that merely looks secret; the others are words of every text. */
const SHORTEST = 6
/** Bodies that are longer are looked into as far as they are shown. */
const MOST_TEXT = 20_000

export function secretsOf(plan: Plan, agent: AgentContext, sent: Sent | undefined): readonly string[] {
  const hunt: Hunt = { wanted: new Set(plan.redact.map((key) => key.toLowerCase())), found: new Set(), seen: new Set() }
  const given = [agent.variation?.values, agent.given.rowOrNone, agent.given.entryOrNone]
  for (const value of [agent.vars, agent.builtin('memory'), agent.builtin('agent'), agent.builtin('setup'), ...given])
    collect(value, hunt)
  for (const path of secretSources(plan).paths) if (path[0] !== 'env') leaves(named(agent, path), hunt, SHORTEST)
  for (const each of new Set([sent, agent.lastSent])) if (each !== undefined) collectSent(each, hunt)
  return [...hunt.found]
}

/** What is looked for, and what was found of it. */
interface Hunt {
  readonly wanted: ReadonlySet<string>
  readonly found: Set<string>
  /** Values may hold each other a million times. */
  readonly seen: Set<object>
}

function collectSent(sent: Sent, hunt: Hunt): void {
  for (let at = 0; at + 1 < sent.headers.length; at += 2)
    header(sent.headers[at] ?? '', sent.headers[at + 1] ?? '', hunt)
  for (const [name, value] of Object.entries(sent.answer?.headers ?? {}))
    for (const one of [value ?? []].flat()) header(name, one, hunt)
  const body = bodyText(sent)?.slice(0, MOST_TEXT)
  collect(parse(body), hunt)
  for (const text of [body, queryOf(sent.url)]) collect(pairs(text), hunt)
  const answer = sent.answer?.json()
  if (answer !== undefined && 'value' in answer) collect(answer.value, hunt)
}

function header(name: string, value: string, { wanted, found }: Hunt): void {
  if (!isSecretHeader(name) && !wanted.has(name.toLowerCase())) return
  for (const secret of secretsOfHeader(name, value))
    if (found.size < MOST_VALUES && secret.length >= SHORTEST) found.add(secret)
}

function named(agent: AgentContext, [root, ...rest]: Way): unknown {
  const name = String(root)
  // Rows and entries were looked at as a whole; asking for them here may fail.
  if (name === 'data' || name === 'entry') return undefined
  return valueAt(Object.hasOwn(agent.vars, name) ? agent.vars[name] : agent.builtin(name), rest)
}

function collect(value: unknown, hunt: Hunt, depth = 0): void {
  const { wanted, found, seen } = hunt
  if (typeof value !== 'object' || value === null || depth > DEEPEST || found.size >= MOST_VALUES) return
  if (seen.has(value)) return
  seen.add(value)
  for (const [key, item] of Object.entries(value)) {
    if (Array.isArray(value)) collect(item, hunt, depth + 1)
    else if (wanted.has(key.toLowerCase())) leaves(item, hunt, 1, depth)
    else if (isSecretKey(key)) leaves(item, hunt, SHORTEST, depth)
    else collect(item, hunt, depth + 1)
  }
}

/** @param shortest of texts; numbers count only where every value does */
function leaves(value: unknown, hunt: Hunt, shortest: number, depth = 0): void {
  if (hunt.found.size >= MOST_VALUES || depth > DEEPEST) return
  if (typeof value === 'string') {
    if (value.length >= shortest) hunt.found.add(value)
  } else if (typeof value === 'number' || typeof value === 'bigint') {
    if (shortest <= 1) hunt.found.add(String(value))
  } else if (typeof value === 'object' && value !== null && !hunt.seen.has(value)) {
    hunt.seen.add(value)
    for (const item of Object.values(value)) leaves(item, hunt, shortest, depth + 1)
  }
}

function parse(text: string | undefined): unknown {
  if (text === undefined || !/^\s*[[{]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const queryOf = (url: string): string => (url.includes('?') ? url.slice(url.indexOf('?') + 1) : '')

/** Of a query or a form. */
function pairs(text: string | undefined): unknown {
  return text === undefined || !text.includes('=') ? undefined : Object.fromEntries(new URLSearchParams(text))
}
