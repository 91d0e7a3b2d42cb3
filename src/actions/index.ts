// The list of actions: everything else that depends on which steps exist derives from it. A new action
// is a file and its place here.
import { z } from 'zod'
import type { Action, StepShape } from './action.ts'
import type { AssertStep } from './assert.ts'
import { assert } from './assert.ts'
import type { BranchStep } from './branch.ts'
import { branch } from './branch.ts'
import type { CallStep } from './call.ts'
import { call } from './call.ts'
import type { DecideStep } from './decide.ts'
import { decide } from './decide.ts'
import type { HttpStep } from './http.ts'
import { http } from './http.ts'
import type { PauseStep } from './pause.ts'
import { pause } from './pause.ts'
import type { RepeatStep } from './repeat.ts'
import { repeat } from './repeat.ts'
import type { SetStep } from './set.ts'
import { set } from './set.ts'
import type { WaitStep } from './wait.ts'
import { wait } from './wait.ts'

/** Steps hold steps, so the schema of all is needed before it is there. */
const anyStep: z.ZodType<StepShape> = z.lazy(() => stepSchema)

const ACTIONS: readonly [
  Action<HttpStep>,
  Action<WaitStep>,
  Action<AssertStep>,
  Action<BranchStep>,
  Action<DecideStep>,
  Action<RepeatStep>,
  Action<SetStep>,
  Action<PauseStep>,
  Action<CallStep>,
] = [http, wait, assert, branch(anyStep), decide, repeat(anyStep), set, pause, call]

type StepOf<A> = A extends Action<infer S> ? S : never

/** One step of a flow, checked, defaults filled in. */
export type Step = StepOf<(typeof ACTIONS)[number]>

const byType: ReadonlyMap<string, Action> = new Map(ACTIONS.map((action) => [action.type, action as unknown as Action]))

/** The action of a step that was checked. */
export function actionOf(type: Step['type']): Action {
  const action = byType.get(type)
  if (action === undefined) throw new Error(`there is no action "${type}"`)
  return action
}

export function isStepType(type: unknown): type is Step['type'] {
  return typeof type === 'string' && byType.has(type)
}

/** A step that goes to a service. */
export function sendsRequests(step: Step): step is HttpStep | WaitStep {
  return step.type === 'http' || step.type === 'wait'
}

/** Chosen by `type` first, so that what is wrong is said in terms of that one action. */
export const stepSchema: z.ZodType<Step> = z.discriminatedUnion(
  'type',
  ACTIONS.map((action) => action.schema) as unknown as Parameters<typeof z.discriminatedUnion>[1],
) as unknown as z.ZodType<Step>
