// A file of policies, as Turbulence made them from personas: whose decisions have which weights. It fills in
// what `decide` steps and groups do not say themselves, and is only looked for where something is missing.
import { dirname } from 'node:path'
import { z } from 'zod'
import type { Weights } from '../actions/decide.ts'
import { weightsSchema } from '../actions/decide.ts'
import { allSteps } from '../actions/nested.ts'
import { didYouMean } from '../errors.ts'
import { readNamed } from './named-file.ts'
import type { Reading } from './named-file.ts'
import type { Population, ReadGroup } from './population.ts'
import { Reader, mapValues } from './reader.ts'
import type { ReadStep } from './reader.ts'
import { Source } from './source.ts'

/** Beside the SUT, when nobody names another. */
const USUAL: readonly string[] = ['policies.yaml', 'policies.yml']

/** Persona → decision → option → weight, in the order of the file. */
export type Policies = ReadonlyMap<string, Readonly<Record<string, Weights>>>

const policiesSchema = z.strictObject({
  policies: z
    .array(
      z.strictObject({
        persona_id: z.string().min(1),
        decisions: z.record(z.string(), z.strictObject({ options: weightsSchema })).default({}),
        data: z.unknown().optional(),
      }),
    )
    .min(1),
})

export interface FilledIn {
  readonly population: Population
  readonly problems: Source['problems']
  /** Absolute; those it read. */
  readonly files: readonly string[]
}

export interface Whereabouts {
  /** What the options name: a path from the root. */
  readonly named: string | undefined
  readonly root: string | undefined
  /** Where the SUT stands. */
  readonly sutFile: string
}

/** @param source of the scenario, for a file that is not there */
export function fillInPolicies(population: Population, where: Whereabouts, source: Source, reading: Reading): FilledIn {
  const none = { population, problems: [], files: [] }
  if (!isNeeded(population)) return none
  const found = findFile(where, source, reading)
  if (found === undefined) return none
  const own = new Source(found.path, found.text)
  const policies = readPolicies(own)
  const files = [found.path]
  if (policies === undefined) return { population, problems: own.problems, files }
  const flows = mapSteps(population.flows, (read) => withOptions(read, policies, source))
  const groups = population.groups.map((group) => withPolicy(group, policies, flows))
  return { population: { groups, flows }, problems: own.problems, files }
}

const asks = ({ step, isRight }: ReadStep): boolean => step.type === 'decide' && isRight && step.options === undefined

function isNeeded({ groups, flows }: Population): boolean {
  return groups.some(({ flow, policy = {} }) =>
    allSteps(flows.get(flow ?? '') ?? []).some(
      (read) => asks(read) && read.step.type === 'decide' && !Object.hasOwn(policy, read.step.decision),
    ),
  )
}

function findFile({ named, root, sutFile }: Whereabouts, source: Source, reading: Reading): Found | undefined {
  if (named !== undefined) {
    const { path, text, wrong } = readNamed(named, root ?? '.', 'policies-file', reading)
    if (wrong !== undefined) source.add({ path: [], ...wrong })
    return path === undefined || text === undefined ? undefined : { path, text }
  }
  for (const name of USUAL) {
    const { path, text } = readNamed(name, dirname(sutFile), 'policies-file', reading)
    if (path !== undefined && text !== undefined) return { path, text }
  }
  return undefined
}

interface Found {
  readonly path: string
  readonly text: string
}

function readPolicies(source: Source): Policies | undefined {
  const read = new Reader(source).read(policiesSchema, source.value, [])
  if (read === undefined) return undefined
  return new Map(
    read.policies.map(({ persona_id, decisions }) => [persona_id, mapValues(decisions, ({ options }) => options)]),
  )
}

type Flows = Population['flows']

function mapSteps(flows: Flows, change: (read: ReadStep) => ReadStep): Flows {
  const inside = (read: ReadStep): ReadStep => {
    const changed = change(read)
    if (changed.nested === undefined) return changed
    return { ...changed, nested: mapValues(changed.nested, (steps) => steps.map(inside)) }
  }
  return new Map([...flows].map(([name, steps]) => [name, steps.map(inside)]))
}

/** A step that says whose policy it is. */
function withOptions(read: ReadStep, policies: Policies, source: Source): ReadStep {
  const { step, at } = read
  if (step.type !== 'decide' || !asks(read) || step.policy_ref === undefined) return read
  const policy = policies.get(step.policy_ref)
  if (policy === undefined) {
    const message = `There is no policy of "${step.policy_ref}".`
    const hint = didYouMean(step.policy_ref, [...policies.keys()], 'Personas')
    source.add({ code: 'unknown-decision', path: [...at, 'policy_ref'], message, hint })
    return read
  }
  const options = Object.hasOwn(policy, step.decision) ? policy[step.decision] : undefined
  return options === undefined ? read : { ...read, step: { ...step, options } }
}

/** For the decisions of its flow that it has none for: of the persona that is called as it is, else the first. */
function withPolicy(group: ReadGroup, policies: Policies, flows: Flows): ReadGroup {
  const [first] = policies.values()
  const persona = policies.get(group.name) ?? first ?? {}
  const steps = [group.flow, group.onFailure].flatMap((name) => allSteps(flows.get(name ?? '') ?? []))
  const missing = steps.flatMap((read) => {
    const { step } = read
    if (step.type !== 'decide' || !asks(read) || Object.hasOwn(group.policy ?? {}, step.decision)) return []
    const weights = Object.hasOwn(persona, step.decision) ? persona[step.decision] : undefined
    return weights === undefined ? [] : [[step.decision, weights] as const]
  })
  return missing.length === 0 ? group : { ...group, policy: { ...Object.fromEntries(missing), ...group.policy } }
}
