// The groups of agents and the flow each goes through: the long form, and the short ones (`agents: 100`,
// one `flow` at the top).
import type { Activity } from '../agents/activity.ts'
import type { DataSource } from '../agents/data.ts'
import { dataSchema } from '../agents/data.ts'
import { didYouMean } from '../errors.ts'
import type { Workload } from '../workloads/index.ts'
import { ONE_ITERATION } from '../workloads/index.ts'
import type { DataPath } from './diagnostic.ts'
import { isMapping } from './reader.ts'
import type { Mapping, ReadStep, Reader } from './reader.ts'
import * as schema from './schema.ts'

export interface ReadGroup {
  readonly name: string
  readonly count: number
  /** Undefined when what it names is not there. */
  readonly flow: string | undefined
  readonly vars: Mapping
  readonly workload: Workload
  /** Undefined = the default ones. */
  readonly thresholds: readonly unknown[] | undefined
  readonly data?: DataSource
  /** A name in `flows`; undefined also when what it names is not there. */
  readonly onFailure?: string
  /** The same. */
  readonly idleFlow?: string
  readonly activity?: Activity
  readonly policy?: NonNullable<schema.GroupInput['policy']>
  readonly at: DataPath
}

export interface Population {
  readonly groups: readonly ReadGroup[]
  readonly flows: ReadonlyMap<string, readonly ReadStep[]>
}

/** The group of a file that names none. */
const ALONE = 'agents'
const TOP_FLOW = 'flow'

export function readPopulation(file: Mapping, reader: Reader): Population {
  const flows = readFlows(file, reader)
  const byDefault = Object.hasOwn(file, TOP_FLOW) ? TOP_FLOW : flows.size === 1 ? [...flows.keys()][0] : undefined
  const raw = file['agents']
  const groups = isMapping(raw)
    ? readGroups(raw, flows, byDefault, reader)
    : [shortGroup(file, flows, byDefault, reader)]
  const used = new Set(groups.flatMap((group) => [group.flow, group.onFailure, group.idleFlow]))
  const isLost = reader.source.problems.some(({ code }) => code === 'unknown-flow' || code === 'missing-flow')
  for (const [name] of flows)
    if (!used.has(name) && name !== TOP_FLOW && !isLost)
      reader.source.add({
        code: 'unused-flow',
        severity: 'warning',
        path: ['flows', name],
        atKey: true,
        message: `No group uses the flow "${name}".`,
        hint: `Give it to a group, agents: { shoppers: { flow: ${name} } }, or take it out.`,
      })
  return { groups, flows }
}

function readFlows(file: Mapping, reader: Reader): Map<string, readonly ReadStep[]> {
  const flows = new Map<string, readonly ReadStep[]>()
  if (Object.hasOwn(file, TOP_FLOW)) flows.set(TOP_FLOW, reader.steps(file[TOP_FLOW], [TOP_FLOW]))
  for (const [name, steps] of Object.entries(reader.optional(schema.flowMap, file, 'flows', {}))) {
    if (flows.has(name))
      reader.source.add({
        code: 'duplicate-flow',
        path: ['flows', name],
        atKey: true,
        message: `The flow "${name}" is already there, at the top of the file.`,
        hint: 'Rename one of them.',
      })
    flows.set(name, reader.steps(steps, ['flows', name]))
  }
  return flows
}

function shortGroup(
  file: Mapping,
  flows: Population['flows'],
  byDefault: string | undefined,
  reader: Reader,
): ReadGroup {
  const isGiven = Object.hasOwn(file, 'agents')
  const at = isGiven ? ['agents'] : []
  const count = isGiven ? readCount(file['agents'], reader) : 1
  const flow = flowOf(undefined, at, flows, byDefault, reader)
  return {
    name: ALONE,
    count,
    flow,
    vars: {},
    workload: ONE_ITERATION,
    thresholds: undefined,
    at: isGiven ? at : [byDefault ?? TOP_FLOW],
  }
}

function readCount(value: unknown, reader: Reader): number {
  if (typeof value === 'number') return reader.read(schema.agents, value, ['agents']) ?? 1
  const hint = 'Write agents: 100, or agents: { shoppers: { count: 100 } }.'
  reader.source.add({
    code: 'wrong-value',
    path: ['agents'],
    message: '"agents" is neither a number nor a mapping of groups.',
    hint,
  })
  return 1
}

/** What `agents: 100` allows suggests itself for a group, too. The rest is checked as if it had been a mapping. */
function refuseNumber(name: string, value: number, { source }: Reader): object {
  const count = Number.isInteger(value) && value > 0 ? value : 10
  source.add({
    code: 'wrong-value',
    path: ['agents', name],
    message: `"${name}" must be a mapping (key: value), not ${value}.`,
    hint: `Write ${name}: { count: ${count} }`,
  })
  return {}
}

function readGroups(
  raw: Mapping,
  flows: Map<string, readonly ReadStep[]>,
  byDefault: string | undefined,
  reader: Reader,
): ReadGroup[] {
  if (Object.keys(raw).length === 0)
    reader.source.add({
      code: 'wrong-value',
      path: ['agents'],
      message: '"agents" names no group.',
      hint: 'agents: { shoppers: { count: 10 } }',
    })
  reader.read(schema.groups, raw, ['agents'])
  return Object.entries(raw).flatMap(([name, value]): ReadGroup[] => {
    const at = ['agents', name]
    const written = typeof value === 'number' ? refuseNumber(name, value, reader) : (value ?? {})
    const group = reader.read(schema.group, written, at) ?? asWritten(written)
    if (group === undefined) return []
    if (typeof group.flow === 'object') flows.set(inlineName(name, flows), reader.steps(group.flow, [...at, 'flow']))
    const flow =
      typeof group.flow === 'object' ? [...flows.keys()].at(-1) : flowOf(group.flow, at, flows, byDefault, reader)
    refuseTemplates(group.vars, [...at, 'vars'], reader)
    const { count, vars, workload = ONE_ITERATION, thresholds, data, policy, activity } = group
    const onFailure = otherFlow(group.on_failure, 'on_failure', at, flows, reader)
    const idleFlow = otherFlow(group.idle_flow, 'idle_flow', at, flows, reader)
    return [
      {
        name,
        count,
        flow,
        vars,
        workload,
        thresholds,
        at,
        ...(data !== undefined && { data }),
        ...(onFailure !== undefined && { onFailure }),
        ...(idleFlow !== undefined && { idleFlow }),
        ...(activity !== undefined && { activity }),
        ...(policy !== undefined && { policy }),
      },
    ]
  })
}

/** A flow besides the one of its iterations: a name, or steps that get a name of their own. */
function otherFlow(
  given: schema.GroupInput['on_failure'],
  key: 'on_failure' | 'idle_flow',
  at: DataPath,
  flows: Map<string, readonly ReadStep[]>,
  reader: Reader,
): string | undefined {
  if (given === undefined) return undefined
  if (typeof given === 'string') return flowOf(given, at, flows, undefined, reader, key)
  const name = `${String(at[1])} (${key})`
  flows.set(name, reader.steps(given, [...at, key]))
  return name
}

/** A group with a mistake in it: what else it says is looked at all the same. */
function asWritten(value: unknown): schema.GroupInput | undefined {
  if (!isMapping(value)) return undefined
  const { flow, vars, thresholds, policy } = value
  const data = dataSchema.safeParse(value['data'])
  return {
    count: 1,
    ...(data.success && { data: data.data }),
    // Its names are what is looked at.
    ...(isMapping(policy) && { policy: policy as NonNullable<schema.GroupInput['policy']> }),
    ...((typeof flow === 'string' || Array.isArray(flow)) && { flow }),
    vars: isMapping(vars) ? vars : {},
    ...(Array.isArray(thresholds) && { thresholds }),
  }
}

/** Steps written into a group make a flow named like the group, unless there is one. */
function inlineName(group: string, flows: ReadonlyMap<string, unknown>): string {
  return flows.has(group) ? `${group} (own)` : group
}

function flowOf(
  name: string | undefined,
  at: DataPath,
  flows: Population['flows'],
  byDefault: string | undefined,
  reader: Reader,
  key = 'flow',
): string | undefined {
  if (name !== undefined && flows.has(name)) return name
  const known = [...flows.keys()]
  if (name !== undefined) {
    const message = `There is no flow "${name}".`
    reader.source.add({ code: 'unknown-flow', path: [...at, key], message, hint: didYouMean(name, known, 'Flows') })
    return undefined
  }
  if (byDefault !== undefined) return byDefault
  const of = at.length < 2 ? 'The file' : `The group "${at[1]}"`
  const hint = known.length === 0 ? 'Add a list of steps: flow: [ … ]' : `Add flow: ${known.join(' or flow: ')}`
  reader.source.add({ code: 'missing-flow', path: at, atKey: true, message: `${of} has no flow.`, hint })
  return undefined
}

/** They are values, the same for all agents of the group; a template would stay as it is written. */
function refuseTemplates(value: unknown, path: DataPath, reader: Reader): void {
  if (typeof value === 'string' && value.includes('{{'))
    reader.source.add({
      code: 'template',
      path,
      message: 'The vars of a group are values, not templates.',
      hint: 'Use the template in a step: type: set',
    })
  if (typeof value !== 'object' || value === null) return
  for (const [key, item] of Object.entries(value))
    refuseTemplates(item, [...path, Array.isArray(value) ? Number(key) : key], reader)
}
