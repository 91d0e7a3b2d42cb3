// What the steps of a flow would do, as plain data: how often, what they send where, and what decides whether.
import { actionOf } from '../actions/index.ts'
import type { Step } from '../actions/index.ts'
import type { PlacedStep } from '../scenario/scenario.ts'
import { formatMs } from '../units.ts'
import { product } from './amount.ts'
import type { Amount } from './amount.ts'
import { expectedSteps } from './expected.ts'

export interface DescribedStep {
  readonly name: string
  readonly type: string
  /** How many steps it stands in. */
  readonly depth: number
  /** What it sends: `POST /carts`. */
  readonly request: string | null
  /** What decides whether, or how often, it runs: `if cycle > 1`, `3 times`. */
  readonly when: string | null
  /** How often an iteration runs it. */
  readonly perIteration: Amount
  readonly service: string | null
  readonly requestsPerCycle: Amount | null
}

/** @param of how often the flow is run in a cycle; undefined when that is not known */
export function describeSteps(flow: readonly PlacedStep[], of: Amount | undefined): DescribedStep[] {
  return expectedSteps(flow).map(({ placed, runs, requests }) => {
    const { step, path } = placed
    const sends = actionOf(step.type).requests(step, () => 0) > 0
    const [, way] = /\.(if_true|if_false)\[\d+\]$/.exec(path) ?? []
    const when = [...(way === undefined ? [] : [way === 'if_true' ? 'then' : 'else']), ...conditionsOf(step)].join(', ')
    return {
      name: step.name,
      type: step.type,
      depth: (path.match(/\[\d+\]/g)?.length ?? 1) - 1,
      request: 'method' in step && 'path' in step ? `${step.method} ${step.path}` : null,
      when: when === '' ? null : when,
      perIteration: runs,
      service: sends && 'service' in step ? step.service : null,
      requestsPerCycle: of === undefined ? null : product(requests, of),
    }
  })
}

function conditionsOf(step: Step): string[] {
  const own = step.condition === undefined ? [] : [`if ${step.condition}`]
  if (step.type === 'wait') return [...own, `until it is as expected, ${formatMs(step.timeout_seconds * 1000)} at most`]
  if (step.type !== 'repeat') return own
  if (step.while !== undefined) return [...own, `while ${step.while}, ${step.max} times at most`]
  return [...own, step.times === undefined ? `for each ${step.as ?? ''}` : `${step.times} times`]
}
