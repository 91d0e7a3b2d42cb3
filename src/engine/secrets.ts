// The values behind the scenario's `redact` keys, as far as one agent has them: in what it extracted or
// set, keeps, was given, sent and was answered. Only looked for when something is to be told.
import type { AgentContext } from './context.ts'
import { bodyText } from './world.ts'
import type { Sent } from './world.ts'

/** More of them are not looked for in one failure. */
const MOST_VALUES = 200
const DEEPEST = 20

export function secretsOf(keys: readonly string[], agent: AgentContext, sent: Sent | undefined): readonly string[] {
  if (keys.length === 0) return []
  const found = new Set<string>()
  const wanted = new Set(keys.map((key) => key.toLowerCase()))
  const hunt: Hunt = { wanted, found, seen: new Set() }
  for (const value of [agent.vars, agent.builtin('memory'), agent.builtin('agent'), agent.builtin('setup')])
    collect(value, hunt)
  collect(agent.variation?.values, hunt)
  collect(agent.given.rowOrNone, hunt)
  collect(agent.given.entryOrNone, hunt)
  if (sent === undefined) return [...found]
  const body = bodyText(sent)
  collect(parse(body), hunt)
  for (const text of [body, queryOf(sent.url)]) collect(pairs(text), hunt)
  const answer = sent.answer?.json()
  if (answer !== undefined && 'value' in answer) collect(answer.value, hunt)
  return [...found]
}

/** What is looked for, and what was found of it. */
interface Hunt {
  readonly wanted: ReadonlySet<string>
  readonly found: Set<string>
  /** Values may hold each other a million times. */
  readonly seen: Set<object>
}

function collect(value: unknown, hunt: Hunt, depth = 0): void {
  const { wanted, found, seen } = hunt
  if (typeof value !== 'object' || value === null || depth > DEEPEST || found.size >= MOST_VALUES) return
  if (seen.has(value)) return
  seen.add(value)
  for (const [key, item] of Object.entries(value)) {
    if (wanted.has(key.toLowerCase()) && !Array.isArray(value)) leaves(item, found, depth)
    else collect(item, hunt, depth + 1)
  }
}

function leaves(value: unknown, found: Set<string>, depth: number, seen = new Set<object>()): void {
  if (found.size >= MOST_VALUES || depth > DEEPEST) return
  if (typeof value === 'string') found.add(value)
  else if (typeof value === 'number' || typeof value === 'bigint') found.add(String(value))
  else if (typeof value === 'object' && value !== null && !seen.has(value)) {
    seen.add(value)
    for (const item of Object.values(value)) leaves(item, found, depth + 1, seen)
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
