// The `call` steps of a scenario or a plan, wherever they stand.
import type { CallStep } from '../actions/call.ts'
import { allSteps } from '../actions/nested.ts'
import type { PlacedStep, Scenario } from './scenario.ts'

type Flows = Pick<Scenario, 'flows' | 'setup' | 'onResume' | 'teardown' | 'assertions'>

export function hasCalls(of: Flows): boolean {
  return callSteps(of).length > 0
}

export function callSteps(of: Flows): { placed: PlacedStep; step: CallStep }[] {
  const lists = [...Object.values(of.flows), of.setup, of.onResume, of.teardown, of.assertions]
  return allSteps(lists.flat()).flatMap((placed) =>
    placed.step.type === 'call' ? [{ placed, step: placed.step }] : [],
  )
}
