// The Plan's steps as functions: everything that can be worked out once (templates, JSONPath,
// expectations, headers) is worked out here, before the first request.
import { actionOf } from '../actions/index.ts'
import type { Step } from '../actions/index.ts'
import { allSteps } from '../actions/nested.ts'
import type { Answer, Names, StepRun, Tools } from '../actions/action.ts'
import type { CallFunction } from '../actions/call.ts'
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
  /** By group name; where a group has steps for after a failed iteration. */
  readonly onFailure: ReadonlyMap<string, readonly CompiledStep[]>
  /** By group name; where idle agents do something. */
  readonly idle: ReadonlyMap<string, readonly CompiledStep[]>
  readonly setup: readonly CompiledStep[]
  readonly onResume: readonly CompiledStep[]
  readonly teardown: readonly CompiledStep[]
}

export function compileProgram(plan: Plan, calls: Calls = new Map()): Program {
  const compile = (steps: readonly PlacedStep[], slots: SlotOf): CompiledStep[] =>
    compileSteps(steps, slots, plan, calls)
  const measured = (steps: readonly PlacedStep[], indexes: readonly number[]): CompiledStep[] => {
    const slots = new Map(allSteps(steps).map((placed, index) => [placed, indexes[index] ?? NO_SLOT]))
    return compile(steps, (placed) => slots.get(placed) ?? NO_SLOT)
  }
  const groups = plan.groups.map(
    ({ name, flow, slots }) => [name, measured([...(plan.flows[flow] ?? []), ...plan.assertions], slots)] as const,
  )
  const idle = plan.groups.flatMap(({ name, idleFlow, idleSlots }) =>
    idleFlow === undefined ? [] : [[name, measured(plan.flows[idleFlow] ?? [], idleSlots)] as const],
  )
  const nobodys: SlotOf = () => NO_SLOT
  return {
    groups: new Map(groups),
    idle: new Map(idle),
    onFailure: new Map(
      plan.groups.flatMap(({ name, onFailure }) =>
        onFailure === undefined ? [] : [[name, compile(plan.flows[onFailure] ?? [], nobodys)]],
      ),
    ),
    setup: compile(plan.setup, nobodys),
    onResume: compile(plan.onResume, nobodys),
    teardown: compile(plan.teardown, nobodys),
  }
}

/** Functions of modules that steps name, by `callKey`; filled before the first step runs. */
export type Calls = ReadonlyMap<string, CallFunction>

export const callKey = (module: string, name: string): string => `${module}\u0000${name}`

type SlotOf = (placed: PlacedStep) => number

function compileSteps(steps: readonly PlacedStep[], slots: SlotOf, plan: Plan, calls: Calls): CompiledStep[] {
  return steps.map((placed, index) => {
    const following = (): Step[] => steps.slice(index + 1).map(({ step }) => step)
    return compileStep(placed, slots, plan, calls, following)
  })
}

function compileStep(
  placed: PlacedStep,
  slots: SlotOf,
  plan: Plan,
  calls: Calls,
  following: () => readonly Step[],
): CompiledStep {
  const { step, nested } = placed
  const action = actionOf(step.type)
  const slot = slots(placed)
  const tools: Tools = {
    slot,
    timeScale: plan.time.scale,
    service: (name) => {
      const service = plan.services[name]
      if (service === undefined) throw new Error(`the plan has no service "${name}"`)
      return service
    },
    text: compileText,
    value: compileValue,
    condition: compileCondition,
    file: (path) => {
      const content = plan.attachments[path]
      if (content === undefined) throw new Error(`the plan has no file "${path}"`)
      return Buffer.from(content, 'base64')
    },
    steps: (key) => compileSteps(nested?.[key] ?? [], slots, plan, calls),
    following,
    callable: (module, name) => () => {
      const found = calls.get(callKey(module, name))
      if (found === undefined) throw new Error(`the module "${module}" was not loaded`)
      return found
    },
  }
  return {
    name: step.name,
    slot,
    source: placed,
    isAssertion: step.type === 'assert',
    condition:
      step.condition === undefined || action.ownsCondition === true ? undefined : compileCondition(step.condition),
    run: action.compile(step, tools),
  }
}
