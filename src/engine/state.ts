// What a run shares among its agents and needs to go on in another process, as plain data: the values of
// `setup`, what time it is in the simulation, where limiter and breaker stand. What each agent carries is agents.ts.
import type { LimiterState } from '../limits/rate-limit.ts'
import { packAll, unpack } from './packed-value.ts'
import type { Packed } from './packed-value.ts'
import type { GuardMemory } from './breaker-guard.ts'
import type { World } from './world.ts'

export interface EngineState {
  readonly setup: Packed
  /** Milliseconds since 1970. */
  readonly simulatedMs: number
  readonly limiter?: LimiterState
  readonly breaker?: GuardMemory
  /** A cycle was cut short: not all of the plan's load was run. */
  readonly hasCut?: true
}

/** Between cycles. @param lose called for a value that cannot be stored: `setup.client (a function)` */
export function stateOf({ setup, time, limiter, guard }: World, lose: (what: string) => void): EngineState {
  return {
    setup: packAll(setup, (name, what) => lose(`setup.${name} (${what})`)),
    simulatedMs: time.now(),
    ...(limiter !== undefined && { limiter: limiter.state }),
    ...(guard !== undefined && { breaker: guard.memory }),
  }
}

/** Before anything is sent. */
export function restoreState(world: World, { setup, simulatedMs, limiter, breaker }: EngineState): void {
  for (const [name, value] of setup) world.setup[name] = unpack(value)
  world.time.restore(simulatedMs)
  if (breaker !== undefined) world.guard?.restore(breaker)
  // Whoever resumes a run that was paused has said that it goes on.
  world.guard?.decide(true)
  if (limiter !== undefined) world.limiter?.restore(limiter)
}
