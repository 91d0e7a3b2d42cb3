// What of a Plan decides what is sent and judged, as plain data without secrets: two plans with the same
// fingerprint are one, and where two differ it says in which keys. Positions, texts for people, and what may
// be changed before a run goes on (`checkpoint`, `on_resume`, `start`, `max_duration`) are not in it.
import { createHash } from 'node:crypto'
import { planRedactor } from './secrets.ts'
import type { PlacedStep, PlacedThreshold } from '../scenario/scenario.ts'
import type { GroupPlan, Plan } from './plan.ts'

export interface Fingerprint {
  readonly hash: string
  readonly keys: Readonly<Record<string, unknown>>
}

/** More of them help nobody. */
const MOST_DIFFERENCES = 10
const MOST_CHARACTERS = 60

export function fingerprint(plan: Plan): Fingerprint {
  const redactor = planRedactor(plan)
  const keys = JSON.parse(JSON.stringify(redactor.value(decisive(plan)))) as Record<string, unknown>
  return { hash: digest(JSON.stringify(sorted(keys))), keys }
}

/** By the names of the language, where it has one. */
function decisive(plan: Plan): Record<string, unknown> {
  const {
    version: _v,
    runId: _r,
    seed: _s,
    overrides: _o,
    redact,
    env,
    checkpoint: _c,
    onResume: _n,
    start: _t,
    maxDurationMs: _d,
    ...rest
  } = plan
  const { scenario, tables, attachments, services, groups, flows, setup, teardown, assertions, thresholds, ...others } =
    rest
  const { slots: _slots, requestsPerCycle: _count, ...settings } = others
  return {
    id: scenario.id,
    ...settings,
    redact,
    env: Object.keys(env).sort(),
    services: Object.fromEntries(
      Object.entries(services).map(([name, { tls, ...one }]) => [name, { ...one, tls: digestOf(tls) }]),
    ),
    agents: Object.fromEntries(groups.map((group) => [group.name, groupKeys(group)])),
    flows: Object.fromEntries(Object.entries(flows).map(([name, steps]) => [name, steps.map(stepKeys)])),
    setup: setup.map(stepKeys),
    teardown: teardown.map(stepKeys),
    assertions: assertions.map(stepKeys),
    thresholds: thresholds.map(thresholdKeys),
    data: digests(tables),
    files: digests(attachments),
  }
}

function groupKeys({ name: _, place: _place, slots: _slots, thresholds, ...group }: GroupPlan): unknown {
  return { ...group, thresholds: thresholds.map(thresholdKeys) }
}

const thresholdKeys = ({ threshold }: PlacedThreshold): unknown => threshold

/** The lists inside a step are its `nested` ones. */
function stepKeys({ step, nested = {} }: PlacedStep): unknown {
  const inside = Object.entries(nested).map(([key, steps]) => [key, steps.map(stepKeys)] as const)
  return { ...step, ...Object.fromEntries(inside) }
}

function digests(files: Readonly<Record<string, unknown>>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(files).map(([name, content]) => [name, digestOf(content)]))
}

function digestOf(value: unknown): string | undefined {
  return value === undefined ? undefined : `sha256 ${digest(JSON.stringify(value)).slice(0, 16)}`
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Where keys stand in a file changes nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => sorted(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => [key, sorted(item)])
}

/** `agents.shoppers.count: 100 → 200`, the first ones; empty when they are the same. */
export function differences(before: Fingerprint['keys'], now: Fingerprint['keys']): string[] {
  const all = [...differing('', before, now)]
  const more = all.length - MOST_DIFFERENCES
  return more <= 0 ? all : [...all.slice(0, MOST_DIFFERENCES), `and ${more} more`]
}

function* differing(path: string, before: unknown, now: unknown): Generator<string> {
  const [a, b] = [childrenOf(before), childrenOf(now)]
  if (a === undefined || b === undefined) {
    if (JSON.stringify(before) !== JSON.stringify(now)) yield `${path}: ${shown(before)} → ${shown(now)}`
    return
  }
  const isList = Array.isArray(now)
  for (const key of new Set([...a.keys(), ...b.keys()]))
    yield* differing(isList ? `${path}[${key}]` : inside(path, key), a.get(key), b.get(key))
}

/** `data["./users.csv"]` */
function inside(path: string, key: string): string {
  if (!/^[\w-]+$/.test(key)) return `${path}[${JSON.stringify(key)}]`
  return path === '' ? key : `${path}.${key}`
}

/** Undefined for what has no parts, or none that could be compared one by one. */
function childrenOf(value: unknown): Map<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : undefined
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value)
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text
}
