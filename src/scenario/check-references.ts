// What steps refer to: services, names, environment variables. Fills in the service of a step where
// there is only one, and gives the labels that thresholds may name.
import { actionOf, isStepType, sendsRequests } from '../actions/index.ts'
import { allSteps } from '../actions/nested.ts'
import { variationNames } from '../agents/variation.ts'
import { didYouMean } from '../errors.ts'
import type { KnownLabels } from '../metrics/check.ts'
import { FileCheck } from './check-files.ts'
import { NameCheck } from './check-names.ts'
import { checkUse } from './check-use.ts'
import { checkCustomMetrics, customsOf } from './custom-metrics.ts'
import { withVariation } from './entry.ts'
import type { Scope } from './names.ts'
import type { Reading } from './named-file.ts'
import { definedBy, keptBy } from './names.ts'
import type { Population, ReadGroup } from './population.ts'
import { isMapping, mapValues } from './reader.ts'
import type { Mapping, ReadStep, Reader } from './reader.ts'
import type { PlacedStep, Scenario } from './scenario.ts'
import type { Source } from './source.ts'
import type { Sut } from './sut.ts'

interface Parts {
  readonly population: Population
  readonly setup: readonly ReadStep[]
  readonly onResume: readonly ReadStep[]
  readonly teardown: readonly ReadStep[]
  readonly assertions: readonly ReadStep[]
  readonly sut: Sut | undefined
  readonly reader: Reader
  readonly reading: Reading
  /** What agents are given from outside their flow. */
  readonly given: {
    readonly tables: Scenario['tables']
    readonly variation: Scenario['variation']
    readonly entry: Scenario['entry']
  }
  /** As the file has them, whatever the environment says. */
  readonly cycles: number
  /** Where the SUT stands: the scenario's own file, or another. */
  readonly sutSource: Source
}

type Checked = Pick<
  Scenario,
  'flows' | 'setup' | 'onResume' | 'teardown' | 'assertions' | 'environment' | 'attachments' | 'files'
>

export function checkReferences(parts: Parts): Checked {
  const { population, setup, onResume, teardown, assertions, sut, reader } = parts
  const names = new NameCheck(reader.source)
  const named = new FileCheck(reader.source, parts.reading)
  const finishStep = (read: ReadStep, scope: Scope): ReadStep => {
    names.step(read, scope)
    const finished = named.step(withService(read, sut, reader))
    if (read.nested === undefined) return finished
    const nested = mapValues(read.nested, (inside) => inside.map((one) => finishStep(one, scope)))
    return { ...finished, nested }
  }
  const finish = (steps: readonly ReadStep[], scope: Scope): PlacedStep[] =>
    steps
      .map((read) => finishStep(read, scope))
      .filter(({ isRight }) => isRight)
      .map((read) => reader.placed(read))
  const { shared, all } = scopes(parts)
  names.entry(parts.given.entry, { ...shared, vars: all, groups: groupsOf(undefined, parts) })
  const flows = [...population.flows].map(([name, steps]) => {
    for (const { step, at } of assertions) {
      const same = allSteps(steps).find((other) => typeof step.name === 'string' && other.step.name === step.name)
      if (same !== undefined) reader.duplicateName(step.name, at, same.at)
    }
    return [name, finish(steps, { ...shared, vars: varsIn(name, population), groups: groupsOf(name, parts) })] as const
  })
  const alone = { ...shared, groups: [] }
  const sutNames = new NameCheck(parts.sutSource)
  for (const text of sut?.texts ?? []) sutNames.sut(text, { ...alone, vars: all })
  const sutNamed = new FileCheck(parts.sutSource, parts.reading)
  for (const file of sut?.files ?? []) sutNamed.named(file)
  const checked = {
    flows: Object.fromEntries(flows),
    setup: finish(setup, { ...alone, vars: definedBy(setup) }),
    onResume: finish(onResume, { ...alone, vars: definedBy(onResume) }),
    teardown: finish(teardown, { ...alone, vars: definedBy(teardown) }),
    assertions: finish(assertions, { ...shared, vars: all, groups: groupsOf(undefined, parts) }),
    environment: [...names.environment, ...sutNames.environment],
    attachments: named.attachments,
    files: [...named.files, ...sutNamed.files],
  }
  checkCustomMetrics(allSteps([...population.flows.values()].flat()), reader.source)
  const facts = { cycles: parts.cycles, variation: parts.given.variation }
  for (const finding of checkUse({ ...parts, facts }, names, sutNames)) reader.source.add(finding)
  return checked
}

function scopes({ population, setup, onResume, teardown, assertions, given }: Parts): {
  shared: Omit<Scope, 'vars' | 'groups'>
  all: Set<string>
} {
  const inFlows = [...population.flows.values()].flat()
  const everywhere = [...inFlows, ...setup, ...onResume, ...teardown, ...assertions]
  const variation = given.variation === undefined ? [] : variationNames(given.variation)
  const entry = given.variation === undefined ? given.entry : withVariation(given.entry ?? {}, namesOf(variation))
  return { shared: { setup: definedBy(setup), memory: keptBy(everywhere), variation, entry }, all: definedBy(inFlows) }
}

const namesOf = (names: readonly string[]): Mapping => Object.fromEntries(names.map((name) => [name, true]))

function groupsOf(flow: string | undefined, { population: { groups }, given }: Parts): Scope['groups'] {
  const those =
    flow === undefined ? groups : groups.filter((group) => [group.flow, group.onFailure, group.idleFlow].includes(flow))
  return those.map(({ name, vars, data }) => ({
    name,
    vars: Object.keys(vars),
    ...(data !== undefined && { data: { file: data.file, columns: given.tables[data.file]?.columns } }),
  }))
}

/** What may have a value in a flow: its own, and what the flow set that failed before it. */
function varsIn(flow: string, { groups, flows }: Population): Set<string> {
  const before = groups.flatMap((group) => (group.onFailure === flow ? [group.flow] : []))
  return new Set([flow, ...before].flatMap((name) => [...definedBy(flows.get(name ?? '') ?? [])]))
}

function withService(read: ReadStep, sut: Sut | undefined, { source }: Reader): ReadStep {
  const { step, at } = read
  if (!sendsRequests(step) || sut === undefined || sut.names.includes(step.service)) return read
  const [only] = sut.names
  const isMissing = !Object.hasOwn(step, 'service') || step.service === ''
  if (isMissing && only !== undefined && sut.names.length === 1) return { ...read, step: { ...step, service: only } }
  if (isMissing)
    source.add({
      code: 'missing-key',
      path: [...at, 'service'],
      message: '"service" is missing, and there is not just one.',
      hint: `Services: ${sut.names.join(', ') || 'none'}.`,
    })
  else if (typeof step.service === 'string')
    source.add({
      code: 'unknown-service',
      path: [...at, 'service'],
      message: `There is no service "${step.service}".`,
      hint: didYouMean(step.service, sut.names, 'Services'),
    })
  return read
}

interface Labels {
  readonly all: KnownLabels
  of(group: ReadGroup, population: Population): KnownLabels
}

/** From the file as written: a step with a mistake in it still has its name. */
export function labelsOf(file: Mapping, sut: Sut | undefined, cycles: number): Labels {
  const assertions = listOf(file['assertions'])
  const inFlows = [
    file['flow'],
    ...valuesOf(file['flows']),
    ...valuesOf(file['agents']).flatMap((group) => (isMapping(group) ? [group['flow'], group['idle_flow']] : [])),
  ]
  const known = (groups: readonly string[], steps: readonly Mapping[]): KnownLabels => ({
    groups,
    steps: texts(steps, 'name'),
    services: sut?.names ?? texts(steps, 'service'),
    methods: steps.some((step) => step['method'] === undefined)
      ? [...texts(steps, 'method'), 'GET']
      : texts(steps, 'method'),
    tags: tagsOf(steps),
    cycles,
    customs: customsOf(steps),
  })
  const groupNames = isMapping(file['agents']) ? Object.keys(file['agents']) : ['agents']
  const all = known(groupNames, [...inFlows.flatMap(stepsOf), ...assertions])
  const of = (group: ReadGroup, { flows }: Population): KnownLabels => {
    const steps = (name: string | undefined): readonly Mapping[] | undefined =>
      name === undefined ? undefined : rawFlow(file, flows.get(name)?.[0]?.at)
    const own = steps(group.flow)
    const mine = own && [...own, ...(steps(group.idleFlow) ?? []), ...assertions]
    return mine === undefined ? all : { ...known([group.name], mine), groups: groupNames }
  }
  return { all, of }
}

/** The list that a step's path leads into. */
function rawFlow(file: Mapping, at: ReadStep['at'] | undefined): readonly Mapping[] | undefined {
  let value: unknown = at === undefined ? undefined : file
  for (const key of at?.slice(0, -1) ?? []) value = isMapping(value) ? value[key] : undefined
  return value === undefined ? undefined : stepsOf(value)
}

/** On all levels. */
function stepsOf(value: unknown): Mapping[] {
  return listOf(value).flatMap((step) => {
    const { type } = step
    const keys: readonly string[] = isStepType(type) ? (actionOf(type).nested ?? []) : []
    return [step, ...keys.flatMap((key) => stepsOf(step[key]))]
  })
}

const valuesOf = (value: unknown): unknown[] => (isMapping(value) ? Object.values(value) : [])
const listOf = (value: unknown): Mapping[] => (Array.isArray(value) ? value.filter(isMapping) : [])

function texts(steps: readonly Mapping[], key: string): string[] {
  const found = steps.map((step) => step[key]).filter((value) => typeof value === 'string')
  return [...new Set(key === 'method' ? found.map((text) => text.toUpperCase()) : found)]
}

function tagsOf(steps: readonly Mapping[]): Record<string, string[]> {
  const tags = new Map<string, string[]>()
  for (const { tags: own } of steps)
    for (const [key, value] of isMapping(own) ? Object.entries(own) : [])
      if (typeof value === 'string') tags.set(key, [...(tags.get(key) ?? []), value])
  return Object.fromEntries(tags)
}
