// Which values a name can have in a flow, as far as the file fixes that: cycles, switches and choices of the
// variation, what a decision can come to. A name that is not here can be anything.
import { shown } from '../actions/failure.ts'
import { allSteps } from '../actions/nested.ts'
import type { VariationSpec } from '../agents/variation.ts'
import type { Domains } from './condition-facts.ts'
import { namesOf } from './names.ts'
import type { Population } from './population.ts'
import { isMapping } from './reader.ts'
import type { ReadStep } from './reader.ts'

const STATUSES = upTo(100, 599)
const MOST_ROUNDS = 1000

/** What an answer's status can be, in any list of steps. */
export const ANYWHERE: Domains = new Map([
  ['status', STATUSES],
  ['last_response.status_code', STATUSES],
])

export interface Facts {
  /** As the file has it, whatever the environment says. */
  readonly cycles: number
  readonly variation: VariationSpec | undefined
}

/** In a flow that agents go through. */
export function domainsIn(steps: readonly ReadStep[], { groups }: Population, { cycles, variation }: Facts): Domains {
  const domains = new Map(ANYWHERE)
  if (cycles <= MOST_ROUNDS) domains.set('cycle', upTo(1, cycles))
  const rounds = groups.map(({ workload }) => (workload.kind === 'iterations' ? workload.iterations : Infinity))
  const most = Math.max(...rounds)
  if (most <= MOST_ROUNDS) domains.set('iteration', upTo(1, most))
  domains.set(
    'agent.group',
    groups.map(({ name }) => name),
  )
  // Of a single group a var is a setting: somebody has chosen it.
  const vars = new Set((groups.length < 2 ? [] : groups).flatMap((group) => Object.keys(group.vars)))
  for (const name of vars)
    if (groups.every((group) => Object.hasOwn(group.vars, name)))
      domains.set(`agent.vars.${name}`, [...new Set(groups.map((group) => group.vars[name]))])
  for (const [name, probability] of Object.entries(variation?.toggles ?? {}))
    domains.set(`variation.${name}`, probability <= 0 ? [false] : probability >= 1 ? [true] : [true, false])
  for (const [name, parameter] of Object.entries(variation?.parameters ?? {}))
    if (parameter.type === 'choice') domains.set(`variation.${name}`, parameter.values)
  for (const [name, options] of decided(steps, groups)) domains.set(name, options)
  return domains
}

/** What only `decide` steps set: the options that have a weight. */
function decided(steps: readonly ReadStep[], groups: Population['groups']): Map<string, readonly string[]> {
  const all = allSteps(steps)
  const found = new Map<string, readonly string[]>()
  for (const { step, isRight } of all) {
    if (step.type !== 'decide' || !isRight) continue
    const name = step.output_var ?? step.decision
    const setters = all.filter((one) => namesOf(one).includes(name))
    const weights = step.options === undefined ? groups.map(({ policy }) => policy?.[step.decision]) : [step.options]
    const options = weights.flatMap((each) =>
      isMapping(each) ? Object.keys(each).filter((option) => each[option] !== 0) : [],
    )
    if (setters.every((one) => one.step.type === 'decide'))
      found.set(name, [...new Set([...(found.get(name) ?? []), ...options])])
  }
  return found
}

function upTo(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index)
}

const MOST_SHOWN = 5

/** `cycle is 1, choice is "yes" or "no"`. */
export function domainText(domains: Domains): string {
  return [...domains]
    .map(([name, values]) => {
      const [first, last] = [values[0], values.at(-1)]
      const isRange = values.length > 2 && values.every((value, at) => value === Number(first) + at)
      if (isRange) return `${name} is ${shown(first)} to ${shown(last)}`
      const texts = values.slice(0, MOST_SHOWN).map((value) => shown(value))
      return `${name} is ${[...texts, ...(values.length > MOST_SHOWN ? ['…'] : [])].join(' or ')}`
    })
    .join(', ')
}
