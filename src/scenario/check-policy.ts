// Whether the `policy` of groups and the `decide` steps they come to fit each other.
import { allSteps } from '../actions/nested.ts'
import { didYouMean } from '../errors.ts'
import type { Population } from './population.ts'
import type { Source } from './source.ts'

export function checkPolicies({ groups, flows }: Population, source: Source): void {
  for (const { name, flow, onFailure, policy = {}, at } of groups) {
    const steps = [flow, onFailure].flatMap((one) => allSteps(one === undefined ? [] : (flows.get(one) ?? [])))
    const asked = steps.flatMap(({ step, at: place, isRight }) =>
      step.type === 'decide' && isRight ? [{ decision: step.decision, isOwn: step.options !== undefined, place }] : [],
    )
    const known = [...new Set(asked.map(({ decision }) => decision))]
    for (const decision of Object.keys(policy))
      if (!known.includes(decision) && flow !== undefined)
        source.add({
          code: 'unknown-decision',
          path: [...at, 'policy', decision],
          atKey: true,
          message: `No decide step of the group "${name}" asks for "${decision}".`,
          hint: didYouMean(decision, known, 'Decisions'),
        })
    for (const { decision, isOwn, place } of asked)
      if (!isOwn && !Object.hasOwn(policy, decision))
        source.add({
          code: 'missing-policy',
          path: [...place, 'decision'],
          message: `The group "${name}" has no policy for "${decision}", and the step no options.`,
          hint: `Add options: { yes: 0.5, no: 0.5 }, or agents.${name}.policy.${decision}.`,
        })
  }
}
