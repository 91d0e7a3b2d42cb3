// The list of actions: everything else that depends on which steps exist derives from it. A new action
// is a file and its place here.
import { z } from 'zod'
import type { Action } from './action.ts'
import type { AssertStep } from './assert.ts'
import { assert } from './assert.ts'
import type { HttpStep } from './http.ts'
import { http } from './http.ts'
import type { PauseStep } from './pause.ts'
import { pause } from './pause.ts'
import type { SetStep } from './set.ts'
import { set } from './set.ts'

const ACTIONS: readonly [Action<HttpStep>, Action<AssertStep>, Action<SetStep>, Action<PauseStep>] = [
  http,
  assert,
  set,
  pause,
]

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

/** Chosen by `type` first, so that what is wrong is said in terms of that one action. */
export const stepSchema: z.ZodType<Step> = z.discriminatedUnion(
  'type',
  ACTIONS.map((action) => action.schema) as unknown as Parameters<typeof z.discriminatedUnion>[1],
) as unknown as z.ZodType<Step>
