// The Plan's steps as functions: everything that can be worked out once (templates, JSONPath,
// expectations, headers) is worked out here, before the first request.
import { actionOf } from '../actions/index.ts'
import type { Answer, Names, ServicePlan, StepRun, Tools } from '../actions/action.ts'
import type { Plan } from '../plan/plan.ts'
import type { PlacedStep } from '../scenario/scenario.ts'
import { compileCondition } from '../scenario/condition.ts'
import { compileText, compileValue } from '../scenario/template.ts'

/** Steps outside any group (setup, teardown) are measured by nobody. */
export const NO_SLOT = -1

export interface CompiledStep {
  readonly name: string
  readonly slot: number
  readonly source: PlacedStep
  readonly isAssertion: boolean
  readonly condition: ((names: Names, last: Answer | undefined) => boolean) | undefined
  readonly run: StepRun
}

export interface Program {
  /** By group name; the final assertions are the last steps. */
  readonly groups: ReadonlyMap<string, readonly CompiledStep[]>
  readonly setup: readonly CompiledStep[]
  readonly teardown: readonly CompiledStep[]
}

export function compileProgram(plan: Plan): Program {
  const compile = (placed: PlacedStep, slot: number): CompiledStep => compileStep(placed, slot, plan.services)
  const groups = plan.groups.map((group) => {
    const steps = [...(plan.flows[group.flow] ?? []), ...plan.assertions]
    return [group.name, steps.map((placed, index) => compile(placed, group.slots[index] ?? NO_SLOT))] as const
  })
  return {
    groups: new Map(groups),
    setup: plan.setup.map((placed) => compile(placed, NO_SLOT)),
    teardown: plan.teardown.map((placed) => compile(placed, NO_SLOT)),
  }
}

function compileStep(placed: PlacedStep, slot: number, services: Readonly<Record<string, ServicePlan>>): CompiledStep {
  const { step } = placed
  const tools: Tools = {
    slot,
    service: (name) => {
      const service = services[name]
      if (service === undefined) throw new Error(`the plan has no service "${name}"`)
      return service
    },
    text: compileText,
    value: compileValue,
    condition: compileCondition,
  }
  return {
    name: step.name,
    slot,
    source: placed,
    isAssertion: step.type === 'assert',
    condition: step.condition === undefined ? undefined : compileCondition(step.condition),
    run: actionOf(step.type).compile(step, tools),
  }
}
