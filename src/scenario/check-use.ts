// What is done with names and steps over a whole file: in which order they are set and used
// (check-order.ts), and what is said in vain (check-decided.ts, check-unused.ts).
import { allSteps } from '../actions/nested.ts'
import { decidedConditions } from './check-decided.ts'
import type { NameCheck } from './check-names.ts'
import { ANSWERED, OrderCheck, either } from './check-order.ts'
import { unusedExtracts } from './check-unused.ts'
import { ANYWHERE, domainsIn } from './domains.ts'
import type { Facts } from './domains.ts'
import type { Population } from './population.ts'
import type { ReadStep } from './reader.ts'
import type { Finding } from './source.ts'
import type { NameUse } from './template.ts'

interface Lists {
  readonly population: Population
  readonly setup: readonly ReadStep[]
  readonly onResume: readonly ReadStep[]
  readonly teardown: readonly ReadStep[]
  readonly assertions: readonly ReadStep[]
  readonly facts: Facts
}

/** @param names those that were checked before, of the scenario and of its SUT */
export function checkUse(lists: Lists, names: NameCheck, sutNames: NameCheck): Finding[] {
  const { population, setup, onResume, teardown, assertions, facts } = lists
  const flows = [...population.flows.values()]
  const everywhere = [...flows.flat(), ...setup, ...onResume, ...teardown, ...assertions]
  return [
    ...checkOrder(lists, names),
    ...[...flows, assertions].flatMap((steps) => decidedConditions(steps, domainsIn(steps, population, facts))),
    ...decidedConditions([...setup, ...onResume, ...teardown], ANYWHERE),
    ...(allSteps(everywhere).some(readsAnything) ? [] : checkUnused(lists, names, sutNames)),
  ]
}

function checkOrder(
  { population: { groups, flows }, setup, onResume, teardown, assertions }: Lists,
  names: NameCheck,
): Finding[] {
  const order = new OrderCheck(names.uses)
  order.setup = order.list(setup)
  const ends = [...flows].flatMap(([name, steps]) => {
    const isBegun = groups.some(({ flow }) => flow === name)
    const isAfter = !isBegun && groups.some(({ onFailure }) => onFailure === name)
    const end = order.list(steps, isAfter ? ANSWERED : undefined)
    return isBegun ? [end] : []
  })
  order.list(assertions, either(ends, 'in some of the flows', []))
  order.list(onResume)
  order.list(teardown)
  return order.findings
}

function checkUnused(
  { population, setup, onResume, teardown, assertions }: Lists,
  names: NameCheck,
  sut: NameCheck,
): Finding[] {
  const usedIn = (...lists: (readonly ReadStep[])[]): NameUse[] => [
    ...names.used,
    ...sut.used,
    ...allSteps(lists.flat()).flatMap((read) => names.uses.get(read) ?? []),
  ]
  const flows = [...population.flows.values()]
  /** What a failed iteration has set is there for the flow that runs after it. */
  const after = (name: string): (readonly ReadStep[])[] =>
    population.groups.flatMap(({ flow, onFailure }) =>
      flow === name && onFailure !== undefined ? [population.flows.get(onFailure) ?? []] : [],
    )
  const ofSetup = usedIn(...flows, setup, onResume, teardown, assertions).flatMap(({ path: [root, key] }) =>
    root === 'setup' && typeof key === 'string' ? [key] : [],
  )
  return [
    ...[...population.flows].flatMap(([name, steps]) =>
      unusedExtracts(steps, roots(usedIn(steps, assertions, ...after(name)))),
    ),
    ...unusedExtracts(setup, new Set([...roots(usedIn(setup)), ...ofSetup])),
    // What it extracts lies over setup's values.
    ...unusedExtracts(onResume, new Set([...roots(usedIn(onResume)), ...ofSetup])),
    ...unusedExtracts(teardown, roots(usedIn(teardown))),
  ]
}

const roots = (uses: readonly NameUse[]): Set<string> => new Set(uses.map(({ path }) => path[0]))

/** Code of the user's own may read any name. */
function readsAnything({ step }: ReadStep): boolean {
  return step.type === 'call'
}
