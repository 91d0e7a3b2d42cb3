// The values behind the names that exist without being extracted or set, for one agent in one iteration.
import type { Answer } from '../actions/action.ts'
import type { Random } from '../random.ts'
import { lastResponse } from './answer.ts'
import type { Carried } from './carried.ts'
import type { Given } from './given.ts'
import type { World } from './world.ts'

/** What an agent knows of itself. */
export interface Self {
  readonly id: string
  readonly cycle: number
  readonly iteration: number
  readonly correlationId: string
  readonly last: Answer | undefined
  readonly given: Given
  /** `{{agent.*}}`. */
  readonly about: Readonly<Record<string, unknown>>
  readonly carried: Carried
  builtin(name: string): unknown
  random(): Random
}

export function builtinOf(name: string, self: Self, { plan, time, setup }: World): unknown {
  switch (name) {
    case 'agent':
      return self.about
    case 'memory':
      return self.carried.memory
    case 'setup':
      return setup
    case 'env':
      return plan.env
    case 'run_id':
      return plan.runId
    case 'scenario':
      return plan.scenario.id
    case 'cycle':
      return self.cycle
    case 'iteration':
      return self.iteration
    case 'correlation_id':
      return self.correlationId
    case 'instance_id':
      return `${self.id}-${self.cycle}-${self.iteration}`
    case 'entry':
      return self.given.entry(self)
    case 'variation':
      return self.given.variation?.values
    case 'data':
      return self.given.row
    case 'now':
      return new Date(time.now()).toISOString()
    case 'uuid':
      return self.random().uuid()
    case 'last_response':
      return self.last === undefined ? undefined : lastResponse(self.last)
    default:
      return undefined
  }
}
